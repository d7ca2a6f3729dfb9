// SPDX-License-Identifier: Apache-2.0

import { hash } from "node:crypto";
import { SignatureRejected } from "#signatures";
import { type Certificate, isIssuedBy, isSameCertificate, parseCertificate } from "../x509/certificate.ts";
import { type CertificateChain, type ChainCache, findInvalidAt } from "../x509/certificate-chain.ts";
import { isSigned } from "../x509/verify-signed.ts";
import { parseTimestampToken, type TimestampToken } from "./parse-timestamp-token.ts";

/** When a signature was there, as a trusted authority says. */
export interface VerifiedTimestamp {
  /** The moment is somewhere between the two (RFC 3161 section 2.4.2, accuracy); milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Of the authority, whose revocation is still to be asked about. */
  readonly chain: CertificateChain;
}

/** Whose timestamps count. */
export interface TimestampTrust {
  readonly roots: readonly Certificate[];
  readonly chains: ChainCache;
}

const MAX_CHAIN_LENGTH = 10;

/**
 * The time in a countersignature over `signature` by an authority of the trust store (trust-store-trust-policy,
 * "Validate Trusted Timestamp"). Throws `SignatureRejected` (TIMESTAMP_INVALID).
 */
export function verifyTimestamp(bytes: Uint8Array, signature: Uint8Array, trust: TimestampTrust): VerifiedTimestamp {
  try {
    return verifyToken(bytes, signature, trust);
  } catch (error) {
    if (error instanceof SignatureRejected && error.code !== "TIMESTAMP_INVALID") {
      // Anybody can put another timestamp into an envelope, so whatever is wrong with it is bad and never "cannot tell".
      throw new SignatureRejected("TIMESTAMP_INVALID", `the timestamp does not hold: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}

function verifyToken(bytes: Uint8Array, signature: Uint8Array, trust: TimestampTrust): VerifiedTimestamp {
  const token = parseTimestampToken(bytes);
  if (Buffer.compare(hash(token.imprint.algorithm, signature, "buffer"), token.imprint.value) !== 0) {
    throw invalid("the timestamp is over another signature");
  }
  const certificates = token.certificates.map(parseCertificate);
  const signer = findSigner(token, certificates);
  if (!isSigned(token.signed, signer.publicKey)) {
    throw invalid("the signature of the timestamp does not hold");
  }
  const chain = trust.chains.read(orderChain(signer, certificates, trust.roots).map((each) => each.bytes));
  const { time, accuracy } = token;
  if (findInvalidAt(chain, time) !== undefined) {
    throw invalid("the authority's certificates did not hold at the time of the timestamp");
  }
  return { from: time - accuracy, to: time + accuracy, chain };
}

/**
 * The certificate that the token names and whose digest its signer signed: without the digest one could put another
 * certificate of the same key in its place (RFC 2634 section 5).
 */
function findSigner(token: TimestampToken, certificates: readonly Certificate[]): Certificate {
  const { algorithm, value } = token.signerDigest;
  const signer = certificates.find((each) => Buffer.compare(hash(algorithm, each.bytes, "buffer"), value) === 0);
  const isNamed =
    token.signer === undefined ||
    (signer !== undefined &&
      Buffer.compare(signer.issuer.bytes, token.signer.issuer) === 0 &&
      Buffer.compare(signer.serialNumber, token.signer.serialNumber) === 0);
  if (signer === undefined || !isNamed) {
    throw invalid("the timestamp does not come with the certificate that it names");
  }
  return signer;
}

/** From the signer to a root of the store, each issued by the next; the root need not come with the token. */
function orderChain(
  signer: Certificate,
  certificates: readonly Certificate[],
  roots: readonly Certificate[],
): readonly Certificate[] {
  const chain = [signer];
  for (let last = signer; chain.length < MAX_CHAIN_LENGTH; ) {
    const root = roots.find((each) => isIssuedBy(last, each));
    if (root !== undefined) {
      return isSameCertificate(root, last) ? chain : [...chain, root];
    }
    const issuer = certificates.find((each) => !chain.includes(each) && isIssuedBy(last, each));
    if (issuer === undefined) {
      break;
    }
    chain.push(issuer);
    last = issuer;
  }
  throw invalid("the timestamp authority does not lead to a root of a tsa trust store");
}

function invalid(message: string): SignatureRejected {
  return new SignatureRejected("TIMESTAMP_INVALID", message);
}
