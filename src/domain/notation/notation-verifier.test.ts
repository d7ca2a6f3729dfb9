// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { parseImageReference } from "#oci";
import { concludeResult, type NotationRequirement, type SignatureProblem } from "#signatures";
import {
  COSE_TYPE,
  JWS_TYPE,
  signTestEnvelope,
  type TestEnvelopeOptions,
} from "../../../test/support/test-pki/sign-envelope.ts";
import {
  createTestIntermediate,
  createTestLeaf,
  createTestRoot,
  KeyUsageFlags,
  OID,
  type TestCertificate,
  type TestCertificateOptions,
} from "../../../test/support/test-pki/test-certificate.ts";
import { createTestCrl, createTestOcspResponse } from "../../../test/support/test-pki/test-revocation.ts";
import { createTestTimestamp, type TestTimestampOptions } from "../../../test/support/test-pki/test-timestamp.ts";
import { derExtension, derTime } from "../../../test/support/test-pki/write-der.ts";
import {
  createNotationVerifier,
  type NotationFindings,
  type RevocationQuestion,
  type RevocationSource,
} from "./index.ts";

const DIGEST = digestOf(Buffer.from("an image"));
const OTHER_DIGEST = `sha256:${"b".repeat(64)}`;
const NOW = new Date();
const DAY_MS = 24 * 60 * 60 * 1_000;
const CRL_URL = "http://crl.example/ca.crl";
const OCSP_URL = "http://ocsp.example/";
const IDENTITY = "x509.subject: C=US, ST=WA, O=Haechi Test";

let root: TestCertificate;
let otherRoot: TestCertificate;
let intermediate: TestCertificate;
let leaf: TestCertificate;
let expiredLeaf: TestCertificate;
let tsaRoot: TestCertificate;
let tsa: TestCertificate;

beforeAll(async () => {
  root = await createTestRoot();
  otherRoot = await createTestRoot();
  intermediate = await createTestIntermediate(root);
  leaf = await createTestLeaf(intermediate);
  expiredLeaf = await createTestLeaf(intermediate, { notBefore: daysFromNow(-1), notAfter: daysFromNow(-0.5) });
  tsaRoot = await createTestRoot({ subject: "C=US, ST=WA, O=Time, CN=root" });
  tsa = await createTsa();
});

interface Statement {
  readonly level?: string;
  readonly override?: Readonly<Record<string, string>>;
  readonly verifyTimestamp?: string;
  readonly scopes?: readonly string[];
  readonly stores?: readonly string[];
  readonly identities?: readonly string[];
}

function requirement(
  statement: Statement = {},
  stores: Readonly<Record<string, readonly string[]>> = {},
): NotationRequirement {
  const isSkip = statement.level === "skip";
  const policy = {
    name: "test",
    registryScopes: statement.scopes ?? (isSkip ? ["registry.example/team/app"] : ["*"]),
    signatureVerification: {
      level: statement.level ?? "strict",
      ...(statement.override === undefined ? {} : { override: statement.override }),
      ...(statement.verifyTimestamp === undefined ? {} : { verifyTimestamp: statement.verifyTimestamp }),
    },
    ...(isSkip
      ? {}
      : { trustStores: statement.stores ?? ["ca:acme"], trustedIdentities: statement.identities ?? [IDENTITY] }),
  };
  return {
    kind: "notation",
    trustPolicy: JSON.stringify({ version: "1.0", trustPolicies: [policy] }),
    trustStores: {
      "ca:acme": [root.pem],
      "ca:other": [otherRoot.pem],
      "signingAuthority:acme": [root.pem],
      "tsa:time": [tsaRoot.pem],
      ...stores,
    },
  };
}

/** Nothing is to be asked of it. */
const SILENT: RevocationSource = {
  async read(question) {
    await Promise.resolve();
    throw new Error(`nobody answers at ${question.url}`);
  },
  keep: () => undefined,
};

async function verify(
  envelope: { readonly mediaType: string; readonly bytes: Uint8Array },
  statement: Statement | NotationRequirement = {},
  options: { readonly source?: RevocationSource; readonly reference?: string; readonly now?: Date } = {},
): Promise<NotationFindings> {
  const asked = "kind" in statement ? statement : requirement(statement);
  return await createNotationVerifier(asked).verify(
    [{ location: "referrer", ...envelope }],
    {
      digest: DIGEST,
      reference: parseImageReference(options.reference ?? `registry.example/team/app@${DIGEST}`),
      now: options.now ?? NOW,
    },
    options.source ?? SILENT,
  );
}

async function sign(options: Partial<TestEnvelopeOptions> = {}): ReturnType<typeof signTestEnvelope> {
  return await signTestEnvelope({ digest: DIGEST, signer: leaf, ...options });
}

async function createTsa(options: TestCertificateOptions = {}): Promise<TestCertificate> {
  return await createTestLeaf(tsaRoot, {
    subject: "C=US, ST=WA, O=Time, CN=tsa",
    extendedKeyUsage: { oids: [OID.timeStamping], isCritical: true },
    ...options,
  });
}

function stamp(options: Partial<TestTimestampOptions> = {}): NonNullable<TestEnvelopeOptions["timestamp"]> {
  return async (message) => await Promise.resolve(createTestTimestamp({ authority: tsa, message, ...options }));
}

function daysFromNow(days: number): Date {
  return new Date(Math.trunc((NOW.getTime() + days * DAY_MS) / 1_000) * 1_000);
}

/** `CODE effect` of each problem. */
function problemsOf(findings: NotationFindings): readonly string[] {
  return findings.problems.map((problem: SignatureProblem) => `${problem.code} ${problem.effect}`);
}

function expectRefused(findings: NotationFindings, ...problems: readonly string[]): void {
  expect(problemsOf(findings)).toEqual(problems);
  expect(findings.signatures).toEqual([]);
}

function expectVerified(findings: NotationFindings, ...warnings: readonly string[]): void {
  expect(problemsOf(findings)).toEqual(warnings.map((code) => `${code} warning`));
  expect(findings.signatures).toHaveLength(1);
}

describe("integrity", () => {
  it("an image without a signature has none, and no level makes it verified", async () => {
    for (const level of ["strict", "permissive", "audit"]) {
      const subject = { digest: DIGEST, reference: parseImageReference("registry.example/team/app"), now: NOW };
      const findings = await createNotationVerifier(requirement({ level })).verify([], subject, SILENT);
      expect(findings).toEqual({ signatures: [], problems: [] });
      expect(concludeResult({ requirement: "x", digest: DIGEST, isComplete: true, ...findings }).state).toBe("none");
    }
  });

  it.each(["jws", "cose"] as const)(
    "%s: any flipped byte of the envelope is refused or changes nothing that counts",
    async (format) => {
      const envelope = await sign({ format });
      const whole = (await verify(envelope)).signatures[0];
      const { length } = envelope.bytes;
      for (let at = 0; at < length; at += 7) {
        const bytes = Buffer.from(envelope.bytes);
        bytes[at] = (bytes[at] ?? 0) ^ 0x01;
        const { signatures } = await verify({ ...envelope, bytes });
        // the signing agent is unsigned and nobody reads it
        expect(signatures.every((each) => JSON.stringify(each) === JSON.stringify(whole))).toBe(true);
      }
    },
  );

  it.each(["jws", "cose"] as const)("%s: no truncation is a signature", async (format) => {
    const envelope = await sign({ format });
    for (let length = 0; length < envelope.bytes.length; length += 5) {
      const findings = await verify({ ...envelope, bytes: envelope.bytes.subarray(0, length) });
      expectRefused(findings, "MALFORMED bad");
    }
  });

  it.each([JWS_TYPE, COSE_TYPE])("%s: never throws for any bytes", async (mediaType) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expectRefused(await verify({ mediaType, bytes }), "MALFORMED bad");
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
    expectRefused(await verify({ mediaType, bytes }), "MALFORMED bad");
  });

  it("an envelope of more than a megabyte cannot be told", async () => {
    expectRefused(
      await verify({ mediaType: JWS_TYPE, bytes: Buffer.alloc(1024 * 1024 + 1) }),
      "LIMIT_EXCEEDED unknown",
    );
  });

  it("a JWS envelope in the bytes of a COSE one, and the other way round, is malformed", async () => {
    const [jws, cose] = [await sign(), await sign({ format: "cose" })];
    expectRefused(await verify({ mediaType: COSE_TYPE, bytes: jws.bytes }), "MALFORMED bad");
    expectRefused(await verify({ mediaType: JWS_TYPE, bytes: cose.bytes }), "MALFORMED bad");
  });

  it.each(["rsa-2048", "rsa-3072", "rsa-4096", "ec-256", "ec-384", "ec-521"] as const)(
    "a signature by %s counts, in both formats",
    async (kind) => {
      const signer = await createTestLeaf(intermediate, { kind });
      expectVerified(await verify(await sign({ signer })));
      expectVerified(await verify(await sign({ signer, format: "cose" })));
    },
  );

  it("says by whom, how and when", async () => {
    const { signatures, validUntil } = await verify(await sign({ signingTime: daysFromNow(-0.5) }));
    expect(signatures).toEqual([
      expect.objectContaining({
        kind: "notation",
        identity: "C=US, ST=WA, O=Haechi Test, CN=signer",
        issuer: "C=US, ST=WA, O=Haechi Test, CN=intermediate",
        keyId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        signedAt: daysFromNow(-0.5).toISOString(),
        timeSource: "signer",
        location: "referrer",
        checks: ["signature", "digest", "certificate-chain", "identity", "revocation"],
      }),
    ]);
    expect(validUntil).toBe(leaf.certificate.notAfter.toISOString());
  });

  it.each(["none", "HS256", "RS256", "ES384", "PS256", ""])(
    "algorithm %j is not the one of a P-256 key",
    async (algorithm) => {
      expectRefused(
        await verify(await sign({ algorithm })),
        algorithm === "" ? "MALFORMED bad" : "SIGNATURE_INVALID bad",
      );
    },
  );

  it("an HMAC with the public key as its secret is no signature", async () => {
    const { bytes } = await sign({ algorithm: "HS256" });
    const envelope = JSON.parse(bytes.toString()) as { protected: string; payload: string; signature: string };
    const secret = leaf.certificate.publicKey.toString("pem");
    envelope.signature = createHmac("sha256", secret)
      .update(`${envelope.protected}.${envelope.payload}`)
      .digest("base64url");
    expectRefused(
      await verify({ mediaType: JWS_TYPE, bytes: Buffer.from(JSON.stringify(envelope)) }),
      "SIGNATURE_INVALID bad",
    );
  });

  it.each([-8, -37, -35, 5, -65_535])("COSE algorithm %i is not the one of a P-256 key", async (algorithm) => {
    expectRefused(await verify(await sign({ format: "cose", algorithm: String(algorithm) })), "SIGNATURE_INVALID bad");
  });

  it("a signature by another key than the certificate's is invalid", async () => {
    const other = await createTestLeaf(intermediate);
    expectRefused(await verify(await sign({ key: other.privateKey })), "SIGNATURE_INVALID bad");
    expectRefused(await verify(await sign({ key: other.privateKey, format: "cose" })), "SIGNATURE_INVALID bad");
  });

  it.each(["rsa-1024", "ed25519"] as const)("a key of kind %s does not sign images", async (kind) => {
    const signer = await createTestLeaf(intermediate, { kind });
    expectRefused(await verify(await sign({ signer, algorithm: "ES256" })), "CERTIFICATE_UNTRUSTED bad");
  });

  it("a signature over another digest does not count, even if its digest is the image's in upper case", async () => {
    expectRefused(await verify(await sign({ digest: OTHER_DIGEST })), "DIGEST_MISMATCH bad");
    expectRefused(await verify(await sign({ digest: DIGEST.toUpperCase() })), "DIGEST_MISMATCH bad");
  });

  it.each([
    { name: "no target", payload: "{}" },
    { name: "a target that is a list", payload: `{"targetArtifact":["${DIGEST}"]}` },
    { name: "no media type", payload: `{"targetArtifact":{"digest":"${DIGEST}","size":1}}` },
    { name: "a negative size", payload: `{"targetArtifact":{"mediaType":"a","digest":"${DIGEST}","size":-1}}` },
    { name: "no JSON", payload: "x" },
    { name: "no UTF-8", payload: Buffer.from([0xff]) },
  ])("a payload with $name is malformed", async ({ payload }) => {
    expectRefused(await verify(await sign({ payload })), "MALFORMED bad");
    expectRefused(await verify(await sign({ payload, format: "cose" })), "MALFORMED bad");
  });

  it("a payload of another type is malformed", async () => {
    expectRefused(await verify(await sign({ contentType: "application/json" })), "MALFORMED bad");
  });

  it("sixty-fifth and later signatures make the outcome uncertain, unless one before them counts", async () => {
    const bad = await sign({ digest: OTHER_DIGEST });
    const good = await sign();
    const subject = { digest: DIGEST, reference: parseImageReference("registry.example/team/app"), now: NOW };
    const many = [...Array.from({ length: 64 }, () => bad), good].map((each) => ({ location: "r", ...each }));
    const findings = await createNotationVerifier(requirement()).verify(many, subject, SILENT);
    expect(findings.signatures).toEqual([]);
    expect(problemsOf(findings).at(-1)).toBe("LIMIT_EXCEEDED unknown");
  });
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
    expectRefused(await verify(await sign(options)), "MALFORMED bad");
    if (!("headers" in options) || options.headers?.["b64"] === undefined) {
      expectRefused(await verify(await sign({ ...options, format: "cose" })), "MALFORMED bad");
    }
  });

  it.each(["jws", "cose"] as const)(
    "%s: an unknown critical header of a trusted signer cannot be told",
    async (format) => {
      const headers = { "io.cncf.notary.verificationPlugin": "com.example.plugin" };
      const envelope = await sign({ format, headers, critical: [SCHEME, "io.cncf.notary.verificationPlugin"] });
      expectRefused(await verify(envelope), "UNSUPPORTED unknown");
    },
  );

  it("an unknown critical header of anybody else is bad: who attaches it must not make the outcome uncertain", async () => {
    const envelope = await sign({ headers: { x: 1 }, critical: [SCHEME, "x"] });
    expectRefused(await verify(envelope, { stores: ["ca:other"] }), "CERTIFICATE_UNTRUSTED bad");
    const logged = await verify(envelope, { stores: ["ca:other"], level: "audit" });
    expectRefused(logged, "CERTIFICATE_UNTRUSTED warning", "CERTIFICATE_UNTRUSTED bad");
  });

  it("a header that is not critical is passed over", async () => {
    expectVerified(await verify(await sign({ headers: { "com.example.note": "x" } })));
  });

  it("a signature whose signing time lies outside of the certificates is bad at every level", async () => {
    const envelope = await sign({ signingTime: daysFromNow(-2) });
    expectRefused(await verify(envelope), "EXPIRED bad");
    expectRefused(await verify(envelope, { level: "audit" }), "EXPIRED bad");
  });

  it("an envelope with a field more than the flattened form is malformed", async () => {
    const { bytes } = await sign();
    const envelope = { ...(JSON.parse(bytes.toString()) as object), signatures: [] };
    const findings = await verify({ mediaType: JWS_TYPE, bytes: Buffer.from(JSON.stringify(envelope)) });
    expectRefused(findings, "MALFORMED bad");
  });

  it("only the one spelling of each base64 text is read", async () => {
    const text = (await sign()).bytes.toString();
    const envelope = JSON.parse(text) as { signature: string };
    for (const signature of [`${envelope.signature}=`, ` ${envelope.signature}`, `${envelope.signature}\n`]) {
      const bytes = Buffer.from(JSON.stringify({ ...envelope, signature }));
      expectRefused(await verify({ mediaType: JWS_TYPE, bytes }), "MALFORMED bad");
    }
  });
});

describe("certificate chain", () => {
  async function refusedLeaf(options: TestCertificateOptions): Promise<void> {
    const signer = await createTestLeaf(intermediate, options);
    expectRefused(await verify(await sign({ signer })), "CERTIFICATE_UNTRUSTED bad");
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
    const signer = await createTestLeaf(intermediate, { extendedKeyUsage: null });
    expectVerified(await verify(await sign({ signer })));
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
    const signer = await createTestLeaf(await createTestIntermediate(root, options));
    expectRefused(await verify(await sign({ signer })), "CERTIFICATE_UNTRUSTED bad");
  });

  it("a path length that is too short is refused", async () => {
    const top = await createTestRoot({ basicConstraints: { isAuthority: true, pathLength: 0 } });
    const signer = await createTestLeaf(await createTestIntermediate(top));
    const asked = requirement({}, { "ca:acme": [top.pem] });
    expectRefused(await verify(await sign({ signer }), asked), "CERTIFICATE_UNTRUSTED bad");
  });

  it("a chain in another order, with a stranger, without its root or with nothing is refused", async () => {
    const [first, second, third] = leaf.chain.map((each) => each.der);
    const stranger = otherRoot.der;
    for (const chain of [
      [first, third, second],
      [first, second],
      [first, second, third, stranger],
      [first, second, stranger],
      [first],
    ]) {
      const envelope = await sign({ chain: chain.flatMap((each) => each ?? []) });
      expectRefused(await verify(envelope), "CERTIFICATE_UNTRUSTED bad");
    }
    expectRefused(await verify(await sign({ chain: [] })), "MALFORMED bad");
    expectRefused(await verify(await sign({ chain: [Buffer.from(leaf.pem)] })), "MALFORMED bad");
    const trailing = [Buffer.concat([leaf.der, Buffer.from([0])]), second ?? Buffer.alloc(0), third ?? Buffer.alloc(0)];
    expectRefused(await verify(await sign({ chain: trailing })), "MALFORMED bad");
  });

  it("a certificate in the name of an authority, by another key, is refused", async () => {
    const forger = await createTestIntermediate(root);
    const forged = await createTestLeaf(forger);
    const chain = [forged.der, intermediate.der, root.der];
    expectRefused(await verify(await sign({ signer: forged, chain })), "CERTIFICATE_UNTRUSTED bad");
  });

  it("any flipped bit of a certificate is refused", async () => {
    for (let at = 0; at < leaf.der.length; at += 3) {
      const changed = Buffer.from(leaf.der);
      changed[at] = (changed[at] ?? 0) ^ 0x04;
      const { signatures } = await verify(await sign({ chain: [changed, intermediate.der, root.der] }));
      expect(signatures).toEqual([]);
    }
  });

  it("a certificate that signs itself counts when it is in the store itself", async () => {
    const alone = await createTestLeaf(undefined);
    const asked = requirement({}, { "ca:acme": [alone.pem] });
    expectVerified(await verify(await sign({ signer: alone }), asked));
    expectRefused(await verify(await sign({ signer: alone })), "CERTIFICATE_UNTRUSTED bad");
  });
});

describe("authenticity", () => {
  it("a chain that leads to no store of the policy is bad, and a warning at level audit, where nothing says that it was checked", async () => {
    const envelope = await sign();
    expectRefused(await verify(envelope, { stores: ["ca:other"] }), "CERTIFICATE_UNTRUSTED bad");
    expectRefused(await verify(envelope, { stores: ["ca:other"], level: "permissive" }), "CERTIFICATE_UNTRUSTED bad");
    const audited = await verify(envelope, { stores: ["ca:other"], level: "audit" });
    expectVerified(audited, "CERTIFICATE_UNTRUSTED", "REVOCATION_UNKNOWN");
    expect(audited.signatures[0]?.checks).toEqual(["signature", "digest"]);
  });

  it("a store of another kind does not count for the scheme", async () => {
    expectRefused(await verify(await sign(), { stores: ["signingAuthority:acme"] }), "CERTIFICATE_UNTRUSTED bad");
    const envelope = await sign({ scheme: "notary.x509.signingAuthority" });
    expectRefused(await verify(envelope), "CERTIFICATE_UNTRUSTED bad");
    expectVerified(await verify(envelope, { stores: ["signingAuthority:acme"] }));
    expectVerified(
      await verify(await sign({ scheme: "notary.x509.signingAuthority", format: "cose" }), {
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
    const findings = await verify(await sign(), { identities: [identity] });
    if (isTrusted) {
      expectVerified(findings);
    } else {
      expectRefused(findings, "IDENTITY_MISMATCH bad");
    }
  });

  it("values with commas, and a subject that names a type twice", async () => {
    const comma = await createTestLeaf(intermediate, { subject: "C=US, ST=WA, O=Haechi\\, Inc., CN=a" });
    expectVerified(
      await verify(await sign({ signer: comma }), { identities: ["x509.subject: C=US, ST=WA, O=Haechi\\, Inc."] }),
    );
    const twice = await createTestLeaf(intermediate, { subject: "C=US, ST=WA, O=Haechi Test, OU=a, OU=b" });
    expectRefused(await verify(await sign({ signer: twice })), "IDENTITY_MISMATCH bad");
    expectVerified(await verify(await sign({ signer: twice }), { identities: ["*"] }));
  });

  it("the scope is the exact repository", async () => {
    const envelope = await sign();
    const scopes = ["registry.example/team/app"];
    expectVerified(await verify(envelope, { scopes }));
    for (const name of [
      "registry.example/team/app2",
      "registry.example/team",
      "registry.example:5000/team/app",
      "other/team/app",
    ]) {
      expectRefused(await verify(envelope, { scopes }, { reference: `${name}:1` }), "POLICY_MISMATCH bad");
    }
  });

  it("level skip verifies nothing, so nothing is verified", async () => {
    const findings = await verify(await sign(), { level: "skip" });
    expectRefused(findings, "POLICY_MISMATCH bad");
    expect(concludeResult({ requirement: "x", digest: DIGEST, isComplete: true, ...findings }).state).toBe("bad");
  });

  it.each<{ name: string; asked: () => NotationRequirement }>([
    { name: "a trust policy that is no JSON", asked: () => ({ ...requirement(), trustPolicy: "{" }) },
    { name: "a store that is not there", asked: () => requirement({ stores: ["ca:missing"] }) },
    { name: "an empty store", asked: () => requirement({}, { "ca:acme": [] }) },
    { name: "a store without certificates", asked: () => requirement({}, { "ca:acme": ["hello"] }) },
    {
      name: "a store with a signing certificate of an authority",
      asked: () => requirement({}, { "ca:acme": [leaf.pem] }),
    },
    {
      name: "a tsa store without a root",
      asked: () => requirement({ stores: ["ca:acme", "tsa:time"] }, { "tsa:time": [intermediate.pem] }),
    },
  ])("with $name it cannot be told", async ({ asked }) => {
    expectRefused(await verify(await sign(), asked()), "TRUST_MATERIAL_INVALID unknown");
  });
});

describe("expiry and time", () => {
  it("a signature that has ended is bad, and a warning where expiry is only logged", async () => {
    for (const format of ["jws", "cose"] as const) {
      const envelope = await sign({ format, signingTime: daysFromNow(-0.5), expiry: daysFromNow(-0.1) });
      expectRefused(await verify(envelope), "EXPIRED bad");
      expectRefused(await verify(envelope, { level: "permissive", override: { expiry: "enforce" } }), "EXPIRED bad");
      expectVerified(await verify(envelope, { level: "permissive" }), "EXPIRED");
      expectVerified(await verify(envelope, { override: { expiry: "log" } }), "EXPIRED");
    }
  });

  it("the result ends with the signature", async () => {
    const expiry = daysFromNow(0.5);
    const findings = await verify(await sign({ expiry }));
    expectVerified(findings);
    expect(findings.validUntil).toBe(expiry.toISOString());
    expectRefused(await verify(await sign({ expiry }), {}, { now: expiry }), "EXPIRED bad");
  });

  it("a certificate that has ended makes it bad, and a warning where time is only logged", async () => {
    const envelope = await sign({ signer: expiredLeaf, signingTime: daysFromNow(-0.7) });
    expectRefused(await verify(envelope), "EXPIRED bad");
    expectVerified(await verify(envelope, { level: "permissive" }), "EXPIRED");
  });

  it("an authority that has ended makes it bad too", async () => {
    const old = await createTestIntermediate(root, { notAfter: daysFromNow(-0.5) });
    const envelope = await sign({ signer: await createTestLeaf(old), signingTime: daysFromNow(-0.7) });
    expectRefused(await verify(envelope), "EXPIRED bad");
  });
});

describe("timestamps", () => {
  const STORES = ["ca:acme", "tsa:time"];

  it.each(["jws", "cose"] as const)("%s: proves that an ended certificate held when it signed", async (format) => {
    const time = daysFromNow(-0.7);
    const envelope = await sign({ format, signer: expiredLeaf, signingTime: time, timestamp: stamp({ time }) });
    const findings = await verify(envelope, { stores: STORES });
    expectVerified(findings);
    expect(findings.signatures[0]).toMatchObject({ signedAt: time.toISOString(), timeSource: "timestamp-authority" });
    expect(findings.signatures[0]?.checks).toContain("timestamp");
  });

  it("a certificate that had ended by the time of the timestamp stays bad", async () => {
    const envelope = await sign({ signer: expiredLeaf, signingTime: daysFromNow(-0.7), timestamp: stamp() });
    expectRefused(await verify(envelope, { stores: STORES }), "EXPIRED bad");
  });

  it("the accuracy must not reach beyond the validity", async () => {
    const time = new Date(expiredLeaf.certificate.notAfter.getTime() - 1_000);
    const signing = { signer: expiredLeaf, signingTime: daysFromNow(-0.7) };
    expectVerified(
      await verify(await sign({ ...signing, timestamp: stamp({ time, accuracySeconds: 1 }) }), { stores: STORES }),
    );
    const wide = await sign({ ...signing, timestamp: stamp({ time, accuracySeconds: 2 }) });
    expectRefused(await verify(wide, { stores: STORES }), "EXPIRED bad");
    const baseline = await sign({
      ...signing,
      timestamp: stamp({ time: expiredLeaf.certificate.notAfter, policy: "0.4.0.2023.1.1" }),
    });
    expectRefused(await verify(baseline, { stores: STORES }), "EXPIRED bad");
  });

  it("is asked for when the policy names a tsa store, always or after the certificates have ended", async () => {
    const envelope = await sign();
    expectRefused(await verify(envelope, { stores: STORES }), "TIMESTAMP_INVALID bad");
    expectVerified(await verify(envelope, { stores: STORES, level: "permissive" }), "TIMESTAMP_INVALID");
    expectVerified(await verify(envelope, { stores: STORES, verifyTimestamp: "afterCertExpiry" }));
    const ended = await sign({ signer: expiredLeaf, signingTime: daysFromNow(-0.7) });
    expectRefused(await verify(ended, { stores: STORES, verifyTimestamp: "afterCertExpiry" }), "TIMESTAMP_INVALID bad");
  });

  it("does not count without a tsa store", async () => {
    const time = daysFromNow(-0.7);
    const envelope = await sign({ signer: expiredLeaf, signingTime: time, timestamp: stamp({ time }) });
    expectRefused(await verify(envelope), "EXPIRED bad");
  });

  it("works without certificates of the authority's root in the token", async () => {
    const envelope = await sign({ timestamp: stamp({ certificates: [tsa.der] }) });
    expectVerified(await verify(envelope, { stores: STORES }));
  });

  it.each<{ name: string; timestamp: () => Promise<NonNullable<TestEnvelopeOptions["timestamp"]>> }>([
    {
      name: "over another signature",
      timestamp: async () => await Promise.resolve(stamp({ message: Buffer.from("other") })),
    },
    {
      name: "of an authority that nobody trusts",
      timestamp: async () =>
        stamp({
          authority: await createTestLeaf(otherRoot, {
            extendedKeyUsage: { oids: [OID.timeStamping], isCritical: true },
          }),
        }),
    },
    {
      name: "by a certificate for code",
      timestamp: async () =>
        stamp({ authority: await createTsa({ extendedKeyUsage: { oids: [OID.codeSigning], isCritical: true } }) }),
    },
    {
      name: "by a certificate whose purpose is not critical",
      timestamp: async () => stamp({ authority: await createTsa({ extendedKeyUsage: { oids: [OID.timeStamping] } }) }),
    },
    {
      name: "by a certificate with another purpose beside",
      timestamp: async () =>
        stamp({
          authority: await createTsa({
            extendedKeyUsage: { oids: [OID.timeStamping, OID.codeSigning], isCritical: true },
          }),
        }),
    },
    {
      name: "by a certificate that had ended",
      timestamp: async () => stamp({ authority: await createTsa({ notAfter: daysFromNow(-0.5) }) }),
    },
    { name: "without its certificate", timestamp: async () => await Promise.resolve(stamp({ certificates: [] })) },
    {
      name: "that names another certificate",
      timestamp: async () => await Promise.resolve(stamp({ named: leaf.der })),
    },
    {
      name: "by another key",
      timestamp: async () => stamp({ authority: { ...tsa, privateKey: (await createTsa()).privateKey } }),
    },
    {
      name: "that is no timestamp",
      timestamp: async () => await Promise.resolve(async () => await Promise.resolve(Buffer.from("0000"))),
    },
  ])("a timestamp $name is invalid", async ({ timestamp }) => {
    const envelope = await sign({ timestamp: await timestamp() });
    expectRefused(await verify(envelope, { stores: STORES }), "TIMESTAMP_INVALID bad");
  });

  it("any flipped or missing byte of a timestamp is invalid, and never throws", async () => {
    const token = await new Promise<Buffer>((resolve) => {
      void sign({
        timestamp: async (message) => {
          const made = createTestTimestamp({ authority: tsa, message });
          resolve(made);
          return await Promise.resolve(made);
        },
      });
    });
    const text = (await sign({ timestamp: async () => await Promise.resolve(token) })).bytes.toString();
    const envelope = JSON.parse(text) as { header: Record<string, unknown> };
    for (let at = 0; at < token.length; at += 5) {
      const flipped = Buffer.from(token);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      for (const changed of [flipped, token.subarray(0, at + 1)]) {
        envelope.header["io.cncf.notary.timestampSignature"] = changed.toString("base64");
        const bytes = Buffer.from(JSON.stringify(envelope));
        expect((await verify({ mediaType: JWS_TYPE, bytes }, { stores: STORES })).signatures).toEqual([]);
      }
    }
  });
});

describe("revocation", () => {
  let crlLeaf: TestCertificate;
  let ocspLeaf: TestCertificate;
  let bothLeaf: TestCertificate;

  beforeAll(async () => {
    crlLeaf = await createTestLeaf(intermediate, { crlUrl: CRL_URL });
    ocspLeaf = await createTestLeaf(intermediate, { ocspUrl: OCSP_URL });
    bothLeaf = await createTestLeaf(intermediate, { crlUrl: CRL_URL, ocspUrl: OCSP_URL });
  });

  function sourceOf(
    answers: Readonly<Record<string, Buffer>>,
  ): RevocationSource & { readonly kept: [RevocationQuestion, Date][] } {
    const kept: [RevocationQuestion, Date][] = [];
    return {
      kept,
      async read(question) {
        const answer = answers[question.url];
        if (answer === undefined) {
          throw new Error("nobody answers");
        }
        return await Promise.resolve(answer);
      },
      keep: (question, _answer, until) => void kept.push([question, until]),
    };
  }

  async function check(
    signer: TestCertificate,
    answers: Readonly<Record<string, Buffer>>,
    statement: Statement = {},
  ): Promise<NotationFindings> {
    return await verify(await sign({ signer }), statement, { source: sourceOf(answers) });
  }

  it("a certificate on the list is revoked; where revocation is only logged that is a warning", async () => {
    const crl = createTestCrl(intermediate, [{ certificate: bothLeaf }, { certificate: crlLeaf }]);
    expectRefused(await check(crlLeaf, { [CRL_URL]: crl }), "REVOKED bad");
    expectVerified(await check(crlLeaf, { [CRL_URL]: crl }, { level: "permissive" }), "REVOKED");
    expectVerified(await check(crlLeaf, { [CRL_URL]: crl }, { override: { revocation: "skip" } }));
  });

  it("a certificate that is not on the list is good, and only then the list is kept", async () => {
    const nextUpdate = daysFromNow(0.2);
    const source = sourceOf({ [CRL_URL]: createTestCrl(intermediate, [{ certificate: leaf }], { nextUpdate }) });
    const findings = await verify(await sign({ signer: crlLeaf }), {}, { source });
    expectVerified(findings);
    expect(findings.validUntil).toBe(nextUpdate.toISOString());
    expect(source.kept).toEqual([[{ method: "crl", url: CRL_URL }, nextUpdate]]);
  });

  it.each<{ name: string; crl: () => Promise<Buffer> | Buffer }>([
    { name: "that has ended", crl: () => createTestCrl(intermediate, [], { nextUpdate: daysFromNow(-0.01) }) },
    { name: "without an end", crl: () => createTestCrl(intermediate, [], { nextUpdate: null }) },
    {
      name: "from the future",
      crl: () => createTestCrl(intermediate, [], { thisUpdate: daysFromNow(0.1), nextUpdate: daysFromNow(1) }),
    },
    { name: "of another authority", crl: () => createTestCrl(root, []) },
    {
      name: "signed by another key",
      crl: async () => createTestCrl(intermediate, [], { signer: await createTestIntermediate(root) }),
    },
    {
      name: "completed by deltas",
      crl: () => createTestCrl(intermediate, [], { extensions: [derExtension("2.5.29.46", Buffer.from([0x30, 0]))] }),
    },
    {
      name: "with an unknown critical extension",
      crl: () =>
        createTestCrl(intermediate, [], { extensions: [derExtension("1.2.3.4", Buffer.from([0x30, 0]), true)] }),
    },
    {
      name: "that is a delta",
      crl: () =>
        createTestCrl(intermediate, [], { extensions: [derExtension("2.5.29.27", Buffer.from([0x02, 1, 1]), true)] }),
    },
    {
      name: "for authorities only",
      crl: () =>
        createTestCrl(intermediate, [], {
          extensions: [derExtension("2.5.29.28", Buffer.from("30038201ff", "hex"), true)],
        }),
    },
    {
      name: "for another distribution point",
      crl: () =>
        createTestCrl(intermediate, [], {
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
    const source = sourceOf({ [CRL_URL]: await crl() });
    expectRefused(await verify(await sign({ signer: crlLeaf }), {}, { source }), "REVOCATION_UNKNOWN unknown");
    expect(source.kept).toEqual([]);
  });

  it("a list for the distribution point of the certificate counts", async () => {
    const uri = Buffer.from(CRL_URL);
    const point = Buffer.concat([
      Buffer.from([0x30, uri.length + 6, 0xa0, uri.length + 4, 0xa0, uri.length + 2, 0x86, uri.length]),
      uri,
    ]);
    const crl = createTestCrl(intermediate, [], { extensions: [derExtension("2.5.29.28", point, true)] });
    expectVerified(await check(crlLeaf, { [CRL_URL]: crl }));
  });

  it("a list that has ended still proves what is on it", async () => {
    const crl = createTestCrl(intermediate, [{ certificate: crlLeaf }], { nextUpdate: daysFromNow(-0.01) });
    expectRefused(await check(crlLeaf, { [CRL_URL]: crl }), "REVOKED bad");
  });

  it("a list that nobody brings makes it unknown, and a warning where revocation is only logged", async () => {
    expectRefused(await check(crlLeaf, {}), "REVOCATION_UNKNOWN unknown");
    expectVerified(await check(crlLeaf, {}, { level: "permissive" }), "REVOCATION_UNKNOWN");
  });

  it("an intermediate that is revoked revokes what it issued", async () => {
    const middle = await createTestIntermediate(root, { crlUrl: CRL_URL });
    const signer = await createTestLeaf(middle);
    expectRefused(await check(signer, { [CRL_URL]: createTestCrl(root, [{ certificate: middle }]) }), "REVOKED bad");
    expectVerified(await check(signer, { [CRL_URL]: createTestCrl(root, []) }));
  });

  it("a revocation whose invalidity begins after a trusted signing time does not concern the signature", async () => {
    const invalidity = derExtension("2.5.29.24", derTime(daysFromNow(-0.2)));
    const crl = createTestCrl(intermediate, [{ certificate: crlLeaf, extensions: [invalidity] }]);
    const source = sourceOf({ [CRL_URL]: crl });
    const stores = ["ca:acme", "tsa:time"];
    const at = (time: Date) => ({ signer: crlLeaf, signingTime: time, timestamp: stamp({ time }) });
    expectVerified(await verify(await sign(at(daysFromNow(-0.5))), { stores }, { source }));
    expectRefused(await verify(await sign(at(daysFromNow(-0.1))), { stores }, { source }), "REVOKED bad");
    // without a timestamp the signer alone says when
    expectRefused(
      await verify(await sign({ signer: crlLeaf, signingTime: daysFromNow(-0.5) }), {}, { source }),
      "REVOKED bad",
    );
  });

  it("OCSP says good or revoked, by the issuer or a responder of it", async () => {
    const responder = await createTestLeaf(intermediate, {
      subject: "C=US, ST=WA, O=x, CN=ocsp",
      extendedKeyUsage: { oids: [OID.ocspSigning] },
    });
    for (const by of [{}, { responder }]) {
      expectVerified(await check(ocspLeaf, { [OCSP_URL]: createTestOcspResponse(ocspLeaf, intermediate, by) }));
      const revoked = createTestOcspResponse(ocspLeaf, intermediate, { ...by, status: "revoked" });
      expectRefused(await check(ocspLeaf, { [OCSP_URL]: revoked }), "REVOKED bad");
    }
  });

  it.each<{ name: string; answer: () => Promise<Buffer> | Buffer }>([
    { name: "that does not know", answer: () => createTestOcspResponse(ocspLeaf, intermediate, { status: "unknown" }) },
    {
      name: "that has ended",
      answer: () => createTestOcspResponse(ocspLeaf, intermediate, { nextUpdate: daysFromNow(-0.01) }),
    },
    {
      name: "without end and two hours old",
      answer: () =>
        createTestOcspResponse(ocspLeaf, intermediate, { nextUpdate: null, thisUpdate: daysFromNow(-2 / 24) }),
    },
    {
      name: "from the future",
      answer: () => createTestOcspResponse(ocspLeaf, intermediate, { thisUpdate: daysFromNow(0.1) }),
    },
    { name: "about another certificate", answer: () => createTestOcspResponse(leaf, intermediate) },
    {
      name: "about a certificate of another issuer",
      answer: () => createTestOcspResponse(ocspLeaf, root, { responder: intermediate }),
    },
    {
      name: "by a certificate that is not for it",
      answer: () => createTestOcspResponse(ocspLeaf, intermediate, { responder: leaf }),
    },
    {
      name: "by a responder of another authority",
      answer: async () =>
        createTestOcspResponse(ocspLeaf, intermediate, {
          responder: await createTestLeaf(otherRoot, { extendedKeyUsage: { oids: [OID.ocspSigning] } }),
        }),
    },
    {
      name: "by a responder that has ended",
      answer: async () =>
        createTestOcspResponse(ocspLeaf, intermediate, {
          responder: await createTestLeaf(intermediate, {
            extendedKeyUsage: { oids: [OID.ocspSigning] },
            notAfter: daysFromNow(-0.5),
          }),
        }),
    },
    {
      name: "by a responder that is revoked",
      answer: async () =>
        createTestOcspResponse(ocspLeaf, intermediate, {
          responder: await createTestLeaf(intermediate, {
            extendedKeyUsage: { oids: [OID.ocspSigning] },
            crlUrl: "http://crl.example/none",
          }),
        }),
    },
    { name: "that refuses", answer: () => Buffer.from("30030a0106", "hex") },
    { name: "that is none", answer: () => Buffer.from("<html>") },
  ])("an OCSP answer $name says nothing, and is not kept", async ({ answer }) => {
    const source = sourceOf({ [OCSP_URL]: await answer() });
    expectRefused(await verify(await sign({ signer: ocspLeaf }), {}, { source }), "REVOCATION_UNKNOWN unknown");
    expect(source.kept).toEqual([]);
  });

  it("lists are asked where OCSP says nothing, and not where it answers", async () => {
    const good = createTestCrl(intermediate, []);
    const revoked = createTestCrl(intermediate, [{ certificate: bothLeaf }]);
    expectVerified(await check(bothLeaf, { [CRL_URL]: good }));
    expectRefused(await check(bothLeaf, { [CRL_URL]: revoked }), "REVOKED bad");
    expectVerified(
      await check(bothLeaf, { [CRL_URL]: revoked, [OCSP_URL]: createTestOcspResponse(bothLeaf, intermediate) }),
    );
  });

  it("never throws for truncated or changed answers, and never takes them for good", async () => {
    const crl = createTestCrl(intermediate, []);
    const ocsp = createTestOcspResponse(bothLeaf, intermediate);
    for (const [signer, url, bytes] of [
      [crlLeaf, CRL_URL, crl],
      [bothLeaf, OCSP_URL, ocsp],
    ] as const) {
      const envelope = await sign({ signer });
      for (let at = 0; at < bytes.length; at += 4) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ 0x20;
        for (const answer of [flipped, bytes.subarray(0, at)]) {
          const findings = await verify(envelope, {}, { source: sourceOf({ [url]: answer }) });
          // the certificate identifiers of an OCSP answer are signed too: nothing of it can change unnoticed
          expect(findings.signatures).toEqual([]);
        }
      }
    }
  });

  it("nothing is asked for a certificate that is not trusted, whoever made it", async () => {
    const asked: string[] = [];
    const source: RevocationSource = {
      ...SILENT,
      read: async (question) => (asked.push(question.url), await SILENT.read(question)),
    };
    await verify(await sign({ signer: bothLeaf }), { stores: ["ca:other"], level: "audit" }, { source });
    await verify(await sign({ signer: bothLeaf }), { stores: ["ca:other"] }, { source });
    expect(asked).toEqual([]);
  });

  it("an authority for timestamps that is revoked stamps nothing", async () => {
    const revokedTsa = await createTsa({ crlUrl: CRL_URL });
    const envelope = await sign({ timestamp: stamp({ authority: revokedTsa }) });
    const stores = ["ca:acme", "tsa:time"];
    const source = sourceOf({ [CRL_URL]: createTestCrl(tsaRoot, [{ certificate: revokedTsa }]) });
    expectRefused(await verify(envelope, { stores }, { source }), "REVOKED bad");
    expectRefused(await verify(envelope, { stores }), "REVOCATION_UNKNOWN unknown");
  });
});
