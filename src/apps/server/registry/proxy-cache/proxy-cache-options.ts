// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { Database } from "#database";
import type { Telemetry } from "#telemetry";
import type { RegistryContent } from "../content/registry-content.ts";
import type { RegistrySettings } from "../settings/registry-settings.ts";
import type { UpstreamClients } from "../upstream/upstream-clients.ts";

/** What the proxy caches of a process work with. */
export interface ProxyCacheOptions {
  readonly database: Pick<Database, "scans" | "decisions">;
  /** The one name of this registry, as the gate has it. */
  readonly registryName: () => string;
  readonly content: RegistryContent;
  readonly settings: Pick<RegistrySettings, "of" | "tree">;
  readonly clients: UpstreamClients;
  /** What runs here, e.g. `linux/amd64`. */
  readonly platforms: () => readonly string[];
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** The longest that an image is fetched; default 3 h. */
  readonly maxFetchMs?: number;
}
