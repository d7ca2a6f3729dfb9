// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";
import type {
  AttestationCheck,
  AttestationSignerCheck,
  SignatureCheck,
  SimpleChecks,
  TrustChecks,
} from "./trust-checks.ts";

/** Of our own documents. */
export const POLICY_API_VERSION: `${typeof API_GROUP}/v1` = `${API_GROUP}/v1`;
/** The older spellings that are read into the same model (gate.md, "Documents"). */
export const PORTIERIS_API_VERSION = "portieris.cloud.ibm.com/v1";
export const CISE_API_VERSION = "securityenforcement.admission.cloud.ibm.com/v1beta1";

/** Whose texts a denial uses: an older spelling keeps those that people know. */
export type CompatibleSpelling = "portieris" | "cise";

/** The checks of one repository entry; an omitted check is off. */
export interface ImageChecks {
  readonly mode?: "enforce" | "warn" | "audit";
  /** Pin tags to digests at admission; default true. */
  readonly mutateImage?: boolean;
  readonly trust?: TrustChecks;
  readonly simple?: SimpleChecks;
  /** All must hold. */
  readonly signatures?: readonly SignatureCheck[];
  /** All must hold. */
  readonly attestations?: readonly AttestationCheck[];
  readonly scan?: {
    readonly required: boolean;
    /** A duration such as `30d`, `12h`; the age of the findings. */
    readonly maxAge?: string;
    /** What an image that the scanner cannot judge gets: default `undecided`. */
    readonly unsupported?: "allow" | "deny";
    /** Whose signed verdicts stand in for a scan that is missing or not finished; needs `maxAge`. */
    readonly acceptVerdictsFrom?: readonly AttestationSignerCheck[];
  };
  readonly vulnerability?: {
    /** The worst severity that passes: `high` passes high and refuses critical; default `none` (refuses all). */
    readonly maxSeverity?: "none" | "negligible" | "low" | "medium" | "high" | "critical";
    /** Only vulnerabilities for which a fix exists count; default false. */
    readonly onlyFixable?: boolean;
  };
}

/** One entry of `spec.repositories`: a name with `*` wildcards and its checks; no `policy` means every check is off. */
export interface RepositoryEntry {
  readonly name: string;
  readonly policy?: ImageChecks;
}

/** An `ImagePolicy` (of a namespace) or `ClusterImagePolicy` document. */
export interface PolicyDocument {
  readonly kind: "ImagePolicy" | "ClusterImagePolicy";
  readonly name: string;
  readonly namespace?: string;
  readonly repositories: readonly RepositoryEntry[];
  /** Of a ClusterImagePolicy: applies beside whichever entry wins. */
  readonly mandatory?: boolean;
  /** Absent for `haechi.dev/v1`. */
  readonly spelling?: CompatibleSpelling;
}
