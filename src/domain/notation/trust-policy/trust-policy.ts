// SPDX-License-Identifier: Apache-2.0
import type { SubjectPattern } from "./subject-pattern.ts";

/** A `trustpolicy.json` (OCI trust policy document 1.0), parsed and checked as a whole. */
export interface NotationTrustPolicy {
  readonly version: "1.0";
  readonly statements: readonly TrustPolicyStatement[];
}

/** What holds for the repositories that it names. */
export interface TrustPolicyStatement {
  readonly name: string;
  /** Exact repositories with their registry, or `"*"` for those that no other statement names. */
  readonly registryScopes: readonly string[] | "*";
  /** As written; the checks follow from it and from the overrides. */
  readonly level: "strict" | "permissive" | "audit" | "skip";
  readonly enforcement: Enforcement;
  readonly verifyTimestamp: "always" | "afterCertExpiry";
  /** `ca:name`, `signingAuthority:name`, `tsa:name`; empty only at level `skip`. */
  readonly trustStores: readonly string[];
  /** `"*"`: every certificate that leads to a trust store. */
  readonly trustedIdentities: readonly SubjectPattern[] | "*";
}

/** What becomes of a check that fails. Integrity has no entry, since no level but `skip` goes without it. */
export interface Enforcement {
  readonly authenticity: "enforce" | "log";
  readonly authenticTimestamp: "enforce" | "log";
  readonly expiry: "enforce" | "log";
  readonly revocation: "enforce" | "log" | "skip";
}

/** One thing that is wrong with a trust policy. */
export interface TrustPolicyProblem {
  /** e.g. `trustPolicies[0].registryScopes[1]`; empty for the whole document. */
  readonly path: string;
  /** For people (English, no full stop). */
  readonly message: string;
}
