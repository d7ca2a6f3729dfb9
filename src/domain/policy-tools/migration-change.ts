// SPDX-License-Identifier: Apache-2.0

/** What a migrated policy means otherwise than before; messages are `policyTools.migrate.<CODE>`. */
export type MigrationCode =
  /** Denials have our texts now; scripts that look for the old ones need a change. */
  | "TEXTS"
  /** `va`/`vulnerability.ICCRVA` is the scan of Haechi; exemptions of the Vulnerability Advisor do not come along. */
  | "SCAN"
  /** Portieris' own schema drops `va`: it was not enforced there, and is from now on. */
  | "SCAN_NEWLY_ENFORCED"
  /** `account` of the Vulnerability Advisor is not needed. */
  | "ACCOUNT_DROPPED"
  /** The first root key that is seen is believed, as before; better name it. */
  | "FIRST_USE"
  /** A cluster policy's Secrets are read from Haechi's own namespace, not from that of the workload. */
  | "SECRET_PLACE"
  /** A Secret of another namespace is not read. */
  | "SECRET_OF_OTHER_NAMESPACE"
  /** `policies:` was never read; the entry stays unchecked. */
  | "MISSPELT"
  /** A check that says nothing of `enabled` is off, and left out. */
  | "SWITCHED_OFF"
  /** A name without a slash that ends in `*` fits whole host names only. */
  | "HOST_BOUNDARY"
  /** `simple` and `trust` together compare digests; Portieris denied always. */
  | "SIMPLE_AND_TRUST"
  /** A digest is judged as it is; Portieris looked `latest` up instead. */
  | "DIGEST_REFERENCES"
  /** The older object stays in the cluster and competes; both say the same until one is changed. Remove it. */
  | "REMOVE_OLDER";

/** One change, with its place in the object. */
export interface MigrationChange {
  readonly code: MigrationCode;
  /** e.g. `spec.repositories[0].policy.trust`; absent: the whole object. */
  readonly path?: string;
  readonly params: Readonly<Record<string, string>>;
}

/** A Secret that has to be where the migrated policy looks for it. */
export interface SecretMove {
  readonly secret: string;
  /** Where it was read from; absent: from the namespace of each workload. */
  readonly from?: string;
  readonly to: string;
}
