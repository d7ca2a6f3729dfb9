// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readKey } from "openpgp";
import { afterAll, describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { createPrivateSigstore } from "../../../../test/support/sigstore/private-sigstore.ts";
import { createOpenPgpKey } from "../../../../test/support/simple-signing/open-pgp-key.ts";
import { createTestRoot } from "../../../../test/support/test-pki/test-certificate.ts";
import { verifyCommand } from "../commands/verify.ts";
import { UsageError } from "../errors.ts";
import { parseInvocation } from "../parse-command.ts";
import { requirementsFromFlags } from "./requirements-from-flags.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-flags-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const pair = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync("ec", { namedCurve: "P-256" });
const pemOf = ({ publicKey }: { publicKey: KeyObject }): string =>
  String(publicKey.export({ type: "spki", format: "pem" }));
const signingPair = pair();
const [keyA, keyB] = [pemOf(signingPair), pemOf(pair())];
const root = (await createPrivateSigstore()).trustedRoot();
const certificate = (await createTestRoot()).pem;
const policy = JSON.stringify({
  version: "1.0",
  trustPolicies: [
    {
      name: "test",
      registryScopes: ["*"],
      signatureVerification: { level: "strict" },
      trustStores: ["ca:own", "tsa:t"],
      trustedIdentities: ["*"],
    },
  ],
});
const { armored: armoured, privateKey: openPgpPrivate } = await createOpenPgpKey();
const binary = Buffer.from((await readKey({ armoredKey: armoured })).write());
const ROOT_ID = "0a".repeat(32);

const KEY = file("a.pub", keyA);
const OTHER = file("b.pub", keyB);
const ROOT = file("trusted_root.json", root);
const POLICY = file("trustpolicy.json", policy);
const CERTIFICATE = file("ca.pem", certificate);
const ARMOURED = file("key.asc", armoured);
const BINARY = file("key.gpg", binary);
const PRIVATE = file("a.key", String(signingPair.privateKey.export({ type: "pkcs8", format: "pem" })));
const PRIVATE_RING = file("private.asc", openPgpPrivate.armor());
const GARBAGE = file("garbage", "nothing of the kind");
const EMPTY = file("empty", "");
const STORES = ["--trust-store", `ca:own=${CERTIFICATE}`, "--trust-store", `tsa:t=${CERTIFICATE}`];
const LARGE = file("large.pub", Buffer.alloc(LIMITS.maxTrustMaterialBytes + 1));
const ABSENT = join(folder, "absent");

const EXACT = ["--certificate-identity", "ci@example.com", "--certificate-oidc-issuer", "https://issuer.example"];
const IDENTITY = { subject: "ci@example.com", issuer: "https://issuer.example" };
const ROOT_KEY = ["--notary-root-key-id", ROOT_ID.toUpperCase()];

async function requirements(flags: readonly string[]) {
  return await requirementsFromFlags(parseInvocation(verifyCommand, ["docker://registry.example/app:1", ...flags]));
}

describe("each flag", () => {
  it.each([
    { flags: [], want: [] },
    { flags: ["--key", KEY], want: [{ kind: "cosign-key", keys: [keyA] }] },
    { flags: ["--key", KEY, "--key", OTHER], want: [{ kind: "cosign-key", keys: [keyA, keyB] }] },
    {
      flags: ["--key", KEY, "--trusted-root", ROOT],
      want: [{ kind: "cosign-key", keys: [keyA], trustRoot: { json: root } }],
    },
    {
      flags: ["--key", KEY, "--trusted-root", "own"],
      want: [{ kind: "cosign-key", keys: [keyA], trustRoot: { name: "own" } }],
    },
    { flags: EXACT, want: [{ kind: "cosign-keyless", identities: [IDENTITY], trustRoot: { name: "sigstore" } }] },
    {
      flags: ["--certificate-identity-pattern", "*@example.com", "--certificate-oidc-issuer-pattern", "https://*"],
      want: [
        {
          kind: "cosign-keyless",
          identities: [{ subjectPattern: "*@example.com", issuerPattern: "https://*" }],
          trustRoot: { name: "sigstore" },
        },
      ],
    },
    {
      flags: ["--key", KEY, ...EXACT],
      want: [
        { kind: "cosign-key", keys: [keyA] },
        { kind: "cosign-keyless", identities: [IDENTITY], trustRoot: { name: "sigstore" } },
      ],
    },
    {
      flags: ["--key", KEY, "--attestation-type", "slsaprovenance1", "--condition", "predicate.x == 1"],
      want: [
        {
          kind: "attestation",
          predicateType: "https://slsa.dev/provenance/v1",
          by: [{ kind: "cosign-key", keys: [keyA] }],
          conditions: ["predicate.x == 1"],
        },
      ],
    },
    {
      flags: [
        "--trust-policy",
        POLICY,
        "--trust-store",
        `ca:own=${CERTIFICATE}`,
        "--trust-store",
        `tsa:t=${CERTIFICATE}`,
      ],
      want: [
        {
          kind: "notation",
          trustPolicy: policy,
          trustStores: { "ca:own": [certificate], "tsa:t": [certificate] },
        },
      ],
    },
    {
      flags: ["--notary-server", "https://notary.example", ...ROOT_KEY, "--signer", `alice=${KEY}`],
      want: [
        {
          kind: "notary",
          rootKeyIds: [ROOT_ID],
          trustOnFirstUse: false,
          signers: [{ name: "alice", publicKey: keyA }],
        },
      ],
    },
    {
      flags: ["--trust-on-first-use"],
      want: [{ kind: "notary", rootKeyIds: [], trustOnFirstUse: true, signers: [] }],
    },
    {
      flags: ["--gpg-key", ARMOURED, "--gpg-key", BINARY, "--gpg-store", folder],
      want: [
        {
          kind: "gpg",
          keys: [armoured, binary.toString("base64")],
          identity: { type: "matchRepoDigestOrExact" },
          store: pathToFileURL(folder).href,
        },
      ],
    },
    {
      flags: ["--gpg-key", ARMOURED, "--gpg-store", "https://store.example/s", "--gpg-identity", "matchExact"],
      want: [{ kind: "gpg", identity: { type: "matchExact" }, store: "https://store.example/s" }],
    },
    {
      flags: ["--gpg-key", ARMOURED, "--gpg-identity", "matchRepository"],
      want: [{ identity: { type: "matchRepository" } }],
    },
    {
      flags: ["--gpg-key", ARMOURED, "--gpg-identity", "exactReference=a.example/b:1"],
      want: [{ identity: { type: "exactReference", reference: "a.example/b:1" } }],
    },
    {
      flags: ["--gpg-key", ARMOURED, "--gpg-identity", "exactRepository=a.example/b"],
      want: [{ identity: { type: "exactRepository", repository: "a.example/b" } }],
    },
    {
      flags: ["--gpg-key", ARMOURED, "--gpg-identity", "remapIdentity=a.example=b.example"],
      want: [{ identity: { type: "remapIdentity", prefix: "a.example", signedPrefix: "b.example" } }],
    },
  ])("$flags", async ({ flags, want }) => {
    const found = await requirements(flags);
    expect(found).toHaveLength(want.length);
    expect(found).toMatchObject(want);
  });
});

describe("is refused", () => {
  it.each([
    { flags: ["--key", ABSENT], says: "--key: cannot read" },
    { flags: ["--key", LARGE], says: "larger than" },
    { flags: ["--certificate-identity", "ci@example.com"], says: "need each other" },
    { flags: ["--certificate-oidc-issuer", "https://issuer.example"], says: "need each other" },
    { flags: ["--key", KEY, "--certificate-identity-pattern", "*"], says: "need each other" },
    { flags: [...EXACT, "--certificate-identity-pattern", "*"], says: "exclude each other" },
    { flags: [...EXACT, "--certificate-oidc-issuer-pattern", "*"], says: "exclude each other" },
    { flags: ["--certificate-identity=", "--certificate-oidc-issuer", "https://i.example"], says: "is empty" },
    { flags: ["--trusted-root", ROOT], says: "--trusted-root needs" },
    { flags: ["--key", KEY, "--trusted-root", ABSENT], says: "--trusted-root: cannot read" },
    { flags: ["--condition", "true"], says: "--condition needs" },
    { flags: ["--key", KEY, "--condition", "true"], says: "--condition needs" },
    { flags: ["--attestation-type", "spdx"], says: "--attestation-type needs" },
    { flags: ["--key", KEY, "--attestation-type", "no such type"], says: "a URI or a short name" },
    { flags: ["--trust-store", `ca:own=${CERTIFICATE}`], says: "--trust-store needs" },
    { flags: ["--trust-policy", POLICY, "--trust-store", CERTIFICATE], says: "NAME=FILE" },
    { flags: ["--trust-policy", POLICY, "--trust-store", `root:own=${CERTIFICATE}`], says: "ca:NAME=FILE" },
    { flags: ["--trust-policy", POLICY, "--trust-store", `ca:../own=${CERTIFICATE}`], says: "ca:NAME=FILE" },
    { flags: ["--trust-policy", ABSENT], says: "--trust-policy: cannot read" },
    { flags: ["--notary-server", "https://notary.example"], says: "--notary-root-key-id" },
    { flags: ["--signer", `alice=${KEY}`], says: "--notary-root-key-id" },
    { flags: [...ROOT_KEY, "--signer", "alice"], says: "NAME=FILE" },
    { flags: [...ROOT_KEY, "--signer", `=${KEY}`], says: "NAME=FILE" },
    { flags: ["--gpg-store", folder], says: "need --gpg-key" },
    { flags: ["--gpg-identity", "matchExact"], says: "need --gpg-key" },
    { flags: ["--gpg-key", ARMOURED, "--gpg-identity", "matchAnything"], says: "does not take" },
    { flags: ["--gpg-key", ARMOURED, "--gpg-identity", "exactReference"], says: "does not take" },
    { flags: ["--gpg-key", ARMOURED, "--gpg-identity", "remapIdentity=a"], says: "does not take" },
    { flags: ["--key", PRIVATE], says: "is a private key" },
    { flags: ["--key", CERTIFICATE], says: "--key" },
    { flags: ["--key", GARBAGE], says: "cannot be used" },
    { flags: ["--key", KEY, "--key", EMPTY], says: "cannot be used" },
    { flags: ["--key", KEY, "--trusted-root", GARBAGE], says: "--trusted-root" },
    { flags: ["--notary-root-key-id", "abc"], says: "64 hexadecimal" },
    { flags: ["--notary-root-key-id", `${ROOT_ID}0`], says: "64 hexadecimal" },
    { flags: [...ROOT_KEY, "--signer", `alice=${PRIVATE}`], says: "is a private key" },
    { flags: [...ROOT_KEY, "--signer", `alice=${GARBAGE}`], says: "--signer" },
    { flags: ["--trust-policy", POLICY], says: "trust store ca:own has no certificate" },
    { flags: ["--trust-policy", POLICY, ...STORES.slice(0, 2)], says: "trust store tsa:t has no certificate" },
    { flags: ["--trust-policy", GARBAGE, ...STORES], says: "the trust policy cannot be used" },
    { flags: ["--trust-policy", POLICY, "--trust-store", `ca:own=${GARBAGE}`], says: "ca:own has a text without" },
    { flags: ["--gpg-key", GARBAGE], says: "no key ring of public keys" },
    { flags: ["--gpg-key", EMPTY], says: "no key ring of public keys" },
    { flags: ["--gpg-key", KEY], says: "no key ring of public keys" },
    { flags: ["--gpg-key", ARMOURED, "--gpg-key", PRIVATE_RING], says: "no key ring of public keys" },
    { flags: ["--gpg-key", ARMOURED, "--gpg-identity", "bogus"], says: "matchRepoDigestOrExact, matchExact" },
    { flags: ["--children", "none"], says: "required, covered" },
  ])("$flags", async ({ flags, says }) => {
    const error: unknown = await requirements(flags).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(says);
  });

  it("a condition that cannot be read", async () => {
    const flags = ["--key", KEY, "--attestation-type", "spdx", "--condition", "predicate ("];
    await expect(requirements(flags)).rejects.toThrow(/condition/);
  });
});
