// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { BlobStore } from "#blob-store";
import type { Configuration } from "#configuration";
import type { AuditStore, EventBus, RegistryStore } from "#database";
import type { Telemetry } from "#telemetry";
import type { Authenticator } from "./access/authenticator.ts";
import type { BearerTokens } from "./access/bearer-token.ts";
import type { StoredContent } from "./content/stored-content.ts";
import type { PullGate } from "./gate/pull-gate.ts";
import type { PullTimes } from "./gate/pull-times.ts";
import type { RecentPushes } from "./gate/recent-pushes.ts";
import type { BlobCatalog } from "./manifests/blob-catalog.ts";
import type { ManifestCatalog } from "./manifests/manifest-catalog.ts";
import type { RegistryMetrics } from "./metrics.ts";
import type { ProxyCache } from "./proxy-cache/proxy-cache.ts";
import type { RegistrySettings } from "./settings/index.ts";

/** What the routes work with; put together in `start-registry.ts`. */
export interface RegistryParts {
  readonly configuration: Configuration["registry"];
  /** For clients that ask for no language. */
  readonly language: Configuration["language"];
  readonly settings: RegistrySettings;
  readonly store: RegistryStore;
  readonly audit: AuditStore;
  readonly events: EventBus;
  readonly blobs: BlobStore;
  /** The one way to change anything. */
  readonly content: StoredContent;
  /** Absent in tests without any. */
  readonly proxyCache?: ProxyCache;
  readonly manifests: ManifestCatalog;
  readonly blobCatalog: BlobCatalog;
  readonly authenticator: Authenticator;
  readonly tokens: BearerTokens;
  readonly gate: PullGate;
  readonly pulls: PullTimes;
  readonly pushes: RecentPushes;
  readonly metrics: RegistryMetrics;
  readonly log: Telemetry["log"];
  readonly clock: Clock;
}
