// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { linesOf } from "../documents/lines-of.ts";
import { hasEnding } from "../languages/file-names.ts";
import { licenseList } from "../languages/license-list.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createInstalledAnalyzer } from "../languages/text-analyzer.ts";

const TEXT_FIELD = /^\{<<"(name|version)">>,\s?<<"([^"]{1,1024})">>\}\.$/;
const LICENSES = /^\{<<"licenses">>,\s?\[(.{0,4096})\]\}\.$/;

/** Fetched Elixir and Erlang packages: the `hex_metadata.config` that each package of hex.pm brings. */
export const hexMetadataAnalyzer: Analyzer = createInstalledAnalyzer({
  name: "hex",
  version: "1",
  type: "hex",
  wants: hasEnding(["/hex_metadata.config"]),
  read,
});

/** Erlang terms, written by hex with one field a line. */
function read(text: string, claims: PackageClaims): void {
  const fields = new Map<string, string>();
  let licenses: readonly string[] = [];
  for (const line of linesOf(text)) {
    const [, field = "", value = ""] = TEXT_FIELD.exec(line) ?? [];
    if (field !== "" && !fields.has(field)) {
      fields.set(field, value);
    }
    const list = LICENSES.exec(line)?.[1] ?? "";
    if (list !== "") {
      licenses = licenseList(Array.from(list.matchAll(/<<"([^"]*)">>/g), ([, name]) => name));
    }
  }
  claims.add(fields.get("name"), fields.get("version"), { licenses });
}
