// SPDX-License-Identifier: Apache-2.0
import type { ServerEvent } from "#database";
import type { ServerContext } from "../../context.ts";
import { BlobCatalog } from "../manifests/blob-catalog.ts";
import { ManifestCatalog } from "../manifests/manifest-catalog.ts";
import { createChangeGuard } from "../settings/index.ts";
import { createQuotaGuard } from "../storage/quota-guard.ts";
import { createQuotaReport } from "../storage/quota-report.ts";
import { type ContentGuards, NOTHING_REFUSED } from "./content-guards.ts";
import { ContentLocks } from "./content-locks.ts";
import { OpenUploads } from "./open-uploads.ts";
import { StoredContent } from "./stored-content.ts";

/** The content of this process, which follows what other processes change until it is disposed of. */
export interface OpenContent extends Disposable {
  readonly content: StoredContent;
}

/**
 * Opens the content on database and blob store. Once for each process: what it remembers is in it, and locks that keep its own requests
 * apart. Processes are kept apart by the database (rows, and locks by digest) and by names of files.
 */
export function openRegistryContent(
  context: Pick<ServerContext, "database" | "blobs" | "clock" | "settings">,
  guards: Partial<ContentGuards> = {},
): OpenContent {
  const { database, blobs, clock } = context;
  const manifests = new ManifestCatalog(database.registry, blobs);
  const blobCatalog = new BlobCatalog(database.registry);
  const openUploads = new OpenUploads((isKnown) => blobs.listUploads(isKnown));
  const content = new StoredContent({
    settings: context.settings,
    store: database.registry,
    blobs,
    manifests,
    blobCatalog,
    locks: new ContentLocks(),
    openUploads,
    guards: {
      ...NOTHING_REFUSED,
      quota: createQuotaGuard({
        store: database.registry,
        openUploads,
        quotasOf: (each) => context.settings.quotasOf(each),
        clock,
        onReached: createQuotaReport({ audit: database.audit, clock }),
      }),
      changes: createChangeGuard(context),
      ...guards,
    },
    audit: database.audit,
    events: database.events,
    clock,
  });
  const unsubscribe = database.events.subscribe(
    (event) => follow(content, event),
    () => {
      manifests.forgetAll();
      blobCatalog.forgetAll();
      content.uploads.forgetAll();
    },
  );
  return { content, [Symbol.dispose]: unsubscribe };
}

function follow(content: StoredContent, event: ServerEvent): void {
  const { manifests, blobCatalog } = content.parts;
  if (event.type === "image-pushed") {
    if (event.tag !== undefined) {
      manifests.forgetTag(event.repository, event.tag);
    }
    blobCatalog.forgetHolders();
  } else if (event.type === "links-dropped") {
    content.forgetLinks();
  } else if (event.type === "blob-damaged") {
    manifests.forgetBytes(event.digest);
  } else if (event.type === "image-deleted") {
    if (event.tag === undefined) {
      manifests.forgetManifest(event.repository, event.digest);
      content.forgetBlob(event.repository, event.digest);
      blobCatalog.forgetHolders();
    } else {
      manifests.forgetTag(event.repository, event.tag);
    }
  }
}
