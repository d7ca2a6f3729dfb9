// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

const ELEMENT = "<package ";
const ATTRIBUTE = /\b(id|version|developmentDependency)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const MAX_ELEMENT = 4_096;

/** `packages.config` of older .NET projects, which lists exact versions, without development dependencies. */
export const packagesConfigAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "nuget-config",
  version: "1",
  type: "nuget",
  wants: isNamed("packages.config"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const packages = withoutComments(text);
  for (let at = packages.indexOf(ELEMENT), end = at; at >= 0; at = packages.indexOf(ELEMENT, end)) {
    end = packages.indexOf(">", at);
    if (end < 0 || end - at > MAX_ELEMENT) {
      claims.addProblem("ENTRY_MALFORMED", "expected a package element with id and version");
      return;
    }
    const attributes = attributesOf(packages.slice(at, end));
    if (attributes.get("developmentDependency") !== "true") {
      claims.add(attributes.get("id"), attributes.get("version"));
    }
  }
}

function withoutComments(text: string): string {
  const kept: string[] = [];
  let start = 0;
  for (let open = text.indexOf("<!--"); open >= 0; open = text.indexOf("<!--", start)) {
    kept.push(text.slice(start, open));
    const close = text.indexOf("-->", open + 4);
    if (close < 0) {
      return kept.join("");
    }
    start = close + 3;
  }
  return kept.join("") + text.slice(start);
}

function attributesOf(element: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(element.matchAll(ATTRIBUTE), ([, name = "", double, single]) => [name, double ?? single ?? ""]),
  );
}
