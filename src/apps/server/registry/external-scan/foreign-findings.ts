// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Database, DatabaseLog, ScanRecord, ScanStore } from "#database";
import type { ScanReport, VulnerabilityFinding } from "#findings";
import type { Package } from "#packages";
import { parseForeignScanner } from "#registry";
import { type ForeignVulnerability, parseStoredReport, type StoredForeignReport } from "./read-report.ts";

/** Findings of others that count, added to what is read of scans. */
export interface ForeignFindings extends Disposable {
  /** The scans as everybody reads them; where no scanner counts, they are read as they are stored. */
  wrap<Store extends ScanStore>(store: Store): Store;
}

/** Follows which scanners count until it is disposed of. */
export function openForeignFindings(options: {
  readonly database: Pick<Database, "registryObjects" | "foreignReports" | "events">;
  readonly log: Pick<DatabaseLog, "error">;
}): ForeignFindings {
  const { database } = options;
  let counting: Promise<ReadonlySet<string>> | undefined;

  function forget(): void {
    counting = undefined;
  }

  async function countingScanners(): Promise<ReadonlySet<string>> {
    counting ??= database.registryObjects.list("scanner").then(
      (objects) =>
        new Set(
          objects
            .filter(({ document }) => {
              const scanner = parseForeignScanner(document);
              return scanner?.isEnabled === true && scanner.counts === true;
            })
            .map(({ name }) => name),
        ),
    );
    counting.catch(forget);
    return await counting;
  }

  async function add(records: ReadonlyMap<Digest, ScanRecord>): Promise<ReadonlyMap<Digest, ScanRecord>> {
    const scanners = await countingScanners();
    const scanned = [...records.values()].filter(({ report }) => report !== undefined).map(({ digest }) => digest);
    if (scanners.size === 0 || scanned.length === 0) {
      return records;
    }
    const reports = await database.foreignReports.findMany(scanned);
    return new Map(
      [...records].map(([digest, record]) => {
        const theirs = (reports.get(digest) ?? []).flatMap(({ scanner, report }) => {
          const parsed = scanners.has(scanner) ? parseStoredReport(report) : undefined;
          return parsed === undefined ? [] : [{ scanner, report: parsed }];
        });
        return [digest, theirs.length === 0 ? record : withFindings(record, theirs)];
      }),
    );
  }

  const unsubscribe = database.events.subscribe((event) => {
    if (event.type === "registry-changed" && event.kind === "scanner") {
      forget();
    }
  }, forget);
  return {
    wrap: (store) => ({
      ...store,
      async find(digest) {
        const record = await store.find(digest);
        return record === undefined ? undefined : ((await add(new Map([[digest, record]]))).get(digest) ?? record);
      },
      findMany: async (digests) => await add(await store.findMany(digests)),
    }),
    [Symbol.dispose]: unsubscribe,
  };
}

function withFindings(
  record: ScanRecord,
  theirs: readonly { readonly scanner: string; readonly report: StoredForeignReport }[],
): ScanRecord {
  const { report } = record;
  if (report === undefined) {
    return record;
  }
  const known = knownPairs(report);
  const packages = new Map<string, Package>();
  for (const each of report.inventory.packages) {
    packages.set(each.name, packages.get(each.name) ?? each);
  }
  const added: VulnerabilityFinding[] = [];
  for (const { scanner, report: foreign } of theirs) {
    for (const vulnerability of foreign.vulnerabilities) {
      const pair = `${vulnerability.id} ${vulnerability.package}`;
      if (!known.has(pair)) {
        known.add(pair);
        added.push(toFinding(vulnerability, { scanner, report, found: packages.get(vulnerability.package) }));
      }
    }
  }
  return added.length === 0 ? record : { ...record, report: { ...report, findings: [...report.findings, ...added] } };
}

/** What we say of a vulnerability of a package stands, also that it does not count. */
function knownPairs({ findings, suppressed = [] }: ScanReport): Set<string> {
  const pairs = new Set<string>();
  for (const finding of [...findings, ...suppressed.map((each) => each.finding)]) {
    if (finding.kind === "vulnerability") {
      const names = [finding.package.name, ...(finding.package.source ? [finding.package.source.name] : [])];
      for (const id of [finding.id, ...finding.aliases]) {
        for (const name of names) {
          pairs.add(`${id} ${name}`);
        }
      }
    }
  }
  return pairs;
}

function toFinding(
  vulnerability: ForeignVulnerability,
  from: { readonly scanner: string; readonly report: ScanReport; readonly found: Package | undefined },
): VulnerabilityFinding {
  const { id, version, severity, description = "", links, fixVersion, cvssVector } = vulnerability;
  const { scanner, report, found } = from;
  const base = report.image.layers[0];
  const url = links?.[0];
  return {
    kind: "vulnerability",
    state: "affected",
    id,
    aliases: [],
    severity,
    severitySource: scanner,
    ...(cvssVector === undefined ? {} : { cvssVector }),
    title: description === "" ? id : description,
    ...(url === undefined ? {} : { url }),
    package: { type: found?.type ?? "generic", name: vulnerability.package, version },
    // where we saw the package; where we did not, all that is known is the image
    evidence: found?.evidence ?? {
      layer: base?.diffId ?? report.image.digest,
      layerIndex: 0,
      path: "",
      analyzer: scanner,
    },
    fixedVersions: fixVersion === undefined ? [] : [fixVersion],
    match: {
      advisoryId: id,
      ecosystem: scanner,
      packageName: vulnerability.package,
      version,
      range: `= ${version}`,
    },
  };
}
