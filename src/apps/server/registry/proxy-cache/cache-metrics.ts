// SPDX-License-Identifier: Apache-2.0
import { Counter } from "prom-client";
import type { Telemetry } from "#telemetry";

/** How a request to a cache was answered. */
export type CacheResult = "hit" | "checked" | "fetched" | "stale" | "held" | "failed";

export interface CacheMetrics {
  countRequest(result: CacheResult): void;
  countBytes(bytes: number): void;
}

export function createCacheMetrics(registry: Telemetry["metrics"]): CacheMetrics {
  const requests = new Counter({
    name: "haechi_registry_cache_requests_total",
    help: "Requests for manifests of proxy caches: hit (believed), checked (asked upstream, unchanged), fetched, stale (upstream away), held (refused while it is fetched), failed",
    labelNames: ["result"],
    registers: [registry],
  });
  const bytes = new Counter({
    name: "haechi_registry_cache_fetched_bytes_total",
    help: "Bytes of blobs that proxy caches fetched from other registries",
    registers: [registry],
  });
  return { countRequest: (result) => requests.inc({ result }), countBytes: (count) => bytes.inc(count) };
}
