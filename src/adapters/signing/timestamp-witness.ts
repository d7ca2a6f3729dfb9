// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { SignatureBundle, VerificationMaterial, Witness } from "@sigstore/sign";
import { Null, OctetString } from "asn1js";
import { AlgorithmIdentifier, MessageImprint, TimeStampReq, TimeStampResp } from "pkijs";
import type { TrustHttp } from "#signatures";
import { SigningError } from "./errors.ts";

const SHA256_OID = "2.16.840.1.101.3.4.2.1";
/** PKIStatus granted and grantedWithMods (RFC 3161, section 2.4.2). */
const GRANTED: ReadonlySet<number> = new Set([0, 1]);
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Has a timestamp authority stamp the signature (RFC 3161 over HTTP, section 3.4). Any authority will do; the library's
 * own witness speaks a JSON form that only Sigstore's does.
 */
export function createTimestampWitness(http: TrustHttp, url: URL, signal?: AbortSignal): Witness {
  return {
    testify: async (content: SignatureBundle): Promise<VerificationMaterial> => {
      const answer = await http.send(url, {
        method: "POST",
        headers: { "content-type": "application/timestamp-query", accept: "application/timestamp-reply" },
        body: renderRequest(signatureOf(content)),
        maxBytes: MAX_ANSWER_BYTES,
        origin: "operator",
        signal,
      });
      if (answer.status !== 200 && answer.status !== 201) {
        throw new SigningError("SIGNING_SERVICE_FAILED", `the timestamp authority answered ${answer.status}`);
      }
      assertGranted(answer.bytes);
      return { rfc3161Timestamps: [{ signedTimestamp: Buffer.from(answer.bytes) }] };
    },
  };
}

function renderRequest(signature: Buffer): Uint8Array {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256_OID, algorithmParams: new Null() }),
      hashedMessage: new OctetString({ valueHex: createHash("sha256").update(signature).digest() }),
    }),
    // no nonce: an older stamp of this very signature would be as true, and only older
    certReq: true,
  });
  return new Uint8Array(request.toSchema().toBER());
}

/** Whether it is a timestamp at all; whether it is right is what verifiers find out. */
function assertGranted(bytes: Uint8Array): void {
  let status: number;
  try {
    status = TimeStampResp.fromBER(bytes).status.status;
  } catch (error) {
    throw new SigningError("SIGNING_SERVICE_FAILED", "the timestamp authority answered no timestamp", { cause: error });
  }
  if (!GRANTED.has(status)) {
    throw new SigningError("SIGNING_SERVICE_FAILED", `the timestamp authority refused with status ${status}`);
  }
}

function signatureOf(content: SignatureBundle): Buffer {
  return content.$case === "dsseEnvelope"
    ? (content.dsseEnvelope.signatures[0]?.sig ?? Buffer.alloc(0))
    : content.messageSignature.signature;
}
