// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import type { SignatureBundle } from "@sigstore/sign";
import { describe, expect, it } from "vitest";
import type { TrustHttp } from "#signatures";
import { createRekorV2Witness } from "./rekor-v2-witness.ts";
import { createTimestampWitness } from "./timestamp-witness.ts";

const PEM = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const CONTENT: SignatureBundle = {
  $case: "dsseEnvelope",
  dsseEnvelope: {
    payload: Buffer.from("{}"),
    payloadType: "application/vnd.in-toto+json",
    signatures: [{ sig: Buffer.from("signature"), keyid: "" }],
  },
};

function answering(status: number, body: string | Uint8Array): TrustHttp {
  return { send: () => Promise.resolve({ status, headers: {}, bytes: Buffer.from(body) }) };
}

/** Bodies that are no answer of either service. */
const WRONG = [
  { name: "an error", status: 500, body: "" },
  { name: "a redirect that was not followed", status: 302, body: "" },
  { name: "nothing", status: 200, body: "" },
  { name: "a page", status: 200, body: "<html></html>" },
  { name: "an empty object", status: 200, body: "{}" },
  { name: "null", status: 200, body: "null" },
  {
    name: "an entry without a proof",
    status: 201,
    body: '{"logId":{"keyId":"AAAA"},"kindVersion":{"kind":"a","version":"1"}}',
  },
  { name: "an empty sequence of ASN.1", status: 200, body: Buffer.from("3000", "hex") },
  { name: "a sequence that ends early", status: 200, body: Buffer.from("3082ffff02", "hex") },
  { name: "a refusal (PKIStatus rejection)", status: 200, body: Buffer.from("30053003020102", "hex") },
];

describe("a service that answers something else has failed", () => {
  it.each(WRONG)("transparency log: $name", async ({ status, body }) => {
    const witness = createRekorV2Witness(answering(status, body), "https://rekor.test");
    await expect(witness.testify(CONTENT, PEM)).rejects.toMatchObject({ code: "SIGNING_SERVICE_FAILED" });
  });

  it.each(WRONG)("timestamp authority: $name", async ({ status, body }) => {
    const witness = createTimestampWitness(answering(status, body), new URL("https://tsa.test"));
    await expect(witness.testify(CONTENT, PEM)).rejects.toMatchObject({ code: "SIGNING_SERVICE_FAILED" });
  });
});
