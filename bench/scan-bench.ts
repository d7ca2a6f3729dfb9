// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBundledDatabase } from "#advisory-db";
import { writeTar } from "../test/support/image-builder.ts";
import { runTool } from "../test/support/run-tool.ts";
import { benchImage } from "../tools/fixtures/index.ts";
import { packLayer, readLayers, writeDockerArchive, writeImage } from "./derived-images.ts";
import { type MeasuredProgram, measureInTurn, type ProcessCost } from "./measure-process.ts";
import { RELEASE_NOTE, releaseProgram } from "./release-program.ts";
import type { BenchReport, BenchRow } from "./report.ts";
import { haechiScan, trivyScan } from "./scan-programs.ts";
import { findTrivy, TRIVY_VERSION } from "./trivy.ts";
import { makeTrivyDatabase } from "./trivy-database.ts";

const RUNS = 5;

/** Two programs that do the same work. */
interface Comparison {
  readonly what: string;
  readonly aim: string;
  readonly ours: MeasuredProgram;
  readonly peer: MeasuredProgram;
}

interface Setting {
  readonly folder: string;
  readonly image: string;
  readonly trivy: string;
  readonly trivyDatabase: string;
  readonly database: string;
}

/** Scans a large Debian image in the ways in which people scan, each beside Trivy doing the same. */
export async function benchScan(): Promise<BenchReport> {
  const image = await benchImage();
  const trivy = await findTrivy();
  await releaseProgram();
  // on the same disk as the image, so that its layers can be linked
  const folder = mkdtempSync(join(homedir(), ".cache/haechi/bench/scan-"));
  const trivyDatabase = await makeTrivyDatabase();
  try {
    const setting = { folder, image, trivy, trivyDatabase, database: await ensureBundledDatabase(tmpdir()) };
    const rows: BenchRow[] = [];
    for (const { what, aim, ours, peer } of await comparisons(setting)) {
      const [our, their] = (await measureInTurn([ours, peer], RUNS)) as [ProcessCost, ProcessCost];
      rows.push(
        { what: `${what}: CPU`, unit: "s", ours: our.cpuSeconds, peer: their.cpuSeconds, aim },
        { what: `${what}: wall`, unit: "s", ours: our.wallSeconds, peer: their.wallSeconds, aim },
        { what: `${what}: peak memory`, unit: "MiB", ours: our.peakMiB, peer: their.peakMiB, aim: "≤ 1 ×" },
      );
    }
    return {
      title: "Scan of a Debian image",
      peer: `Trivy ${TRIVY_VERSION}`,
      rows: [...rows, ...countPackages(folder)],
      notes: [
        describeImage(image),
        RELEASE_NOTE,
        `Medians of ${RUNS} pairs of runs in turn after one that warms the disk cache; every run has a new cache, empty unless it says otherwise.`,
        "All analyzers of ours run in every row. Advisories are those of our bundled database, for Trivy in its own form (`bench/trivy-database`).",
        `Trivy also lists ${strayPackages(join(folder, TRIVY_SBOM))} package.json files that are no installed package (folders for tests inside packages, the application itself).`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(trivyDatabase, { recursive: true });
  }
}

const OUR_SBOM = "haechi.cdx.json";
const TRIVY_SBOM = "trivy.cdx.json";

async function comparisons(setting: Setting): Promise<readonly Comparison[]> {
  const { folder, image } = setting;
  const archive = await writeDockerArchive(image, join(folder, "image.tar"));
  const second = secondImage(setting);
  const ourWarm = join(folder, "our-cache");
  const trivyWarm = join(folder, "trivy-cache");
  await runOnce(ours(setting, `oci:${image}`, OUR_SBOM), ourWarm);
  await runOnce(peer(setting, ["image", "--input", image], TRIVY_SBOM), trivyWarm);
  const layers = join(ourWarm, "haechi/layers");
  return [
    {
      what: "SBOM",
      aim: "≤ 0.45 ×",
      ours: ours(setting, `oci:${image}`, OUR_SBOM),
      peer: peer(setting, ["image", "--input", image], TRIVY_SBOM),
    },
    {
      what: "vulnerabilities",
      aim: "≤ 0.45 ×",
      ours: ours(setting, `oci:${image}`, "haechi.json"),
      peer: peer(setting, ["image", "--input", image, "--scanners", "vuln"], "trivy.json"),
    },
    {
      what: "vulnerabilities and secrets",
      aim: "",
      ours: ours(setting, `oci:${image}`, "all.json", { scanners: "vulnerability,secret" }),
      peer: peer(setting, ["image", "--input", image, "--scanners", "vuln,secret"], "trivy-all.json"),
    },
    {
      what: "docker-archive, SBOM",
      aim: "≤ 0.5 ×",
      ours: ours(setting, `docker-archive:${archive}`, "archive.cdx.json"),
      peer: peer(setting, ["image", "--input", archive], "trivy-archive.cdx.json"),
    },
    {
      what: "rescan of an SBOM",
      aim: "≤ 0.5 ×",
      ours: ours(setting, `sbom:${join(folder, OUR_SBOM)}`, "rescan.json"),
      peer: peer(setting, ["sbom", join(folder, TRIVY_SBOM), "--scanners", "vuln"], "trivy-rescan.json"),
    },
    {
      what: "second image on a base that both have cached",
      aim: "",
      ours: ours(setting, `oci:${second}`, "second.cdx.json", { layers }),
      peer: peer(setting, ["image", "--input", second], "trivy-second.cdx.json", trivyWarm),
    },
    {
      what: "the same, beside Trivy without a cache",
      aim: "≤ 0.15 ×",
      ours: ours(setting, `oci:${second}`, "second.cdx.json", { layers }),
      peer: peer(setting, ["image", "--input", second], "trivy-second.cdx.json"),
    },
  ];
}

function ours(
  { folder, database }: Setting,
  location: string,
  output: string,
  given: { readonly scanners?: string; readonly layers?: string } = {},
): MeasuredProgram {
  const { scanners = "vulnerability", ...layers } = given;
  const format = output.endsWith(".cdx.json") ? "cyclonedx" : "json";
  const options = ["-f", format, "--scanners", scanners];
  return haechiScan({ location, options, output: join(folder, output), database, ...layers });
}

function peer(
  { folder, trivy, trivyDatabase }: Setting,
  words: readonly string[],
  output: string,
  cache?: string,
): MeasuredProgram {
  const format = output.endsWith(".cdx.json") ? "cyclonedx" : "json";
  return trivyScan({
    program: trivy,
    arguments: [...words, "--format", format],
    output: join(folder, output),
    ...(words.includes("--scanners") ? { database: trivyDatabase } : {}),
    ...(cache === undefined ? {} : { cache }),
  });
}

/** The image with another small layer on top. */
function secondImage({ folder, image }: Setting): string {
  const manifest = JSON.stringify({ name: "left-pad", version: "1.3.0" });
  const work = join(folder, "second-layer");
  mkdirSync(work);
  const top = packLayer(work, writeTar([{ path: "srv/node_modules/left-pad/package.json", content: manifest }]));
  return writeImage(join(folder, "second"), [...readLayers(image), top]);
}

async function runOnce(program: MeasuredProgram, cache: string): Promise<void> {
  const { code, stderr } = await runTool(program.command, program.arguments(cache));
  if (!program.expectedCodes.includes(code ?? -1)) {
    throw new Error(`${program.command} ended with ${code}: ${stderr.slice(-2_000)}`);
  }
}

interface HaechiJson {
  readonly reports: readonly {
    readonly inventory: { readonly packages: readonly { readonly type: string }[] };
    readonly findings: readonly { readonly package: { readonly type: string } }[];
  }[];
}

interface TrivyJson {
  readonly Results: readonly { readonly Type?: string; readonly Vulnerabilities?: readonly unknown[] }[];
}

interface CycloneDx {
  readonly components: readonly {
    readonly purl?: string;
    readonly properties?: readonly { readonly name: string; readonly value: string }[];
  }[];
}

function countPackages(folder: string): readonly BenchRow[] {
  const { reports } = JSON.parse(readFileSync(join(folder, "haechi.json"), "utf8")) as HaechiJson;
  const { Results } = JSON.parse(readFileSync(join(folder, "trivy.json"), "utf8")) as TrivyJson;
  const packages = reports.flatMap((each) => each.inventory.packages);
  const sbom = join(folder, TRIVY_SBOM);
  function count(type: string): number {
    return packages.filter((found) => found.type === type).length;
  }
  return [
    {
      what: "Debian packages found",
      unit: "",
      ours: count("deb"),
      peer: trivyComponents(sbom, "deb").length,
      aim: "the same",
    },
    {
      what: "npm packages found",
      unit: "",
      ours: count("npm"),
      peer: trivyComponents(sbom, "npm").filter(isPackageRoot).length,
      aim: "the same",
    },
    {
      what: "vulnerabilities of npm packages found",
      unit: "",
      ours: reports.flatMap((each) => each.findings).filter((finding) => finding.package.type === "npm").length,
      peer: Results.flatMap((each) => (each.Type === "node-pkg" ? (each.Vulnerabilities ?? []) : [])).length,
    },
  ];
}

function strayPackages(sbom: string): number {
  return trivyComponents(sbom, "npm").filter((path) => !isPackageRoot(path)).length;
}

/** Where Trivy found each component of the type. */
function trivyComponents(file: string, type: "deb" | "npm"): readonly string[] {
  const sbom = JSON.parse(readFileSync(file, "utf8")) as CycloneDx;
  return sbom.components
    .filter(({ purl }) => purl?.startsWith(`pkg:${type}/`) === true)
    .map(({ properties }) => properties?.find(({ name }) => name === "aquasecurity:trivy:FilePath")?.value ?? "");
}

function isPackageRoot(path: string): boolean {
  return /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path);
}

function describeImage(image: string): string {
  const layers = readLayers(image);
  const packed = layers.reduce((sum, { size }) => sum + size, 0);
  const unpacked = layers.reduce((sum, { inflatedSize }) => sum + inflatedSize, 0);
  return `The image has ${layers.length} gzip layers: ${megabytes(packed)} packed, ${megabytes(unpacked)} unpacked (\`node tools/fixtures/build-fixtures.ts bench\`).`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
