// SPDX-License-Identifier: Apache-2.0
import { hash, sign } from "node:crypto";
import { type TestCertificate } from "./test-certificate.ts";
import { signatureAlgorithmOf, subjectOf } from "./test-revocation.ts";
import { der, derAlgorithm, derInteger, derOctets, derOid, derSequence, derTime } from "./write-der.ts";

/** A timestamp, and what a test may want to be otherwise. */
export interface TestTimestampOptions {
  readonly authority: TestCertificate;
  /** What is timestamped, or its SHA-256 digest. */
  readonly message?: Uint8Array;
  readonly imprint?: Buffer;
  readonly time?: Date;
  readonly accuracySeconds?: number;
  readonly policy?: string;
  /** Certificates in the token; default: the whole chain. */
  readonly certificates?: readonly Uint8Array[];
  /** Whose digest is in the signed attribute; default: the authority's. */
  readonly named?: Uint8Array;
  readonly nonce?: Uint8Array;
  /** The imprint's digest; others than SHA-256 only with `imprint`. */
  readonly imprintAlgorithm?: Uint8Array;
}

const OID = {
  signedData: "1.2.840.113549.1.7.2",
  timestampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  sha256: "2.16.840.1.101.3.4.2.1",
} as const;

/** DER of a TimeStampToken (RFC 3161 section 2.4.2). */
export function createTestTimestamp(options: TestTimestampOptions): Buffer {
  const { authority } = options;
  const sha256 = derAlgorithm(OID.sha256);
  const imprint = options.imprint ?? hash("sha256", options.message ?? Buffer.alloc(0), "buffer");
  const info = derSequence(
    derInteger(1),
    derOid(options.policy ?? "1.3.6.1.4.1.99999.1"),
    derSequence(options.imprintAlgorithm ?? sha256, derOctets(imprint)),
    derInteger(7),
    derTime(options.time ?? new Date()),
    ...(options.accuracySeconds === undefined ? [] : [derSequence(derInteger(options.accuracySeconds))]),
    ...(options.nonce === undefined ? [] : [options.nonce]),
  );
  const named = derSequence(
    derSequence(derSequence(derOctets(hash("sha256", options.named ?? authority.der, "buffer")))),
  );
  const attributes = [
    attribute(OID.contentType, derOid(OID.timestampInfo)),
    attribute(OID.messageDigest, derOctets(hash("sha256", info, "buffer"))),
    attribute(OID.signingCertificateV2, named),
  ].toSorted(Buffer.compare);
  const { issuer, serialNumber } = subjectOf(authority);
  const signer = derSequence(
    derInteger(1),
    derSequence(issuer, serialNumber),
    sha256,
    der(0xa0, ...attributes),
    signatureAlgorithmOf(authority),
    derOctets(sign("sha256", der(0x31, ...attributes), authority.privateKey)),
  );
  const certificates = options.certificates ?? authority.chain.map((each) => each.der);
  const signedData = derSequence(
    derInteger(3),
    der(0x31, sha256),
    derSequence(derOid(OID.timestampInfo), der(0xa0, derOctets(info))),
    ...(certificates.length === 0 ? [] : [der(0xa0, ...certificates)]),
    der(0x31, signer),
  );
  return derSequence(derOid(OID.signedData), der(0xa0, signedData));
}

function attribute(type: string, value: Uint8Array): Buffer {
  return derSequence(derOid(type), der(0x31, value));
}
