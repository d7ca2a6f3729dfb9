// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { linesOf } from "../documents/lines-of.ts";
import { decodeText, isCleanText, quoteText } from "../untrusted-text.ts";
import { withEpoch } from "./epoch.ts";
import type { RpmPackage } from "./installed-package.ts";
import { withSources } from "./source-rpm.ts";

const MANIFEST = "var/lib/rpmmanifest/container-manifest-2";

/**
 * Columns of Azure Linux's distroless images, which have no database: name, version-release, install time, build time, vendor,
 * epoch, size, architecture, epoch as a number, source package.
 */
const COLUMNS = { name: 0, version: 1, vendor: 4, architecture: 7, epoch: 8, sourceRpm: 9, count: 10 };
const PACKAGE_NAME = /^[A-Za-z0-9._][A-Za-z0-9._+~^-]*$/;

/** Installed rpm packages of distroless images of Azure Linux: the list that its builder leaves in the place of a database. */
export const packageManifestAnalyzer: Analyzer = {
  name: "rpm-manifest",
  version: "1",
  fixedPaths: [MANIFEST],
  endings: [MANIFEST],
  wants(path) {
    return path === MANIFEST;
  },
  analyze,
};

function analyze(file: AnalyzedFile): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  if (file.bytes.length > LIMITS.maxPackageTextBytes) {
    collector.addProblem("FILE_TOO_LARGE", `file is larger than ${LIMITS.maxPackageTextBytes} bytes`);
    return collector.result();
  }
  const found: RpmPackage[] = [];
  let lineNumber = 0;
  for (const line of linesOf(decodeText(file.bytes))) {
    lineNumber += 1;
    const each = line === "" ? undefined : toPackage(line);
    if (each !== undefined && found.length < LIMITS.maxPackages) {
      found.push(each);
    } else if (line !== "") {
      collector.addProblem(
        "ENTRY_MALFORMED",
        `line ${lineNumber}: expected ${COLUMNS.count} columns, found ${quoteText(line)}`,
      );
    }
  }
  for (const each of withSources(found)) {
    collector.addPackage(each);
  }
  return collector.result();
}

function toPackage(line: string): RpmPackage | undefined {
  const columns = line.split("\t", COLUMNS.count + 1);
  const name = columns[COLUMNS.name];
  const version = columns[COLUMNS.version];
  const vendor = columns[COLUMNS.vendor];
  const architecture = columns[COLUMNS.architecture];
  const epoch = columns[COLUMNS.epoch] ?? "";
  if (columns.length !== COLUMNS.count || !isCleanText(name) || !PACKAGE_NAME.test(name) || !isCleanText(version)) {
    return undefined;
  }
  const number = /^\d{1,10}$/.test(epoch) ? Number(epoch) : 0;
  return {
    found: {
      type: "rpm",
      name,
      version: withEpoch(number, version),
      ...(isTold(architecture) && { architecture }),
      ...(isTold(vendor) && { vendor }),
    },
    epoch: number,
    sourceRpm: columns[COLUMNS.sourceRpm],
    paths: [],
    hasTooLongPaths: false,
  };
}

function isTold(text: string | undefined): text is string {
  return isCleanText(text) && text !== "(none)";
}
