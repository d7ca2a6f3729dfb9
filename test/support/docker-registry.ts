// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { freePorts } from "./server-process.ts";
import { tool } from "./tools.ts";

/** A real `docker-registry` 2.8 (no referrers API) on a free loopback port, without accounts. */
export interface DockerRegistry extends AsyncDisposable {
  /** `host:port`. */
  readonly host: string;
}

/** Starts it; to be used inside `describeWithTools(…, ["docker-registry"], …)`. */
export async function startDockerRegistry(): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-docker-registry-"));
  const [port = 0] = await freePorts(1);
  const host = `127.0.0.1:${port}`;
  const configuration = {
    version: "0.1",
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: host },
  };
  await writeFile(join(folder, "config.yml"), JSON.stringify(configuration));
  const child = spawn(tool("docker-registry"), ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await eventually(async () => {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    return answer?.ok === true ? true : undefined;
  });
  return {
    host,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
