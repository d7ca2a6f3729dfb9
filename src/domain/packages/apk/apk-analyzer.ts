// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalysisContext, AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { readStanzas, type Stanza, type StanzaFormat } from "../stanzas.ts";
import { decodeText, isCleanText, quoteText } from "../untrusted-text.ts";
import { ownedFiles } from "./owned-files.ts";

/** apk-tools 3 keeps its database below usr where lib is a link to usr/lib. */
const DATABASES: readonly string[] = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];

// One letter per field, and case counts: P is the package, p what it provides.
const FORMAT: StanzaFormat = {
  fields: new Set(["P", "V", "A", "o", "L"]),
  hasContinuations: false,
  toName: (written) => written,
};

/** The characters that apk-tools takes in a package name. */
const PACKAGE_NAME = /^[A-Za-z0-9+._-]+$/;

/** Installed Alpine packages (also of Wolfi and Chainguard images): apk's installed database. */
export const apkAnalyzer: Analyzer = {
  name: "apk",
  version: "2",
  fixedPaths: DATABASES,
  endings: DATABASES,
  wants(path) {
    return path.endsWith("lib/apk/db/installed") && DATABASES.includes(path);
  },
  analyze,
};

function analyze(file: AnalyzedFile, context?: AnalysisContext): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  if (file.bytes.length > LIMITS.maxPackageTextBytes) {
    collector.addProblem("FILE_TOO_LARGE", `file is larger than ${LIMITS.maxPackageTextBytes} bytes`);
    return collector.result();
  }
  const text = decodeText(file.bytes);
  for (const stanza of readStanzas(text, FORMAT)) {
    reportDefects(stanza, collector);
    addPackage(stanza, collector);
  }
  const { owned, isCut } = ownedFiles(text, context);
  if (isCut) {
    collector.addProblem("LIMIT_EXCEEDED", "file names are longer than any package database has them");
  }
  return { ...collector.result(), ...(owned.length > 0 && { owned }) };
}

function reportDefects(stanza: Stanza, collector: AnalysisCollector): void {
  if (stanza.badLines > 0) {
    collector.addProblem("ENTRY_MALFORMED", `entry at line ${stanza.line}: ${stanza.badLines} lines are not fields`);
  }
  if (stanza.isCut) {
    collector.addProblem("FILE_MALFORMED", `entry at line ${stanza.line}: the file ends in the middle of a line`);
  }
  if (stanza.repeatedFields.size > 0) {
    const names = [...stanza.repeatedFields].join(", ");
    collector.addProblem("ENTRY_MALFORMED", `entry at line ${stanza.line}: repeated fields: ${names}`);
  }
}

function addPackage(stanza: Stanza, collector: AnalysisCollector): void {
  const name = stanza.fields.get("P");
  const version = stanza.fields.get("V");
  if (!isCleanText(name) || !PACKAGE_NAME.test(name) || !isCleanText(version)) {
    collector.addProblem(
      "ENTRY_MALFORMED",
      `entry at line ${stanza.line}: expected a package name (P) and a version (V), found ${quoteText(name ?? "")} and ${quoteText(version ?? "")}`,
    );
    return;
  }
  const architecture = stanza.fields.get("A");
  const license = stanza.fields.get("L");
  collector.addPackage({
    type: "apk",
    name,
    version,
    ...(isCleanText(architecture) && { architecture }),
    // The origin is the aport that the package was built from; it has the version of all its packages.
    source: { name: originOf(stanza, name, collector), version },
    ...(isCleanText(license) && { licenses: [license] }),
  });
}

function originOf(stanza: Stanza, name: string, collector: AnalysisCollector): string {
  const origin = stanza.fields.get("o");
  if (origin === undefined || origin === "") {
    return name;
  }
  if (isCleanText(origin) && PACKAGE_NAME.test(origin)) {
    return origin;
  }
  collector.addProblem(
    "ENTRY_MALFORMED",
    `entry at line ${stanza.line}: expected an origin (o), found ${quoteText(origin)}`,
  );
  return name;
}
