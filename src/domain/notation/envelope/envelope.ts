// SPDX-License-Identifier: Apache-2.0

/** A signature envelope, parsed; nothing of it is verified. */
export interface Envelope {
  /** `PS256` … `ES512` as the header says; only good for comparing with what the key demands. */
  readonly algorithm: string;
  /** What the signature is over. */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly payload: Uint8Array;
  readonly contentType: string;
  /** DER, the signing certificate first. */
  readonly certificates: readonly Uint8Array[];
  readonly attributes: SignedAttributes;
  /** DER of the TimeStampToken (RFC 3161), outside of what the signer signed. */
  readonly timestamp?: Uint8Array;
}

/** The protected attributes (signature-specification "Signed Attributes"). Times are milliseconds since 1970. */
export interface SignedAttributes {
  readonly scheme: "notary.x509" | "notary.x509.signingAuthority";
  /** Of `notary.x509`: claimed by the signer alone. Of `signingAuthority`: vouched for by the authority. */
  readonly signingTime: number;
  readonly expiry?: number;
  /** Critical attributes that we do not know, those of notation's plug-ins included. */
  readonly unknownCritical: readonly string[];
}

/** What the payload says is signed. */
export const PAYLOAD_MEDIA_TYPE = "application/vnd.cncf.notary.payload.v1+json";
