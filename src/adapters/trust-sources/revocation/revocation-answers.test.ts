// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { createTrustHttp } from "#http";
import { createNotationVerifier, type NotationFindings, type RevocationQuestion } from "#notation";
import { parseImageReference } from "#oci";
import type { TrustHttp } from "#signatures";
import { type PkiServer, startPkiServer } from "../../../../test/support/test-pki/pki-server.ts";
import { signTestEnvelope } from "../../../../test/support/test-pki/sign-envelope.ts";
import {
  createTestLeaf,
  createTestRoot,
  type TestCertificate,
} from "../../../../test/support/test-pki/test-certificate.ts";
import { createTestCrl, createTestOcspResponse } from "../../../../test/support/test-pki/test-revocation.ts";
import { createRevocationAnswers, type RevocationAnswers } from "./revocation-answers.ts";

const NOW = new Date();
const HOUR_MS = 60 * 60 * 1_000;

let pki: PkiServer;
let http: TrustHttp & AsyncDisposable;
let answers: RevocationAnswers;

beforeEach(async () => {
  pki = await startPkiServer();
  http = await createTrustHttp({ allowPrivateAddresses: ["127.0.0.1"] });
  answers = createRevocationAnswers(http);
});

afterEach(async () => {
  await http[Symbol.asyncDispose]();
  await pki[Symbol.asyncDispose]();
});

function crl(path: string = "/ca.crl"): RevocationQuestion {
  return { method: "crl", url: `${pki.url}${path}` };
}

describe("createRevocationAnswers", () => {
  it("refuses a private address that a certificate names", async () => {
    await using guarded = await createTrustHttp({});
    pki.answers.set("/ca.crl", Buffer.from("list"));
    await expect(createRevocationAnswers(guarded).source({ now: NOW }).read(crl())).rejects.toThrow(
      /private|loopback|address/i,
    );
    expect(pki.asked).toEqual([]);
  });

  it("an error page is no answer, and is asked for again", async () => {
    const source = answers.source({ now: NOW });
    await expect(source.read(crl())).rejects.toMatchObject({ code: "REVOCATION_UNAVAILABLE" });
    pki.answers.set("/ca.crl", Buffer.from("list"));
    expect(Buffer.from(await source.read(crl())).toString()).toBe("list");
  });

  it("what nobody verified is not kept", async () => {
    pki.answers.set("/ca.crl", Buffer.from("list"));
    const source = answers.source({ now: NOW });
    await source.read(crl());
    await source.read(crl());
    expect(pki.asked).toEqual(["/ca.crl", "/ca.crl"]);
  });

  it("what was verified is kept until it ends, for every look", async () => {
    pki.answers.set("/ca.crl", Buffer.from("list"));
    const bytes = await answers.source({ now: NOW }).read(crl());
    answers.source({ now: NOW }).keep(crl(), bytes, new Date(NOW.getTime() + HOUR_MS));
    expect(await answers.source({ now: NOW }).read(crl())).toBe(bytes);
    expect(pki.asked).toEqual(["/ca.crl"]);
    await answers.source({ now: new Date(NOW.getTime() + HOUR_MS + 1) }).read(crl());
    expect(pki.asked).toEqual(["/ca.crl", "/ca.crl"]);
  });

  it("many who ask at once ask once", async () => {
    pki.answers.set("/ca.crl", Buffer.from("list"));
    const source = answers.source({ now: NOW });
    await Promise.all(Array.from({ length: 8 }, async () => await source.read(crl())));
    expect(pki.asked).toEqual(["/ca.crl"]);
  });

  it("the kept answers have a bound; the oldest go", async () => {
    const source = answers.source({ now: NOW });
    const until = new Date(NOW.getTime() + HOUR_MS);
    for (let index = 0; index < 600; index++) {
      source.keep(crl(`/${index}`), Buffer.from("x"), until);
    }
    await expect(source.read(crl("/0"))).rejects.toThrow();
    expect(Buffer.from(await source.read(crl("/599"))).toString()).toBe("x");
  });

  it("stops with the look", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(answers.source({ now: NOW, signal }).read(crl())).rejects.toThrow("too late");
  });
});

describe("with the verifier", () => {
  it("asks an OCSP responder and a list over HTTP, and the second time nobody", async () => {
    const root = await createTestRoot();
    const ocspLeaf = await createTestLeaf(root, { ocspUrl: `${pki.url}/ocsp` });
    const crlLeaf = await createTestLeaf(root, { crlUrl: `${pki.url}/ca.crl` });
    pki.answers.set("/ocsp", createTestOcspResponse(ocspLeaf, root));
    pki.answers.set("/ca.crl", createTestCrl(root, []));
    for (const signer of [ocspLeaf, crlLeaf, ocspLeaf, crlLeaf]) {
      expect((await verify(root, signer)).problems).toEqual([]);
    }
    expect(pki.asked).toEqual(["/ocsp", "/ca.crl"]);
  });

  it("a list of another authority is refused and asked for again", async () => {
    const root = await createTestRoot();
    const signer = await createTestLeaf(root, { crlUrl: `${pki.url}/ca.crl` });
    pki.answers.set("/ca.crl", createTestCrl(await createTestRoot(), []));
    expect((await verify(root, signer)).problems[0]?.code).toBe("REVOCATION_UNKNOWN");
    pki.answers.set("/ca.crl", createTestCrl(root, [{ certificate: signer }]));
    expect((await verify(root, signer)).problems[0]?.code).toBe("REVOKED");
  });

  async function verify(root: TestCertificate, signer: TestCertificate): Promise<NotationFindings> {
    const digest = digestOf(Buffer.from("image"));
    const verifier = createNotationVerifier({
      kind: "notation",
      trustPolicy: JSON.stringify({
        version: "1.0",
        trustPolicies: [
          {
            name: "all",
            registryScopes: ["*"],
            signatureVerification: { level: "strict" },
            trustStores: ["ca:test"],
            trustedIdentities: ["*"],
          },
        ],
      }),
      trustStores: { "ca:test": [root.pem] },
    });
    const envelope = await signTestEnvelope({ digest, signer });
    const subject = { digest, reference: parseImageReference("registry.example/team/app"), now: NOW };
    return await verifier.verify([{ location: "referrer", ...envelope }], subject, answers.source({ now: NOW }));
  }
});
