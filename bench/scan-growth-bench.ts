// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBundledDatabase } from "#advisory-db";
import { benchImage } from "../tools/fixtures/index.ts";
import { disguiseLayer, type PackedLayer, readLayers, writeImage } from "./derived-images.ts";
import { measureInTurn, type ProcessCost } from "./measure-process.ts";
import { releaseProgram } from "./release-program.ts";
import type { BenchReport, BenchRow } from "./report.ts";
import { haechiScan, trivyScan } from "./scan-programs.ts";
import { findTrivy, TRIVY_VERSION } from "./trivy.ts";

const RUNS = 3;

/** How many layers of the large and the small kind (511 and 89 MB) make an image of about so many GB. */
const SIZES: readonly { readonly gigabytes: string; readonly large: number; readonly small: number }[] = [
  { gigabytes: "0.1", large: 0, small: 1 },
  { gigabytes: "0.5", large: 1, small: 0 },
  { gigabytes: "1", large: 2, small: 0 },
  { gigabytes: "2", large: 4, small: 0 },
  { gigabytes: "5", large: 10, small: 0 },
];

/** How the cost of a scan grows with the image. `node bench/plot-scan-growth.ts` draws the table of docs/benchmarks.md. */
export async function benchScanGrowth(): Promise<BenchReport> {
  const [large, small] = readLayers(await benchImage());
  const trivy = await findTrivy();
  await releaseProgram();
  const database = await ensureBundledDatabase(tmpdir());
  const folder = mkdtempSync(join(homedir(), ".cache/haechi/bench/growth-"));
  try {
    const rows: BenchRow[] = [];
    for (const size of SIZES) {
      const image = join(folder, size.gigabytes);
      const work = join(folder, `layers-${size.gigabytes}`);
      mkdirSync(work);
      writeImage(image, [
        ...(await disguised(work, small as PackedLayer, size.small)),
        ...(await disguised(work, large as PackedLayer, size.large)),
      ]);
      const output = join(folder, "output.json");
      const [ours, peer] = (await measureInTurn(
        [
          haechiScan({
            location: `oci:${image}`,
            options: ["-f", "cyclonedx", "--scanners", "vulnerability"],
            output,
            database,
          }),
          trivyScan({ program: trivy, arguments: ["image", "--input", image, "--format", "cyclonedx"], output }),
        ],
        RUNS,
      )) as [ProcessCost, ProcessCost];
      rows.push(...rowsOf(size.gigabytes, ours, peer));
      rmSync(image, { recursive: true });
      rmSync(work, { recursive: true });
    }
    return {
      title: "Scan by the size of the image",
      peer: `Trivy ${TRIVY_VERSION}`,
      rows,
      notes: [
        `SBOM of images of 1, 1, 2, 4 and 10 gzip layers, each with the files of a layer of the image above; medians of ${RUNS} pairs of runs in turn, each with an empty cache.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowsOf(gigabytes: string, ours: ProcessCost, peer: ProcessCost): readonly BenchRow[] {
  return [
    { what: `${gigabytes} GB: CPU`, unit: "s", ours: ours.cpuSeconds, peer: peer.cpuSeconds },
    { what: `${gigabytes} GB: wall`, unit: "s", ours: ours.wallSeconds, peer: peer.wallSeconds },
    { what: `${gigabytes} GB: peak memory`, unit: "MiB", ours: ours.peakMiB, peer: peer.peakMiB },
  ];
}

async function disguised(work: string, layer: PackedLayer, count: number): Promise<readonly PackedLayer[]> {
  const layers: PackedLayer[] = [];
  for (let number = 1; number <= count; number += 1) {
    layers.push(await disguiseLayer(work, layer, number));
  }
  return layers;
}
