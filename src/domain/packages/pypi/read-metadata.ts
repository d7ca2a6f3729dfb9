// SPDX-License-Identifier: Apache-2.0
import { linesOf } from "../documents/lines-of.ts";

/** Values of the core metadata by field name in lower case; a field may stand more than once. */
export type PythonMetadata = ReadonlyMap<string, readonly string[]>;

const WANTED = new Set(["name", "version", "license", "license-expression", "classifier"]);
const MAX_VALUES = 1_000;

/**
 * The header fields of a METADATA or PKG-INFO file (core metadata specification): up to the first empty line, behind
 * which the description comes. Values over several lines are cut to their first; no name or version is one.
 */
export function readMetadata(text: string): PythonMetadata {
  const metadata = new Map<string, string[]>();
  for (const line of linesOf(text)) {
    if (line === "") {
      break;
    }
    const colon = line.indexOf(":");
    const field = colon > 0 && colon < 64 ? line.slice(0, colon).toLowerCase() : "";
    if (!WANTED.has(field)) {
      continue;
    }
    const values = metadata.get(field) ?? [];
    metadata.set(field, values);
    if (values.length < MAX_VALUES) {
      values.push(line.slice(colon + 1).trim());
    }
  }
  return metadata;
}
