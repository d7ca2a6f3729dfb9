// SPDX-License-Identifier: Apache-2.0
import type { Advisory, SeverityStatement } from "./advisory.ts";
import { severityOfCvss } from "./cvss-severity.ts";
import { ecosystemFamily, isOfDistribution } from "./ecosystem.ts";
import { publisherOf } from "./osv/osv-severity.ts";

const CVE = /^CVE-\d{4}-\d{4,10}$/;

/**
 * What an advisory says about the CVEs that it is about, for packages whose own vendor says nothing; `undefined` when it says
 * nothing of the kind. The word of a distribution is about its own builds ("unimportant" of Debian, since it is not built in) and
 * holds nowhere else; its CVSS vector does. An advisory about several vulnerabilities (`upstream`) says nothing of one of them.
 */
export function severityStatementOf(
  advisory: Advisory,
): { readonly cves: readonly string[]; readonly statement: SeverityStatement } | undefined {
  const { id, aliases, upstream, severity, status, cvssVector } = advisory;
  if (severity === "unknown" || status === "notAffected" || upstream.length > 1) {
    return undefined;
  }
  const cves = [...new Set([id, ...aliases, ...upstream])].filter((each) => CVE.test(each));
  const rated = isOfDistribution(ecosystemFamily(advisory.ecosystem))
    ? cvssVector === undefined
      ? undefined
      : severityOfCvss(cvssVector)?.severity
    : severity;
  return cves.length === 0 || rated === undefined
    ? undefined
    : {
        cves,
        statement: {
          source: publisherOf(id, advisory.ecosystem),
          severity: rated,
          ...(cvssVector === undefined ? {} : { cvssVector }),
        },
      };
}
