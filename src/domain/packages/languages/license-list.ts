// SPDX-License-Identifier: Apache-2.0
import { isCleanText } from "../untrusted-text.ts";

/** No package has more; a list of millions would be carried into every report. */
const MAX_LICENSES = 16;

/** The licences of a package, from one text or a list; what is no visible text is left out, as it says nothing anybody could use. */
export function licenseList(written: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(written) ? written.slice(0, MAX_LICENSES) : [written];
  return list.map((each) => (typeof each === "string" ? each.trim() : undefined)).filter(isCleanText);
}
