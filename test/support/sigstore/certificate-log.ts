// SPDX-License-Identifier: Apache-2.0
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { X509Certificate } from "@sigstore/core";

/** A certificate transparency log (RFC 6962) that keeps nothing: what Fulcio embeds is its signature. The mock's own writes its id wrongly. */
export interface CertificateLog {
  /** SPKI in DER. */
  readonly publicKey: Buffer;
  /** A signed certificate timestamp for the certificate without it. */
  promise(precertificate: Buffer, issuerKey: Buffer): Buffer;
}

export function createCertificateLog(now: () => Date): CertificateLog {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = keys.publicKey.export({ type: "spki", format: "der" });
  return {
    publicKey,
    promise: (precertificate, issuerKey) => {
      const tbs = X509Certificate.parse(Buffer.from(precertificate)).tbsCertificate.toDER();
      const timestamp = Buffer.alloc(8);
      timestamp.writeBigUInt64BE(BigInt(now().getTime()));
      const version = Buffer.from([0]);
      // RFC 6962 3.2: version, type of signature, time, type of entry, hash of the issuer's key, certificate, extensions
      const signed = Buffer.concat([
        version,
        Buffer.from([0]),
        timestamp,
        Buffer.from([0, 1]),
        sha256(issuerKey),
        uint(tbs.length, 3),
        tbs,
        uint(0, 2),
      ]);
      const signature = sign("sha256", signed, keys.privateKey);
      const algorithms = Buffer.from([4, 3]);
      return Buffer.concat([
        version,
        sha256(publicKey),
        timestamp,
        uint(0, 2),
        algorithms,
        uint(signature.length, 2),
        signature,
      ]);
    },
  };
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
