// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { Advisory } from "./advisory.ts";
import { toAdvisory } from "./advisory-draft.ts";
import { severityStatementOf } from "./severity-statement.ts";

const CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

function said(draft: Partial<Advisory>): unknown {
  return severityStatementOf(
    toAdvisory({
      id: "GHSA-1",
      ecosystem: "npm",
      packageName: "p",
      aliases: ["CVE-2024-0001"],
      severity: "high",
      ...draft,
    }),
  );
}

it.each<{ readonly name: string; readonly draft: Partial<Advisory> }>([
  { name: "without a severity", draft: { severity: "unknown" } },
  { name: "without a CVE", draft: { aliases: ["GHSA-2"] } },
  { name: "that clears", draft: { status: "notAffected" } },
  { name: "that packs up several vulnerabilities", draft: { upstream: ["CVE-2024-0001", "CVE-2024-0002"] } },
  {
    name: "of a distribution that has a word for its own build alone",
    draft: { id: "CVE-2024-0001", ecosystem: "Debian:12", severity: "negligible", severitySource: "Debian" },
  },
])("an advisory $name says nothing for other packages", ({ draft }) => {
  expect(said(draft)).toBeUndefined();
});

it.each([
  { name: "GitHub's word", draft: {}, says: { source: "GHSA", severity: "high" } },
  {
    name: "of a distribution its vector, not its word",
    draft: { id: "UBUNTU-CVE-2024-0001", ecosystem: "Ubuntu:24.04:LTS", severity: "low", cvssVector: CRITICAL },
    says: { source: "Ubuntu", severity: "critical", cvssVector: CRITICAL },
  },
  {
    name: "an advisory that calls itself the NVD's goes by its id",
    draft: { id: "NVD-1" },
    says: { source: "NVD-1", severity: "high" },
  },
  {
    name: "an erratum for one vulnerability",
    draft: { id: "PYSEC-1", ecosystem: "PyPI", aliases: [], upstream: ["CVE-2024-0001"], cvssVector: CRITICAL },
    says: { source: "PYSEC", severity: "high", cvssVector: CRITICAL },
  },
] as const)("$name", ({ draft, says }) => {
  expect(said(draft)).toEqual({ cves: ["CVE-2024-0001"], statement: says });
});
