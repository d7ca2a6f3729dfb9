// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildImage, buildIndex, type TestImage, writeOciLayout } from "../../../../test/support/image-builder.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { bundleImage } from "../../../../test/support/sigstore/bundle-image.ts";
import { createPrivateSigstore, type PrivateSigstore } from "../../../../test/support/sigstore/private-sigstore.ts";
import { type Signer, signEnvelope, signStatement } from "../../../../test/support/sigstore/sign-candidate.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-verify-"));
afterAll(() => rmSync(folder, { recursive: true }));

const TYPE = "https://example.com/review/v1";
const OURS = "127.0.0.1:5000/team/app:1";
const [key, other] = [
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
];
const PUBLIC = join(folder, "team.pub");
const TRUSTED_ROOT = join(folder, "trusted_root.json");
const ISSUER = "https://issuer.example";
const WHO = ["--certificate-oidc-issuer", ISSUER, "--trusted-root", TRUSTED_ROOT];

const image = (content: string): TestImage => buildImage([{ entries: [{ path: "a", content }] }]);
const child = image("child");
const IMAGES = {
  signed: image("signed"),
  keyless: image("keyless"),
  attested: image("attested"),
  other: image("other"),
  unsigned: image("unsigned"),
  indexOnly: buildIndex([{ image: child, os: "linux", architecture: "amd64" }]),
};

/** The manifest that attaches a bundle. */
async function attach(sigstore: PrivateSigstore, subject: TestImage, signer: Signer, changes = {}): Promise<TestImage> {
  const { bytes } = await signEnvelope(sigstore, signStatement(subject.manifest.digest, changes), { signer });
  return bundleImage(subject, bytes);
}

beforeAll(async () => {
  const sigstore = await createPrivateSigstore();
  const by = (pair: { readonly privateKey: KeyObject }): Signer => ({ key: pair.privateKey });
  writeOciLayout(join(folder, "images"), {
    ...IMAGES,
    sig1: await attach(sigstore, IMAGES.signed, by(key)),
    sig2: await attach(sigstore, IMAGES.other, by(other)),
    sig3: await attach(sigstore, IMAGES.indexOnly, by(key)),
    sig4: await attach(sigstore, IMAGES.keyless, { certificate: { subject: "ci@example.com", issuer: ISSUER } }),
    sig5: await attach(sigstore, IMAGES.attested, by(key), { predicateType: TYPE, predicate: { reviewers: 2 } }),
  });
  writeFileSync(PUBLIC, key.publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(TRUSTED_ROOT, sigstore.trustedRoot());
});

async function verify(argv: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  return await runCommandLine(["verify", ...argv], {
    folder,
    variables: { HAECHI_LISTEN_REGISTRY: "127.0.0.1:5000", ...variables },
  });
}

const at = (tag: string): string => `oci:${join(folder, "images")}:${tag}`;

async function stateOf(argv: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<object> {
  const { code, stdout } = await verify([...argv, "--format", "json"], variables);
  const { state, askedBy } = JSON.parse(stdout) as { state: string; askedBy: string };
  return { code, state, askedBy };
}

describe("the exit code says what came of it", () => {
  it.each([
    { name: "signed by the key", argv: [at("signed"), "--key", PUBLIC], code: 0, state: "verified" },
    { name: "not signed", argv: [at("unsigned"), "--key", PUBLIC], code: 1, state: "none" },
    { name: "signed by another key", argv: [at("other"), "--key", PUBLIC], code: 1, state: "bad" },
    { name: "an index whose child is not signed", argv: [at("indexOnly"), "--key", PUBLIC], code: 1, state: "none" },
    {
      name: "an index that covers its child",
      argv: [at("indexOnly"), "--key", PUBLIC, "--children", "covered"],
      code: 0,
      state: "verified",
    },
    {
      name: "signed by the identity",
      argv: [at("keyless"), "--certificate-identity", "ci@example.com", ...WHO],
      code: 0,
      state: "verified",
    },
    {
      name: "signed by an identity of the pattern",
      argv: [at("keyless"), "--certificate-identity-pattern", "*@example.com", ...WHO],
      code: 0,
      state: "verified",
    },
    {
      name: "signed by an identity that only begins like the one asked for",
      argv: [at("keyless"), "--certificate-identity", "ci@example.co", ...WHO],
      code: 1,
      state: "bad",
    },
    {
      name: "signed, and one of two things asked for is missing",
      argv: [at("signed"), "--key", PUBLIC, "--certificate-identity", "ci@example.com", ...WHO],
      code: 1,
      state: "bad",
    },
    {
      name: "attested as asked for",
      argv: [at("attested"), "--key", PUBLIC, "--attestation-type", TYPE, "--condition", "predicate.reviewers >= 2.0"],
      code: 0,
      state: "verified",
    },
    {
      name: "attested, and the condition does not hold",
      argv: [at("attested"), "--key", PUBLIC, "--attestation-type", TYPE, "--condition", "predicate.reviewers > 2.0"],
      code: 1,
      state: "bad",
    },
    {
      name: "attested by nobody",
      argv: [at("unsigned"), "--key", PUBLIC, "--attestation-type", TYPE],
      code: 1,
      state: "none",
    },
    {
      name: "a trust root that is not there",
      argv: [at("keyless"), "--certificate-identity", "a", "--certificate-oidc-issuer", "b", "--trusted-root", "own"],
      code: 3,
      state: "unknown",
    },
  ])("$name", async ({ argv, code, state }) => {
    expect(await stateOf(argv)).toEqual({ code, state, askedBy: "flags" });
  });

  it("nothing was asked", async () => {
    expect(await stateOf([at("signed")])).toEqual({ code: 3, state: "unknown", askedBy: "nothing" });
  });

  it.each([
    { name: "policy and flags", argv: [at("signed"), "--key", PUBLIC, "--policy", PUBLIC], says: "exclude each other" },
    { name: "no image", argv: ["--key", PUBLIC], says: "IMAGE" },
    { name: "an unknown flag", argv: [at("signed"), "--keys", PUBLIC], says: "--keys" },
    { name: "an unknown format", argv: [at("signed"), "--format", "xml"], says: "table, json" },
    { name: "a name that is no reference", argv: [at("signed"), "--as", "Bad Name"], says: "REFERENCE_INVALID" },
    { name: "an image that is not there", argv: [at("absent"), "--key", PUBLIC], says: "haechi:" },
    { name: "a user without a password", argv: [at("signed"), "-u", "me"], says: "--password-stdin" },
    { name: "a password without a user", argv: [at("signed"), "--password-stdin"], says: "--username" },
    {
      name: "a private network that is none",
      argv: [at("signed"), "--key", PUBLIC, "--allow-private", "10.0.0.0/99"],
      says: "CIDR",
    },
  ])("$name: 2, and nothing on standard output", async ({ argv, says }) => {
    const { code, stdout, stderr } = await verify(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});

describe("exit 0, if and only if something was asked and all of it is verified", () => {
  const pem = (pair: { readonly publicKey: KeyObject }): string =>
    JSON.stringify(pair.publicKey.export({ type: "spki", format: "pem" }));
  const fields: Readonly<Record<string, () => string>> = {
    signature: () => `signatures: [{cosign: {key: ${pem(key)}}}]`,
    covered: () => `signatures: [{cosign: {key: ${pem(key)}}, children: covered}]`,
    attestation: () => `attestations: [{predicateType: "${TYPE}", by: [{cosign: {key: ${pem(key)}}}]}]`,
    verdict: () => `scan: {required: true, maxAge: 1d, acceptVerdictsFrom: [{cosign: {key: ${pem(key)}}}]}`,
    nothing: () => "mode: audit",
  };
  const entry = (name: string, mandatory: boolean, policy: string): string =>
    `apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: ${name}}\nspec: {mandatory: ${mandatory}, repositories: [{name: "*", policy: {${policy}}}]}\n`;
  const chosen = ["signature", "covered", "attestation", "verdict", "nothing"].flatMap((first) =>
    [undefined, "signature", "attestation", "verdict"].flatMap((second) =>
      (second === undefined ? ["enforce"] : ["enforce", "warn", "audit"]).map((mode) => ({ first, second, mode })),
    ),
  );

  it.each(chosen)("$first, and by a mandatory entry $second ($mode)", async ({ first, second, mode }) => {
    const file = join(folder, "chosen.yaml");
    const mandatory = second === undefined ? [] : [entry("other", true, `${fields[second]?.() ?? ""}, mode: ${mode}`)];
    writeFileSync(file, [entry("first", false, fields[first]?.() ?? ""), ...mandatory].join("---\n"));
    for (const tag of Object.keys(IMAGES)) {
      const { code, stdout, stderr } = await verify([at(tag), "--policy", file, "--format", "json"]);
      expect(stderr).toBe("");
      const { subjects } = JSON.parse(stdout) as { subjects: { requirements: { state: string }[] }[] };
      const states = subjects.flatMap((each) => each.requirements.map(({ state }) => state));
      const isAllVerified = states.length > 0 && states.every((state) => state === "verified");
      expect({ tag, states, isZero: code === 0 }).toEqual({ tag, states, isZero: isAllVerified });
    }
  });

  it("an unsigned image whose policy only accepts verdicts of others is not verified", async () => {
    const file = join(folder, "verdicts.yaml");
    writeFileSync(file, entry("first", false, fields["verdict"]?.() ?? ""));
    expect(await stateOf([at("unsigned"), "--policy", file])).toEqual({ code: 1, state: "none", askedBy: "policy" });
    const { stdout } = await verify([at("unsigned"), "--policy", file]);
    expect(stdout).toContain("no attestation");
    expect(stdout).not.toContain("Verified");
  });
});

describe("how an image is named", () => {
  it.each(["127.0.0.1:1/team/app:1", "docker://127.0.0.1:1/team/app:1"])("%s is one of a registry", async (name) => {
    const { code, stderr } = await verify([name, "--key", PUBLIC]);
    expect(code).toBe(2);
    expect(stderr).toContain("REGISTRY_UNREACHABLE");
  });

  it.each(["docker-archive:app.tar", "./app.tar", "/tmp/app.tar"])("%s is nothing that is signed", async (name) => {
    const { code, stderr } = await verify([name, "--key", PUBLIC]);
    expect(code).toBe(2);
    expect(stderr).toContain("oci-archive:FILE");
    expect(stderr).not.toContain("docker-archive:FILE");
  });

  it("an index is said to cover its children where it does", async () => {
    const required = await verify([at("indexOnly"), "--key", PUBLIC]);
    expect(required.stdout).toContain("it and each image in it that can run must be signed");
    const covered = await verify([at("indexOnly"), "--key", PUBLIC, "--children", "covered"]);
    expect(covered.stdout).not.toContain("must be signed");
    expect(covered.stdout).toContain("its own signature is enough");
  });
});

describe("what registry.requireSignatures asks for", () => {
  const required = { HAECHI_REGISTRY_REQUIRE_SIGNATURES: `team/=${PUBLIC}` };

  it.each([
    { tag: "signed", want: { code: 0, state: "verified", askedBy: "policy" } },
    { tag: "unsigned", want: { code: 1, state: "none", askedBy: "policy" } },
    { tag: "other", want: { code: 1, state: "bad", askedBy: "policy" } },
    { tag: "indexOnly", want: { code: 1, state: "none", askedBy: "policy" } },
  ])("is verified of our own image without any flag: $tag", async ({ tag, want }) => {
    expect(await stateOf([at(tag), "--as", OURS], required)).toEqual(want);
    expect(await stateOf([at(tag), "--as", OURS.replace("127.0.0.1", "localhost")], required)).toEqual(want);
  });

  it("is not taken away by a policy file", async () => {
    const file = join(folder, "open.yaml");
    writeFileSync(
      file,
      'apiVersion: haechi.dev/v1\nkind: ClusterImagePolicy\nmetadata: {name: open}\nspec: {repositories: [{name: "*"}]}\n',
    );
    expect(await stateOf([at("unsigned"), "--as", OURS, "--policy", file], required)).toMatchObject({ code: 1 });
  });

  it.each(["127.0.0.1:5000/other/app:1", "registry.example/team/app:1"])("is not asked of %s", async (name) => {
    expect(await stateOf([at("unsigned"), "--as", name], required)).toMatchObject({ code: 3, askedBy: "nothing" });
  });

  it("says which file is wrong", async () => {
    const broken = { HAECHI_REGISTRY_REQUIRE_SIGNATURES: `team/=${join(folder, "absent.pub")}` };
    const { code, stderr } = await verify([at("signed"), "--as", OURS], broken);
    expect(code).toBe(2);
    expect(stderr).toMatch(/registry\.requireSignatures.*\n.*absent\.pub.*ENOENT.*\(REQUIRED_SIGNATURES_INVALID\)/s);
  });
});
