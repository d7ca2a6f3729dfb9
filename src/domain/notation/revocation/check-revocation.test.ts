// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import {
  createNotationWorld,
  createScriptedSource,
  daysFromNow,
  expectRefused,
  expectVerified,
  type NotationWorld,
  STORES_WITH_TSA,
  type WorldStatement,
} from "../../../../test/support/test-pki/notation-world.ts";
import {
  createTestIntermediate,
  createTestLeaf,
  KeyUsageFlags,
  OID,
  type TestCertificate,
} from "../../../../test/support/test-pki/test-certificate.ts";
import { createTestCrl, createTestOcspResponse } from "../../../../test/support/test-pki/test-revocation.ts";
import { derExtension, derTime } from "../../../../test/support/test-pki/write-der.ts";
import type { NotationFindings } from "../index.ts";

const CRL_URL = "http://crl.example/ca.crl";
const OCSP_URL = "http://ocsp.example/";

let world: NotationWorld;

beforeAll(async () => {
  world = await createNotationWorld();
});

describe("revocation", () => {
  let crlLeaf: TestCertificate;
  let ocspLeaf: TestCertificate;
  let bothLeaf: TestCertificate;

  beforeAll(async () => {
    crlLeaf = await createTestLeaf(world.intermediate, { crlUrl: CRL_URL });
    ocspLeaf = await createTestLeaf(world.intermediate, { ocspUrl: OCSP_URL });
    bothLeaf = await createTestLeaf(world.intermediate, { crlUrl: CRL_URL, ocspUrl: OCSP_URL });
  });

  async function check(
    signer: TestCertificate,
    answers: Readonly<Record<string, Buffer>>,
    statement: WorldStatement = {},
  ): Promise<NotationFindings> {
    return await world.verify(await world.sign({ signer }), statement, { source: createScriptedSource(answers) });
  }

  it("a certificate on the list is revoked; where revocation is only logged that is a warning", async () => {
    const crl = createTestCrl(world.intermediate, [{ certificate: bothLeaf }, { certificate: crlLeaf }]);
    expectRefused(await check(crlLeaf, { [CRL_URL]: crl }), "REVOKED bad");
    expectVerified(await check(crlLeaf, { [CRL_URL]: crl }, { level: "permissive" }), "REVOKED");
    expectVerified(await check(crlLeaf, { [CRL_URL]: crl }, { override: { revocation: "skip" } }));
  });

  it("a certificate that is not on the list is good, and only then the list is kept", async () => {
    const nextUpdate = daysFromNow(0.2);
    const source = createScriptedSource({
      [CRL_URL]: createTestCrl(world.intermediate, [{ certificate: world.leaf }], { nextUpdate }),
    });
    const findings = await world.verify(await world.sign({ signer: crlLeaf }), {}, { source });
    expectVerified(findings);
    expect(findings.validUntil).toBe(nextUpdate.toISOString());
    expect(source.kept).toEqual([[{ method: "crl", url: CRL_URL }, nextUpdate]]);
  });

  it.each<{ name: string; crl: () => Promise<Buffer> | Buffer }>([
    { name: "that has ended", crl: () => createTestCrl(world.intermediate, [], { nextUpdate: daysFromNow(-0.01) }) },
    { name: "without an end", crl: () => createTestCrl(world.intermediate, [], { nextUpdate: null }) },
    {
      name: "from the future",
      crl: () => createTestCrl(world.intermediate, [], { thisUpdate: daysFromNow(0.1), nextUpdate: daysFromNow(1) }),
    },
    { name: "of another authority", crl: () => createTestCrl(world.root, []) },
    {
      name: "signed by another key",
      crl: async () => createTestCrl(world.intermediate, [], { signer: await createTestIntermediate(world.root) }),
    },
    {
      name: "completed by deltas",
      crl: () =>
        createTestCrl(world.intermediate, [], { extensions: [derExtension("2.5.29.46", Buffer.from([0x30, 0]))] }),
    },
    {
      name: "with an unknown critical extension",
      crl: () =>
        createTestCrl(world.intermediate, [], { extensions: [derExtension("1.2.3.4", Buffer.from([0x30, 0]), true)] }),
    },
    {
      name: "that is a delta",
      crl: () =>
        createTestCrl(world.intermediate, [], {
          extensions: [derExtension("2.5.29.27", Buffer.from([0x02, 1, 1]), true)],
        }),
    },
    {
      name: "for authorities only",
      crl: () =>
        createTestCrl(world.intermediate, [], {
          extensions: [derExtension("2.5.29.28", Buffer.from("30038201ff", "hex"), true)],
        }),
    },
    {
      name: "for another distribution point",
      crl: () =>
        createTestCrl(world.intermediate, [], {
          extensions: [
            derExtension(
              "2.5.29.28",
              Buffer.from(`3010a00ea00c860a${Buffer.from("http://a/b").toString("hex")}`, "hex"),
              true,
            ),
          ],
        }),
    },
    { name: "that is no list", crl: () => Buffer.from("<html>") },
  ])("a list $name says nothing, and is not kept", async ({ crl }) => {
    const source = createScriptedSource({ [CRL_URL]: await crl() });
    expectRefused(
      await world.verify(await world.sign({ signer: crlLeaf }), {}, { source }),
      "REVOCATION_UNKNOWN unknown",
    );
    expect(source.kept).toEqual([]);
  });

  it("a list by an authority that is not for lists says nothing", async () => {
    const middle = await createTestIntermediate(world.root, { keyUsage: { flags: KeyUsageFlags.keyCertSign } });
    const signer = await createTestLeaf(middle, { crlUrl: CRL_URL });
    expectRefused(await check(signer, { [CRL_URL]: createTestCrl(middle, []) }), "REVOCATION_UNKNOWN unknown");
  });

  it("a list in the name of another authority with the same key says nothing", async () => {
    const namesake = await createTestIntermediate(world.root, {
      subject: "C=US, ST=WA, O=x, CN=y",
      keyOf: world.intermediate,
    });
    const crl = createTestCrl(namesake, [], { signer: world.intermediate });
    expectRefused(await check(crlLeaf, { [CRL_URL]: crl }), "REVOCATION_UNKNOWN unknown");
  });

  it("a list for the distribution point of the certificate counts", async () => {
    const uri = Buffer.from(CRL_URL);
    const point = Buffer.concat([
      Buffer.from([0x30, uri.length + 6, 0xa0, uri.length + 4, 0xa0, uri.length + 2, 0x86, uri.length]),
      uri,
    ]);
    const crl = createTestCrl(world.intermediate, [], { extensions: [derExtension("2.5.29.28", point, true)] });
    expectVerified(await check(crlLeaf, { [CRL_URL]: crl }));
  });

  it("a list that has ended still proves what is on it", async () => {
    const crl = createTestCrl(world.intermediate, [{ certificate: crlLeaf }], { nextUpdate: daysFromNow(-0.01) });
    expectRefused(await check(crlLeaf, { [CRL_URL]: crl }), "REVOKED bad");
  });

  it("a list that nobody brings makes it unknown, and a warning where revocation is only logged", async () => {
    expectRefused(await check(crlLeaf, {}), "REVOCATION_UNKNOWN unknown");
    expectVerified(await check(crlLeaf, {}, { level: "permissive" }), "REVOCATION_UNKNOWN");
  });

  it("an world.intermediate that is revoked revokes what it issued", async () => {
    const middle = await createTestIntermediate(world.root, { crlUrl: CRL_URL });
    const signer = await createTestLeaf(middle);
    expectRefused(
      await check(signer, { [CRL_URL]: createTestCrl(world.root, [{ certificate: middle }]) }),
      "REVOKED bad",
    );
    expectVerified(await check(signer, { [CRL_URL]: createTestCrl(world.root, []) }));
  });

  it("a revocation whose invalidity begins after a trusted signing time does not concern the signature", async () => {
    const invalidity = derExtension("2.5.29.24", derTime(daysFromNow(-0.2)));
    const crl = createTestCrl(world.intermediate, [{ certificate: crlLeaf, extensions: [invalidity] }]);
    const source = createScriptedSource({ [CRL_URL]: crl });
    const at = (time: Date) => ({ signer: crlLeaf, signingTime: time, timestamp: world.stamp({ time }) });
    expectVerified(
      await world.verify(await world.sign(at(daysFromNow(-0.5))), { stores: STORES_WITH_TSA }, { source }),
    );
    expectRefused(
      await world.verify(await world.sign(at(daysFromNow(-0.1))), { stores: STORES_WITH_TSA }, { source }),
      "REVOKED bad",
    );
    // without a timestamp the signer alone says when
    expectRefused(
      await world.verify(await world.sign({ signer: crlLeaf, signingTime: daysFromNow(-0.5) }), {}, { source }),
      "REVOKED bad",
    );
  });

  it("OCSP says good or revoked, by the issuer or a responder of it", async () => {
    const responder = await createTestLeaf(world.intermediate, {
      subject: "C=US, ST=WA, O=x, CN=ocsp",
      extendedKeyUsage: { oids: [OID.ocspSigning] },
    });
    for (const by of [{}, { responder }]) {
      expectVerified(await check(ocspLeaf, { [OCSP_URL]: createTestOcspResponse(ocspLeaf, world.intermediate, by) }));
      const revoked = createTestOcspResponse(ocspLeaf, world.intermediate, { ...by, status: "revoked" });
      expectRefused(await check(ocspLeaf, { [OCSP_URL]: revoked }), "REVOKED bad");
    }
  });

  it.each<{ name: string; answer: () => Promise<Buffer> | Buffer }>([
    {
      name: "that does not know",
      answer: () => createTestOcspResponse(ocspLeaf, world.intermediate, { status: "unknown" }),
    },
    {
      name: "that has ended",
      answer: () => createTestOcspResponse(ocspLeaf, world.intermediate, { nextUpdate: daysFromNow(-0.01) }),
    },
    {
      name: "without end and two hours old",
      answer: () =>
        createTestOcspResponse(ocspLeaf, world.intermediate, { nextUpdate: null, thisUpdate: daysFromNow(-2 / 24) }),
    },
    {
      name: "from the future",
      answer: () => createTestOcspResponse(ocspLeaf, world.intermediate, { thisUpdate: daysFromNow(0.1) }),
    },
    { name: "about another certificate", answer: () => createTestOcspResponse(world.leaf, world.intermediate) },
    {
      name: "about a certificate of another issuer",
      answer: () => createTestOcspResponse(ocspLeaf, world.root, { responder: world.intermediate }),
    },
    {
      name: "by a certificate that is not for it",
      answer: () => createTestOcspResponse(ocspLeaf, world.intermediate, { responder: world.leaf }),
    },
    {
      name: "by a responder of another authority",
      answer: async () =>
        createTestOcspResponse(ocspLeaf, world.intermediate, {
          responder: await createTestLeaf(world.otherRoot, { extendedKeyUsage: { oids: [OID.ocspSigning] } }),
        }),
    },
    {
      name: "by a responder that has ended",
      answer: async () =>
        createTestOcspResponse(ocspLeaf, world.intermediate, {
          responder: await createTestLeaf(world.intermediate, {
            extendedKeyUsage: { oids: [OID.ocspSigning] },
            notAfter: daysFromNow(-0.5),
          }),
        }),
    },
    {
      name: "by a responder that is revoked",
      answer: async () =>
        createTestOcspResponse(ocspLeaf, world.intermediate, {
          responder: await createTestLeaf(world.intermediate, {
            extendedKeyUsage: { oids: [OID.ocspSigning] },
            crlUrl: "http://crl.example/none",
          }),
        }),
    },
    { name: "that refuses", answer: () => Buffer.from("30030a0106", "hex") },
    { name: "that is none", answer: () => Buffer.from("<html>") },
  ])("an OCSP answer $name says nothing, and is not kept", async ({ answer }) => {
    const source = createScriptedSource({ [OCSP_URL]: await answer() });
    expectRefused(
      await world.verify(await world.sign({ signer: ocspLeaf }), {}, { source }),
      "REVOCATION_UNKNOWN unknown",
    );
    expect(source.kept).toEqual([]);
  });

  it("lists are asked where OCSP says nothing, and not where it answers", async () => {
    const good = createTestCrl(world.intermediate, []);
    const revoked = createTestCrl(world.intermediate, [{ certificate: bothLeaf }]);
    expectVerified(await check(bothLeaf, { [CRL_URL]: good }));
    expectRefused(await check(bothLeaf, { [CRL_URL]: revoked }), "REVOKED bad");
    expectVerified(
      await check(bothLeaf, { [CRL_URL]: revoked, [OCSP_URL]: createTestOcspResponse(bothLeaf, world.intermediate) }),
    );
  });

  it("never throws for truncated or changed answers, and never takes them for good", async () => {
    const crl = createTestCrl(world.intermediate, []);
    const ocsp = createTestOcspResponse(bothLeaf, world.intermediate);
    for (const [signer, url, bytes] of [
      [crlLeaf, CRL_URL, crl],
      [bothLeaf, OCSP_URL, ocsp],
    ] as const) {
      const envelope = await world.sign({ signer });
      for (let at = 0; at < bytes.length; at += 4) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 0x20;
        for (const answer of [flipped, bytes.subarray(0, at)]) {
          const findings = await world.verify(envelope, {}, { source: createScriptedSource({ [url]: answer }) });
          // the certificate identifiers of an OCSP answer are signed too: nothing of it can change unnoticed
          expect(findings.signatures).toEqual([]);
        }
      }
    }
  });

  it("nothing is asked for a certificate that is not trusted, whoever made it", async () => {
    const source = createScriptedSource({});
    await world.verify(await world.sign({ signer: bothLeaf }), { stores: ["ca:other"], level: "audit" }, { source });
    await world.verify(await world.sign({ signer: bothLeaf }), { stores: ["ca:other"] }, { source });
    expect(source.asked).toEqual([]);
  });

  it("an authority for timestamps cannot date its own stamps back to before its key was lost", async () => {
    const lost = await world.createTsa({ crlUrl: CRL_URL });
    const invalidity = derExtension("2.5.29.24", derTime(daysFromNow(-0.2)));
    const source = createScriptedSource({
      [CRL_URL]: createTestCrl(world.tsaRoot, [{ certificate: lost, extensions: [invalidity] }]),
    });
    const time = daysFromNow(-0.5);
    const envelope = await world.sign({ signingTime: time, timestamp: world.stamp({ authority: lost, time }) });
    expectRefused(await world.verify(envelope, { stores: STORES_WITH_TSA }, { source }), "REVOKED bad");
  });

  it("an authority for timestamps that is revoked stamps nothing", async () => {
    const revokedTsa = await world.createTsa({ crlUrl: CRL_URL });
    const envelope = await world.sign({ timestamp: world.stamp({ authority: revokedTsa }) });
    const source = createScriptedSource({ [CRL_URL]: createTestCrl(world.tsaRoot, [{ certificate: revokedTsa }]) });
    expectRefused(await world.verify(envelope, { stores: STORES_WITH_TSA }, { source }), "REVOKED bad");
    expectRefused(await world.verify(envelope, { stores: STORES_WITH_TSA }), "REVOCATION_UNKNOWN unknown");
  });
});
