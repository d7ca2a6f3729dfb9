// SPDX-License-Identifier: Apache-2.0

/** Something that may be a cosign signature or attestation. Where it lay and how it was labelled proves nothing. */
export type CosignCandidate = BundleCandidate | LegacyCandidate;

/** A Sigstore bundle (`application/vnd.dev.sigstore.bundle.v0.3+json` and older), as cosign 3 attaches it. */
export interface BundleCandidate {
  readonly kind: "bundle";
  readonly location: string;
  readonly bytes: Uint8Array;
  /** The manifest of the image, for bundles that sign it directly (message signatures); without it those cannot be verified. */
  readonly artifact?: Uint8Array;
}

/** One layer of a `.sig` or `.att` tag, or of a cosign artifact in referrers: a payload, and its proof in annotations. */
export interface LegacyCandidate {
  readonly kind: "legacy";
  readonly location: string;
  readonly mediaType: string;
  readonly payload: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Media type of the payload of a `.sig` layer. */
export const SIMPLE_SIGNING_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";

/** Media type of a DSSE envelope in an `.att` layer. */
export const DSSE_TYPE = "application/vnd.dsse.envelope.v1+json";

/** Payload type of an in-toto statement in a DSSE envelope. */
export const IN_TOTO_TYPE = "application/vnd.in-toto+json";

/** Predicate type of the statement that cosign 3 signs instead of a simple signing payload. */
export const COSIGN_SIGN_PREDICATE_TYPE = "https://sigstore.dev/cosign/sign/v1";
