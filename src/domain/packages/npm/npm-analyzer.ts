// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { jsonShapeProblem } from "../documents/document-shape.ts";
import { jsonFailure } from "../documents/json-failure.ts";
import { decodeText, isCleanText, quoteText } from "../untrusted-text.ts";
import { licensesOf } from "./licenses-of.ts";

/**
 * `node_modules/NAME/package.json` or `node_modules/@SCOPE/NAME/package.json`, anywhere; names begin with no dot. Node also looks into
 * its "global folders": `.node_modules` and `.node_libraries` at home, `lib/node` where it is installed.
 */
const PACKAGE_ROOT =
  /(?:(?:^|\/)(?:\.?node_modules|\.node_libraries)|^usr\/(?:local\/)?lib\/node)\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/;

/** Installed npm packages: the `package.json` at the root of each package under a `node_modules` folder. */
export const npmAnalyzer: Analyzer = {
  name: "npm",
  version: "2",
  fixedPaths: [],
  endings: ["/package.json"],
  probes: ["package.json", "x/package.json"],
  wants: isPackageManifest,
  ownsMatter: isPackageManifest,
  analyze,
};

function isPackageManifest(path: string): boolean {
  return path.endsWith("/package.json") && PACKAGE_ROOT.test(path);
}

function analyze(file: AnalyzedFile): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  const manifest = parseManifest(file.bytes, collector);
  if (manifest !== undefined) {
    addPackage(manifest, collector);
  }
  return collector.result();
}

/** The object in the file. Nothing is merged into other objects, so a key named `__proto__` is a key like any other. */
function parseManifest(bytes: Uint8Array, collector: AnalysisCollector): ReadonlyMap<string, unknown> | undefined {
  if (bytes.length > LIMITS.maxLockFileBytes) {
    collector.addProblem("FILE_TOO_LARGE", `file is larger than ${LIMITS.maxLockFileBytes} bytes`);
    return undefined;
  }
  const text = decodeText(bytes);
  const shapeProblem = jsonShapeProblem(text);
  if (shapeProblem !== undefined) {
    collector.addProblem("LIMIT_EXCEEDED", `not read: ${shapeProblem}`);
    return undefined;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    collector.addProblem("FILE_MALFORMED", jsonFailure(error));
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    collector.addProblem("FILE_MALFORMED", "expected a JSON object");
    return undefined;
  }
  return new Map(Object.entries(parsed));
}

function addPackage(manifest: ReadonlyMap<string, unknown>, collector: AnalysisCollector): void {
  const name = manifest.get("name") ?? "";
  const version = trimmed(manifest.get("version") ?? "");
  if (name === "" || version === "") {
    // Not a package: the root of a private project, or a file that only sets the module type of its folder.
    return;
  }
  if (typeof name !== "string" || typeof version !== "string") {
    collector.addProblem("ENTRY_MALFORMED", "expected name and version to be text");
    return;
  }
  if (!isCleanText(name) || !isCleanText(version)) {
    collector.addProblem(
      "ENTRY_MALFORMED",
      `expected a package name and a version, found ${quoteText(name)} and ${quoteText(version)}`,
    );
    return;
  }
  const licenses = licensesOf(manifest);
  collector.addPackage({ type: "npm", name, version, ...(licenses.length > 0 && { licenses }) });
}

/** npm takes versions with spaces around; so does the comparison. */
function trimmed(version: unknown): unknown {
  return typeof version === "string" ? version.trim() : version;
}
