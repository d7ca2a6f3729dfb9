// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import type { Digest } from "#base";
import { parseImageReference } from "#oci";
import type { NotaryRequirement } from "#signatures";
import {
  buildRepository,
  createRepositoryKeys,
  type DelegationSpec,
  NOW,
  type RepositoryKeys,
  type RepositorySpec,
  runUpdate,
} from "../../../test/support/notary/tuf-repository.ts";
import { createTufSigner, type TufSigner } from "../../../test/support/notary/tuf-signer.ts";
import { judgeTarget, type NotaryFindings, rolesOf, type VerifiedRepository } from "./index.ts";

const GUN = "registry.example/acme/app";
const V1 = `sha256:${"11".repeat(32)}` as Digest;
const V2 = `sha256:${"22".repeat(32)}` as Digest;

let keys: RepositoryKeys;
let releaser: TufSigner;
let alice: TufSigner;
let aliceCertificate: TufSigner;
let bob: TufSigner;

beforeAll(async () => {
  keys = await createRepositoryKeys(GUN);
  releaser = await createTufSigner("ecdsa");
  const key = await createTufSigner("ecdsa");
  alice = key;
  aliceCertificate = await createTufSigner("ecdsa-x509", { privateKey: key.privateKey, commonName: "alice" });
  bob = await createTufSigner("rsa");
});

interface Given {
  readonly targets?: Readonly<Record<string, string>>;
  readonly releases?: Readonly<Record<string, string>>;
  readonly alice?: Readonly<Record<string, string>>;
  readonly bob?: Readonly<Record<string, string>>;
  readonly alicePaths?: readonly string[];
  readonly spec?: Partial<RepositorySpec>;
}

function repositoryOf(given: Given, requirement: NotaryRequirement): VerifiedRepository {
  const delegations: DelegationSpec[] = [
    ...delegation("targets/releases", releaser, given.releases),
    ...delegation("targets/alice", alice, given.alice, given.alicePaths),
    ...delegation("targets/bob", bob, given.bob),
  ];
  const files = buildRepository({ gun: GUN, keys, targets: given.targets ?? {}, delegations, ...given.spec });
  const outcome = runUpdate(files, {
    ...requirement,
    gun: GUN,
    roles: rolesOf(requirement),
    state: undefined,
    now: NOW,
  });
  if (outcome.kind !== "verified") {
    throw new Error(JSON.stringify(outcome));
  }
  return outcome.repository;
}

function delegation(
  name: string,
  key: TufSigner,
  targets: Readonly<Record<string, string>> | undefined,
  paths: readonly string[] = [""],
): readonly DelegationSpec[] {
  return targets === undefined ? [] : [{ name, keys: [key], targets, paths }];
}

function judge(
  given: Given,
  image: string,
  digest: Digest,
  signers: NotaryRequirement["signers"] = [],
): NotaryFindings {
  const requirement: NotaryRequirement = { kind: "notary", rootKeyIds: [], trustOnFirstUse: true, signers };
  const reference = parseImageReference(image);
  return judgeTarget(repositoryOf(given, requirement), requirement, { reference, digest }, "server");
}

/** The identities, or the code of the problem. */
function verdict(findings: NotaryFindings): string {
  const [problem] = findings.problems;
  return problem === undefined ? findings.signatures.map(({ identity }) => identity).join(" ") : problem.code;
}

function signer(name: string, key: TufSigner, isCertificate = false): NotaryRequirement["signers"][number] {
  return { name, publicKey: (isCertificate ? key.certificatePem : undefined) ?? key.publicKeyPem };
}

describe("an image without named signers", () => {
  it.each<{
    readonly name: string;
    readonly given: Given;
    readonly image?: string;
    readonly digest?: Digest;
    readonly want: string;
  }>([
    { name: "no targets at all", given: {}, want: "TARGET_MISSING" },
    { name: "only other tags", given: { releases: { v2: V1 } }, want: "TARGET_MISSING" },
    { name: "another digest", given: { releases: { v1: V2 } }, want: "DIGEST_MISMATCH" },
    {
      name: "released is another digest than targets still says",
      given: { targets: { v1: V1 }, releases: { v1: V2 } },
      want: "DIGEST_MISMATCH",
    },
    { name: "only a signer's role has the tag", given: { alice: { v1: V1 } }, want: "TARGET_MISSING" },
    {
      name: "a tag that every object inherits",
      given: { releases: { v1: V1 } },
      image: `${GUN}:constructor`,
      want: "TARGET_MISSING",
    },
    { name: "no tag means latest", given: { releases: { v1: V1 } }, image: GUN, want: "TARGET_MISSING" },
    {
      name: "a digest that no tag has",
      given: { targets: { a: V2 }, releases: { latest: V2 } },
      image: `${GUN}@${V1}`,
      want: "TARGET_MISSING",
    },
    {
      name: "a digest that a tag had before its release",
      given: { targets: { v1: V1 }, releases: { v1: V2 } },
      image: `${GUN}@${V1}`,
      want: "TARGET_MISSING",
    },
    {
      name: "tag and digest of different targets",
      given: { releases: { v1: V2, v2: V1 } },
      image: `${GUN}:v1@${V1}`,
      want: "DIGEST_MISMATCH",
    },
    {
      name: "a digest by another algorithm",
      given: { releases: { v1: V1 } },
      digest: `sha512:${"11".repeat(64)}` as Digest,
      want: "DIGEST_MISMATCH",
    },
    { name: "released", given: { releases: { v1: V1 } }, want: "targets/releases" },
    { name: "in targets where there are no releases", given: { targets: { v1: V1 } }, want: "targets" },
    {
      name: "in targets where releases lack the tag",
      given: { targets: { v1: V1 }, releases: { v2: V2 } },
      want: "targets",
    },
    {
      name: "released beside an older target",
      given: { targets: { v1: V2 }, releases: { v1: V1 } },
      want: "targets/releases",
    },
    {
      name: "a digest that some tag has",
      given: { releases: { v1: V1, latest: V2 } },
      image: `${GUN}@${V1}`,
      want: "targets/releases",
    },
    { name: "the implied tag", given: { releases: { latest: V1 } }, image: GUN, want: "targets/releases" },
  ])("$name", ({ given, image = `${GUN}:v1`, digest = V1, want }) => {
    expect(verdict(judge(given, image, digest))).toBe(want);
  });

  it("names the key that signed and what was checked", () => {
    const { signatures, validUntil } = judge({ releases: { v1: V1 } }, `${GUN}:v1`, V1);
    expect(signatures).toEqual([
      {
        kind: "notary",
        identity: "targets/releases",
        keyId: releaser.id,
        location: "server",
        checks: ["root-first-use", "rotation", "threshold", "signature", "rollback", "expiry", "digest"],
      },
    ]);
    expect(validUntil).toBe("2027-01-01T00:00:00.123Z");
  });
});

describe("an image with named signers", () => {
  const released = { releases: { v1: V1 } };

  it.each<{
    readonly name: string;
    readonly given: Given;
    readonly signers: () => NotaryRequirement["signers"];
    readonly want: string;
  }>([
    { name: "no role of that name", given: released, signers: () => [signer("alice", alice)], want: "TARGET_MISSING" },
    {
      name: "a name that can be no role",
      given: released,
      signers: () => [signer("../releases", releaser)],
      want: "TARGET_MISSING",
    },
    {
      name: "the name of a signer with another key",
      given: { ...released, alice: { v1: V1 } },
      signers: () => [signer("alice", bob)],
      want: "KEY_MISMATCH",
    },
    {
      name: "a key that is none",
      given: { ...released, alice: { v1: V1 } },
      signers: () => [{ name: "alice", publicKey: "key" }],
      want: "TRUST_MATERIAL_INVALID",
    },
    {
      name: "the signer has not signed the tag",
      given: { ...released, alice: { v2: V1 } },
      signers: () => [signer("alice", alice)],
      want: "TARGET_MISSING",
    },
    {
      name: "the signer may not sign the tag",
      given: { ...released, alice: { v1: V1 }, alicePaths: ["w"] },
      signers: () => [signer("alice", alice)],
      want: "TARGET_MISSING",
    },
    {
      name: "the signer signed an older digest",
      given: { ...released, alice: { v1: V2 } },
      signers: () => [signer("alice", alice)],
      want: "SIGNERS_DISAGREE",
    },
    {
      name: "one of two signers is missing",
      given: { ...released, alice: { v1: V1 } },
      signers: () => [signer("alice", alice), signer("bob", bob)],
      want: "TARGET_MISSING",
    },
    {
      name: "the signer signed and nothing was released",
      given: { alice: { v1: V1 } },
      signers: () => [signer("alice", alice)],
      want: "TARGET_MISSING",
    },
    {
      name: "the signer signed the image and released is another one",
      given: { releases: { v1: V2 }, alice: { v1: V1 } },
      signers: () => [signer("alice", alice)],
      want: "DIGEST_MISMATCH",
    },
    {
      name: "another key and no signature for the tag",
      given: { ...released, alice: { v2: V1 } },
      signers: () => [signer("alice", bob)],
      want: "TARGET_MISSING",
    },
    {
      name: "a signer that is missing, and one with another key",
      given: { ...released, bob: { v1: V1 } },
      signers: () => [signer("alice", alice), signer("bob", alice)],
      want: "KEY_MISMATCH",
    },
    {
      name: "all of them signed",
      given: { ...released, alice: { v1: V1 }, bob: { v1: V1 } },
      signers: () => [signer("alice", alice), signer("bob", bob)],
      want: "targets/alice targets/bob",
    },
    {
      name: "a certificate of the signer's key",
      given: { ...released, alice: { v1: V1 } },
      signers: () => [signer("alice", aliceCertificate, true)],
      want: "targets/alice",
    },
  ])("$name", ({ given, signers, want }) => {
    expect(verdict(judge(given, `${GUN}:v1`, V1, signers()))).toBe(want);
  });

  it("who is missing is named, and nobody where the tag itself is not signed", () => {
    const signers = [signer("alice", alice), signer("bob", bob)];
    const { problems } = judge({ ...released, alice: { v1: V1 } }, `${GUN}:v1`, V1, signers);
    expect(problems).toMatchObject([{ code: "TARGET_MISSING", missingSigner: "bob" }]);
    expect(judge(released, `${GUN}:v2`, V1, signers).problems[0]).not.toHaveProperty("missingSigner");
  });

  it("a digest is judged by a tag that all of them signed", () => {
    const given = { releases: { a: V1, b: V1 }, alice: { b: V1 } };
    expect(verdict(judge(given, `${GUN}@${V1}`, V1, [signer("alice", alice)]))).toBe("targets/alice");
    expect(verdict(judge({ ...given, alice: { c: V1 } }, `${GUN}@${V1}`, V1, [signer("alice", alice)]))).toBe(
      "TARGET_MISSING",
    );
  });
});
