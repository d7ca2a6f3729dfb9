// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import type { Certificate } from "../x509/certificate.ts";
import { DER } from "../x509/der-reader.ts";

/** AlgorithmIdentifier of SHA-256, the digest that notation asks with too. */
const SHA_256 = Buffer.from("300d06096086480165030402010500", "hex");

/** DER of an OCSPRequest for one certificate (RFC 6960 section 4.1.1), without nonce, so that answers can be kept. */
export function encodeOcspRequest(certificate: Certificate, issuer: Certificate): Uint8Array {
  const id = encode(
    DER.sequence,
    SHA_256,
    encode(DER.octetString, hash("sha256", issuer.subject.bytes, "buffer")),
    encode(DER.octetString, hash("sha256", issuer.keyBits, "buffer")),
    encode(DER.integer, certificate.serialNumber),
  );
  // OCSPRequest { TBSRequest { requestList { Request { CertID } } } }
  return [0, 1, 2, 3].reduce<Uint8Array>((inner) => encode(DER.sequence, inner), id);
}

/** One value of DER with at most 255 octets of content. */
function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
