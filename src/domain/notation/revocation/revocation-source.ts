// SPDX-License-Identifier: Apache-2.0

/** What is asked of the authority that issued a certificate; the URL stands in the certificate. */
export type RevocationQuestion =
  | { readonly method: "crl"; readonly url: string }
  | {
      readonly method: "ocsp";
      readonly url: string;
      /** DER of the OCSPRequest (RFC 6960 section 4.1), sent by POST. */
      readonly request: Uint8Array;
    };

/**
 * Brings revocation lists and OCSP answers. It judges nothing: the bytes are verified by who asked, and only what was
 * verified is kept, so that neither a failure nor a forged answer is ever remembered as good.
 */
export interface RevocationSource {
  /** The answer, at most `LIMITS.maxRevocationBytes`. Throws a `CodedError` when there is none in time. */
  read(question: RevocationQuestion): Promise<Uint8Array>;
  /** Says that the answer was verified and holds until then (its `nextUpdate`); a later `read` may return the same object. */
  keep(question: RevocationQuestion, answer: Uint8Array, until: Date): void;
}
