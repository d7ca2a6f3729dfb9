// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../run-tool.ts";
import { tool } from "../tools.ts";
import type { TestCluster } from "./start-test-cluster.ts";

/** A key of cosign, with which images in our own registry are signed. */
export interface SigningKey {
  /** PEM. */
  readonly publicKey: string;
  sign(image: string): Promise<void>;
  /** Attaches a signed statement of a type about the image. */
  attest(image: string, statement: { readonly type: string; readonly predicate: object }): Promise<void>;
}

const OFFLINE = ["--tlog-upload=false", "--use-signing-config=false", "--allow-http-registry", "--yes"];

/** Makes one with cosign itself; its files go with the cluster's folder. */
export async function createSigningKey(
  cluster: Pick<TestCluster, "folder" | "server" | "credentials">,
): Promise<SigningKey> {
  const folder = mkdtempSync(join(cluster.folder, "cosign-"));
  const auth = Buffer.from(cluster.credentials).toString("base64");
  mkdirSync(join(folder, "docker"));
  writeFileSync(join(folder, "docker/config.json"), JSON.stringify({ auths: { [cluster.server.registry]: { auth } } }));
  const environment = { DOCKER_CONFIG: join(folder, "docker"), COSIGN_PASSWORD: "", HOME: folder };
  async function cosign(...words: readonly string[]): Promise<void> {
    const { code, stderr } = await runTool(tool("cosign"), words, { environment });
    if (code !== 0) {
      throw new Error(`cosign ${words[0] ?? ""} failed: ${stderr}`);
    }
  }
  await cosign("generate-key-pair", "--output-key-prefix", join(folder, "key"));
  const key = ["--key", join(folder, "key.key"), ...OFFLINE];
  return {
    publicKey: readFileSync(join(folder, "key.pub"), "utf8"),
    sign: (image) => cosign("sign", ...key, image),
    async attest(image, { type, predicate }) {
      const file = join(folder, "predicate.json");
      writeFileSync(file, JSON.stringify(predicate));
      await cosign("attest", ...key, "--type", type, "--predicate", file, image);
    },
  };
}
