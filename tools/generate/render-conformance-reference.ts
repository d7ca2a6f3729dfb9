// SPDX-License-Identifier: Apache-2.0
import { ALL_CHECKS } from "../../test/conformance/distribution/all-checks.ts";
import { CHECK_OUTCOMES, type Check, type CheckOutcome, checkId } from "../../test/conformance/distribution/check.ts";
import { checksOf, REQUIREMENTS, type Requirement } from "../../test/conformance/distribution/clauses.ts";
import {
  type ConformanceResults,
  readConformanceResults,
  type TestedRegistry,
} from "../../test/conformance/distribution/conformance-results.ts";
import { GENERATED_NOTE, renderTable } from "./markdown.ts";

const REGISTRIES: readonly TestedRegistry[] = ["haechi", "docker-registry"];

const LEVELS: Readonly<Record<Check["level"], string>> = { MUST: "MUST", SHOULD: "SHOULD", MAY: "MAY", OWN: "—" };

const OUTCOMES: Readonly<Record<CheckOutcome, string>> = {
  pass: "pass",
  fail: "**fail**",
  unsupported: "not offered",
  "not-applicable": "not applicable",
};

/** What our registry and docker-registry did in the conformance suite, from the results of the last run that were kept. */
export async function renderConformanceReference(): Promise<string> {
  const results = await readConformanceResults();
  const clauses = [...new Set(ALL_CHECKS.map((check) => check.clause))];
  return `# The registry and the OCI distribution specification

${GENERATED_NOTE}

Each row is a test of \`test/conformance/distribution\`, written clause by clause from distribution-spec 1.1 (and what its main branch adds: tags with a push to a digest). The tests compare with
this page, so it is what the last run found: Haechi ${results.versions.haechi} and Debian's docker-registry ${results.versions["docker-registry"]}, as it comes, with deletion
switched on. "not offered" is what the specification lets a registry leave out, "not applicable" what a clause says of something that the registry has not; neither counts as passed.
"—" as level: the specification says nothing; we hold it to be right. How to point the suite at a registry: \`test/conformance/distribution/README.md\`.

${renderTable(
  [
    "registry",
    "passes",
    "fails a MUST",
    "fails a SHOULD or MAY",
    "does otherwise where nothing is said",
    "not offered",
    "not applicable",
  ],
  REGISTRIES.map((registry) => totals(results, registry)),
)}

## Clause by clause

What the specification asks of a registry (what it asks of clients alone is left out), and what came of the checks that look at it.

${renderTable(
  ["clause", "level", "what", ...REGISTRIES],
  REQUIREMENTS.map((each) => renderRequirement(each, results)),
)}

${clauses.map((title) => renderClause(title, results)).join("\n\n")}
`;
}

function totals(results: ConformanceResults, registry: TestedRegistry): readonly string[] {
  function count(wanted: CheckOutcome, ...levels: readonly Check["level"][]): string {
    const checks = ALL_CHECKS.filter((check) => levels.includes(check.level));
    return String(checks.filter((check) => outcomeOf(results, registry, check) === wanted).length);
  }
  return [
    `${registry} ${results.versions[registry]}`,
    count("pass", "MUST", "SHOULD", "MAY", "OWN"),
    count("fail", "MUST"),
    count("fail", "SHOULD", "MAY"),
    count("fail", "OWN"),
    count("unsupported", "MUST", "SHOULD", "MAY", "OWN"),
    count("not-applicable", "MUST", "SHOULD", "MAY", "OWN"),
  ];
}

function renderRequirement(requirement: Requirement, results: ConformanceResults): readonly string[] {
  const checks = checksOf(requirement, ALL_CHECKS);
  const { clause, level, text, unseen } = requirement;
  const found = REGISTRIES.map((registry) => {
    const outcomes = checks.map((check) => outcomeOf(results, registry, check));
    const counts = CHECK_OUTCOMES.map((each) => ({ each, count: outcomes.filter((one) => one === each).length }));
    const said = counts.filter(({ count }) => count > 0).map(({ each, count }) => `${count} ${OUTCOMES[each]}`);
    return unseen === undefined ? said.join(", ") : "not seen from outside";
  });
  return [clause, level, unseen === undefined ? text : `${text} (${unseen})`, ...found];
}

function renderClause(title: string, results: ConformanceResults): string {
  const checks = ALL_CHECKS.filter((check) => check.clause === title);
  const rows = checks.map((check) => [
    LEVELS[check.level],
    check.name,
    ...REGISTRIES.map((registry) => OUTCOMES[outcomeOf(results, registry, check)]),
  ]);
  return `## ${title}\n\n${renderTable(["level", "what", ...REGISTRIES], rows)}`;
}

function outcomeOf({ notPassed }: ConformanceResults, registry: TestedRegistry, check: Check): CheckOutcome {
  return notPassed[registry][checkId(check)] ?? "pass";
}
