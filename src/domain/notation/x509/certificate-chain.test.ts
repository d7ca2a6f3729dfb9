// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import {
  createNotationWorld,
  expectRefused,
  expectVerified,
  type NotationWorld,
} from "../../../../test/support/test-pki/notation-world.ts";
import {
  createTestIntermediate,
  createTestLeaf,
  createTestRoot,
  KeyUsageFlags,
  OID,
  type TestCertificateOptions,
} from "../../../../test/support/test-pki/test-certificate.ts";

let world: NotationWorld;

beforeAll(async () => {
  world = await createNotationWorld();
});

describe("certificate chain", () => {
  async function refusedLeaf(options: TestCertificateOptions): Promise<void> {
    const signer = await createTestLeaf(world.intermediate, options);
    expectRefused(await world.verify(await world.sign({ signer })), "CERTIFICATE_UNTRUSTED bad");
  }

  it.each<{ name: string; options: TestCertificateOptions }>([
    { name: "an authority", options: { basicConstraints: { isAuthority: true } } },
    { name: "no key usage", options: { keyUsage: null } },
    {
      name: "a key usage that is not critical",
      options: { keyUsage: { flags: KeyUsageFlags.digitalSignature, isCritical: false } },
    },
    { name: "no digital signature", options: { keyUsage: { flags: KeyUsageFlags.nonRepudiation } } },
    {
      name: "certificate signing",
      options: { keyUsage: { flags: KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign } },
    },
    {
      name: "key encipherment",
      options: { keyUsage: { flags: KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment } },
    },
    {
      name: "decipher only",
      options: { keyUsage: { flags: KeyUsageFlags.digitalSignature | KeyUsageFlags.decipherOnly } },
    },
    { name: "a server's purpose", options: { extendedKeyUsage: { oids: [OID.codeSigning, OID.serverAuth] } } },
    { name: "any purpose", options: { extendedKeyUsage: { oids: [OID.any] } } },
    { name: "time stamping", options: { extendedKeyUsage: { oids: [OID.timeStamping] } } },
  ])("a signing certificate with $name is refused", async ({ options }) => {
    await refusedLeaf(options);
  });

  it("an extended key usage is optional", async () => {
    const signer = await createTestLeaf(world.intermediate, { extendedKeyUsage: null });
    expectVerified(await world.verify(await world.sign({ signer })));
  });

  it.each<{ name: string; options: TestCertificateOptions }>([
    { name: "no basic constraints", options: { basicConstraints: null } },
    {
      name: "basic constraints that are not critical",
      options: { basicConstraints: { isAuthority: true, isCritical: false } },
    },
    { name: "no authority", options: { basicConstraints: { isAuthority: false } } },
    { name: "no certificate signing", options: { keyUsage: { flags: KeyUsageFlags.cRLSign } } },
    { name: "a key of 1024 bits", options: { kind: "rsa-1024" } },
  ])("an intermediate with $name is refused", async ({ options }) => {
    const signer = await createTestLeaf(await createTestIntermediate(world.root, options));
    expectRefused(await world.verify(await world.sign({ signer })), "CERTIFICATE_UNTRUSTED bad");
  });

  it("a path length that is too short is refused", async () => {
    const top = await createTestRoot({ basicConstraints: { isAuthority: true, pathLength: 0 } });
    const signer = await createTestLeaf(await createTestIntermediate(top));
    const asked = world.requirement({}, { "ca:acme": [top.pem] });
    expectRefused(await world.verify(await world.sign({ signer }), asked), "CERTIFICATE_UNTRUSTED bad");
  });

  it("a chain in another order, with a stranger, without its world.root or with nothing is refused", async () => {
    const [first, second, third] = world.leaf.chain.map((each) => each.der);
    const stranger = world.otherRoot.der;
    for (const chain of [
      [first, third, second],
      [first, second],
      [first, second, third, stranger],
      [first, second, stranger],
      [first],
    ]) {
      const envelope = await world.sign({ chain: chain.flatMap((each) => each ?? []) });
      expectRefused(await world.verify(envelope), "CERTIFICATE_UNTRUSTED bad");
    }
    expectRefused(await world.verify(await world.sign({ chain: [] })), "MALFORMED bad");
    expectRefused(await world.verify(await world.sign({ chain: [Buffer.from(world.leaf.pem)] })), "MALFORMED bad");
    const trailing = [
      Buffer.concat([world.leaf.der, Buffer.from([0])]),
      second ?? Buffer.alloc(0),
      third ?? Buffer.alloc(0),
    ];
    expectRefused(await world.verify(await world.sign({ chain: trailing })), "MALFORMED bad");
  });

  it("a certificate in the name of an authority, by another key, is refused", async () => {
    const forger = await createTestIntermediate(world.root);
    const forged = await createTestLeaf(forger);
    const chain = [forged.der, world.intermediate.der, world.root.der];
    expectRefused(await world.verify(await world.sign({ signer: forged, chain })), "CERTIFICATE_UNTRUSTED bad");
  });

  it("any flipped bit of a certificate is refused", async () => {
    for (let at = 0; at < world.leaf.der.length; at += 3) {
      const changed = Buffer.from(world.leaf.der);
      changed[at] = (changed[at] ?? 0) ^ 0x04;
      const { signatures } = await world.verify(
        await world.sign({ chain: [changed, world.intermediate.der, world.root.der] }),
      );
      expect(signatures).toEqual([]);
    }
  });

  it("a certificate that signs itself counts when it is in the store itself", async () => {
    const alone = await createTestLeaf(undefined);
    const asked = world.requirement({}, { "ca:acme": [alone.pem] });
    expectVerified(await world.verify(await world.sign({ signer: alone }), asked));
    expectRefused(await world.verify(await world.sign({ signer: alone })), "CERTIFICATE_UNTRUSTED bad");
  });
});
