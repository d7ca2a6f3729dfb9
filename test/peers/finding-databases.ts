// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { importAdvisories } from "#advisory-db";
import { compareVersions } from "#versions";
import { REPOSITORY } from "../../tools/repository.ts";
import { runTool } from "../support/run-tool.ts";
import { tool } from "../support/tools.ts";
import { FINDING_RECORDS, STANDARD_LIBRARY_RECORDS, toOsv } from "./finding-records.ts";
import {
  ALMA_RECORDS,
  ALPINE_RECORDS,
  type AlmaRecord,
  DEBIAN_RECORDS,
  type DebianRecord,
  NVD_RECORDS,
} from "./os-finding-records.ts";

const IMPORTER = fileURLToPath(new URL("trivy-importer", import.meta.url));

/** The same advisories, read by the importers of both programs. */
export interface FindingDatabases {
  /** A database folder of ours. */
  readonly haechi: string;
  /** The folder of a `trivy.db`. */
  readonly trivy: string;
}

/** A record of OSV as it stands in a file. */
export interface OsvRecord {
  readonly id: string;
  readonly affected?: readonly {
    readonly package?: { readonly ecosystem: string; readonly name: string };
    readonly ranges?: readonly { readonly events: readonly Readonly<Record<string, string>>[] }[];
    readonly versions?: readonly string[];
  }[];
  readonly database_specific?: { readonly severity?: string };
}

/** The records of one of our bundled files. */
export function bundledRecords(name: "debian-12" | "npm"): readonly OsvRecord[] {
  const lines = readFileSync(join(REPOSITORY, `advisories/${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as OsvRecord);
}

/**
 * Writes all records in the forms of their sources and lets both programs import them. Trivy's importers want one file for each
 * record, in folders of their own.
 */
export async function makeFindingDatabases(folder: string): Promise<FindingDatabases> {
  const ours = join(folder, "records");
  const theirs = join(folder, "trivy-records");
  const standardLibrary = STANDARD_LIBRARY_RECORDS.map(toOsv) as OsvRecord[];
  const language = [...(FINDING_RECORDS.map(toOsv) as OsvRecord[]), ...bundledRecords("npm").map(asGitHubWrites)];
  write(
    join(ours, "osv.jsonl"),
    [...language, ...standardLibrary, ...bundledRecords("debian-12")].map((each) => JSON.stringify(each)).join("\n"),
  );
  for (const each of language) {
    writeJson(join(theirs, `ghsa/advisories/github-reviewed/${each.id}.json`), each);
  }
  for (const each of standardLibrary) {
    writeJson(join(theirs, `govulndb/data/osv/${each.id}.json`), each);
  }
  // it reads the names of CocoaPods' packages, too
  mkdirSync(join(theirs, "cocoapods-specs/Specs"), { recursive: true });
  writeDebian(ours, theirs);
  writeAlpine(ours, theirs);
  writeAlma(ours, theirs);
  writeNvd(ours, theirs);
  const haechi = join(folder, "haechi");
  const { problems } = await importAdvisories({ sources: [ours], into: haechi });
  if (problems.length > 0) {
    throw new Error(`records could not be imported: ${JSON.stringify(problems).slice(0, 2_000)}`);
  }
  const trivy = join(folder, "trivy");
  const targets = ["nvd", "ghsa", "govulndb", "debian", "alpine", "alma"];
  const made = await runTool(tool("go"), ["run", ".", theirs, trivy, ...targets], { cwd: IMPORTER });
  if (made.code !== 0) {
    throw new Error(`the database of Trivy could not be made: ${made.stderr.slice(-2_000)}`);
  }
  return { haechi, trivy };
}

/** Trivy's importer reads GitHub's words for severities only, and wants the field. */
function asGitHubWrites(each: OsvRecord): OsvRecord {
  const severity = each.database_specific?.severity;
  return {
    ...each,
    database_specific: severity === "MEDIUM" ? { severity: "MODERATE" } : { severity: severity ?? "" },
  };
}

interface TrackerBug {
  readonly Header: { readonly ID: string; readonly Description: string };
  readonly Annotations: Readonly<Record<string, unknown>>[];
}

/** For us the tracker's JSON, for Trivy the same as its collector takes it out of the tracker's repository. */
function writeDebian(ours: string, theirs: string): void {
  const tracker = join(theirs, "vuln-list-debian/tracker");
  const json: Record<string, Record<string, object>> = {};
  const bugs = new Map<string, TrackerBug>();
  const fixes = bundledDebianFixes();
  for (const each of DEBIAN_RECORDS) {
    json[each.source] = { ...json[each.source], [each.id]: trackerEntry(each) };
    bugFor(bugs, each.id).Annotations.push(...annotationsOf(each));
    if (each.current !== undefined) {
      const file = join(tracker, `source/bookworm/main/${each.source.slice(0, 1)}/${each.source}.json`);
      writeJson(file, { Package: [each.source], Version: [newestOf(each.source, each.current, fixes)] });
    }
    if (each.advisory !== undefined) {
      const bug = bugFor(new Map(), each.advisory);
      bug.Annotations.push({ Type: "xref", Bugs: [each.id] }, fixedIn("bookworm", each.source, each.fixed));
      writeJson(join(tracker, `DSA/${each.advisory}.json`), bug);
    }
  }
  for (const { id, source, fixed } of fixes) {
    bugFor(bugs, id).Annotations.push(fixedIn("bookworm", source, fixed));
  }
  for (const [id, bug] of bugs) {
    writeJson(join(tracker, `CVE/${id}.json`), bug);
  }
  for (const empty of ["DLA", "source", "updates-source"]) {
    mkdirSync(join(tracker, empty), { recursive: true });
  }
  writeJson(join(tracker, "distributions.json"), { bookworm: { "major-version": "12" } });
  writeJson(join(ours, "debian.json"), json);
}

interface DebianFix {
  readonly id: string;
  readonly source: string;
  readonly fixed: string;
}

function bundledDebianFixes(): readonly DebianFix[] {
  return bundledRecords("debian-12").flatMap(({ id, affected = [] }) =>
    affected.map(({ package: about, ranges = [] }) => ({
      id,
      source: about?.name ?? "",
      fixed: ranges[0]?.events.find((event) => event["fixed"] !== undefined)?.["fixed"] ?? "",
    })),
  );
}

/** Trivy's importer takes what is fixed in a version that the release does not have yet as open. */
function newestOf(source: string, current: string, fixes: readonly DebianFix[]): string {
  return fixes
    .flatMap((fix) => (fix.source === source ? fix.fixed : []))
    .reduce((newest, each) => (compareVersions("dpkg", each, newest) === 1 ? each : newest), current);
}

function bugFor(bugs: Map<string, TrackerBug>, id: string): TrackerBug {
  const bug = bugs.get(id) ?? { Header: { ID: id, Description: "(shortened)" }, Annotations: [] };
  bugs.set(id, bug);
  return bug;
}

function fixedIn(release: string, source: string, version: string | undefined): Readonly<Record<string, unknown>> {
  return { Type: "package", Release: release, Package: source, Kind: "fixed", Version: version };
}

function annotationsOf(each: DebianRecord): readonly Readonly<Record<string, unknown>>[] {
  const { source, state, fixed, urgency } = each;
  const severity = urgency === undefined || urgency === "not yet assigned" ? {} : { Severity: urgency };
  const unstable = { Type: "package", Package: source, Kind: "unfixed", ...severity };
  if (state === "open") {
    return [unstable];
  }
  const inRelease =
    state === "fixed"
      ? fixedIn("bookworm", source, fixed)
      : {
          Type: "package",
          Release: "bookworm",
          Package: source,
          Kind: state === "notAffected" ? "not-affected" : state,
        };
  return [unstable, inRelease];
}

function trackerEntry({ state, fixed, urgency = "not yet assigned", current = "0" }: DebianRecord): object {
  const open = { status: "open", repositories: { bookworm: current }, urgency };
  const release = {
    fixed: { status: "resolved", repositories: { bookworm: current }, fixed_version: fixed, urgency },
    notAffected: { status: "resolved", repositories: { bookworm: current }, fixed_version: "0", urgency },
    open,
    "no-dsa": { ...open, nodsa: "Minor issue", nodsa_reason: "" },
    postponed: { ...open, nodsa: "Minor issue", nodsa_reason: "postponed" },
    ignored: { ...open, nodsa: "Minor issue", nodsa_reason: "ignored" },
    "end-of-life": { ...open, urgency: "end-of-life" },
    undetermined: { ...open, status: "undetermined" },
  }[state];
  return { description: "shortened", releases: { bookworm: release } };
}

function writeAlpine(ours: string, theirs: string): void {
  const about = {
    apkurl: "{{urlprefix}}/{{distroversion}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk",
    archs: ["x86_64"],
    urlprefix: "https://dl-cdn.alpinelinux.org/alpine",
    reponame: "main",
    distroversion: "v3.20",
  };
  const packages = new Map<string, Record<string, readonly string[]>>();
  for (const [name, fixed, ids] of ALPINE_RECORDS) {
    packages.set(name, { ...packages.get(name), [fixed]: ids });
  }
  const entries = [...packages].map(([name, secfixes]) => ({ name, secfixes }));
  writeJson(join(ours, "alpine.json"), { ...about, packages: entries.map((pkg) => ({ pkg })) });
  for (const each of entries) {
    writeJson(join(theirs, `vuln-list/alpine/3.20/main/${each.name}.json`), { ...each, ...about });
  }
}

function writeAlma(ours: string, theirs: string): void {
  writeJson(join(ours, "alma.json"), ALMA_RECORDS.map(toErratum));
  for (const each of ALMA_RECORDS) {
    writeJson(join(theirs, `vuln-list/alma/9/2024/${each.id.replace(":", "-")}.json`), toErratum(each));
  }
}

function toErratum({ id, cves, severity, module, packages }: AlmaRecord): object {
  return {
    updateinfo_id: id,
    description: "shortened",
    issued_date: { $date: 1_714_000_000_000 },
    pkglist: {
      name: "almalinux-9",
      packages: packages.map(([name, epoch, version, release]) => ({ name, epoch, version, release, arch: "x86_64" })),
      module: module === undefined ? {} : { name: module[0], stream: module[1] },
    },
    references: cves.map((cve) => ({ href: `https://vulners.com/cve/${cve}`, type: "cve", id: cve, title: cve })),
    severity,
    title: "shortened",
    type: "security",
    updated_date: { $date: 1_714_000_000_000 },
  };
}

/** For us a page of the API, for Trivy the records of one, each in a file. */
function writeNvd(ours: string, theirs: string): void {
  const vulnerabilities = NVD_RECORDS.map(([id, vectorString, baseScore]) => ({
    cve: nvdRecord(id, vectorString, baseScore),
  }));
  writeJson(join(ours, "nvd.json"), { format: "NVD_CVE", version: "2.0", vulnerabilities });
  for (const { cve } of vulnerabilities) {
    writeJson(join(theirs, `vuln-list-nvd/api/${cve.id.slice(4, 8)}/${cve.id}.json`), cve);
  }
}

function nvdRecord(
  id: string,
  vectorString: string,
  baseScore: number,
): { readonly id: string; readonly metrics: object } {
  const version = /^CVSS:(3\.[01])/.exec(vectorString)?.[1] ?? "2.0";
  const baseSeverity = nvdWord(baseScore, version);
  const metric = { source: "nvd@nist.gov", type: "Primary" };
  const cvssData = { version, vectorString, baseScore };
  const record = {
    id,
    vulnStatus: "Analyzed",
    lastModified: "2026-01-02T03:04:05.678",
    descriptions: [{ lang: "en", value: "shortened" }],
    metrics:
      version === "2.0"
        ? { cvssMetricV2: [{ ...metric, cvssData, baseSeverity }] }
        : { [`cvssMetricV${version.replace(".", "")}`]: [{ ...metric, cvssData: { ...cvssData, baseSeverity } }] },
  };
  return record;
}

/** The NVD writes the word beside the score (https://nvd.nist.gov/vuln-metrics/cvss). */
function nvdWord(score: number, version: string): string {
  const steps = { CRITICAL: version === "2.0" ? 11 : 9, HIGH: 7, MEDIUM: 4, LOW: 0 };
  return Object.entries(steps).find(([, least]) => score >= least)?.[0] ?? "NONE";
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function writeJson(path: string, value: unknown): void {
  write(path, JSON.stringify(value));
}
