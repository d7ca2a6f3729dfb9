// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import type { SignatureBundle, VerificationMaterial, Witness } from "@sigstore/sign";
import type { TrustHttp } from "#signatures";
import { SigningError } from "./errors.ts";

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Names of Sigstore's algorithm registry for what signs SHA-256 digests. */
const RSA_DETAILS: Readonly<Record<number, string>> = {
  2048: "PKIX_RSA_PKCS1V15_2048_SHA256",
  3072: "PKIX_RSA_PKCS1V15_3072_SHA256",
  4096: "PKIX_RSA_PKCS1V15_4096_SHA256",
};

/**
 * Has Rekor v2 log the signature as cosign 3 does: an entry `hashedrekord` over what was signed, the pre-authentication
 * encoding of the envelope. The library's own witness writes an entry `dsse`, which cosign 3.1 cannot read.
 */
export function createRekorV2Witness(http: TrustHttp, baseUrl: string, signal?: AbortSignal): Witness {
  return {
    testify: async (content: SignatureBundle, publicKey: string): Promise<VerificationMaterial> => {
      const answer = await http.send(new URL(`${baseUrl}/api/v2/log/entries`), {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: Buffer.from(JSON.stringify(renderRequest(content, publicKey))),
        maxBytes: MAX_ANSWER_BYTES,
        origin: "operator",
        signal,
      });
      if (answer.status !== 200 && answer.status !== 201) {
        throw new SigningError("SIGNING_SERVICE_FAILED", `the transparency log answered ${answer.status}`);
      }
      return { tlogEntries: [parseEntry(answer.bytes)] };
    },
  };
}

/** Whether a signature of the key can be entered: the log wants to know the algorithm, and Ed25519 only in another form. */
export function isLoggable(key: KeyObject): boolean {
  return keyDetailsOf(key) !== undefined;
}

function renderRequest(content: SignatureBundle, publicKey: string): object {
  if (content.$case !== "dsseEnvelope") {
    throw new SigningError("SIGNING_UNSUPPORTED", "only envelopes are entered into Rekor v2");
  }
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `),
    payload,
  ]);
  const isCertificate = publicKey.includes("BEGIN CERTIFICATE");
  const key = isCertificate ? new X509Certificate(publicKey).publicKey : createPublicKey(publicKey);
  const verifier = isCertificate
    ? { x509Certificate: { rawBytes: new X509Certificate(publicKey).raw.toString("base64") } }
    : { publicKey: { rawBytes: key.export({ type: "spki", format: "der" }).toString("base64") } };
  return {
    hashedRekordRequestV002: {
      digest: createHash("sha256").update(signed).digest("base64"),
      signature: {
        content: signatures[0]?.sig.toString("base64"),
        verifier: { keyDetails: keyDetailsOf(key), ...verifier },
      },
    },
  };
}

function keyDetailsOf(key: KeyObject): string | undefined {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === "ec") {
    return details?.namedCurve === "prime256v1" ? "PKIX_ECDSA_P256_SHA_256" : undefined;
  }
  return key.asymmetricKeyType === "rsa" ? RSA_DETAILS[details?.modulusLength ?? 0] : undefined;
}

type LogEntries = NonNullable<VerificationMaterial["tlogEntries"]>;

function parseEntry(bytes: Uint8Array): LogEntries[number] {
  try {
    const entry = TransparencyLogEntry.fromJSON(JSON.parse(Buffer.from(bytes).toString("utf8")));
    const { logId, kindVersion, inclusionProof } = entry;
    if (logId === undefined || kindVersion === undefined || inclusionProof?.checkpoint === undefined) {
      throw new Error("no log id, kind or proof");
    }
    return { ...entry, logId, kindVersion };
  } catch (error) {
    throw new SigningError("SIGNING_SERVICE_FAILED", "the transparency log answered no entry", { cause: error });
  }
}
