// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-ports.ts";
import { tool } from "./tools.ts";

/** Debian's clamd with one signature of our own, so that nothing is downloaded. */
export interface Clamd extends AsyncDisposable {
  /** `unix:/path` and `tcp://127.0.0.1:port`. */
  readonly socketAddress: string;
  readonly tcpAddress: string;
}

/** A file with these words is malware for it, under {@link CLAMD_NAME}. */
export const CLAMD_MARKER = "haechi-malware-marker-7f3a";
/** What it calls such a file. */
export const CLAMD_NAME = "Haechi.Test.Marker.UNOFFICIAL";
/** Larger files it does not take. */
export const CLAMD_MAX_BYTES = 1_048_576;

const READY_WITHIN_MS = 60_000;

/** Starts it and waits until it answers; throws with its log when it does not. */
export async function startClamd(): Promise<Clamd> {
  // The path of a Unix socket may have 107 bytes at most.
  const folder = await mkdtemp("/tmp/haechi-clamd-");
  const port = await freePort();
  const socket = join(folder, "clamd.sock");
  await mkdir(join(folder, "db"));
  await writeFile(
    join(folder, "db/haechi.ndb"),
    `Haechi.Test.Marker:0:*:${Buffer.from(CLAMD_MARKER).toString("hex")}\n`,
  );
  const settings = {
    Foreground: "yes",
    LocalSocket: socket,
    TCPSocket: port,
    TCPAddr: "127.0.0.1",
    DatabaseDirectory: join(folder, "db"),
    StreamMaxLength: CLAMD_MAX_BYTES,
    User: userInfo().username,
    LogFile: join(folder, "clamd.log"),
  };
  const path = join(folder, "clamd.conf");
  await writeFile(
    path,
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(""),
  );
  const child = spawn(tool("clamd"), ["-c", path], { stdio: "ignore" });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  async function stop(): Promise<void> {
    child.kill("SIGKILL");
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await listens(socket))) {
    if (Date.now() > until || child.exitCode !== null) {
      const log = await readFile(join(folder, "clamd.log"), "utf8").catch(() => "no log");
      await stop();
      throw new Error(`clamd did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { socketAddress: `unix:${socket}`, tcpAddress: `tcp://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

async function listens(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
