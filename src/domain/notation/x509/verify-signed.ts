// SPDX-License-Identifier: Apache-2.0

import { constants, type KeyObject, verify } from "node:crypto";
import { SignatureRejected } from "#signatures";
import { DER, DerReader, oidText } from "./der-reader.ts";

const RSA = "1.2.840.113549.1.1.1";
const RSA_PSS = "1.2.840.113549.1.1.10";
const EC_KEY = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";

const DIGESTS: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

const ALGORITHMS: Readonly<Record<string, { readonly key: "rsa" | "ec"; readonly digest: string }>> = {
  "1.2.840.113549.1.1.11": { key: "rsa", digest: "sha256" },
  "1.2.840.113549.1.1.12": { key: "rsa", digest: "sha384" },
  "1.2.840.113549.1.1.13": { key: "rsa", digest: "sha512" },
  "1.2.840.10045.4.3.2": { key: "ec", digest: "sha256" },
  "1.2.840.10045.4.3.3": { key: "ec", digest: "sha384" },
  "1.2.840.10045.4.3.4": { key: "ec", digest: "sha512" },
};

/** Whether certificates may be signed with the algorithm: RSA and ECDSA with SHA-2, and Ed25519; SHA-1 never. */
export function isAcceptedAlgorithm(oid: string): boolean {
  return Object.hasOwn(ALGORITHMS, oid) || oid === RSA_PSS || oid === ED25519;
}

/** `sha256`, `sha384` or `sha512` of its OID; `undefined` for any other, SHA-1 included. */
export function digestName(oid: string): string | undefined {
  return Object.hasOwn(DIGESTS, oid) ? DIGESTS[oid] : undefined;
}

/** Something that is signed inside ASN.1: a revocation list, an OCSP answer, a timestamp. */
export interface SignedData {
  readonly data: Uint8Array;
  /** Content of the AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly signature: Uint8Array;
  /** CMS names the digest apart from `rsaEncryption` (RFC 5652 section 5.3). */
  readonly digest?: string;
}

/** Whether the key made the signature. Throws `SignatureRejected` (UNSUPPORTED) for an algorithm that is not accepted. */
export function isSigned(signed: SignedData, key: KeyObject): boolean {
  const reader = new DerReader(signed.algorithm);
  const oid = oidText(reader.read(DER.oid));
  try {
    if (oid === ED25519) {
      return key.asymmetricKeyType === "ed25519" && verify(null, signed.data, key, signed.signature);
    }
    if (oid === RSA_PSS) {
      const options = {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_AUTO,
      };
      return key.asymmetricKeyType === "rsa" && verify(pssDigest(reader), signed.data, options, signed.signature);
    }
    const { key: kind, digest } = algorithmOf(oid, signed.digest);
    return key.asymmetricKeyType === kind && verify(digest, signed.data, key, signed.signature);
  } catch (error) {
    if (error instanceof SignatureRejected) {
      throw error;
    }
    // OpenSSL throws where the bytes are no signature of the kind at all.
    return false;
  }
}

function algorithmOf(oid: string, digest: string | undefined): { readonly key: "rsa" | "ec"; readonly digest: string } {
  const algorithm = Object.hasOwn(ALGORITHMS, oid) ? ALGORITHMS[oid] : undefined;
  if (algorithm !== undefined) {
    return algorithm;
  }
  if (digest !== undefined && (oid === RSA || oid === EC_KEY)) {
    return { key: oid === RSA ? "rsa" : "ec", digest };
  }
  throw new SignatureRejected("UNSUPPORTED", `signature algorithm ${oid} is not accepted`);
}

/** The hash of RSASSA-PSS-params (RFC 4055 section 3.1); its default is SHA-1, which is not accepted. */
function pssDigest(reader: DerReader): string {
  const hash = reader.enterOptional(DER.sequence)?.enterOptional(0xa0)?.enter(DER.sequence).read(DER.oid);
  const digest = hash === undefined ? undefined : digestName(oidText(hash));
  if (digest === undefined) {
    throw new SignatureRejected("UNSUPPORTED", "RSASSA-PSS without SHA-2 is not accepted");
  }
  return digest;
}
