// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import { parseImageReference } from "#oci";
import type { CosignKeylessRequirement, SignatureProblemCode, VerificationSubject } from "#signatures";
import { createPrivateSigstore, type PrivateSigstore } from "../../../test/support/sigstore/private-sigstore.ts";
import {
  type SigningOrder,
  signEnvelope,
  signLegacy,
  signLegacyAttestation,
  signMessage,
  signStatement,
  simpleSigningPayload,
} from "../../../test/support/sigstore/sign-candidate.ts";
import type { CosignCandidate } from "./cosign-candidate.ts";
import { type CosignVerifier, createCosignVerifier } from "./cosign-verifier.ts";
import { CosignError } from "./errors.ts";
import { parseTrustedRoot, type SigstoreTrustRoot } from "./trust-root.ts";

const DIGEST = `sha256:${"ab".repeat(32)}` as Digest;
const OTHER = `sha256:${"cd".repeat(32)}` as Digest;
const SUBJECT: VerificationSubject = {
  digest: DIGEST,
  reference: parseImageReference(`registry.test/app@${DIGEST}`),
  now: new Date(),
};
const ME = { subject: "me@example.test", issuer: "https://issuer.test" };
const BY_ME: Pick<SigningOrder, "signer"> = { signer: { certificate: ME } };

let sigstore: PrivateSigstore;
let root: SigstoreTrustRoot;
let keyless: CosignVerifier;
const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const otherKeys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const BY_KEY: Pick<SigningOrder, "signer"> = { signer: { key: keys.privateKey } };

beforeAll(async () => {
  sigstore = await createPrivateSigstore();
  root = parseTrustedRoot(sigstore.trustedRoot());
  keyless = createCosignVerifier(requirement(ME), root);
});

function requirement(identity: CosignKeylessRequirement["identities"][0]): CosignKeylessRequirement {
  return { kind: "cosign-keyless", identities: [identity], trustRoot: { name: "test" } };
}

function pem(key: KeyObject): string {
  return String(key.export({ type: "spki", format: "pem" }));
}

function byKey(
  options: { readonly log?: "required"; readonly root?: SigstoreTrustRoot; readonly keys?: readonly KeyObject[] } = {},
): CosignVerifier {
  return createCosignVerifier(
    {
      kind: "cosign-key",
      keys: (options.keys ?? [keys.publicKey]).map(pem),
      ...(options.log === undefined ? {} : { transparencyLog: options.log }),
    },
    options.root,
  );
}

function envelope(order: Partial<SigningOrder> = {}, payload = signStatement(DIGEST)): Promise<CosignCandidate> {
  return signEnvelope(sigstore, payload, { ...BY_ME, ...order });
}

function legacy(order: Partial<SigningOrder> = {}, payload = simpleSigningPayload(DIGEST)): Promise<CosignCandidate> {
  return signLegacy(sigstore, payload, { ...BY_ME, ...order });
}

function expectProblem(verifier: CosignVerifier, candidate: CosignCandidate, code: SignatureProblemCode): void {
  const { signatures, problems } = verifier.verifySignatures([candidate], SUBJECT);
  expect(signatures).toEqual([]);
  expect(problems.map((problem) => problem.code)).toEqual([code]);
}

function expectVerified(verifier: CosignVerifier, candidate: CosignCandidate, checks: readonly string[]): void {
  const { signatures, problems } = verifier.verifySignatures([candidate], SUBJECT);
  expect(problems).toEqual([]);
  expect(signatures.map((signature) => signature.checks)).toEqual([checks]);
}

function flipBase64(text: string, at: number): string {
  const bytes = Buffer.from(text, "base64");
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes.toString("base64");
}

describe("keyless signatures that must not count", () => {
  // biome-ignore lint/suspicious/noExplicitAny: bundles are broken in every way
  type Bundle = any;
  const cases: readonly {
    readonly name: string;
    readonly code: SignatureProblemCode;
    readonly make: () => Promise<CosignCandidate>;
  }[] = [
    {
      name: "a flipped byte in the signature",
      code: "SIGNATURE_INVALID",
      make: () =>
        envelope({
          tamper: (bundle: Bundle) => {
            const [first] = bundle.dsseEnvelope.signatures;
            first.sig = flipBase64(first.sig, 20);
          },
        }),
    },
    {
      name: "a flipped byte in the payload",
      code: "SIGNATURE_INVALID",
      make: () =>
        envelope({
          tamper: (bundle: Bundle) => {
            const text = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString().replace("abab", "acab");
            bundle.dsseEnvelope.payload = Buffer.from(text).toString("base64");
          },
        }),
    },
    {
      name: "another payload type, which is signed too",
      code: "SIGNATURE_INVALID",
      make: () =>
        signEnvelope(
          sigstore,
          signStatement(DIGEST),
          {
            ...BY_ME,
            tamper: (bundle: Bundle) => {
              bundle.dsseEnvelope.payloadType = "application/vnd.in-toto+json";
            },
          },
          "text/plain",
        ),
    },
    { name: "another digest", code: "DIGEST_MISMATCH", make: () => envelope({}, signStatement(OTHER)) },
    {
      name: "no subject",
      code: "DIGEST_MISMATCH",
      make: () => envelope({}, signStatement(DIGEST, { subject: [] })),
    },
    {
      name: "the digest under another algorithm",
      code: "DIGEST_MISMATCH",
      make: () => envelope({}, signStatement(DIGEST, { subject: [{ digest: { sha512: "ab".repeat(32) } }] })),
    },
    { name: "no proof of the log", code: "LOG_PROOF_MISSING", make: () => envelope({ log: "none", timestamp: true }) },
    {
      name: "an entry of the log without promise and proof",
      code: "MALFORMED",
      make: () =>
        envelope({
          tamper: (bundle: Bundle) => {
            const [entry] = bundle.verificationMaterial.tlogEntries;
            delete entry.inclusionPromise;
            delete entry.inclusionProof;
          },
        }),
    },
    {
      name: "the same in version 0.1, whose proof is the promise",
      code: "MALFORMED",
      make: () =>
        envelope({
          mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
          tamper: (bundle: Bundle) => delete bundle.verificationMaterial.tlogEntries[0].inclusionPromise,
        }),
    },
    {
      name: "Rekor v2 without a timestamp",
      code: "TIMESTAMP_INVALID",
      make: () => envelope({ log: "v2", timestamp: false }),
    },
    {
      name: "Rekor v2 with a time that nobody signed",
      code: "TIMESTAMP_INVALID",
      make: () =>
        envelope({
          log: "v2",
          timestamp: false,
          tamper: (bundle: Bundle) => {
            bundle.verificationMaterial.tlogEntries[0].integratedTime = String(Math.floor(Date.now() / 1000));
          },
        }),
    },
    {
      name: "another time in the log than the one promised",
      code: "LOG_PROOF_INVALID",
      make: () =>
        envelope({
          tamper: (bundle: Bundle) => {
            const [entry] = bundle.verificationMaterial.tlogEntries;
            entry.integratedTime = String(Number(entry.integratedTime) + 1);
          },
        }),
    },
    {
      name: "a flipped byte in the promise",
      code: "LOG_PROOF_INVALID",
      make: () =>
        envelope({
          tamper: (bundle: Bundle) => {
            const promise = bundle.verificationMaterial.tlogEntries[0].inclusionPromise;
            promise.signedEntryTimestamp = flipBase64(promise.signedEntryTimestamp, 20);
          },
        }),
    },
    {
      name: "a checkpoint by another log",
      code: "LOG_PROOF_INVALID",
      make: async () => {
        const stranger = await createPrivateSigstore({ urls: sigstore.urls });
        return envelope({
          tamper: (bundle: Bundle) => {
            const [entry] = bundle.verificationMaterial.tlogEntries;
            const other = stranger.rekorV1.append(JSON.parse(String(Buffer.from(entry.canonicalizedBody, "base64"))));
            // the other log's tree under our log's id
            entry.inclusionProof = other.inclusionProof;
          },
        });
      },
    },
    {
      name: "an entry of another log altogether",
      code: "LOG_PROOF_INVALID",
      make: async () => {
        const stranger = await createPrivateSigstore({ urls: sigstore.urls });
        return envelope({
          tamper: (bundle: Bundle) => {
            const [entry] = bundle.verificationMaterial.tlogEntries;
            const body = JSON.parse(String(Buffer.from(entry.canonicalizedBody, "base64")));
            bundle.verificationMaterial.tlogEntries = [stranger.rekorV1.append(body)];
          },
        });
      },
    },
    {
      name: "a proof of another place in the tree",
      code: "LOG_PROOF_INVALID",
      make: () =>
        envelope({
          log: "v2",
          tamper: (bundle: Bundle) => {
            const { inclusionProof } = bundle.verificationMaterial.tlogEntries[0];
            inclusionProof.hashes = [...inclusionProof.hashes, inclusionProof.rootHash];
          },
        }),
    },
    ...(["v1", "v2"] as const).flatMap((log) => [
      {
        name: `Rekor ${log}: a swapped bundle, with the entry of another signature`,
        code: "LOG_PROOF_INVALID" as const,
        make: () => envelope({ log, logged: { signature: Buffer.from("another signature") } }),
      },
      {
        name: `Rekor ${log}: an entry about another payload`,
        code: "LOG_PROOF_INVALID" as const,
        make: () => envelope({ log, logged: { payload: Buffer.from("another payload") } }),
      },
      {
        name: `Rekor ${log}: an entry that names another signer`,
        code: "LOG_PROOF_INVALID" as const,
        make: () =>
          envelope({
            log,
            logged: { verifier: { type: "key", der: otherKeys.publicKey.export({ type: "spki", format: "der" }) } },
          }),
      },
      {
        name: `Rekor ${log}: one entry twice`,
        code: log === "v1" ? ("TIMESTAMP_INVALID" as const) : ("LOG_PROOF_INVALID" as const),
        make: () =>
          envelope({
            log,
            timestamp: true,
            tamper: (bundle: Bundle) => {
              const { tlogEntries } = bundle.verificationMaterial;
              tlogEntries.push(tlogEntries[0]);
            },
          }),
      },
    ]),
    {
      name: "a timestamp of another signature",
      code: "TIMESTAMP_INVALID",
      make: () => envelope({ log: "v2", timestamp: true, stamped: Buffer.from("another signature") }),
    },
    {
      name: "a timestamp of another authority",
      code: "TIMESTAMP_INVALID",
      make: async () => {
        const stranger = await createPrivateSigstore();
        const candidate = await signEnvelope({ ...sigstore, timestamps: stranger.timestamps }, signStatement(DIGEST), {
          ...BY_ME,
          log: "v2",
        });
        return candidate;
      },
    },
    {
      name: "a timestamp that is not one",
      code: "TIMESTAMP_INVALID",
      make: () =>
        envelope({
          tamper: (bundle: Bundle) => {
            bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps = [{ signedTimestamp: "MAMCAQA=" }];
          },
        }),
    },
    {
      name: "a timestamp twice",
      code: "TIMESTAMP_INVALID",
      make: () =>
        envelope({
          timestamp: true,
          tamper: (bundle: Bundle) => {
            const { rfc3161Timestamps } = bundle.verificationMaterial.timestampVerificationData;
            rfc3161Timestamps.push(rfc3161Timestamps[0]);
          },
        }),
    },
    { name: "no SCT", code: "SCT_INVALID", make: () => envelope(certificate({ sct: "none" })) },
    { name: "a bad SCT", code: "SCT_INVALID", make: () => envelope(certificate({ sct: "bad" })) },
    { name: "an SCT of another log", code: "SCT_INVALID", make: () => envelope(certificate({ sct: "other-log" })) },
    {
      name: "a certificate that had ended",
      code: "EXPIRED",
      make: () => envelope(certificate({ notBefore: minutesAgo(30), notAfter: minutesAgo(20) })),
    },
    {
      name: "a certificate that had not begun",
      code: "EXPIRED",
      make: () => envelope(certificate({ notBefore: minutesAgo(-20), notAfter: minutesAgo(-30) })),
    },
    {
      name: "a certificate of another authority",
      code: "CERTIFICATE_UNTRUSTED",
      make: async () => {
        const stranger = await createPrivateSigstore();
        return signEnvelope({ ...sigstore, authority: stranger.authority }, signStatement(DIGEST), BY_ME);
      },
    },
    {
      name: "a certificate for TLS servers",
      code: "CERTIFICATE_UNTRUSTED",
      make: () => envelope(certificate({ usages: ["1.3.6.1.5.5.7.3.1"] })),
    },
    {
      name: "a certificate whose key may not sign",
      code: "CERTIFICATE_UNTRUSTED",
      make: () => envelope(certificate({ keyUsage: "keyAgreement" })),
    },
    {
      name: "our name with the eighth bit set, which ASCII readers drop",
      code: "IDENTITY_MISMATCH",
      make: () =>
        envelope(
          certificate({
            rawSubject: generalName(
              1,
              Buffer.from(ME.subject).map((byte) => byte | 0x80),
            ),
          }),
        ),
    },
    {
      name: "our name and a NUL",
      code: "IDENTITY_MISMATCH",
      make: () => envelope(certificate({ rawSubject: generalName(1, Buffer.from(`${ME.subject}\0`)) })),
    },
    {
      name: "our name as a DNS name",
      code: "IDENTITY_MISMATCH",
      make: () => envelope(certificate({ rawSubject: generalName(2, Buffer.from(ME.subject)) })),
    },
    {
      name: "no name",
      code: "IDENTITY_MISMATCH",
      make: () => envelope(certificate({ rawSubject: Buffer.from("3000", "hex") })),
    },
    {
      name: "a certificate of an authority",
      code: "CERTIFICATE_UNTRUSTED",
      make: () => envelope(certificate({ isAuthority: true })),
    },
    {
      name: "a critical extension that nobody understands",
      code: "CERTIFICATE_UNTRUSTED",
      make: () =>
        envelope(certificate({ extensions: [{ oid: "1.2.3.4", isCritical: true, value: Buffer.from([5, 0]) }] })),
    },
    {
      name: "an extension twice",
      code: "CERTIFICATE_UNTRUSTED",
      make: () =>
        envelope(
          certificate({ extensions: [{ oid: "1.3.6.1.4.1.57264.1.1", isCritical: false, value: Buffer.from("x") }] }),
        ),
    },
    {
      name: "another subject",
      code: "IDENTITY_MISMATCH",
      make: () => envelope(certificate({ subject: "you@example.test" })),
    },
    {
      name: "a subject that goes on",
      code: "IDENTITY_MISMATCH",
      make: () => envelope(certificate({ subject: "me@example.test.evil.test" })),
    },
    {
      name: "another issuer",
      code: "IDENTITY_MISMATCH",
      make: () => envelope(certificate({ issuer: "https://evil.test" })),
    },
    {
      name: "two names in the certificate, one of them ours",
      code: "IDENTITY_MISMATCH",
      make: () => envelope(certificate({ extraSubject: "you@example.test" })),
    },
    {
      name: "two issuers in the certificate, one of them ours",
      code: "IDENTITY_MISMATCH",
      make: () => envelope(certificate({ issuerV1: "https://evil.test" })),
    },
    {
      name: "a key instead of a certificate",
      code: "IDENTITY_MISMATCH",
      make: () => envelope({ ...BY_KEY, log: "v1" }),
    },
    {
      name: "two signatures in one envelope",
      code: "MALFORMED",
      make: () =>
        envelope({
          tamper: (bundle: Bundle) => bundle.dsseEnvelope.signatures.push(bundle.dsseEnvelope.signatures[0]),
        }),
    },
    {
      name: "no signature in the envelope",
      code: "MALFORMED",
      make: () => envelope({ tamper: (bundle: Bundle) => bundle.dsseEnvelope.signatures.pop() }),
    },
    {
      name: "a bundle of a later version",
      code: "UNSUPPORTED",
      make: () => envelope({ mediaType: "application/vnd.dev.sigstore.bundle.v0.9+json" }),
    },
    {
      name: "more proofs than anybody needs",
      code: "LIMIT_EXCEEDED",
      make: () =>
        envelope({
          tamper: (bundle: Bundle) => {
            const { tlogEntries } = bundle.verificationMaterial;
            bundle.verificationMaterial.tlogEntries = Array.from({ length: 17 }, () => tlogEntries[0]);
          },
        }),
    },
    {
      name: "a message digest of something else",
      code: "DIGEST_MISMATCH",
      make: () =>
        signMessage(sigstore, simpleSigningPayload(DIGEST), {
          ...BY_ME,
          logged: { payload: Buffer.from("something else") },
          tamper: (bundle: Bundle) => {
            bundle.messageSignature.messageDigest.digest = "EnQa7ySGMUFVC5U1h8UvKGPzzQfT8Ts/oK7VdBIIsqE=";
          },
        }),
    },
    {
      name: "older format: another digest",
      code: "DIGEST_MISMATCH",
      make: () => legacy({}, simpleSigningPayload(OTHER)),
    },
    {
      name: "older format: no log",
      code: "LOG_PROOF_MISSING",
      make: () => legacy({ log: "none", timestamp: true }),
    },
    {
      name: "older format: the entry of another signature",
      code: "LOG_PROOF_INVALID",
      make: () => legacy({ logged: { signature: Buffer.from("another signature") } }),
    },
    {
      name: "older format: a GPG payload with our certificate",
      code: "MALFORMED",
      make: () => legacy({}, simpleSigningPayload(DIGEST, { type: "atomic container signature" })),
    },
    {
      name: "older format: no certificate",
      code: "IDENTITY_MISMATCH",
      make: () =>
        legacy({
          tamper: (annotations: Record<string, string>) => delete annotations["dev.sigstore.cosign/certificate"],
        }),
    },
    {
      name: "older format: no signature",
      code: "MALFORMED",
      make: () =>
        legacy({
          tamper: (annotations: Record<string, string>) => {
            annotations["dev.cosignproject.cosign/signature"] = "";
          },
        }),
    },
  ];

  it.each(cases)("$name", async ({ make, code }) => {
    expectProblem(keyless, await make(), code);
  });

  it("finds one entry of Rekor v2 twice even with another index at the top", async () => {
    const candidate = await envelope({
      log: "v2",
      // biome-ignore lint/suspicious/noExplicitAny: a bundle
      tamper: (bundle: any) => {
        const { tlogEntries } = bundle.verificationMaterial;
        tlogEntries.push({ ...tlogEntries[0], logIndex: "77" });
      },
    });
    expectProblem(keyless, candidate, "LOG_PROOF_INVALID");
  });
});

describe("keyless signatures that count", () => {
  const CHAIN = ["certificate-chain", "sct", "transparency-log"];
  it.each([
    { name: "bundle, Rekor v1", make: () => envelope(), checks: [...CHAIN, "signature", "identity", "digest"] },
    {
      name: "bundle, Rekor v1 and timestamp",
      make: () => envelope({ timestamp: true }),
      checks: [...CHAIN, "timestamp", "signature", "identity", "digest"],
    },
    {
      name: "bundle, Rekor v2",
      make: () => envelope({ log: "v2" }),
      checks: [...CHAIN, "timestamp", "signature", "identity", "digest"],
    },
    {
      name: "bundle of version 0.1",
      make: () => envelope({ mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1" }),
      checks: [...CHAIN, "signature", "identity", "digest"],
    },
    {
      name: "bundle of version 0.2",
      make: () => envelope({ mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.2" }),
      checks: [...CHAIN, "signature", "identity", "digest"],
    },
    {
      name: "statement about several images, ours among them",
      make: () => envelope({}, signStatement(DIGEST, { subject: [{ digest: { sha256: "cd" } }, subjectOf(DIGEST)] })),
      checks: [...CHAIN, "signature", "identity", "digest"],
    },
    { name: "older format", make: () => legacy(), checks: [...CHAIN, "signature", "identity", "digest"] },
    {
      name: "older format with timestamp",
      make: () => legacy({ timestamp: true }),
      checks: [...CHAIN, "timestamp", "signature", "identity", "digest"],
    },
    {
      name: "only the older form of the issuer",
      make: () => envelope(certificate({ hasIssuerV2: false })),
      checks: [...CHAIN, "signature", "identity", "digest"],
    },
  ])("$name", async ({ make, checks }) => {
    expectVerified(keyless, await make(), checks);
  });

  it("takes the name that Fulcio gives users who are neither URI nor mail address", async () => {
    // otherName: OID 1.3.6.1.4.1.57264.1.7, [0] UTF8String "bob!example"
    const rawSubject = Buffer.from("301da01b060a2b0601040183bf300107a00d0c0b626f62216578616d706c65", "hex");
    const verifier = createCosignVerifier(requirement({ issuer: ME.issuer, subject: "bob!example" }), root);
    const { signatures } = verifier.verifySignatures([await envelope(certificate({ rawSubject }))], SUBJECT);
    expect(signatures.map((signature) => signature.identity)).toEqual(["bob!example"]);
  });

  it("needs a log of version 2 whose key was valid at the time", async () => {
    const json = JSON.parse(sigstore.trustedRoot());
    json.tlogs[1].publicKey.validFor = { start: "2025-01-01T00:00:00Z", end: "2025-02-01T00:00:00Z" };
    const verifier = createCosignVerifier(requirement(ME), parseTrustedRoot(JSON.stringify(json)));
    expectProblem(verifier, await envelope({ log: "v2" }), "LOG_PROOF_INVALID");
    expect(verifier.verifySignatures([await envelope()], SUBJECT).signatures).toHaveLength(1);
  });

  it.each([
    { part: "certificateAuthorities", code: "CERTIFICATE_UNTRUSTED", log: "v1" },
    { part: "timestampAuthorities", code: "TIMESTAMP_INVALID", log: "v2" },
  ] as const)("needs $part that were valid at the time", async ({ part, code, log }) => {
    const json = JSON.parse(sigstore.trustedRoot());
    json[part][0].validFor = { start: "2025-01-01T00:00:00Z", end: "2025-02-01T00:00:00Z" };
    const verifier = createCosignVerifier(requirement(ME), parseTrustedRoot(JSON.stringify(json)));
    expectProblem(verifier, await envelope({ log }), code);
  });

  it.each([
    { part: "tlogs", code: "LOG_PROOF_INVALID" },
    { part: "ctlogs", code: "SCT_INVALID" },
  ] as const)("needs $part whose keys were valid at the time", async ({ part, code }) => {
    const json = JSON.parse(sigstore.trustedRoot());
    json[part][0].publicKey.validFor = { start: "2025-01-01T00:00:00Z", end: "2025-02-01T00:00:00Z" };
    const verifier = createCosignVerifier(requirement(ME), parseTrustedRoot(JSON.stringify(json)));
    expectProblem(verifier, await envelope(), code);
  });

  it("says who, when and where in the log", async () => {
    const candidate = await envelope({ timestamp: true });
    const [signature] = keyless.verifySignatures([candidate], SUBJECT).signatures;
    expect(signature).toMatchObject({
      kind: "cosign",
      identity: "me@example.test",
      issuer: "https://issuer.test",
      timeSource: "timestamp-authority",
      certificate: { issuer: "O=haechi.test, CN=private fulcio" },
      transparency: { logId: sigstore.rekorV1.keyId.toString("hex") },
    });
    expect(Date.parse(signature?.signedAt ?? "")).toBeGreaterThan(SUBJECT.now.getTime() - 60_000);
  });

  it("is one candidate's business only: bad ones beside it are problems, and do not count", async () => {
    const candidates = [await envelope({ log: "none" }), await envelope(), await envelope({}, signStatement(OTHER))];
    const { signatures, problems } = keyless.verifySignatures(candidates, SUBJECT);
    expect(signatures).toHaveLength(1);
    expect(problems.map((problem) => problem.code)).toEqual(["LOG_PROOF_MISSING", "DIGEST_MISMATCH"]);
  });

  it.each([
    { subjectPattern: "*@example.test", issuer: ME.issuer, isIn: true },
    { subjectPattern: "me@*", issuer: ME.issuer, isIn: true },
    { subjectPattern: "*", issuerPattern: "https://*.test", isIn: true },
    { subjectPattern: "me@example", issuer: ME.issuer, isIn: false },
    { subjectPattern: "e@example.test", issuer: ME.issuer, isIn: false },
    { subjectPattern: "*@example", issuer: ME.issuer, isIn: false },
    { subjectPattern: "me@example.tes.", issuer: ME.issuer, isIn: false },
    { subjectPattern: ".*", issuer: ME.issuer, isIn: false },
    { subjectPattern: "", issuer: ME.issuer, isIn: false },
    { subject: ME.subject, issuerPattern: "https://issuer", isIn: false },
    { subject: "me@example.*", issuer: ME.issuer, isIn: false },
    { subject: "ME@example.test", issuer: ME.issuer, isIn: false },
  ])("pattern $subjectPattern$subject of $issuer$issuerPattern: $isIn", async ({ isIn, ...identity }) => {
    const verifier = createCosignVerifier(requirement(identity as CosignKeylessRequirement["identities"][0]), root);
    const { signatures } = verifier.verifySignatures([await envelope()], SUBJECT);
    expect(signatures).toHaveLength(isIn ? 1 : 0);
  });
});

describe("signatures by a key", () => {
  it.each([
    { name: "ECDSA P-256", pair: generateKeyPairSync("ec", { namedCurve: "P-256" }) },
    { name: "ECDSA P-384", pair: generateKeyPairSync("ec", { namedCurve: "P-384" }) },
    { name: "ECDSA P-521", pair: generateKeyPairSync("ec", { namedCurve: "P-521" }) },
    {
      name: "ECDSA P-384 with SHA-256 (cosign 2)",
      pair: generateKeyPairSync("ec", { namedCurve: "P-384" }),
      hash: "sha256",
    },
    { name: "RSA 2048", pair: generateKeyPairSync("rsa", { modulusLength: 2048 }) },
    { name: "Ed25519", pair: generateKeyPairSync("ed25519") },
  ])("$name verifies as bundle and in the older format, and another key does not", async ({ pair, ...options }) => {
    const order = { signer: { key: pair.privateKey, ...("hash" in options ? { hash: options.hash } : {}) } };
    const verifier = byKey({ keys: [otherKeys.publicKey, pair.publicKey] });
    const bundle = await signEnvelope(sigstore, signStatement(DIGEST), order as SigningOrder);
    const layer = await signLegacy(sigstore, simpleSigningPayload(DIGEST), order as SigningOrder);
    expectVerified(verifier, bundle, ["signature", "digest"]);
    expectVerified(verifier, layer, ["signature", "digest"]);
    expectProblem(byKey(), bundle, "KEY_MISMATCH");
    expectProblem(byKey(), layer, "SIGNATURE_INVALID");
  });

  it("verifies RSA-PSS", () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const payload = simpleSigningPayload(DIGEST);
    const signature = sign("sha256", payload, { key: pair.privateKey, padding: 6 }).toString("base64");
    const candidate: CosignCandidate = {
      kind: "legacy",
      location: "test",
      mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
      payload,
      annotations: { "dev.cosignproject.cosign/signature": signature },
    };
    expectVerified(byKey({ keys: [pair.publicKey] }), candidate, ["signature", "digest"]);
  });

  it("takes a signature of the manifest itself where the manifest is at hand, and cannot tell where it is not", async () => {
    const manifest = Buffer.from('{"schemaVersion":2}');
    const candidate = await signMessage(sigstore, manifest, BY_KEY);
    const { artifact: _, ...withoutArtifact } = candidate;
    const { signatures } = byKey().verifySignatures([candidate], { ...SUBJECT, digest: digestOf(manifest) });
    expect(signatures).toHaveLength(1);
    expectProblem(byKey(), candidate, "DIGEST_MISMATCH");
    const text = await signMessage(sigstore, simpleSigningPayload(DIGEST), BY_KEY);
    expectProblem(byKey(), text, "DIGEST_MISMATCH");
    expectProblem(byKey(), withoutArtifact, "UNSUPPORTED");
  });

  it("needs no log, verifies one that is there when it could, and needs it when the requirement says so", async () => {
    const plain = await envelope(BY_KEY);
    const logged = await envelope({ ...BY_KEY, log: "v1" });
    const badlyLogged = await envelope({ ...BY_KEY, log: "v1", logged: { payload: Buffer.from("else") } });
    expectVerified(byKey(), plain, ["signature", "digest"]);
    expectVerified(byKey(), badlyLogged, ["signature", "digest"]);
    expectVerified(byKey({ root }), plain, ["signature", "digest"]);
    expectVerified(byKey({ root }), logged, ["signature", "transparency-log", "digest"]);
    expectProblem(byKey({ root }), badlyLogged, "LOG_PROOF_INVALID");
    expectVerified(byKey({ root, log: "required" }), logged, ["signature", "transparency-log", "digest"]);
    expectProblem(byKey({ root, log: "required" }), plain, "LOG_PROOF_MISSING");
    expectVerified(byKey({ root, log: "required" }), await envelope({ ...BY_KEY, log: "v2" }), [
      "signature",
      "transparency-log",
      "timestamp",
      "digest",
    ]);
  });

  it("a signature with a certificate of another key is by another key", async () => {
    expectProblem(byKey(), await envelope(), "KEY_MISMATCH");
    expectProblem(byKey(), await legacy(), "KEY_MISMATCH");
  });

  it("a flipped byte is a bad signature and not another key", async () => {
    const candidate = await envelope({
      ...BY_KEY,
      // biome-ignore lint/suspicious/noExplicitAny: a bundle
      tamper: (bundle: any) => {
        bundle.dsseEnvelope.signatures[0].sig = flipBase64(bundle.dsseEnvelope.signatures[0].sig, 20);
      },
    });
    expectProblem(byKey(), candidate, "SIGNATURE_INVALID");
  });

  it("a hint that names our key proves nothing", async () => {
    const candidate = await envelope({
      signer: { key: otherKeys.privateKey },
      // biome-ignore lint/suspicious/noExplicitAny: a bundle
      tamper: (bundle: any) => {
        bundle.verificationMaterial.publicKey.hint = "";
      },
    });
    expectProblem(byKey(), candidate, "SIGNATURE_INVALID");
  });
});

describe("attestations", () => {
  const sbom = signStatement(DIGEST, { predicateType: "https://spdx.dev/Document" });

  it("are all envelopes that are no statement of cosign, also one of another type with its text", async () => {
    const candidate = await signEnvelope(sigstore, signStatement(DIGEST), BY_ME, "text/plain");
    expect(keyless.verifySignatures([candidate], SUBJECT)).toEqual({ signatures: [], problems: [] });
  });

  it("are passed over however large, within one limit for all of them", async () => {
    const filler = "x".repeat(LIMITS.maxSignatureBytes);
    const large = await envelope({}, signStatement(DIGEST, { predicateType: "https://spdx.dev/Document", filler }));
    expect(keyless.verifySignatures([large], SUBJECT)).toEqual({ signatures: [], problems: [] });
    const many = keyless.verifySignatures(
      Array.from({ length: 30 }, () => large),
      SUBJECT,
    );
    expect(new Set(many.problems.map(({ code, effect }) => `${code} ${effect}`))).toEqual(
      new Set(["LIMIT_EXCEEDED unknown"]),
    );
    expectProblem(keyless, await envelope({}, signStatement(DIGEST, { filler })), "LIMIT_EXCEEDED");
  });

  it("are no signatures of the image, and no bad ones either", async () => {
    const candidates = [await envelope({}, sbom), await signLegacyAttestation(sigstore, sbom, BY_ME)];
    expect(keyless.verifySignatures(candidates, SUBJECT)).toEqual({ signatures: [], problems: [] });
  });

  it.each([
    { name: "bundle", make: () => envelope({}, sbom) },
    { name: "older format", make: () => signLegacyAttestation(sigstore, sbom, BY_ME) },
  ])("give their payload once the signature holds: $name", async ({ make }) => {
    const finding = keyless.verifyEnvelope(await make(), SUBJECT);
    expect(finding).toMatchObject({ ok: true, payloadType: "application/vnd.in-toto+json", payload: sbom });
  });

  it("do not give it for another signer", async () => {
    const finding = byKey().verifyEnvelope(await envelope({}, sbom), SUBJECT);
    expect(finding).toMatchObject({ ok: false, problem: { code: "KEY_MISMATCH" } });
  });

  it("are envelopes", async () => {
    const finding = keyless.verifyEnvelope(await legacy(), SUBJECT);
    expect(finding).toMatchObject({ ok: false, problem: { code: "PREDICATE_MISMATCH" } });
  });
});

describe("hostile bytes", () => {
  it("are values at every length that a bundle can be cut to, and never verify", async () => {
    const candidate = await envelope({ timestamp: true });
    if (candidate.kind !== "bundle") {
      throw new Error("expected a bundle");
    }
    for (let length = 0; length < candidate.bytes.length; length += 7) {
      const { signatures } = keyless.verifySignatures(
        [{ ...candidate, bytes: candidate.bytes.subarray(0, length) }],
        SUBJECT,
      );
      expect(signatures).toEqual([]);
    }
  });

  it("never verify with a flipped byte in what is signed, and never throw with one anywhere", async () => {
    const candidate = await envelope({ timestamp: true });
    const bundle = JSON.parse(String((candidate as { bytes: Uint8Array }).bytes));
    const certificate = Buffer.from(bundle.verificationMaterial.certificate.rawBytes, "base64");
    for (let at = 0; at < certificate.length; at += 1) {
      const changed = structuredClone(bundle);
      changed.verificationMaterial.certificate.rawBytes = flipBase64(certificate.toString("base64"), at);
      expect(keyless.verifySignatures([toBundle(changed)], SUBJECT).signatures).toEqual([]);
    }
    const stamp = bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp;
    for (let at = 0; at < Buffer.from(stamp, "base64").length; at += 1) {
      const changed = structuredClone(bundle);
      changed.verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp = flipBase64(
        stamp,
        at,
      );
      keyless.verifySignatures([toBundle(changed)], SUBJECT);
    }
  });

  it.each([
    { name: "nothing", text: "" },
    { name: "null", text: "null" },
    { name: "a number", text: "1" },
    { name: "an empty object", text: "{}" },
    { name: "deep nesting", text: `${"[".repeat(5_000)}${"]".repeat(5_000)}` },
    {
      name: "an object that wants to be a large buffer",
      text: '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","dsseEnvelope":{"payload":{"length":4294967295}}}',
    },
    {
      name: "proofs that are no list",
      text: '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"tlogEntries":{"0":1}}}',
    },
  ])("$name is malformed", ({ text }) => {
    expectProblem(keyless, toBundle(text), "MALFORMED");
  });

  it("invalid UTF-8 and NUL are malformed", () => {
    expectProblem(keyless, { kind: "bundle", location: "test", bytes: Buffer.from([0x7b, 0xff, 0x7d]) }, "MALFORMED");
    expectProblem(keyless, toBundle("\0"), "MALFORMED");
  });

  it("are not read beyond the limits", async () => {
    const huge = Buffer.alloc(LIMITS.maxAttestationBytes + 1, " ");
    expectProblem(keyless, { kind: "bundle", location: "test", bytes: huge }, "LIMIT_EXCEEDED");
    const good = await envelope(BY_KEY);
    const { problems, signatures } = byKey().verifySignatures(
      [...Array.from({ length: LIMITS.maxSignatures }, () => toBundle("{}")), good],
      SUBJECT,
    );
    expect(signatures).toEqual([]);
    expect(problems.at(-1)).toMatchObject({ code: "LIMIT_EXCEEDED", effect: "unknown" });
  });

  it("annotations of the older format that are not what they should be are malformed", async () => {
    for (const name of [
      "dev.sigstore.cosign/bundle",
      "dev.sigstore.cosign/rfc3161timestamp",
      "dev.sigstore.cosign/certificate",
    ]) {
      for (const value of ["{", "[]", "null", '{"Payload":{"body":{"length":4294967295}}}', "\0", "x".repeat(100)]) {
        const candidate = await legacy({
          tamper: (annotations: Record<string, string>) => {
            annotations[name] = value;
          },
        });
        expectProblem(keyless, candidate, "MALFORMED");
      }
    }
  });
});

describe("createCosignVerifier", () => {
  it.each([
    { name: "no key", keys: [] },
    { name: "an empty key", keys: [""] },
    { name: "a private key", keys: [String(keys.privateKey.export({ type: "pkcs8", format: "pem" }))] },
    { name: "two keys in one text", keys: [pem(keys.publicKey) + pem(otherKeys.publicKey)] },
    { name: "a short RSA key", keys: [pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey)] },
    { name: "another curve", keys: [pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey)] },
    { name: "a key for encryption", keys: [pem(generateKeyPairSync("x25519").publicKey)] },
  ])("refuses $name", (material) => {
    expect(() => createCosignVerifier({ kind: "cosign-key", keys: material.keys })).toThrow(CosignError);
  });

  it.each(["authority", "certificateLog", "rekor"] as const)(
    "refuses a trust root without %s for certificates",
    (part) => {
      expect(() => createCosignVerifier(requirement(ME), parseTrustedRoot(sigstore.trustedRoot([part])))).toThrow(
        CosignError,
      );
    },
  );

  it("refuses certificates and a required log without any trust root", () => {
    expect(() => createCosignVerifier(requirement(ME))).toThrow(CosignError);
    expect(() => byKey({ log: "required" })).toThrow(CosignError);
  });

  it("reads the trust root that the requirement brings itself", async () => {
    const verifier = createCosignVerifier({ ...requirement(ME), trustRoot: { json: sigstore.trustedRoot() } });
    expect(verifier.verifySignatures([await envelope()], SUBJECT).signatures).toHaveLength(1);
  });
});

function certificate(changes: object): Pick<SigningOrder, "signer"> {
  return { signer: { certificate: { ...ME, ...changes } } };
}

/** GeneralNames with one name of the context tag. */
function generalName(tag: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x30, value.length + 2, 0x80 | tag, value.length]), value]);
}

function minutesAgo(minutes: number): Date {
  return new Date(Date.now() - minutes * 60_000);
}

function subjectOf(digest: Digest): unknown {
  return { name: "", digest: { sha256: digest.slice("sha256:".length) } };
}

function toBundle(content: unknown): CosignCandidate {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { kind: "bundle", location: "test", bytes: Buffer.from(text) };
}
