// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest } from "#base";
import { openBlobStore } from "#blob-store";
import type { PolicyDocument } from "#policy";
import type { RepositorySettings } from "#registry";
import type { ServerContext } from "../../src/apps/server/context.ts";
import { openRegistryContent } from "../../src/apps/server/registry/content/open-registry-content.ts";
import { startRegistry } from "../../src/apps/server/registry/index.ts";
import { addAccount, createApiTestBed, finishScan, type ImageContents } from "./api-server.ts";
import type { TestImage } from "./image-builder.ts";
import { pushImage, TEST_ACCOUNTS } from "./registry-server.ts";

/** The name by which policies know the registry. */
export const GATED_NAME = "registry.test:5000";

/** A real registry with the real judge behind its gate; only the reports of scans are made up. */
export interface GatedRegistry extends AsyncDisposable {
  readonly url: string;
  readonly context: ServerContext;
  /** Pushes an image or index with everything below it, as `uploader`. */
  push(reference: string, image: TestImage): Promise<void>;
  scanned(digest: Digest, contents: ImageContents): Promise<void>;
  set(prefix: string, settings: RepositorySettings): Promise<void>;
  unset(prefix: string): Promise<void>;
}

/** Starts one on a new database, with the default policies unless others are given. */
export async function startGatedRegistry(
  options: { readonly policies?: readonly PolicyDocument[] } = {},
): Promise<GatedRegistry> {
  await using stack = new AsyncDisposableStack();
  const bed = stack.use(await createApiTestBed({ registryNames: [GATED_NAME], ...options }));
  const folder = await mkdtemp(join(tmpdir(), "haechi-gated-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  for (const [name, account] of Object.entries(TEST_ACCOUNTS)) {
    await addAccount(bed.database, { name, ...account });
  }
  const { clock, telemetry, database, settings } = bed.context;
  const blobs = await openBlobStore({ folder, maxBlobBytes: 64 * 1024 * 1024, log: telemetry.log, clock });
  const { content } = stack.use(openRegistryContent({ database, blobs, clock, settings }));
  const { configuration } = bed.context;
  const context: ServerContext = {
    ...bed.context,
    configuration: { ...configuration, registry: { ...configuration.registry, scanWaitMs: 0 } },
    blobs,
    content,
  };
  const running = await startRegistry(context);
  stack.defer(() => running.stop());
  const held = stack.move();
  return {
    url: running.url,
    context,
    async push(reference, image) {
      for (const [digest, bytes] of image.blobs) {
        bed.manifests.set(digest, bytes);
      }
      await pushImage(running, reference, image);
    },
    scanned: (digest, contents) => finishScan(database, digest, contents),
    async set(prefix, document) {
      await database.registryObjects.put({ kind: "settings", name: prefix, document, updatedBy: "admin" });
      await settings.refresh();
    },
    async unset(prefix) {
      await database.registryObjects.remove("settings", prefix);
      await settings.refresh();
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
