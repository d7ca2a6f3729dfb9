// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { SignatureState, VerifiedSignature } from "#signatures";
import type { CompatibleSpelling } from "./policy-document.ts";
import type { UsedException } from "./policy-exception.ts";

/** Why a verdict is what it is. Gates, console and CLI show the same codes; messages come from the catalogue (`reason.<CODE>`). */
export type ReasonCode =
  /** No policy document, or no entry that matches: deny. */
  | "NO_POLICY"
  | "NO_MATCHING_REPOSITORY"
  /** deny: a vulnerability that the policy does not accept. */
  | "VULNERABILITY"
  /** undecided: whether a package is affected cannot be told. */
  | "VULNERABILITY_UNDECIDED"
  | "SEVERITY_UNKNOWN"
  /** undecided: within which grace a fix is cannot be told; whether something is exploited cannot be told. */
  | "FIX_DATE_UNKNOWN"
  | "EXPLOITATION_UNKNOWN"
  /** undecided: no scan yet, or it is not finished. */
  | "SCAN_MISSING"
  | "SCAN_PENDING"
  | "SCAN_FAILED"
  | "SCAN_PARTIAL"
  /** deny: older than `scan.maxAge`. */
  | "SCAN_TOO_OLD"
  | "DISTRIBUTION_UNKNOWN"
  | "DISTRIBUTION_UNSUPPORTED"
  | "ADVISORIES_MISSING"
  | "PACKAGES_MISSING"
  /** undecided: not a container image that a scanner can read. */
  | "ARTIFACT_UNSUPPORTED"
  /** deny for an index: no child that can run is allowed. */
  | "NO_PLATFORM_ALLOWED"
  /** deny: a signature that the policy asks for does not count, is not there; undecided: nobody can tell. */
  | "SIGNATURE_INVALID"
  | "SIGNATURE_MISSING"
  | "SIGNATURE_UNDECIDED"
  /** deny: the policy accepts nothing (`type: reject`). */
  | "SIGNATURE_REJECTED"
  /** deny: content trust is asked for, and the registry has no trust service. */
  | "TRUST_NOT_SUPPORTED"
  /** deny: an attestation that the policy asks for does not count, is not there; undecided: nobody can tell. */
  | "ATTESTATION_INVALID"
  | "ATTESTATION_MISSING"
  | "ATTESTATION_UNDECIDED"
  /** deny: a Secret that the policy names is not there, or has not what it should. */
  | "SECRET_MISSING"
  /** undecided: the image is not known to this gate. */
  | "IMAGE_UNKNOWN"
  /** undecided: the gate could not look the image up in time. */
  | "LOOKUP_FAILED"
  /** undecided: the registry has no such image, cannot be asked, or wants other credentials. */
  | "IMAGE_NOT_FOUND"
  | "REGISTRY_UNAVAILABLE"
  | "REGISTRY_REFUSED"
  /** deny: what the registry gave is not what the digest names, or could be read as two things. */
  | "IMAGE_INVALID"
  /** deny: what was written is not an image reference. */
  | "REFERENCE_INVALID"
  /** deny: the policy pins digests, and something put a tag back after the gate had pinned the image. */
  | "DIGEST_REQUIRED"
  /** undecided: a policy object that is in force cannot be read, so nobody knows what it asks for. */
  | "POLICY_INVALID"
  /** deny: older than `image.maxAge`; undecided: the age cannot be told. */
  | "IMAGE_TOO_OLD"
  | "IMAGE_AGE_UNKNOWN"
  /** deny: the tag is none of `image.allowTags`; `image.requireDigest`, and the image is named by a tag. */
  | "TAG_NOT_ALLOWED"
  | "DIGEST_MISSING"
  /** deny or warn: the image runs as root; undecided: its configuration is not known. */
  | "ROOT_USER"
  | "CONFIG_UNKNOWN"
  /** deny: a package that the policy forbids. */
  | "PACKAGE_DENIED"
  /** deny or warn: what the scan observed in the image. */
  | "SECRET_FOUND"
  | "SETUID_FILE"
  | "MALWARE_FOUND"
  /** undecided or warn: the scan did not look for it. */
  | "NOT_LOOKED_FOR"
  /** deny or warn: the distribution gets no more fixes; undecided or warn: nobody knows how long. */
  | "END_OF_LIFE"
  | "END_OF_LIFE_UNKNOWN"
  | WorkloadReasonCode
  /** Stands for `count` more reasons of its effect that were left out of a long list. */
  | "MORE_REASONS";

/** What a Pod has against it beside its images (`spec.workload`); deny, or warn under another mode. */
export type WorkloadReasonCode =
  /** undecided: it is no Pod that anybody could judge. */
  | "WORKLOAD_UNREADABLE"
  /** A control of the Pod Security Standards; `control`, `field`, `container`, `value`. */
  | "POD_SECURITY"
  | "PRIVILEGED"
  | "RUN_AS_ROOT"
  | "RUN_AS_USER_MISSING"
  | "RUN_AS_GROUP_MISSING"
  | "CAPABILITY_NOT_DROPPED"
  | "CAPABILITY_ADDED"
  | "SECCOMP_MISSING"
  | "APPARMOR_MISSING"
  | "SELINUX_MISSING"
  | "ROOT_FILESYSTEM_WRITABLE"
  | "REQUEST_MISSING"
  | "LIMIT_MISSING"
  | "LABEL_MISSING"
  | "LABEL_NOT_ALLOWED"
  | "DEFAULT_SERVICE_ACCOUNT"
  | "PULL_SECRET_MISSING";

/**
 * One reason. `params` fill the message; for VULNERABILITY they are `id`, `severity`, `package`, `version`, `fixed`
 * (versions joined by ", ", or empty), and `rule` (`knownExploited`, `epss`) or `graceUntil` where these decide. For SIGNATURE_* and ATTESTATION_* they are `field` (the place in the policy),
 * `method`, `requirement`, and as far as known `problem` (a SignatureProblemCode), `message`, `location`, `found`.
 */
export interface Reason {
  readonly code: ReasonCode;
  /** `exempt`: a PolicyException lets it pass; counts like allow. */
  readonly effect: "deny" | "undecided" | "warn" | "exempt";
  readonly params: Readonly<Record<string, string | number>>;
  /** For an index: the child that the reason is about. */
  readonly platform?: string;
}

/** Whose signature or attestation counted. */
export type TrustSigner = Pick<
  VerifiedSignature,
  "kind" | "identity" | "issuer" | "keyId" | "signedAt" | "predicateType"
>;

/** What the signatures that the policy asks for come to, for display. */
export interface TrustSummary {
  /** The worst of all requirements: `bad`, `none`, `unknown`, `verified`. */
  readonly state: SignatureState;
  /** Everybody whose signature or attestation counted, each once. */
  readonly signers: readonly TrustSigner[];
}

/** Which document and entry decided. */
export interface DecidingPolicy {
  readonly kind: "ImagePolicy" | "ClusterImagePolicy";
  readonly namespace?: string;
  readonly name: string;
  /** The `repositories[].name` that won. */
  readonly repository: string;
}

/**
 * The judgement of one image under the policies in force. It starts at deny; `allow` carries no deny and no undecided
 * reason. Reasons are sorted, worst first.
 */
export interface Verdict {
  readonly outcome: "allow" | "deny" | "undecided";
  readonly reasons: readonly Reason[];
  /** The document and entry that won; what else applies stands in `mandatory`. */
  readonly policy?: DecidingPolicy;
  /** The mandatory ClusterImagePolicy whose outcome this is, where `policy` alone would have been milder. */
  readonly decidedBy?: DecidingPolicy;
  /** Mandatory ClusterImagePolicies that were applied beside `policy`. */
  readonly mandatory?: readonly DecidingPolicy[];
  /** Absent when the policy asks for no signature. */
  readonly trust?: TrustSummary;
  /** Exceptions that made a difference; what they exempted stands in `reasons` as `exempt`. */
  readonly exceptions?: readonly UsedException[];
  /** Whose signed verdict stood in for a scan (`scan.acceptVerdictsFrom`). */
  readonly acceptedVerdict?: TrustSigner;
  /** The older spelling whose texts {@link renderCompatibleDenial} gives; absent for ours. */
  readonly spelling?: CompatibleSpelling;
  /** `enforce` unless the winning entry says otherwise; gates act on it. */
  readonly mode: "enforce" | "warn" | "audit";
  /** Whether the gate should pin the tag to the digest. */
  readonly mutateImage: boolean;
  /** The digest that was judged; absent when nothing had to be looked up. */
  readonly digest?: Digest;
  /** RFC 3339: the first instant at which the same facts could be judged otherwise. */
  readonly validUntil?: string;
}
