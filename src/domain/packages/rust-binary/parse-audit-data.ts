// SPDX-License-Identifier: Apache-2.0
import { jsonShapeProblem } from "../documents/document-shape.ts";
import { decodeText } from "../untrusted-text.ts";

/** A crate that went into a program. */
export interface AuditedCrate {
  readonly name: unknown;
  readonly version: unknown;
}

/**
 * The crates of the JSON that cargo-auditable embeds (its PARSING.md), without those that only ran while building;
 * `undefined` when it is something else.
 */
export function parseAuditData(json: Uint8Array): readonly AuditedCrate[] | undefined {
  const text = decodeText(json);
  if (jsonShapeProblem(text) !== undefined) {
    return undefined;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const packages = isRecord(parsed) ? parsed["packages"] : undefined;
  if (!Array.isArray(packages)) {
    return undefined;
  }
  return packages.flatMap((each: unknown): readonly AuditedCrate[] => {
    if (!isRecord(each)) {
      return [{ name: undefined, version: undefined }];
    }
    return each["kind"] === "build" ? [] : [{ name: each["name"], version: each["version"] }];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
