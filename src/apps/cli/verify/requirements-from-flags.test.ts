// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { LIMITS } from "#base";
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

const KEY = file("a.pub", "key a");
const OTHER = file("b.pub", "key b");
const ROOT = file("trusted_root.json", "{}");
const POLICY = file("trustpolicy.json", "policy");
const CERTIFICATE = file("ca.pem", "certificate");
const ARMOURED = file("key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n");
const BINARY = file("key.gpg", Buffer.from([0x99, 0x01]));
const LARGE = file("large.pub", Buffer.alloc(LIMITS.maxTrustMaterialBytes + 1));
const ABSENT = join(folder, "absent");

const EXACT = ["--certificate-identity", "ci@example.com", "--certificate-oidc-issuer", "https://issuer.example"];
const IDENTITY = { subject: "ci@example.com", issuer: "https://issuer.example" };
const ROOT_KEY = ["--notary-root-key-id", "abc"];

async function requirements(flags: readonly string[]) {
  return await requirementsFromFlags(parseInvocation(verifyCommand, ["docker://registry.example/app:1", ...flags]));
}

describe("each flag", () => {
  it.each([
    { flags: [], want: [] },
    { flags: ["--key", KEY], want: [{ kind: "cosign-key", keys: ["key a"] }] },
    { flags: ["--key", KEY, "--key", OTHER], want: [{ kind: "cosign-key", keys: ["key a", "key b"] }] },
    {
      flags: ["--key", KEY, "--trusted-root", ROOT],
      want: [{ kind: "cosign-key", keys: ["key a"], trustRoot: { json: "{}" } }],
    },
    {
      flags: ["--key", KEY, "--trusted-root", "own"],
      want: [{ kind: "cosign-key", keys: ["key a"], trustRoot: { name: "own" } }],
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
        { kind: "cosign-key", keys: ["key a"] },
        { kind: "cosign-keyless", identities: [IDENTITY], trustRoot: { name: "sigstore" } },
      ],
    },
    {
      flags: ["--key", KEY, "--attestation-type", "slsaprovenance1", "--condition", "predicate.x == 1"],
      want: [
        {
          kind: "attestation",
          predicateType: "https://slsa.dev/provenance/v1",
          by: [{ kind: "cosign-key", keys: ["key a"] }],
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
          trustPolicy: "policy",
          trustStores: { "ca:own": ["certificate"], "tsa:t": ["certificate"] },
        },
      ],
    },
    {
      flags: ["--notary-server", "https://notary.example", ...ROOT_KEY, "--signer", `alice=${KEY}`],
      want: [
        {
          kind: "notary",
          rootKeyIds: ["abc"],
          trustOnFirstUse: false,
          signers: [{ name: "alice", publicKey: "key a" }],
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
          keys: ["-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "mQE="],
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
