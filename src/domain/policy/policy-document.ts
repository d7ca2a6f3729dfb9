// SPDX-License-Identifier: Apache-2.0

/** The one place that names the API group; see the ADR on the group's domain. */
export const POLICY_API_VERSION = "haechi.dev/v1";

/** The checks of one repository entry; an omitted check is off. */
export interface ImageChecks {
  readonly mode?: "enforce" | "warn" | "audit";
  /** Pin tags to digests at admission; default true. */
  readonly mutateImage?: boolean;
  readonly scan?: {
    readonly required: boolean;
    /** A duration such as `30d`, `12h`; the age of the findings. */
    readonly maxAge?: string;
    /** What an image that the scanner cannot judge gets: default `undecided`. */
    readonly unsupported?: "allow" | "deny";
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
}
