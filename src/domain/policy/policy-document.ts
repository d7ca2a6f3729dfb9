// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";
import type {
  AttestationCheck,
  AttestationSignerCheck,
  SignatureCheck,
  SimpleChecks,
  TrustChecks,
} from "./trust-checks.ts";
import type { WorkloadChecks } from "./workload-checks.ts";

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
    /** A duration: vulnerabilities whose fix was published less than this ago only warn; what cannot be told is undecided. */
    readonly grace?: string;
    /** Vulnerabilities in CISA's catalogue are refused whatever else the policy accepts. */
    readonly denyKnownExploited?: boolean;
    /** 0 to 1: vulnerabilities with a higher EPSS score are refused whatever else the policy accepts. */
    readonly epssAbove?: number;
  };
  readonly image?: {
    /** A duration: older images are denied; what cannot be told is undecided. */
    readonly maxAge?: string;
    /** Tags that an image may be named by, with `*`; a digest always may. */
    readonly allowTags?: readonly string[];
    /** The image must be named by its digest. */
    readonly requireDigest?: boolean;
  };
  /** e.g. `linux/amd64`: which children of an index must pass; all of them where the index has none of these. */
  readonly platforms?: readonly string[];
  readonly configuration?: {
    /** What an image gets that runs as root unless the Pod says otherwise. */
    readonly rootUser?: "deny" | "warn";
    /** Names of packages that must not be installed, with `*`; implies a complete scan. */
    readonly packages?: { readonly deny: readonly string[] };
    /** What an image gets that holds secrets, setuid programs, malware; needs a scan that looked for them. */
    readonly secrets?: "deny" | "warn";
    readonly setuid?: "deny" | "warn";
    readonly malware?: "deny" | "warn";
    /** What an image gets whose distribution nobody supports any more. */
    readonly endOfLife?: "deny" | "warn";
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
  /** Checks of Pods beside their images; all documents of a level apply together. */
  readonly workload?: WorkloadChecks;
  /** Only `workload` is written, no `repositories`: the document says nothing about images. */
  readonly isWorkloadOnly?: boolean;
  /** Of a ClusterImagePolicy: applies beside whichever entry wins. */
  readonly mandatory?: boolean;
  /** Of a mandatory one: it judges nothing where no other document does, or it would let pass what nobody allowed. */
  readonly isNeverAlone?: boolean;
  /**
   * The object is in force and cannot be read: what it asks for is not known, so everything at its level is undecided.
   * For people (English, no full stop).
   */
  readonly problem?: string;
  /** Absent for `haechi.dev/v1`. */
  readonly spelling?: CompatibleSpelling;
}
