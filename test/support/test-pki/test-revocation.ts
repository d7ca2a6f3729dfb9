// SPDX-License-Identifier: Apache-2.0
import { hash, sign, X509Certificate } from "node:crypto";
import type { TestCertificate } from "./test-certificate.ts";
import { der, derAlgorithm, derBits, derInteger, derOctets, derOid, derSequence, derTime } from "./write-der.ts";

const HOUR_MS = 60 * 60 * 1_000;

/** One entry of a list. */
export interface RevokedEntry {
  readonly certificate: TestCertificate;
  /** DER of entry extensions. */
  readonly extensions?: readonly Uint8Array[];
}

/** DER of a CRL (RFC 5280 section 5). */
export function createTestCrl(
  issuer: TestCertificate,
  revoked: readonly RevokedEntry[],
  options: {
    readonly thisUpdate?: Date;
    readonly nextUpdate?: Date | null;
    readonly extensions?: readonly Uint8Array[];
    /** Signs in the name of `issuer` with another key. */
    readonly signer?: TestCertificate;
  } = {},
): Buffer {
  const signer = options.signer ?? issuer;
  const nextUpdate = options.nextUpdate === undefined ? new Date(Date.now() + HOUR_MS) : options.nextUpdate;
  const entries = revoked.map(({ certificate, extensions }) =>
    derSequence(
      subjectOf(certificate).serialNumber,
      derTime(new Date(Date.now() - HOUR_MS)),
      ...(extensions === undefined ? [] : [derSequence(...extensions)]),
    ),
  );
  const tbs = derSequence(
    derInteger(1),
    signatureAlgorithmOf(signer),
    subjectOf(issuer).subject,
    derTime(options.thisUpdate ?? new Date(Date.now() - HOUR_MS)),
    ...(nextUpdate === null ? [] : [derTime(nextUpdate)]),
    ...(entries.length === 0 ? [] : [derSequence(...entries)]),
    ...(options.extensions === undefined ? [] : [der(0xa0, derSequence(...options.extensions))]),
  );
  return derSequence(tbs, signatureAlgorithmOf(signer), derBits(sign("sha256", tbs, signer.privateKey)));
}

/** DER of an OCSP answer (RFC 6960 section 4.2). */
export function createTestOcspResponse(
  certificate: TestCertificate,
  issuer: TestCertificate,
  options: {
    readonly status?: "good" | "revoked" | "unknown";
    readonly thisUpdate?: Date;
    readonly nextUpdate?: Date | null;
    /** Default: the issuer. Anybody else is put into the answer. */
    readonly responder?: TestCertificate;
    readonly extensions?: readonly Uint8Array[];
  } = {},
): Buffer {
  const responder = options.responder ?? issuer;
  const nextUpdate = options.nextUpdate === undefined ? new Date(Date.now() + HOUR_MS) : options.nextUpdate;
  const id = derSequence(
    derAlgorithm("2.16.840.1.101.3.4.2.1", true),
    derOctets(hash("sha256", subjectOf(issuer).subject, "buffer")),
    derOctets(hash("sha256", subjectOf(issuer).keyBits, "buffer")),
    subjectOf(certificate).serialNumber,
  );
  const status = {
    good: der(0x80),
    revoked: der(0xa1, derTime(new Date(Date.now() - HOUR_MS))),
    unknown: der(0x82),
  }[options.status ?? "good"];
  const response = derSequence(
    id,
    status,
    derTime(options.thisUpdate ?? new Date(Date.now() - 60_000)),
    ...(nextUpdate === null ? [] : [der(0xa0, derTime(nextUpdate))]),
    ...(options.extensions === undefined ? [] : [der(0xa1, derSequence(...options.extensions))]),
  );
  const data = derSequence(der(0xa1, subjectOf(responder).subject), derTime(new Date()), derSequence(response));
  const basic = derSequence(
    data,
    signatureAlgorithmOf(responder),
    derBits(sign("sha256", data, responder.privateKey)),
    ...(responder === issuer ? [] : [der(0xa0, derSequence(responder.der))]),
  );
  const bytes = derSequence(derOid("1.3.6.1.5.5.7.48.1.1"), derOctets(basic));
  return derSequence(der(0x0a, Buffer.from([0])), der(0xa0, bytes));
}

/** Names and numbers of a certificate as DER, for structures that repeat them. */
export function subjectOf(certificate: TestCertificate): {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly serialNumber: Buffer;
  readonly keyBits: Buffer;
} {
  const { subjectName, issuerName } = certificate.certificate;
  const keyInfo = new X509Certificate(certificate.der).publicKey.export({ format: "der", type: "spki" });
  return {
    subject: Buffer.from(subjectName.toArrayBuffer()),
    issuer: Buffer.from(issuerName.toArrayBuffer()),
    serialNumber: der(0x02, Buffer.from(certificate.certificate.serialNumber, "hex")),
    keyBits: lastBits(keyInfo),
  };
}

/** ECDSA or RSA with SHA-256, as an AlgorithmIdentifier. */
export function signatureAlgorithmOf(signer: TestCertificate): Buffer {
  return signer.kind.startsWith("rsa")
    ? derAlgorithm("1.2.840.113549.1.1.11", true)
    : derAlgorithm("1.2.840.10045.4.3.2");
}

/** The octets of the bit string that ends a SubjectPublicKeyInfo. */
function lastBits(keyInfo: Buffer): Buffer {
  const outer = headBytes(keyInfo, 0);
  const bits = outer + headBytes(keyInfo, outer) + (keyInfo[outer + 1] ?? 0);
  return keyInfo.subarray(bits + headBytes(keyInfo, bits) + 1);
}

function headBytes(bytes: Buffer, at: number): number {
  const first = bytes[at + 1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}
