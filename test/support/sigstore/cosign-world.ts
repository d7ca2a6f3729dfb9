// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest } from "#base";
import { openRepository, type RepositoryClient } from "#image-source";
import type { Descriptor } from "#oci";
import type { TestImage } from "../image-builder.ts";
import { runTool } from "../run-tool.ts";
import { tool } from "../tools.ts";
import { type SigstoreFiles, type SigstoreServers, startSigstoreServers } from "./start-sigstore-servers.ts";

/** Accounts at registries: `host:port` → who pushes. */
export type RegistryAccounts = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

/** The real cosign with a private Sigstore, a key pair and a home of its own. */
export interface CosignWorld extends AsyncDisposable {
  readonly servers: SigstoreServers;
  readonly files: SigstoreFiles;
  readonly folder: string;
  /** Runs cosign; throws with what it printed when it fails. */
  run(args: readonly string[]): Promise<string>;
  /** A repository for reading and pushing. The caller disposes it. */
  open(registry: string, repository: string): Promise<RepositoryClient>;
}

export async function createCosignWorld(accounts: RegistryAccounts = {}): Promise<CosignWorld> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-cosign-"));
  const servers = await startSigstoreServers();
  mkdirSync(join(folder, ".docker"));
  const auths = Object.entries(accounts).map(([host, { username, password }]) => [
    host,
    { auth: Buffer.from(`${username}:${password}`).toString("base64") },
  ]);
  writeFileSync(join(folder, ".docker/config.json"), JSON.stringify({ auths: Object.fromEntries(auths) }));
  const environment = { HOME: folder, DOCKER_CONFIG: join(folder, ".docker"), COSIGN_PASSWORD: "" };
  return {
    servers,
    files: servers.writeFiles(folder),
    folder,
    run: async (args) => {
      const { code, stdout, stderr } = await runTool(tool("cosign"), args, { environment, cwd: folder });
      if (code !== 0) {
        throw new Error(`cosign ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
      }
      return stdout + stderr;
    },
    open: async (registry, repository) => {
      const credentials = accounts[registry];
      return await openRepository(
        { registry, repository },
        { plainHttp: true, scopes: ["pull", "push"], ...(credentials === undefined ? {} : { credentials }) },
      );
    },
    [Symbol.asyncDispose]: async () => {
      await servers.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Pushes all blobs and manifests of a test image, children of an index first. */
export async function pushTestImage(repository: RepositoryClient, image: TestImage, tag: string): Promise<void> {
  const manifests = new Map<string, string>();
  function visit(digest: Digest, mediaType: string): void {
    const document = JSON.parse(String(image.blobs.get(digest))) as { manifests?: readonly Descriptor[] };
    for (const child of document.manifests ?? []) {
      visit(child.digest, child.mediaType);
    }
    manifests.set(digest, mediaType);
  }
  visit(image.manifest.digest, image.manifest.mediaType);
  for (const [digest, bytes] of image.blobs) {
    if (!manifests.has(digest)) {
      await repository.pushBlob(bytes);
    }
  }
  for (const [digest, mediaType] of manifests) {
    await repository.pushManifest(digest, mediaType, image.blobs.get(digest as Digest) ?? Buffer.alloc(0));
  }
  const bytes = image.blobs.get(image.manifest.digest) ?? Buffer.alloc(0);
  await repository.pushManifest(tag, image.manifest.mediaType, bytes);
}
