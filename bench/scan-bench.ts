// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { benchImage } from "../tools/fixtures/index.ts";
import { type MeasuredProgram, measureInTurn } from "./measure-process.ts";
import type { BenchReport } from "./report.ts";
import { findTrivy, TRIVY_VERSION } from "./trivy.ts";

const RUNS = 5;
const BIN = fileURLToPath(new URL("../bin/haechi.mjs", import.meta.url));
const MAIN = fileURLToPath(new URL("../src/apps/cli/main.ts", import.meta.url));

/** Scans the large Debian image; Trivy makes its SBOM only, we match advisories and judge as well. */
export async function benchScan(): Promise<BenchReport> {
  const image = await benchImage();
  const program = await findTrivy();
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-scan-"));
  try {
    const [ours, theirs] = [join(folder, "haechi.json"), join(folder, "trivy.json")];
    const programs: readonly MeasuredProgram[] = [
      haechi(BIN, image, ours),
      haechi(MAIN, image, ours),
      trivy(program, image, theirs),
    ];
    const [bin, main, trivyCost] = await measureInTurn(programs, RUNS);
    if (bin === undefined || main === undefined || trivyCost === undefined) {
      throw new Error("nothing was measured");
    }
    return {
      title: "Scan of a Debian image",
      peer: `Trivy ${TRIVY_VERSION}`,
      rows: [
        { what: "CPU", unit: "s", ours: bin.cpuSeconds, peer: trivyCost.cpuSeconds, aim: "≤ 0.6 ×" },
        { what: "wall", unit: "s", ours: bin.wallSeconds, peer: trivyCost.wallSeconds, aim: "≤ 0.6 ×" },
        { what: "peak memory", unit: "MiB", ours: bin.peakMiB, peer: trivyCost.peakMiB, aim: "≤ 1 ×" },
        { what: "CPU, no compile cache", unit: "s", ours: main.cpuSeconds, peer: trivyCost.cpuSeconds },
        { what: "wall, no compile cache", unit: "s", ours: main.wallSeconds, peer: trivyCost.wallSeconds },
        { what: "Debian packages found", unit: "", ...comparePackages(ours, theirs, "deb"), aim: "the same" },
        { what: "npm packages found", unit: "", ...comparePackages(ours, theirs, "npm"), aim: "the same" },
      ],
      notes: [
        describeImage(image),
        `Medians of ${RUNS} runs in turn after one that warms the disk cache; every run of Trivy has a new, empty cache.`,
        `Trivy also lists ${strayPackages(theirs)} package.json files that are no installed package (folders for tests inside packages, the application itself).`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function haechi(program: string, image: string, output: string): MeasuredProgram {
  return {
    command: process.execPath,
    arguments: () => [program, "scan", `oci:${image}`, "-f", "json", "-o", output, "--no-progress"],
    // the image holds old npm packages, so it is refused
    expectedCodes: [1],
  };
}

function trivy(program: string, image: string, output: string): MeasuredProgram {
  return {
    command: program,
    arguments: (cache) => [
      ...["image", "--input", image, "--format", "cyclonedx", "--output", output, "--quiet"],
      ...["--skip-db-update", "--offline-scan", "--cache-dir", cache],
    ],
    expectedCodes: [0],
  };
}

interface HaechiJson {
  readonly reports: readonly { readonly inventory: { readonly packages: readonly { readonly type: string }[] } }[];
}

interface TrivyJson {
  readonly components: readonly {
    readonly purl?: string;
    readonly properties?: readonly { readonly name: string; readonly value: string }[];
  }[];
}

function comparePackages(
  ours: string,
  theirs: string,
  type: "deb" | "npm",
): { readonly ours: number; readonly peer: number } {
  const report = JSON.parse(readFileSync(ours, "utf8")) as HaechiJson;
  const packages = report.reports.flatMap((each) => each.inventory.packages);
  return {
    ours: packages.filter((found) => found.type === type).length,
    peer: trivyComponents(theirs, type).filter((path) => type === "deb" || isPackageRoot(path)).length,
  };
}

function strayPackages(theirs: string): number {
  return trivyComponents(theirs, "npm").filter((path) => !isPackageRoot(path)).length;
}

/** Where Trivy found each component of the type. */
function trivyComponents(file: string, type: "deb" | "npm"): readonly string[] {
  const sbom = JSON.parse(readFileSync(file, "utf8")) as TrivyJson;
  return sbom.components
    .filter(({ purl }) => purl?.startsWith(`pkg:${type}/`) === true)
    .map(({ properties }) => properties?.find(({ name }) => name === "aquasecurity:trivy:FilePath")?.value ?? "");
}

function isPackageRoot(path: string): boolean {
  return /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path);
}

function describeImage(image: string): string {
  function blob(digest: string): string {
    return join(image, "blobs", digest.replace(":", "/"));
  }
  const index = JSON.parse(readFileSync(join(image, "index.json"), "utf8")) as { manifests: { digest: string }[] };
  const manifest = JSON.parse(readFileSync(blob(index.manifests[0]?.digest ?? ""), "utf8")) as {
    layers: { digest: string }[];
  };
  const layers = manifest.layers.map(({ digest }) => readFileSync(blob(digest)));
  const packed = layers.reduce((sum, bytes) => sum + bytes.length, 0);
  // the last four bytes of gzip are the size of its content
  const unpacked = layers.reduce((sum, bytes) => sum + bytes.readUInt32LE(bytes.length - 4), 0);
  return `The image has ${layers.length} gzip layers: ${megabytes(packed)} packed, ${megabytes(unpacked)} unpacked (\`node tools/fixtures/build-fixtures.ts bench\`).`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
