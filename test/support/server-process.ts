// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "./free-ports.ts";
import { NEW_PASSWORD } from "./new-password.ts";
import { createReachableFolder } from "./reachable-folder.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/haechi.mjs", import.meta.url));
const READY_WITHIN_MS = 60_000;

/** A real `haechi server` on free loopback ports. */
export interface ServerProcess {
  readonly dataDir: string;
  readonly pid: number;
  readonly consoleUrl: string;
  /** `host:port`, as in an image reference. */
  readonly registry: string;
  readonly admissionUrl: string;
  /** The administrator's own, chosen in place of the printed one. Empty unless it was the first start on this data folder. */
  readonly password: string;
  /** What it printed so far: the banner, and JSON lines of the log. */
  stdout(): string;
  stderr(): string;
  /** Asks it to stop (SIGTERM) and gives its exit code. */
  stop(): Promise<number | null>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** Starts the server and waits until it says that it is ready; on failure throws with everything that it printed. */
export async function startServerProcess(
  options: {
    readonly dataDir?: string;
    readonly args?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    /** `password` is then the printed one, which opens nothing but its own change; default false. */
    readonly keepsPrintedPassword?: boolean;
  } = {},
): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? join(createReachableFolder("haechi-e2e-"), "data");
  const [consolePort, registryPort, admissionPort] = await freePorts(3);
  const child = spawn(
    process.execPath,
    [
      PROGRAM,
      "server",
      ...["--data-dir", dataDir],
      ...["--listen-console", `127.0.0.1:${consolePort}`],
      ...["--listen-registry", `127.0.0.1:${registryPort}`],
      ...["--listen-admission", `127.0.0.1:${admissionPort}`],
      ...(options.args ?? []),
    ],
    { env: { ...process.env, ...options.environment }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await readyOrThrow(child, () => stdout + stderr);
  const consoleUrl = `http://127.0.0.1:${consolePort}`;
  const printed = /Password\s+(\S+)/.exec(stdout)?.[1] ?? "";
  const isKept = printed === "" || options.keepsPrintedPassword === true;
  const password = isKept ? printed : await changePassword(consoleUrl, printed);
  return {
    dataDir,
    pid: child.pid ?? 0,
    consoleUrl,
    registry: `127.0.0.1:${registryPort}`,
    admissionUrl: `https://127.0.0.1:${admissionPort}`,
    password,
    stdout: () => stdout,
    stderr: () => stderr,
    stop: async () => {
      child.kill("SIGTERM");
      return await exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function changePassword(consoleUrl: string, printed: string): Promise<string> {
  async function post(path: string, body: object, cookie = ""): Promise<string> {
    const headers = { "content-type": "application/json", cookie };
    const answer = await fetch(consoleUrl + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) {
      throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    }
    return answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
  }
  const cookie = await post("/api/v1/session", { name: "admin", password: printed });
  await post("/api/v1/session/password", { currentPassword: printed, newPassword: NEW_PASSWORD }, cookie);
  return NEW_PASSWORD;
}

async function readyOrThrow(child: ChildProcess, output: () => string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`the server was not ready in time:\n${output()}`)), READY_WITHIN_MS);
  child.stdout?.on("data", () => {
    if (output().includes("is ready")) {
      resolve();
    }
  });
  child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${output()}`)));
  try {
    await promise;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
