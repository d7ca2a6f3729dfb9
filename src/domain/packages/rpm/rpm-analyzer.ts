// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalysisContext, AnalyzedFile, Analyzer, AnalyzerResult, OwnedFiles } from "../analyzer.ts";
import type { DatabaseReader, DatabaseRecord } from "./database-record.ts";
import { installedPackage, type RpmPackage } from "./installed-package.ts";
import { isBerkeleyHash, readBerkeleyHash } from "./read-berkeley-hash.ts";
import { isNdb, readNdb } from "./read-ndb.ts";
import { readSqlite } from "./read-sqlite.ts";
import { parseRpmHeader } from "./rpm-header.ts";
import { withSources } from "./source-rpm.ts";
import { isSqlite } from "./sqlite-table.ts";

/** Where rpm keeps its database: since always, of newer Fedora and SUSE, and of images made with rpm-ostree. */
const FOLDERS: readonly string[] = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];
const DATABASES: readonly string[] = ["Packages", "Packages.db", "rpmdb.sqlite"];
const WRITE_AHEAD_LOG = "rpmdb.sqlite-wal";

const PATHS: ReadonlySet<string> = new Set(
  FOLDERS.flatMap((folder) => [...DATABASES, WRITE_AHEAD_LOG].map((name) => `${folder}/${name}`)),
);

/** Installed rpm packages with the files that they own: rpm's databases of SQLite, ndb and Berkeley DB. */
export const rpmAnalyzer: Analyzer = {
  name: "rpm",
  version: "1",
  fixedPaths: [...PATHS],
  endings: [...PATHS],
  wants(path, facts) {
    // an empty log is what rpm leaves behind
    return PATHS.has(path) && (facts?.size !== 0 || !path.endsWith(WRITE_AHEAD_LOG));
  },
  analyze,
};

function analyze(file: AnalyzedFile, context?: AnalysisContext): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  if (file.path.endsWith(WRITE_AHEAD_LOG)) {
    if (file.bytes.length > 0) {
      collector.addProblem("FILE_MALFORMED", "rpm's database was not closed: its last changes are not in it yet");
    }
    return collector.result();
  }
  const reader = readerFor(file.bytes);
  if (reader === undefined) {
    collector.addProblem("FILE_MALFORMED", "expected an rpm database of SQLite, ndb or Berkeley DB's hash");
    return collector.result();
  }
  const owned: OwnedFiles[] = [];
  const found: RpmPackage[] = [];
  for (const record of reader(file.bytes)) {
    const installed = toPackage(record, { collector, context });
    if (installed !== undefined && found.length < LIMITS.maxPackages) {
      found.push(installed);
      if (installed.paths.length > 0) {
        owned.push(ownedBy(installed));
      }
    }
  }
  for (const each of withSources(found)) {
    collector.addPackage(each);
  }
  return { ...collector.result(), ...(owned.length > 0 && { owned }) };
}

function readerFor(bytes: Uint8Array): DatabaseReader | undefined {
  if (isSqlite(bytes)) {
    return readSqlite;
  }
  if (isNdb(bytes)) {
    return readNdb;
  }
  return isBerkeleyHash(bytes) ? readBerkeleyHash : undefined;
}

function toPackage(
  record: DatabaseRecord,
  { collector, context }: { readonly collector: AnalysisCollector; readonly context: AnalysisContext | undefined },
): RpmPackage | undefined {
  if ("problem" in record) {
    collector.addProblem(record.isWhole === true ? "FILE_MALFORMED" : "ENTRY_MALFORMED", record.problem);
    return undefined;
  }
  const header = parseRpmHeader(record.header);
  const installed = header === undefined ? "header is not whole" : installedPackage(header, context);
  if (typeof installed === "string") {
    collector.addProblem("ENTRY_MALFORMED", installed);
    return undefined;
  }
  if (installed?.hasTooLongPaths === true) {
    collector.addProblem("ENTRY_MALFORMED", `file names of ${installed.found.name} are longer than their package`);
  }
  return installed;
}

function ownedBy({ found, paths }: RpmPackage): OwnedFiles {
  const { name, version, architecture } = found;
  return { type: "rpm", name, version, ...(architecture !== undefined && { architecture }), paths };
}
