// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** The families of signatures. */
export type SignatureKind = "cosign" | "notation" | "notary" | "gpg";

/**
 * `verified`: enough signatures hold. `none`: it is certain that there is no signature of this kind. `bad`: there are
 * signatures and none counts. `unknown`: it cannot be told (network, limits, a format that we cannot read). An empty
 * list is never `verified`.
 */
export type SignatureState = "verified" | "none" | "bad" | "unknown";

/** What the signatures of one image come to under one requirement. */
export interface SignatureResult {
  /** `requirementId` of what was asked. */
  readonly requirement: string;
  /** The manifest or index that the result is about: the digest verified is the digest admitted. */
  readonly digest: Digest;
  readonly state: SignatureState;
  /** Those that count; never empty when `verified`, empty otherwise. */
  readonly signatures: readonly VerifiedSignature[];
  /** Every candidate that does not count and every source that could not be read, with the reason. */
  readonly problems: readonly SignatureProblem[];
  /** RFC 3339: when metadata or a certificate ends on which the result rests. */
  readonly validUntil?: string;
}

/** A signature that holds, and by whom it is. */
export interface VerifiedSignature {
  readonly kind: SignatureKind;
  /** For people and for comparing signers: the SAN of a certificate, a key's fingerprint, a delegation role with key id, a GPG fingerprint. */
  readonly identity: string;
  /** Of a keyless certificate: the OIDC issuer. Of another certificate: its issuer's distinguished name. */
  readonly issuer?: string;
  /** SHA-256 of the SPKI (`sha256:…`), the TUF key id, or the GPG fingerprint. */
  readonly keyId: string;
  readonly certificate?: SigningCertificate;
  /** RFC 3339, and who says so: a timestamp authority, a transparency log, or only the signer. */
  readonly signedAt?: string;
  readonly timeSource?: "timestamp-authority" | "transparency-log" | "signer";
  readonly transparency?: { readonly logIndex: string; readonly logId: string };
  /** Where it lay, e.g. `referrer sha256:…`, `tag sha256-….sig`, a URL without credentials. */
  readonly location: string;
  /** What was checked, in order, e.g. `signature`, `certificate-chain`, `sct`, `transparency-log`, `timestamp`, `identity`, `digest`, `revocation`, `expiry`. */
  readonly checks: readonly string[];
  /** Of an attestation: its predicate type. */
  readonly predicateType?: string;
}

export interface SigningCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** SHA-256 of the DER. */
  readonly fingerprint: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** Why a candidate does not count, or what could not be read. Messages: `signature.<CODE>`. */
export type SignatureProblemCode =
  /** bad: bytes that are not a signature of the kind that they claim to be. */
  | "MALFORMED"
  /** bad: the cryptography says no. */
  | "SIGNATURE_INVALID"
  /** bad: signed is another digest. */
  | "DIGEST_MISMATCH"
  /** bad: signed is another repository or tag. */
  | "REFERENCE_MISMATCH"
  /** bad: by a key that the requirement does not name. */
  | "KEY_MISMATCH"
  /** bad: by an identity that the requirement does not name. */
  | "IDENTITY_MISMATCH"
  /** bad: the certificate does not lead to a trusted root. */
  | "CERTIFICATE_UNTRUSTED"
  /** bad: certificate, key, signature or metadata had ended when it mattered. */
  | "EXPIRED"
  /** bad: certificate or key was revoked. */
  | "REVOKED"
  /** bad: no proof of the transparency log, or one that does not hold. */
  | "LOG_PROOF_MISSING"
  | "LOG_PROOF_INVALID"
  /** bad: no signed certificate timestamp, or one that does not hold. */
  | "SCT_INVALID"
  /** bad: no trusted time, or a timestamp that does not hold. */
  | "TIMESTAMP_INVALID"
  /** bad: older metadata than was seen before (rollback). */
  | "METADATA_ROLLBACK"
  /** bad: metadata of the TUF repository is not signed by enough of its keys. */
  | "THRESHOLD_NOT_MET"
  /** bad: the root is another one than was pinned or seen first. */
  | "ROOT_NOT_TRUSTED"
  /** bad: the tag is no target of the repository, or not of the signer. */
  | "TARGET_MISSING"
  /** bad: signers that must agree have signed different digests. */
  | "SIGNERS_DISAGREE"
  /** bad: a predicate type or a condition that does not hold. */
  | "PREDICATE_MISMATCH"
  | "CONDITION_FALSE"
  /** bad: older than the requirement accepts. */
  | "TOO_OLD"
  /** bad: the policy says that nothing is accepted. */
  | "REJECTED"
  /** bad: the registry has no service for this kind of signature. */
  | "NOT_SUPPORTED"
  /** bad: fewer different signers than asked for. */
  | "TOO_FEW_SIGNERS"
  /** bad, by trust policy level only logged: a check of the requirement's own policy document. */
  | "POLICY_MISMATCH"
  /** unknown: a format or algorithm that we cannot verify. */
  | "UNSUPPORTED"
  /** unknown: trust material is missing or cannot be read. */
  | "TRUST_MATERIAL_INVALID"
  /** unknown: a condition could not be evaluated. */
  | "CONDITION_UNDECIDED"
  /** unknown: whether a certificate is revoked could not be found out. */
  | "REVOCATION_UNKNOWN"
  /** unknown: a source could not be read (network, credentials, limits, deadline). */
  | "SOURCE_UNAVAILABLE"
  /** unknown: more signatures, or larger ones, than are looked at. */
  | "LIMIT_EXCEEDED";

/** `bad`: this does not count. `unknown`: nobody can say whether it would. `warning`: a check that the policy only logs; the signature counts. */
export type ProblemEffect = "bad" | "unknown" | "warning";

export interface SignatureProblem {
  readonly kind: SignatureKind;
  readonly code: SignatureProblemCode;
  readonly effect: ProblemEffect;
  /** Where the candidate lay, or the source that failed; without credentials. */
  readonly location: string;
  /** English, for logs and details: what was expected and what was found; foreign text is quoted and short. */
  readonly message: string;
  /** Whose signature it claims to be, as far as that is known; not verified. */
  readonly claimedIdentity?: string;
  /** The signer, by its name in the requirement, whose signature is asked for and is not there (`TARGET_MISSING`). */
  readonly missingSigner?: string;
}
