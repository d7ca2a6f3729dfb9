// SPDX-License-Identifier: Apache-2.0

/**
 * A granted, scoped, expiring permission (gate.md, "PolicyException"). It exempts what it names and nothing else; past
 * `until`, or without an approver, it has no effect.
 */
export interface PolicyException {
  readonly name: string;
  /** Where the object lies. In Haechi's own namespace it may reach others; elsewhere only its own. Absent in files: as Haechi's. */
  readonly namespace?: string;
  /** All that is given must fit; an absent list fits everything. */
  readonly subject: {
    readonly namespaces?: readonly string[];
    /** Names with wildcards, as in policies. */
    readonly repositories?: readonly string[];
    /** Those of them that are not meant all the same; not to be had in documents. */
    readonly exceptRepositories?: readonly string[];
    readonly digests?: readonly string[];
    readonly workloads?: readonly { readonly kind: string; readonly name: string }[];
  };
  /** At least one list; a reason is exempted when one of them names it. */
  readonly findings: {
    /** Ids or aliases. */
    readonly vulnerabilities?: readonly string[];
    /** Names of packages, whatever is wrong with them. */
    readonly packages?: readonly string[];
    /** Reason codes. */
    readonly rules?: readonly string[];
  };
  readonly reason: string;
  readonly requester: string;
  /** Absent while it is only asked for. */
  readonly approver?: string;
  /** RFC 3339. */
  readonly until: string;
}

/** An exception that made a difference to a verdict. */
export interface UsedException extends Pick<PolicyException, "name" | "namespace" | "until" | "approver"> {
  /** What it exempted: reason codes with the id or package, e.g. `VULNERABILITY CVE-2024-1`. */
  readonly exempted: readonly string[];
}
