// SPDX-License-Identifier: Apache-2.0

import type { Logger } from "pino";
import { Gauge, type Registry } from "prom-client";
import type { BlobStore } from "#blob-store";
import type { DamagedBlobStore, RegistryStore, StorageTotals } from "#database";

/** Sums over everything that is stored are not made for each scrape. */
const FRESH_MS = 60_000;

/** Registers what is stored and how much room there is (`haechi_registry_stored_*`, `haechi_registry_disk_*`). */
export function registerStorageMetrics(
  metrics: Registry,
  {
    store,
    damagedBlobs,
    blobs,
    log,
  }: {
    readonly store: Pick<RegistryStore, "totalUsage">;
    readonly damagedBlobs: Pick<DamagedBlobStore, "count">;
    readonly blobs: Pick<BlobStore, "space">;
    readonly log: Pick<Logger, "warn">;
  },
): void {
  const registers = [metrics];
  let known: { readonly at: number; readonly totals: Promise<StorageTotals> } | undefined;
  function totals(): Promise<StorageTotals> {
    const now = performance.now();
    if (known === undefined || now - known.at > FRESH_MS) {
      known = { at: now, totals: store.totalUsage() };
    }
    return known.totals;
  }
  /** For `collect`: the other metrics are worth more while the database is away. */
  async function set(gauge: Gauge, read: () => Promise<number>): Promise<void> {
    try {
      gauge.set(await read());
    } catch (error) {
      known = undefined;
      log.warn({ err: error }, "a metric of the storage could not be read");
    }
  }
  new Gauge({
    name: "haechi_registry_stored_bytes",
    help: "Bytes of all blobs and manifests, each digest once.",
    registers,
    async collect() {
      await set(this, async () => (await totals()).bytes);
    },
  });
  new Gauge({
    name: "haechi_registry_stored_blobs",
    help: "Blobs and manifests, each digest once.",
    registers,
    async collect() {
      await set(this, async () => {
        const { blobs: count, manifests } = await totals();
        return count + manifests;
      });
    },
  });
  new Gauge({
    name: "haechi_registry_damaged_blobs",
    help: "Blobs of repositories that are damaged or missing on disk and were not repaired yet.",
    labelNames: ["condition"],
    registers,
    async collect() {
      try {
        for (const [condition, count] of Object.entries(await damagedBlobs.count())) {
          this.set({ condition }, count);
        }
      } catch (error) {
        log.warn({ err: error }, "a metric of the storage could not be read");
      }
    },
  });
  new Gauge({
    name: "haechi_registry_disk_free_bytes",
    help: "Room on the disk of the blobs.",
    registers,
    async collect() {
      await set(this, async () => (await blobs.space()).freeBytes);
    },
  });
  new Gauge({
    name: "haechi_registry_disk_bytes",
    help: "Size of the disk of the blobs.",
    registers,
    async collect() {
      await set(this, async () => (await blobs.space()).totalBytes);
    },
  });
}
