// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { BlobStore } from "#blob-store";
import type { AuditStore, EventBus, RegistryStore } from "#database";
import type { BlobCatalog } from "../manifests/blob-catalog.ts";
import type { ManifestCatalog } from "../manifests/manifest-catalog.ts";
import type { RegistrySettings } from "../settings/registry-settings.ts";
import type { ContentGuards } from "./content-guards.ts";
import type { ContentLocks } from "./content-locks.ts";
import type { OpenUploads } from "./open-uploads.ts";

/** What the content of the registry is made of; one set for each process, since locks and memory are shared. */
export interface ContentParts {
  readonly settings: Pick<RegistrySettings, "of">;
  readonly store: RegistryStore;
  readonly blobs: BlobStore;
  readonly manifests: ManifestCatalog;
  readonly blobCatalog: BlobCatalog;
  readonly locks: ContentLocks;
  readonly guards: ContentGuards;
  readonly openUploads: OpenUploads;
  readonly audit: AuditStore;
  readonly events: EventBus;
  readonly clock: Clock;
}
