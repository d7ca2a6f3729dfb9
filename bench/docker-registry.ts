// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../test/support/eventually.ts";
import { freePort } from "../test/support/free-ports.ts";
import { runTool } from "../test/support/run-tool.ts";
import { tool } from "../test/support/tools.ts";

/** A running docker-registry with an empty store, without authentication, gate and access log. */
export interface DockerRegistry extends AsyncDisposable {
  /** `host:port`. */
  readonly host: string;
  readonly version: string;
  readonly pid: number;
}

/** Starts Debian's docker-registry on loopback. */
export async function startDockerRegistry(): Promise<DockerRegistry> {
  const program = tool("docker-registry");
  const version = (await runTool(program, ["--version"])).stdout.trim().split(" ").at(-1) ?? "";
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "haechi-docker-registry-"));
  const configuration = join(folder, "config.yml");
  writeFileSync(
    configuration,
    JSON.stringify({
      version: 0.1,
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, "data") }, cache: { blobdescriptor: "inmemory" } },
      http: { addr: `127.0.0.1:${port}` },
    }),
  );
  const child = spawn(program, ["serve", configuration], { stdio: "ignore" });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await eventually(async () => {
    if (child.exitCode !== null) {
      throw new Error(`docker-registry ended with ${child.exitCode}`);
    }
    return (await isListening(port)) ? true : undefined;
  });
  return {
    host: `127.0.0.1:${port}`,
    version,
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
