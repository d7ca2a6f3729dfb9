// SPDX-License-Identifier: Apache-2.0
import { decode, encode, Tag } from "cbor2";
import { beforeAll, describe, it } from "vitest";
import {
  createNotationWorld,
  daysFromNow,
  expectRefused,
  expectVerified,
  type NotationWorld,
} from "../../../../test/support/test-pki/notation-world.ts";
import { COSE_TYPE, JWS_TYPE, type TestEnvelopeOptions } from "../../../../test/support/test-pki/sign-envelope.ts";

let world: NotationWorld;

beforeAll(async () => {
  world = await createNotationWorld();
});

describe("protected attributes", () => {
  const SCHEME = "io.cncf.notary.signingScheme";
  const EXPIRY = "io.cncf.notary.expiry";
  const AUTHENTIC = "io.cncf.notary.authenticSigningTime";

  it.each<{ name: string; options: Partial<TestEnvelopeOptions> }>([
    { name: "an unknown scheme", options: { scheme: "notary.x509.other" } },
    { name: "no critical list", options: { critical: [], headers: { crit: undefined, "#2": undefined } } },
    { name: "a scheme that is not critical", options: { critical: ["io.cncf.notary.signingTime"] } },
    { name: "an expiry that is not critical", options: { expiry: daysFromNow(1), critical: [SCHEME] } },
    { name: "a critical header that is not there", options: { critical: [SCHEME, EXPIRY] } },
    { name: "a critical header that is listed twice", options: { critical: [SCHEME, SCHEME] } },
    { name: "no signing time", options: { headers: { "io.cncf.notary.signingTime": undefined } } },
    {
      name: "the time of the other scheme beside its own",
      options: { headers: { [AUTHENTIC]: "2026-01-01T00:00:00Z" } },
    },
    { name: "a time that is no date", options: { headers: { "io.cncf.notary.signingTime": "2026-02-30T00:00:00Z" } } },
    { name: "a time without zone", options: { headers: { "io.cncf.notary.signingTime": "2026-02-03T00:00:00" } } },
    { name: "b64", options: { headers: { b64: false } } },
  ])("an envelope with $name is malformed", async ({ options }) => {
    expectRefused(await world.verify(await world.sign(options)), "MALFORMED bad");
    if (!("headers" in options) || options.headers?.["b64"] === undefined) {
      expectRefused(await world.verify(await world.sign({ ...options, format: "cose" })), "MALFORMED bad");
    }
  });

  it.each(["jws", "cose"] as const)(
    "%s: an unknown critical header of a trusted signer cannot be told",
    async (format) => {
      const headers = { "io.cncf.notary.verificationPlugin": "com.example.plugin" };
      const envelope = await world.sign({ format, headers, critical: [SCHEME, "io.cncf.notary.verificationPlugin"] });
      expectRefused(await world.verify(envelope), "UNSUPPORTED unknown");
    },
  );

  it("an unknown critical header of anybody else is bad: who attaches it must not make the outcome uncertain", async () => {
    const envelope = await world.sign({ headers: { x: 1 }, critical: [SCHEME, "x"] });
    expectRefused(await world.verify(envelope, { stores: ["ca:other"] }), "CERTIFICATE_UNTRUSTED bad");
    const logged = await world.verify(envelope, { stores: ["ca:other"], level: "audit" });
    expectRefused(logged, "CERTIFICATE_UNTRUSTED warning", "CERTIFICATE_UNTRUSTED bad");
  });

  it("a header that is not critical is passed over", async () => {
    expectVerified(await world.verify(await world.sign({ headers: { "com.example.note": "x" } })));
  });

  it("a signature whose signing time lies outside of the certificates is bad at every level", async () => {
    const envelope = await world.sign({ signingTime: daysFromNow(-2) });
    expectRefused(await world.verify(envelope), "EXPIRED bad");
    expectRefused(await world.verify(envelope, { level: "audit" }), "EXPIRED bad");
  });

  it("an envelope with a field more than the flattened form is malformed", async () => {
    const { bytes } = await world.sign();
    const envelope = { ...(JSON.parse(bytes.toString()) as object), signatures: [] };
    const findings = await world.verify({ mediaType: JWS_TYPE, bytes: Buffer.from(JSON.stringify(envelope)) });
    expectRefused(findings, "MALFORMED bad");
  });

  it("only the one spelling of each base64 text is read", async () => {
    const text = (await world.sign()).bytes.toString();
    const envelope = JSON.parse(text) as { signature: string };
    for (const signature of [`${envelope.signature}=`, ` ${envelope.signature}`, `${envelope.signature}\n`]) {
      const bytes = Buffer.from(JSON.stringify({ ...envelope, signature }));
      expectRefused(await world.verify({ mediaType: JWS_TYPE, bytes }), "MALFORMED bad");
    }
  });

  it("a JWS header that is there both protected and unprotected is malformed", async () => {
    const envelope = JSON.parse((await world.sign()).bytes.toString()) as { header: object };
    const bytes = Buffer.from(JSON.stringify({ ...envelope, header: { ...envelope.header, alg: "ES256" } }));
    expectRefused(await world.verify({ mediaType: JWS_TYPE, bytes }), "MALFORMED bad");
  });

  it("a COSE header that is there both protected and unprotected, or another tag, is malformed", async () => {
    const { bytes } = await world.sign({ format: "cose" });
    const message = decode<Tag>(bytes, { preferMap: true });
    const [header, unprotected, payload, signature] = message.contents as unknown[];
    const doubled = new Map([...(unprotected as Map<unknown, unknown>), [1, -7]]);
    for (const changed of [new Tag(18, [header, doubled, payload, signature]), new Tag(98, message.contents)]) {
      const findings = await world.verify({ mediaType: COSE_TYPE, bytes: encode(changed) });
      expectRefused(findings, "MALFORMED bad");
    }
  });
});
