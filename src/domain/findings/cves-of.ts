// SPDX-License-Identifier: Apache-2.0

/** The ids among them that are CVEs: more than one where somebody speaks of several vulnerabilities as one. */
export function cvesOf(ids: readonly string[]): readonly string[] {
  return ids.filter((id) => id.startsWith("CVE-"));
}
