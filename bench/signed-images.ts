// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../test/support/run-tool.ts";
import { tool } from "../test/support/tools.ts";
import type { BenchServer } from "./bench-server.ts";

/** A cosign key pair in a folder of its own. */
export interface BenchKey {
  /** PEM. */
  readonly publicKey: string;
  readonly privateKeyFile: string;
  remove(): void;
}

const OFFLINE = ["--tlog-upload=false", "--use-signing-config=false", "--allow-http-registry", "--yes"];

/** Makes one with cosign itself. */
export async function createBenchKey(): Promise<BenchKey> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-key-"));
  await runCosign(["generate-key-pair", "--output-key-prefix", join(folder, "bench")], {});
  return {
    publicKey: readFileSync(join(folder, "bench.pub"), "utf8"),
    privateKeyFile: join(folder, "bench.key"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Signs images of our registry with cosign. */
export async function signImages(key: BenchKey, server: BenchServer, images: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-docker-"));
  try {
    const auth = Buffer.from(`admin:${server.password}`).toString("base64");
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [server.registry]: { auth } } }));
    for (const image of images) {
      const reference = `${server.registry}/${image}`;
      await runCosign(["sign", "--key", key.privateKeyFile, ...OFFLINE, reference], { DOCKER_CONFIG: folder });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runCosign(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> {
  const result = await runTool(tool("cosign"), words, { environment: { COSIGN_PASSWORD: "", ...environment } });
  if (result.code !== 0) {
    throw new Error(`cosign ${words[0] ?? ""} failed: ${result.stderr}`);
  }
}
