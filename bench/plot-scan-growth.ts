// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type GrowthPanel, renderGrowthPlot } from "./render-growth-plot.ts";

const TABLE = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
const PLOT = fileURLToPath(new URL("../docs/images/scan-growth.svg", import.meta.url));
const PANELS = [
  { what: "CPU", title: "CPU time in s" },
  { what: "wall", title: "Wall time in s" },
  { what: "peak memory", title: "Peak memory in MiB" },
];
/** `| 0.5 GB: CPU | 1.10 s | 2.20 s | …`. */
const ROW = /^\| ([0-9.]+) GB: ([A-Za-z ]+) \| ([0-9.,]+) \S+ \| ([0-9.,]+) \S+ \|/;

/** `node bench/plot-scan-growth.ts`: draws the table "Scan by the size of the image" of docs/benchmarks.md, so that both say the same. */
function plot(): void {
  const rows = readFileSync(TABLE, "utf8")
    .split("\n")
    .map((line) => ROW.exec(line))
    .filter((row) => row !== null);
  const panels = PANELS.map(
    ({ what, title }): GrowthPanel => ({
      title,
      points: rows
        .filter((row) => row[2] === what)
        .map((row) => ({ gigabytes: Number(row[1]), ours: figure(row[3]), peer: figure(row[4]) })),
    }),
  );
  if (panels.some(({ points }) => points.length === 0)) {
    throw new Error(`${TABLE} has no table of the bench scan-growth`);
  }
  mkdirSync(fileURLToPath(new URL("../docs/images/", import.meta.url)), { recursive: true });
  writeFileSync(PLOT, renderGrowthPlot(panels, "Trivy"));
}

function figure(text: string | undefined): number {
  return Number(text?.replaceAll(",", ""));
}

plot();
