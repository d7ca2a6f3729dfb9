// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, randomInt } from "node:crypto";
import { initializeTSA } from "@sigstore/mock/dist/timestamp/tsa.js";

/** A timestamp authority (RFC 3161) whose clock is the test's. */
export interface TimestampAuthority {
  /** DER, from the signing certificate to the root. */
  readonly chain: readonly Buffer[];
  /** A TimeStampResp over the SHA-256 (or longer) digest of what is stamped. */
  stamp(digest: Buffer, options?: { readonly nonce?: number; readonly withCertificates?: boolean }): Promise<Buffer>;
}

const OIDS: Readonly<Record<number, string>> = {
  32: "2.16.840.1.101.3.4.2.1",
  48: "2.16.840.1.101.3.4.2.2",
  64: "2.16.840.1.101.3.4.2.3",
};

export async function createTimestampAuthority(now: () => Date): Promise<TimestampAuthority> {
  const tsa = await initializeTSA(generateKeyPairSync("ec", { namedCurve: "P-256" }));
  // the mock's clock stands still; ours is the one of the test, in whole seconds as the real authority's
  Object.assign(tsa, { getCurrentTime: () => new Date(Math.floor(now().getTime() / 1000) * 1000) });
  return {
    chain: [toBuffer(tsa.intCertificate), toBuffer(tsa.rootCertificate)],
    stamp: async (digest, options = {}) =>
      toBuffer(
        await tsa.timestamp({
          artifactHash: digest,
          hashAlgorithmOID: OIDS[digest.length] ?? "",
          nonce: options.nonce ?? randomInt(2 ** 47),
          policyOID: "1.3.6.1.4.1.57264.2",
          certReq: options.withCertificates ?? false,
        }),
      ),
  };
}

function toBuffer(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}
