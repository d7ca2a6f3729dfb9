// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import {
  createNotationWorld,
  daysFromNow,
  expectRefused,
  expectVerified,
  type NotationWorld,
  STORES_WITH_TSA,
} from "../../../../test/support/test-pki/notation-world.ts";
import { JWS_TYPE, type TestEnvelopeOptions } from "../../../../test/support/test-pki/sign-envelope.ts";
import { createTestLeaf, OID } from "../../../../test/support/test-pki/test-certificate.ts";
import { createTestTimestamp } from "../../../../test/support/test-pki/test-timestamp.ts";

let world: NotationWorld;

beforeAll(async () => {
  world = await createNotationWorld();
});

describe("timestamps", () => {
  it.each(["jws", "cose"] as const)("%s: proves that an ended certificate held when it signed", async (format) => {
    const time = daysFromNow(-0.7);
    const envelope = await world.sign({
      format,
      signer: world.expiredLeaf,
      signingTime: time,
      timestamp: world.stamp({ time }),
    });
    const findings = await world.verify(envelope, { stores: STORES_WITH_TSA });
    expectVerified(findings);
    expect(findings.signatures[0]).toMatchObject({ signedAt: time.toISOString(), timeSource: "timestamp-authority" });
    expect(findings.signatures[0]?.checks).toContain("timestamp");
  });

  it("a certificate that had ended by the time of the timestamp stays bad", async () => {
    const envelope = await world.sign({
      signer: world.expiredLeaf,
      signingTime: daysFromNow(-0.7),
      timestamp: world.stamp(),
    });
    expectRefused(await world.verify(envelope, { stores: STORES_WITH_TSA }), "EXPIRED bad");
  });

  it("the accuracy must not reach beyond the validity", async () => {
    const time = new Date(world.expiredLeaf.certificate.notAfter.getTime() - 1_000);
    const signing = { signer: world.expiredLeaf, signingTime: daysFromNow(-0.7) };
    expectVerified(
      await world.verify(await world.sign({ ...signing, timestamp: world.stamp({ time, accuracySeconds: 1 }) }), {
        stores: STORES_WITH_TSA,
      }),
    );
    const wide = await world.sign({ ...signing, timestamp: world.stamp({ time, accuracySeconds: 2 }) });
    expectRefused(await world.verify(wide, { stores: STORES_WITH_TSA }), "EXPIRED bad");
    const baseline = await world.sign({
      ...signing,
      timestamp: world.stamp({ time: world.expiredLeaf.certificate.notAfter, policy: "0.4.0.2023.1.1" }),
    });
    expectRefused(await world.verify(baseline, { stores: STORES_WITH_TSA }), "EXPIRED bad");
  });

  it("is asked for when the policy names a world.tsa store, always or after the certificates have ended", async () => {
    const envelope = await world.sign();
    expectRefused(await world.verify(envelope, { stores: STORES_WITH_TSA }), "TIMESTAMP_INVALID bad");
    expectVerified(await world.verify(envelope, { stores: STORES_WITH_TSA, level: "permissive" }), "TIMESTAMP_INVALID");
    expectVerified(await world.verify(envelope, { stores: STORES_WITH_TSA, verifyTimestamp: "afterCertExpiry" }));
    const ended = await world.sign({ signer: world.expiredLeaf, signingTime: daysFromNow(-0.7) });
    expectRefused(
      await world.verify(ended, { stores: STORES_WITH_TSA, verifyTimestamp: "afterCertExpiry" }),
      "TIMESTAMP_INVALID bad",
    );
  });

  it("does not count without a world.tsa store", async () => {
    const time = daysFromNow(-0.7);
    const envelope = await world.sign({
      signer: world.expiredLeaf,
      signingTime: time,
      timestamp: world.stamp({ time }),
    });
    expectRefused(await world.verify(envelope), "EXPIRED bad");
  });

  it("works without certificates of the authority's world.root in the token", async () => {
    const envelope = await world.sign({ timestamp: world.stamp({ certificates: [world.tsa.der] }) });
    expectVerified(await world.verify(envelope, { stores: STORES_WITH_TSA }));
  });

  it.each<{ name: string; timestamp: () => Promise<NonNullable<TestEnvelopeOptions["timestamp"]>> }>([
    {
      name: "over another signature",
      timestamp: async () => await Promise.resolve(world.stamp({ message: Buffer.from("other") })),
    },
    {
      name: "of an authority that nobody trusts",
      timestamp: async () =>
        world.stamp({
          authority: await createTestLeaf(world.otherRoot, {
            extendedKeyUsage: { oids: [OID.timeStamping], isCritical: true },
          }),
        }),
    },
    {
      name: "by a certificate for code",
      timestamp: async () =>
        world.stamp({
          authority: await world.createTsa({ extendedKeyUsage: { oids: [OID.codeSigning], isCritical: true } }),
        }),
    },
    {
      name: "by a certificate whose purpose is not critical",
      timestamp: async () =>
        world.stamp({ authority: await world.createTsa({ extendedKeyUsage: { oids: [OID.timeStamping] } }) }),
    },
    {
      name: "by a certificate with another purpose beside",
      timestamp: async () =>
        world.stamp({
          authority: await world.createTsa({
            extendedKeyUsage: { oids: [OID.timeStamping, OID.codeSigning], isCritical: true },
          }),
        }),
    },
    {
      name: "by a certificate that had ended",
      timestamp: async () => world.stamp({ authority: await world.createTsa({ notAfter: daysFromNow(-0.5) }) }),
    },
    {
      name: "without its certificate",
      timestamp: async () => await Promise.resolve(world.stamp({ certificates: [] })),
    },
    {
      name: "that names another certificate",
      timestamp: async () => await Promise.resolve(world.stamp({ named: world.leaf.der })),
    },
    {
      name: "by another key",
      timestamp: async () =>
        world.stamp({ authority: { ...world.tsa, privateKey: (await world.createTsa()).privateKey } }),
    },
    {
      name: "that is no timestamp",
      timestamp: async () => await Promise.resolve(async () => await Promise.resolve(Buffer.from("0000"))),
    },
  ])("a timestamp $name is invalid", async ({ timestamp }) => {
    const envelope = await world.sign({ timestamp: await timestamp() });
    expectRefused(await world.verify(envelope, { stores: STORES_WITH_TSA }), "TIMESTAMP_INVALID bad");
  });

  it("a timestamp whose time was changed is invalid", async () => {
    const time = daysFromNow(-0.7);
    const timestamp = async (message: Uint8Array): Promise<Uint8Array> => {
      const token = createTestTimestamp({ authority: world.tsa, message, time });
      const text = `${time.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
      const second = token.indexOf(text) + text.length - 2;
      token[second] = (token[second] ?? 0) ^ 1;
      return await Promise.resolve(token);
    };
    const envelope = await world.sign({ signer: world.expiredLeaf, signingTime: time, timestamp });
    expectRefused(await world.verify(envelope, { stores: STORES_WITH_TSA }), "TIMESTAMP_INVALID bad");
  });

  it("any flipped or missing byte of a timestamp is invalid, and never throws", async () => {
    const token = await new Promise<Buffer>((resolve) => {
      void world.sign({
        timestamp: async (message) => {
          const made = createTestTimestamp({ authority: world.tsa, message });
          resolve(made);
          return await Promise.resolve(made);
        },
      });
    });
    const text = (await world.sign({ timestamp: async () => await Promise.resolve(token) })).bytes.toString();
    const envelope = JSON.parse(text) as { header: Record<string, unknown> };
    for (let at = 0; at < token.length; at += 5) {
      const flipped = Buffer.from(token);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      for (const changed of [flipped, token.subarray(0, at + 1)]) {
        envelope.header["io.cncf.notary.timestampSignature"] = changed.toString("base64");
        const bytes = Buffer.from(JSON.stringify(envelope));
        expect((await world.verify({ mediaType: JWS_TYPE, bytes }, { stores: STORES_WITH_TSA })).signatures).toEqual(
          [],
        );
      }
    }
  });
});
