// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseImageReference } from "#oci";
import { concludeResult } from "#signatures";
import {
  createNotationWorld,
  daysFromNow,
  expectRefused,
  expectVerified,
  IMAGE_DIGEST,
  NOW,
  type NotationWorld,
  problemsOf,
  SILENT_SOURCE,
} from "../../../test/support/test-pki/notation-world.ts";
import { COSE_TYPE, JWS_TYPE } from "../../../test/support/test-pki/sign-envelope.ts";
import { createTestLeaf } from "../../../test/support/test-pki/test-certificate.ts";
import { createNotationVerifier } from "./index.ts";

const OTHER_DIGEST = `sha256:${"b".repeat(64)}`;

let world: NotationWorld;

beforeAll(async () => {
  world = await createNotationWorld();
});

describe("integrity", () => {
  it("an image without a signature has none, and no level makes it verified", async () => {
    for (const level of ["strict", "permissive", "audit"]) {
      const subject = { digest: IMAGE_DIGEST, reference: parseImageReference("registry.example/team/app"), now: NOW };
      const findings = await createNotationVerifier(world.requirement({ level })).verify([], subject, SILENT_SOURCE);
      expect(findings).toEqual({ signatures: [], problems: [] });
      expect(concludeResult({ requirement: "x", digest: IMAGE_DIGEST, isComplete: true, ...findings }).state).toBe(
        "none",
      );
    }
  });

  it.each(["jws", "cose"] as const)(
    "%s: any flipped byte of the envelope is refused or changes nothing that counts",
    async (format) => {
      const envelope = await world.sign({ format });
      const whole = (await world.verify(envelope)).signatures[0];
      const { length } = envelope.bytes;
      for (let at = 0; at < length; at += 7) {
        const bytes = Buffer.from(envelope.bytes);
        bytes[at] = (bytes[at] ?? 0) ^ 0x01;
        const { signatures } = await world.verify({ ...envelope, bytes });
        // the signing agent is unsigned and nobody reads it
        expect(signatures.every((each) => JSON.stringify(each) === JSON.stringify(whole))).toBe(true);
      }
    },
  );

  it.each(["jws", "cose"] as const)("%s: no truncation is a signature", async (format) => {
    const envelope = await world.sign({ format });
    for (let length = 0; length < envelope.bytes.length; length += 5) {
      const findings = await world.verify({ ...envelope, bytes: envelope.bytes.subarray(0, length) });
      expectRefused(findings, "MALFORMED bad");
    }
  });

  it.each([JWS_TYPE, COSE_TYPE])("%s: never throws for any bytes", async (mediaType) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expectRefused(await world.verify({ mediaType, bytes }), "MALFORMED bad");
      }),
    );
  });

  it.each([
    { name: "nested arrays", mediaType: COSE_TYPE, bytes: Buffer.alloc(1_000_000, 0x81) },
    { name: "nested tags", mediaType: COSE_TYPE, bytes: Buffer.alloc(1_000_000, 0xd2) },
    { name: "an array of four thousand million", mediaType: COSE_TYPE, bytes: Buffer.from("d29affffffff00", "hex") },
    {
      name: "a map of four thousand million",
      mediaType: COSE_TYPE,
      bytes: Buffer.from("d2bbffffffffffffffff00", "hex"),
    },
    { name: "nested JSON arrays", mediaType: JWS_TYPE, bytes: Buffer.alloc(1_000_000, "[") },
    { name: "NUL bytes", mediaType: JWS_TYPE, bytes: Buffer.alloc(1_000) },
    { name: "invalid UTF-8", mediaType: JWS_TYPE, bytes: Buffer.from([0x7b, 0xff, 0x7d]) },
    { name: "another media type", mediaType: "application/json", bytes: Buffer.from("{}") },
  ])("$name is malformed", async ({ mediaType, bytes }) => {
    expectRefused(await world.verify({ mediaType, bytes }), "MALFORMED bad");
  });

  it("an envelope of more than a megabyte cannot be told", async () => {
    expectRefused(
      await world.verify({ mediaType: JWS_TYPE, bytes: Buffer.alloc(1024 * 1024 + 1) }),
      "LIMIT_EXCEEDED unknown",
    );
  });

  it("a JWS envelope in the bytes of a COSE one, and the other way round, is malformed", async () => {
    const [jws, cose] = [await world.sign(), await world.sign({ format: "cose" })];
    expectRefused(await world.verify({ mediaType: COSE_TYPE, bytes: jws.bytes }), "MALFORMED bad");
    expectRefused(await world.verify({ mediaType: JWS_TYPE, bytes: cose.bytes }), "MALFORMED bad");
  });

  it.each(["rsa-2048", "rsa-3072", "rsa-4096", "ec-256", "ec-384", "ec-521"] as const)(
    "a signature by %s counts, in both formats",
    async (kind) => {
      const signer = await createTestLeaf(world.intermediate, { kind });
      expectVerified(await world.verify(await world.sign({ signer })));
      expectVerified(await world.verify(await world.sign({ signer, format: "cose" })));
    },
  );

  it("says by whom, how and when", async () => {
    const signingTime = daysFromNow(-0.5);
    const { signatures, validUntil } = await world.verify(await world.sign({ signingTime }));
    expect(signatures).toEqual([
      expect.objectContaining({
        kind: "notation",
        identity: "C=US, ST=WA, O=Haechi Test, CN=signer",
        issuer: "C=US, ST=WA, O=Haechi Test, CN=intermediate",
        keyId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        signedAt: signingTime.toISOString(),
        timeSource: "signer",
        location: "referrer",
        checks: ["signature", "digest", "certificate-chain", "identity", "revocation"],
      }),
    ]);
    expect(validUntil).toBe(world.leaf.certificate.notAfter.toISOString());
  });

  it.each(["none", "HS256", "RS256", "ES384", "PS256", ""])(
    "algorithm %j is not the one of a P-256 key",
    async (algorithm) => {
      expectRefused(
        await world.verify(await world.sign({ algorithm })),
        algorithm === "" ? "MALFORMED bad" : "SIGNATURE_INVALID bad",
      );
    },
  );

  it("an HMAC with the public key as its secret is no signature", async () => {
    const { bytes } = await world.sign({ algorithm: "HS256" });
    const envelope = JSON.parse(bytes.toString()) as { protected: string; payload: string; signature: string };
    const secret = world.leaf.certificate.publicKey.toString("pem");
    envelope.signature = createHmac("sha256", secret)
      .update(`${envelope.protected}.${envelope.payload}`)
      .digest("base64url");
    expectRefused(
      await world.verify({ mediaType: JWS_TYPE, bytes: Buffer.from(JSON.stringify(envelope)) }),
      "SIGNATURE_INVALID bad",
    );
  });

  it.each([-8, -37, -35, 5, -65_535])("COSE algorithm %i is not the one of a P-256 key", async (algorithm) => {
    expectRefused(
      await world.verify(await world.sign({ format: "cose", algorithm: String(algorithm) })),
      "SIGNATURE_INVALID bad",
    );
  });

  it("a signature by another key than the certificate's is invalid", async () => {
    const other = await createTestLeaf(world.intermediate);
    expectRefused(await world.verify(await world.sign({ key: other.privateKey })), "SIGNATURE_INVALID bad");
    expectRefused(
      await world.verify(await world.sign({ key: other.privateKey, format: "cose" })),
      "SIGNATURE_INVALID bad",
    );
  });

  it.each(["rsa-1024", "ed25519"] as const)("a key of kind %s does not sign images", async (kind) => {
    const signer = await createTestLeaf(world.intermediate, { kind });
    expectRefused(await world.verify(await world.sign({ signer, algorithm: "ES256" })), "CERTIFICATE_UNTRUSTED bad");
  });

  it("a signature over another digest does not count, even if its digest is the image's in upper case", async () => {
    expectRefused(await world.verify(await world.sign({ digest: OTHER_DIGEST })), "DIGEST_MISMATCH bad");
    expectRefused(await world.verify(await world.sign({ digest: IMAGE_DIGEST.toUpperCase() })), "DIGEST_MISMATCH bad");
  });

  it.each([
    { name: "no target", payload: "{}" },
    { name: "a target that is a list", payload: `{"targetArtifact":["${IMAGE_DIGEST}"]}` },
    { name: "no media type", payload: `{"targetArtifact":{"digest":"${IMAGE_DIGEST}","size":1}}` },
    { name: "a negative size", payload: `{"targetArtifact":{"mediaType":"a","digest":"${IMAGE_DIGEST}","size":-1}}` },
    { name: "no JSON", payload: "x" },
    { name: "no UTF-8", payload: Buffer.from([0xff]) },
  ])("a payload with $name is malformed", async ({ payload }) => {
    expectRefused(await world.verify(await world.sign({ payload })), "MALFORMED bad");
    expectRefused(await world.verify(await world.sign({ payload, format: "cose" })), "MALFORMED bad");
  });

  it("a payload of another type is malformed", async () => {
    expectRefused(await world.verify(await world.sign({ contentType: "application/json" })), "MALFORMED bad");
  });

  it("sixty-fifth and later signatures make the outcome uncertain, unless one before them counts", async () => {
    const bad = await world.sign({ digest: OTHER_DIGEST });
    const good = await world.sign();
    const subject = { digest: IMAGE_DIGEST, reference: parseImageReference("registry.example/team/app"), now: NOW };
    const many = [...Array.from({ length: 64 }, () => bad), good].map((each) => ({ location: "r", ...each }));
    const findings = await createNotationVerifier(world.requirement()).verify(many, subject, SILENT_SOURCE);
    expect(findings.signatures).toEqual([]);
    expect(problemsOf(findings).at(-1)).toBe("LIMIT_EXCEEDED unknown");
  });
});
