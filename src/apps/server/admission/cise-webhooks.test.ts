// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { type PolicyDocument, parsePolicyDocuments, type Reason, type Verdict } from "#policy";
import {
  type AdmissionWorld,
  ask,
  image,
  patchOf,
  pinned,
  pod,
  request,
  useAdmissionWorld,
} from "../../../../test/support/admission-world.ts";
import { partOf } from "./webhook.ts";

const place = useAdmissionWorld();
let world: AdmissionWorld;
beforeEach(() => {
  world = place.current;
});

function policies(apiVersion: string, entry: string): readonly PolicyDocument[] {
  return parsePolicyDocuments(
    `apiVersion: ${apiVersion}\nkind: ClusterImagePolicy\nmetadata: {name: p}\nspec: {repositories: [${entry}]}\n`,
    "test",
  ).documents;
}

const CISE = "securityenforcement.admission.cloud.ibm.com/v1beta1";
const PORTIERIS = "portieris.cloud.ibm.com/v1";
const VULNERABILITY: Reason = {
  code: "VULNERABILITY",
  effect: "deny",
  params: { id: "CVE-1", severity: "high", package: "p", version: "1", fixed: "" },
};
const UNSIGNED: Reason = {
  code: "SIGNATURE_MISSING",
  effect: "deny",
  params: { field: "trust", method: "notary", requirement: "trust" },
};
const PENDING: Reason = { code: "SCAN_PENDING", effect: "undecided", params: {} };
const MORE: Reason = { code: "MORE_REASONS", effect: "deny", params: { count: 3 } };

function verdict(outcome: Verdict["outcome"], ...reasons: readonly Reason[]): Verdict {
  return { outcome, reasons, mode: "enforce", mutateImage: true };
}

describe("of a verdict each of the two webhooks acts on its own part", () => {
  it.each([
    { name: "a scan", whole: verdict("deny", VULNERABILITY), trust: "allow", va: "deny" },
    { name: "a signature", whole: verdict("deny", UNSIGNED), trust: "deny", va: "allow" },
    { name: "both", whole: verdict("deny", UNSIGNED, VULNERABILITY), trust: "deny", va: "deny" },
    {
      name: "a signature, with a scan that is not done",
      whole: verdict("deny", UNSIGNED, PENDING),
      trust: "deny",
      va: "undecided",
    },
    { name: "a scan that is not done", whole: verdict("undecided", PENDING), trust: "allow", va: "undecided" },
    { name: "nothing but a sum of reasons", whole: verdict("deny", MORE), trust: "deny", va: "allow" },
    { name: "no reason at all", whole: verdict("deny"), trust: "deny", va: "allow" },
    { name: "a scan and more", whole: verdict("deny", VULNERABILITY, MORE), trust: "allow", va: "deny" },
    { name: "nothing", whole: verdict("allow"), trust: "allow", va: "allow" },
  ])("$name", ({ whole, trust, va }) => {
    expect([partOf(whole, "admit/trust").outcome, partOf(whole, "admit/va").outcome]).toEqual([trust, va]);
    expect(partOf(whole, "validate")).toEqual(whole);
    // Nothing that is held back passes both.
    expect(whole.outcome !== "allow" && trust === "allow" && va === "allow").toBe(false);
  });
});

describe("the texts of Container Image Security Enforcement", () => {
  async function message(path: string, reference: string): Promise<string | undefined> {
    const response = await ask(world, request(pod(reference)), path);
    return response.allowed ? undefined : response.status?.message;
  }

  it.each([
    { name: "no policy", policies: [] },
    { name: "no policy that fits", policies: policies(CISE, "{name: 'other/*'}") },
    { name: "an empty list", policies: policies(CISE, "") },
  ])("$name", async (given) => {
    world.policies = given.policies;
    await world.start();
    expect([await message("/admit/trust", image("good")), await message("/admit/va", image("good"))]).toEqual([
      `Deny, no image policies or cluster polices for ${image("good")}`,
      undefined,
    ]);
  });

  it("a registry without trust", async () => {
    world.policies = policies(CISE, "{name: '*', policy: {trust: {enabled: true}}}");
    await world.start();
    expect([
      await message("/admit/trust", "quay.example/app:1"),
      await message("/admit/va", "quay.example/app:1"),
    ]).toEqual(["Trust is not supported for images from this registry", undefined]);
  });

  it("an image that nobody signed", async () => {
    world.policies = policies(CISE, "{name: '*', policy: {trust: {enabled: true}}}");
    world.reasons = [UNSIGNED];
    world.spelling = "cise";
    await world.start();
    expect([await message("/admit/trust", image("bad")), await message("/admit/va", image("bad"))]).toEqual([
      "Deny, failed to get content trust information: No valid trust data for bad",
      undefined,
    ]);
  });

  it("an image with vulnerabilities", async () => {
    world.policies = policies(CISE, "{name: '*', policy: {va: {enabled: true}}}");
    world.reasons = [VULNERABILITY];
    world.spelling = "cise";
    await world.start();
    expect([await message("/admit/trust", image("bad")), await message("/admit/va", image("bad"))]).toEqual([
      undefined,
      "The Vulnerability Advisor image scan assessment found issues with the container image that are not exempted. Refer to your image vulnerability report for more details by using the command `ibmcloud cr va`.",
    ]);
    // The last webhook refuses what neither did, whatever the first two were told.
    expect((await ask(world, request(pod(pinned("bad"))), "/validate")).allowed).toBe(false);
  });

  it("one decision is recorded for both, and only the second makes an image known", async () => {
    world.failure = "allowIfKnown";
    await world.start();
    expect(patchOf(await ask(world, request(pod(image("good"))), "/admit/trust"))).toBeDefined();
    expect([world.decisions, world.admissions.known]).toEqual([[], []]);
    await ask(world, request(pod(pinned("good"))), "/admit/va");
    expect([world.decisions.length, world.admissions.known.length]).toEqual([1, 1]);
    world.outcomes.set(digestOf("good"), "deny");
    world.reasons = [UNSIGNED];
    await ask(world, request(pod(image("good"))), "/admit/trust");
    expect([world.decisions.length, world.admissions.denied.length]).toEqual([2, 1]);
  });

  it("what is the first one's business makes no image known to the second, nor its owner admitted", async () => {
    await world.start();
    world.outcomes.set(digestOf("good"), "deny");
    world.reasons = [UNSIGNED];
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d", uid: "rs-1", controller: true };
    const metadata = { name: "web-5d-x", namespace: "team", ownerReferences: [owner] };
    const userInfo = { username: "system:serviceaccount:kube-system:replicaset-controller" };
    const asked = request({ ...pod(pinned("good")), metadata }, { userInfo });
    expect((await ask(world, asked, "/admit/va")).allowed).toBe(true);
    expect([world.admissions.known, world.admissions.owners]).toEqual([[], []]);
    world.outcomes.set(digestOf("good"), "allow");
    expect((await ask(world, asked, "/admit/va")).allowed).toBe(true);
    expect([world.admissions.known.length, world.admissions.owners.length]).toEqual([1, 1]);
  });
});

describe("the texts of Portieris", () => {
  it.each([
    {
      name: "no policy that fits",
      policies: policies(PORTIERIS, "{name: 'other/*'}"),
      reference: "registry.example:5000/team/app:good",
      text: '\nDeny "registry.example:5000/team/app:good", no matching repositories in ClusterImagePolicy and no ImagePolicies in the "team" namespace',
    },
    {
      name: "what is no reference",
      policies: policies(PORTIERIS, "{name: '*'}"),
      reference: "registry.example:5000/Team/app:1",
      text: '\nDeny "registry.example:5000/Team/app:1", invalid image name',
    },
    {
      name: "no policy where all others are of Portieris",
      policies: parsePolicyDocuments(
        `apiVersion: ${PORTIERIS}\nkind: ImagePolicy\nmetadata: {name: p, namespace: other}\nspec: {repositories: [{name: 'x'}]}\n`,
        "test",
      ).documents,
      reference: "registry.example:5000/team/app:good",
      text: '\nDeny "registry.example:5000/team/app:good", no image policies or cluster polices',
    },
    {
      name: "a registry without trust",
      policies: policies(PORTIERIS, "{name: '*', policy: {trust: {enabled: true}}}"),
      reference: "quay.example/app:1",
      text: "\ntrust: Trust Server/Image Configuration Error: no trust server could be found",
    },
  ])("$name", async ({ policies: given, reference, text }) => {
    world.policies = given;
    await world.start();
    const response = await ask(world, request(pod(reference)));
    expect(response.status?.message).toBe(text);
  });

  it("a resource that nobody can read", async () => {
    world.policies = policies(PORTIERIS, "{name: '*'}");
    await world.start();
    const asked = request(pod(image("good")), {
      kind: { group: "apps", version: "v9", kind: "Deployment" },
      resource: { group: "apps", version: "v9", resource: "deployments" },
    });
    expect((await ask(world, asked)).status?.message).toBe(
      '\nThe resource "apps/v9/deployments" is not supported. Make sure that you are using a supported kubectl version, and that you are using a supported Kubernetes workload type',
    );
  });
});
