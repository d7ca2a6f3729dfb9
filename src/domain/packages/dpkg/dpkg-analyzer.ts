// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalysisContext, AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { readStanzas, type Stanza, type StanzaFormat } from "../stanzas.ts";
import { decodeText, isCleanText, quoteText } from "../untrusted-text.ts";
import { isInstalledState } from "./installed-states.ts";
import { isFileList, ownedFiles } from "./owned-files.ts";
import { parseSourceField } from "./source-field.ts";

const FOLDER = "var/lib/dpkg/";
const STATUS = "var/lib/dpkg/status";
const STATUS_FOLDER = "var/lib/dpkg/status.d/";

// deb822(5): field names are case-insensitive. dpkg itself refuses a stanza that has a field twice.
const FORMAT: StanzaFormat = {
  fields: new Set(["package", "status", "version", "architecture", "source"]),
  hasContinuations: true,
  toName: (written) => written.toLowerCase(),
};

/** Debian Policy 5.6.7, plus capitals, which dpkg takes. */
const PACKAGE_NAME = /^[A-Za-z0-9][A-Za-z0-9+.-]+$/;

/**
 * Installed Debian packages: dpkg's status database, the one-file-per-package form of distroless images, and the lists of the
 * files that each package owns.
 */
export const dpkgAnalyzer: Analyzer = {
  name: "dpkg",
  version: "2",
  fixedPaths: [STATUS],
  wants(path) {
    return path.startsWith(FOLDER) && (path === STATUS || isStatusFolderFile(path) || isFileList(path));
  },
  analyze,
};

function isStatusFolderFile(path: string): boolean {
  return (
    path.startsWith(STATUS_FOLDER) &&
    path.length > STATUS_FOLDER.length &&
    !path.includes("/", STATUS_FOLDER.length) &&
    !path.endsWith(".md5sums")
  );
}

function analyze(file: AnalyzedFile, context?: AnalysisContext): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  if (file.bytes.length > LIMITS.maxPackageTextBytes) {
    collector.addProblem("FILE_TOO_LARGE", `file is larger than ${LIMITS.maxPackageTextBytes} bytes`);
    return collector.result();
  }
  if (isFileList(file.path)) {
    const owned = ownedFiles(file.path, decodeText(file.bytes), context);
    return { packages: [], problems: [], ...(owned !== undefined && { owned: [owned] }) };
  }
  // Files of status.d have no Status field: that they are there says that the package is.
  const isStatusOptional = file.path !== STATUS;
  for (const stanza of readStanzas(decodeText(file.bytes), FORMAT)) {
    reportDefects(stanza, collector);
    if (isInstalled(stanza, isStatusOptional, collector)) {
      addPackage(stanza, collector);
    }
  }
  return collector.result();
}

function reportDefects(stanza: Stanza, collector: AnalysisCollector): void {
  if (stanza.badLines > 0) {
    collector.addProblem("ENTRY_MALFORMED", `stanza at line ${stanza.line}: ${stanza.badLines} lines are not fields`);
  }
  if (stanza.isCut) {
    collector.addProblem("FILE_MALFORMED", `stanza at line ${stanza.line}: the file ends in the middle of a line`);
  }
  if (stanza.repeatedFields.size > 0) {
    const names = [...stanza.repeatedFields].join(", ");
    collector.addProblem("ENTRY_MALFORMED", `stanza at line ${stanza.line}: repeated fields: ${names}`);
  }
}

/** A package whose state cannot be told counts as installed, with a problem: leaving it out could hide a vulnerability. */
function isInstalled(stanza: Stanza, isStatusOptional: boolean, collector: AnalysisCollector): boolean {
  const status = stanza.fields.get("status");
  if (status === undefined && isStatusOptional) {
    return true;
  }
  const installed = isInstalledState(status ?? "");
  if (installed === undefined) {
    collector.addProblem(
      "ENTRY_MALFORMED",
      `stanza at line ${stanza.line}: expected a status such as "install ok installed", found ${quoteText(status ?? "")}`,
    );
  }
  return installed ?? true;
}

function addPackage(stanza: Stanza, collector: AnalysisCollector): void {
  const name = stanza.fields.get("package");
  const version = stanza.fields.get("version");
  if (!isCleanText(name) || !PACKAGE_NAME.test(name) || !isCleanText(version)) {
    collector.addProblem(
      "ENTRY_MALFORMED",
      `stanza at line ${stanza.line}: expected a package name and a version, found ${quoteText(name ?? "")} and ${quoteText(version ?? "")}`,
    );
    return;
  }
  const architecture = stanza.fields.get("architecture");
  const source = parseSourceField(stanza.fields.get("source") ?? name, version);
  if (source === undefined) {
    collector.addProblem(
      "ENTRY_MALFORMED",
      `stanza at line ${stanza.line}: expected "name (version)" as source, found ${quoteText(stanza.fields.get("source") ?? "")}`,
    );
  }
  collector.addPackage({
    type: "deb",
    name,
    version,
    ...(isCleanText(architecture) && { architecture }),
    source: source ?? { name, version },
  });
}
