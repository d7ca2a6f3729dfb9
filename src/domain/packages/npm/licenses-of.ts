// SPDX-License-Identifier: Apache-2.0
import { isCleanText } from "../untrusted-text.ts";

/** No package has more; a list of millions would be carried into every report. */
const MAX_LICENSES = 16;

/**
 * The licences of a package.json: `license` as text or `{ type }`, or the old `licenses` list of either. What is
 * neither is left out; it says nothing that anybody could use.
 */
export function licensesOf(manifest: ReadonlyMap<string, unknown>): readonly string[] {
  const written = manifest.get("license") ?? manifest.get("licenses");
  const list: readonly unknown[] = Array.isArray(written) ? written.slice(0, MAX_LICENSES) : [written];
  return list.map(nameOf).filter(isCleanText);
}

function nameOf(license: unknown): string | undefined {
  if (typeof license === "string") {
    return license.trim();
  }
  if (typeof license === "object" && license !== null && "type" in license && typeof license.type === "string") {
    return license.type.trim();
  }
  return undefined;
}
