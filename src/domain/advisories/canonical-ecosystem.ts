// SPDX-License-Identifier: Apache-2.0

/** One distribution release under many names, and the name that `ecosystemOf` gives it. Linear: no name is longer than a line. */
const RULES: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  // Red Hat writes the end of a CPE: `enterprise_linux:9::baseos`, `enterprise_linux:10.1`. An image has packages of all
  // repositories of a release. Extended streams (`rhel_eus:9.4::baseos`) keep their names: their fixes reach only those who pay.
  {
    pattern: /^Red Hat:enterprise_linux:(\d{1,2})(?:\.\d{1,2})?(?:::?[a-z0-9_]*)*$/,
    replacement: "Red Hat:enterprise_linux:$1",
  },
  // SUSE files a package under the module that ships it, and under the phase of support (`-LTSS`) that the release is in.
  {
    pattern:
      /^SUSE:Linux Enterprise (?:Server|Desktop|High Performance Computing|Module for [A-Za-z0-9 ]{1,60}?|Server for SAP [Aa]pplications|Workstation Extension|Software Development Kit|Real Time|Live Patching|High Availability Extension)(?: LTSS Extended Security| LTSS)? (\d{2}(?: SP\d{1,2})?)(?:-[A-Z-]{1,20}| [A-Z]{1,10})?$/,
    replacement: "SUSE:Linux Enterprise Server $1",
  },
  // Alpine's older records have no `v`.
  { pattern: /^Alpine:(\d{1,3}\.\d{1,3})$/, replacement: "Alpine:v$1" },
  { pattern: /^(AlmaLinux|Rocky Linux|Oracle Linux|Azure Linux):(\d{1,2})\.\d{1,3}$/, replacement: "$1:$2" },
];

/**
 * The name under which advisories of an OSV ecosystem are kept and looked up: where a vendor splits one release of a
 * distribution into several ecosystems (Red Hat's repositories, SUSE's modules), the release; else the ecosystem itself.
 */
export function canonicalEcosystem(ecosystem: string): string {
  for (const { pattern, replacement } of RULES) {
    if (pattern.test(ecosystem)) {
      return ecosystem.replace(pattern, replacement);
    }
  }
  return ecosystem;
}
