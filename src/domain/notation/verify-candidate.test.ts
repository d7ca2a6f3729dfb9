// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import { concludeResult, type NotationRequirement } from "#signatures";
import {
  createNotationWorld,
  daysFromNow,
  expectRefused,
  expectVerified,
  IMAGE_DIGEST,
  type NotationWorld,
} from "../../../test/support/test-pki/notation-world.ts";
import { createTestIntermediate, createTestLeaf } from "../../../test/support/test-pki/test-certificate.ts";

let world: NotationWorld;

beforeAll(async () => {
  world = await createNotationWorld();
});

describe("authenticity", () => {
  it("a chain that leads to no store of the policy is bad, and a warning at level audit, where nothing says that it was checked", async () => {
    const envelope = await world.sign();
    expectRefused(await world.verify(envelope, { stores: ["ca:other"] }), "CERTIFICATE_UNTRUSTED bad");
    expectRefused(
      await world.verify(envelope, { stores: ["ca:other"], level: "permissive" }),
      "CERTIFICATE_UNTRUSTED bad",
    );
    const audited = await world.verify(envelope, { stores: ["ca:other"], level: "audit" });
    expectVerified(audited, "CERTIFICATE_UNTRUSTED", "REVOCATION_UNKNOWN");
    expect(audited.signatures[0]?.checks).toEqual(["signature", "digest"]);
  });

  it("where authenticity is only logged, revocation of a stranger's certificate is skipped, logged or bad", async () => {
    const envelope = await world.sign();
    const asked = (revocation: string) => ({ stores: ["ca:other"], level: "audit", override: { revocation } });
    expectVerified(await world.verify(envelope, asked("skip")), "CERTIFICATE_UNTRUSTED");
    expectVerified(await world.verify(envelope, asked("log")), "CERTIFICATE_UNTRUSTED", "REVOCATION_UNKNOWN");
    const enforced = await world.verify(envelope, asked("enforce"));
    expectRefused(enforced, "CERTIFICATE_UNTRUSTED warning", "CERTIFICATE_UNTRUSTED bad");
  });

  it("a store of another kind does not count for the scheme", async () => {
    expectRefused(
      await world.verify(await world.sign(), { stores: ["signingAuthority:acme"] }),
      "CERTIFICATE_UNTRUSTED bad",
    );
    const envelope = await world.sign({ scheme: "notary.x509.signingAuthority" });
    expectRefused(await world.verify(envelope), "CERTIFICATE_UNTRUSTED bad");
    expectVerified(await world.verify(envelope, { stores: ["signingAuthority:acme"] }));
    expectVerified(
      await world.verify(await world.sign({ scheme: "notary.x509.signingAuthority", format: "cose" }), {
        stores: ["signingAuthority:acme"],
      }),
    );
  });

  it.each([
    { identity: "x509.subject: C=US, ST=WA, O=Haechi Test, CN=signer", isTrusted: true },
    { identity: "x509.subject:O=Haechi Test,ST=WA,C=US", isTrusted: true },
    { identity: "*", isTrusted: true },
    { identity: "x509.subject: C=US, ST=WA, O=Haechi", isTrusted: false },
    { identity: "x509.subject: C=US, ST=WA, O=Haechi Test, CN=sign*", isTrusted: false },
    { identity: "x509.subject: C=US, ST=WA, O=Haechi Test, OU=x", isTrusted: false },
    { identity: "x509.subject: C=US, ST=WA, O=haechi test", isTrusted: false },
    { identity: "x509.subject: C=US, ST=WA, O=Haechi Test, CN=intermediate", isTrusted: false },
  ])("identity $identity: $isTrusted", async ({ identity, isTrusted }) => {
    const findings = await world.verify(await world.sign(), { identities: [identity] });
    if (isTrusted) {
      expectVerified(findings);
    } else {
      expectRefused(findings, "IDENTITY_MISMATCH bad");
    }
  });

  it("values with commas, and a subject that names a type twice", async () => {
    const comma = await createTestLeaf(world.intermediate, { subject: "C=US, ST=WA, O=Haechi\\, Inc., CN=a" });
    expectVerified(
      await world.verify(await world.sign({ signer: comma }), {
        identities: ["x509.subject: C=US, ST=WA, O=Haechi\\, Inc."],
      }),
    );
    const twice = await createTestLeaf(world.intermediate, { subject: "C=US, ST=WA, O=Haechi Test, OU=a, OU=b" });
    expectRefused(await world.verify(await world.sign({ signer: twice })), "IDENTITY_MISMATCH bad");
    expectVerified(await world.verify(await world.sign({ signer: twice }), { identities: ["*"] }));
  });

  it("the scope is the exact repository", async () => {
    const envelope = await world.sign();
    const scopes = ["registry.example/team/app"];
    expectVerified(await world.verify(envelope, { scopes }));
    for (const name of [
      "registry.example/team/app2",
      "registry.example/team",
      "registry.example:5000/team/app",
      "other/team/app",
    ]) {
      expectRefused(await world.verify(envelope, { scopes }, { reference: `${name}:1` }), "POLICY_MISMATCH bad");
    }
  });

  it("level skip verifies nothing, so nothing is verified", async () => {
    const findings = await world.verify(await world.sign(), { level: "skip" });
    expectRefused(findings, "POLICY_MISMATCH bad");
    expect(concludeResult({ requirement: "x", digest: IMAGE_DIGEST, isComplete: true, ...findings }).state).toBe("bad");
  });

  it.each<{ name: string; asked: () => NotationRequirement }>([
    { name: "a trust policy that is no JSON", asked: () => ({ ...world.requirement(), trustPolicy: "{" }) },
    { name: "a store that is not there", asked: () => world.requirement({ stores: ["ca:missing"] }) },
    { name: "an empty store", asked: () => world.requirement({}, { "ca:acme": [] }) },
    { name: "a store without certificates", asked: () => world.requirement({}, { "ca:acme": ["hello"] }) },
    {
      name: "a store with a signing certificate of an authority",
      asked: () => world.requirement({}, { "ca:acme": [world.leaf.pem] }),
    },
    {
      name: "a world.tsa store without a root",
      asked: () => world.requirement({ stores: ["ca:acme", "tsa:time"] }, { "tsa:time": [world.intermediate.pem] }),
    },
  ])("with $name it cannot be told", async ({ asked }) => {
    expectRefused(await world.verify(await world.sign(), asked()), "TRUST_MATERIAL_INVALID unknown");
  });
});

describe("expiry and time", () => {
  it("a signature that has ended is bad, and a warning where expiry is only logged", async () => {
    for (const format of ["jws", "cose"] as const) {
      const envelope = await world.sign({ format, signingTime: daysFromNow(-0.5), expiry: daysFromNow(-0.1) });
      expectRefused(await world.verify(envelope), "EXPIRED bad");
      expectRefused(
        await world.verify(envelope, { level: "permissive", override: { expiry: "enforce" } }),
        "EXPIRED bad",
      );
      expectVerified(await world.verify(envelope, { level: "permissive" }), "EXPIRED");
      expectVerified(await world.verify(envelope, { override: { expiry: "log" } }), "EXPIRED");
    }
  });

  it("the result ends with the signature", async () => {
    const expiry = daysFromNow(0.5);
    const findings = await world.verify(await world.sign({ expiry }));
    expectVerified(findings);
    expect(findings.validUntil).toBe(expiry.toISOString());
    expectRefused(await world.verify(await world.sign({ expiry }), {}, { now: expiry }), "EXPIRED bad");
  });

  it("a certificate that has ended makes it bad, and a warning where time is only logged", async () => {
    const envelope = await world.sign({ signer: world.expiredLeaf, signingTime: daysFromNow(-0.7) });
    expectRefused(await world.verify(envelope), "EXPIRED bad");
    expectVerified(await world.verify(envelope, { level: "permissive" }), "EXPIRED");
  });

  it("an authority that has ended makes it bad too", async () => {
    const old = await createTestIntermediate(world.root, { notAfter: daysFromNow(-0.5) });
    const envelope = await world.sign({ signer: await createTestLeaf(old), signingTime: daysFromNow(-0.7) });
    expectRefused(await world.verify(envelope), "EXPIRED bad");
  });
});
