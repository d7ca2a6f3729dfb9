// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge } from "prom-client";
import type { Telemetry } from "#telemetry";

/** What is counted about images of other registries; `watch` is told how large the caches are when somebody asks. */
interface ImageMetrics {
  readonly fetches: Counter<"result">;
  readonly scans: Counter<"result">;
  readonly watch: (sizes: Readonly<Record<"inlineScans" | "manifests" | "tags", () => number>>) => void;
}

export function createImageMetrics({ metrics }: Telemetry): ImageMetrics {
  const registers = [metrics];
  const fetches = new Counter({
    name: "haechi_images_fetches_total",
    help: "Questions to other registries about manifests, tags and configurations, by result: ok, not-found, refused, unavailable, invalid, error.",
    labelNames: ["result"],
    registers,
  });
  const scans = new Counter({
    name: "haechi_images_inline_scans_total",
    help: "Scans of images of other registries, by result: done, unsupported, failed.",
    labelNames: ["result"],
    registers,
  });
  return {
    fetches,
    scans,
    watch(sizes) {
      new Gauge({
        name: "haechi_images_inline_scans",
        help: "Scans of images of other registries that are under way or wait in this process.",
        registers,
        collect() {
          this.set(sizes.inlineScans());
        },
      });
      new Gauge({
        name: "haechi_images_cached",
        help: "What is remembered about images of other registries, by what: manifests, tags.",
        labelNames: ["what"],
        registers,
        collect() {
          this.set({ what: "manifests" }, sizes.manifests());
          this.set({ what: "tags" }, sizes.tags());
        },
      });
    },
  };
}
