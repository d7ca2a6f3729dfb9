// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { linesOf } from "../documents/lines-of.ts";
import { hasEnding } from "../languages/file-names.ts";
import { licenseList } from "../languages/license-list.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createInstalledAnalyzer } from "../languages/text-analyzer.ts";

const SPECIFICATION = /(?:^|\/)specifications\/(?:default\/)?[^/]+\.gemspec$/;
/** RubyGems' own first line in what it installs: `# stub: NAME VERSION PLATFORM FOLDERS`. */
const STUB = /^# stub: (\S+) (\S+)(?: |$)/;
const FIELD = /^\s*\w+\.(name|version|licenses?)\s*=\s*(.*)$/;
const MAX_LINE = 4_096;

/** Installed Ruby gems, those that come with Ruby included: what RubyGems writes into its `specifications` folder. */
export const gemspecAnalyzer: Analyzer = createInstalledAnalyzer({
  name: "gemspec",
  version: "1",
  type: "gem",
  probes: ["x.gemspec"],
  wants: hasEnding([".gemspec"], (path) => SPECIFICATION.test(path)),
  read,
});

/** The file is Ruby code; RubyGems writes it with literals, and nothing else is understood. */
function read(text: string, claims: PackageClaims): void {
  let name: string | undefined;
  let version: string | undefined;
  let licenses: readonly string[] = [];
  for (const line of linesOf(text)) {
    if (line.length > MAX_LINE) {
      continue;
    }
    const stub = STUB.exec(line);
    const [, field, value = ""] = FIELD.exec(line) ?? [];
    if (stub !== null) {
      name ??= stub[1];
      version ??= stub[2];
    } else if (field === "name") {
      name ??= literalsOf(value)[0];
    } else if (field === "version") {
      version ??= literalsOf(value)[0];
    } else if (field !== undefined) {
      licenses = licenseList(literalsOf(value));
    }
  }
  claims.add(name, version, { licenses });
}

/** The texts in quotes: `"MIT".freeze`, `Gem::Version.new("1.0")`, `["MIT".freeze, "Ruby".freeze]`. */
function literalsOf(value: string): readonly string[] {
  return Array.from(value.matchAll(/"([^"\\]*)"|'([^'\\]*)'/g), ([, double, single]) => double ?? single ?? "");
}
