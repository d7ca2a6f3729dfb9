// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { type PolicyDocument, parsePolicyDocuments } from "#policy";
import {
  type AdmissionWorld,
  ask,
  image,
  OURS,
  patchOf,
  pinned,
  pod,
  request,
  useAdmissionWorld,
} from "../../../../test/support/admission-world.ts";

const place = useAdmissionWorld();
let world: AdmissionWorld;
beforeEach(() => {
  world = place.current;
});

describe("a Pod", () => {
  it("with a good image is allowed and pinned, and the tag is noted", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("good"))));
    expect(response).toMatchObject({ allowed: true, patchType: "JSONPatch" });
    expect(response.warnings).toBeUndefined();
    expect(patchOf(response)).toEqual([
      { op: "replace", path: "/spec/containers/0/image", value: pinned("good") },
      {
        op: "add",
        path: "/metadata/annotations",
        value: { "haechi.dev/original-images": JSON.stringify({ c0: image("good") }) },
      },
    ]);
    expect(world.decisions).toMatchObject([
      {
        gate: "admission",
        actor: "alice",
        reference: image("good"),
        digest: digestOf("good"),
        namespace: "team",
        outcome: "allow",
      },
    ]);
  });

  it("with a bad image is denied with image, reason, evidence, fix and policy", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("good"), image("bad"))));
    expect(response).toMatchObject({ allowed: false, status: { code: 403, reason: "Forbidden" } });
    expect(response.patch).toBeUndefined();
    expect(response.status?.message.split("\n")).toEqual([
      "Haechi refused this Pod: 1 of its 2 images may not run.",
      `c1: ${image("bad")} is denied.`,
      "- left-pad 1.0.0 has CVE-2026-1 (high). It is fixed in 1.0.1: update the package or the base image, and rebuild.",
      "Decided by ClusterImagePolicy p, repository *.",
      `The whole report, with files, layers and fixes: haechi scan ${image("bad")}`,
    ]);
    expect(response.status?.details?.causes).toMatchObject([
      { reason: "VULNERABILITY", field: "/spec/containers/1/image" },
    ]);
  });

  it("names every image that fails, wherever it is", async () => {
    await world.start();
    const object = {
      metadata: {},
      spec: {
        initContainers: [{ name: "i", image: image("bad") }],
        containers: [{ name: "c", image: image("good") }],
        ephemeralContainers: [{ name: "e", image: image("unknown") }],
        volumes: [
          { name: "v", image: { reference: image("bad") } },
          { name: "w", emptyDir: {} },
        ],
      },
    };
    const response = await ask(world, request(object));
    expect(response.status?.details?.causes.map((cause) => [cause.field, cause.reason])).toEqual([
      ["/spec/initContainers/0/image", "VULNERABILITY"],
      ["/spec/volumes/0/image/reference", "VULNERABILITY"],
      ["/spec/ephemeralContainers/0/image", "SCAN_MISSING"],
    ]);
  });

  it("that cannot be judged is refused without calling it a denial", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("unknown"))));
    expect(response).toMatchObject({ allowed: false, status: { code: 503, reason: "ServiceUnavailable" } });
    expect(response.status?.message).toMatch(/^Haechi cannot tell whether this Pod may run/);
    expect(response.status?.message).not.toMatch(/is denied/);
    expect(await world.metrics.getSingleMetricAsString("haechi_admission_undecided_total")).toContain(
      'reason="SCAN_MISSING",failure="deny"} 1',
    );
  });

  it("that cannot be judged passes with a warning where configuration says so", async () => {
    world.failure = "allow";
    await world.start();
    const response = await ask(world, request(pod(image("unknown"))));
    expect(response.allowed).toBe(true);
    expect(response.warnings?.[0]).toMatch(/cannot tell whether .* may run, and let it pass/);
    expect(patchOf(response)).toContainEqual(expect.objectContaining({ value: pinned("unknown") }));
    expect(await world.metrics.getSingleMetricAsString("haechi_admission_reviews_total")).toContain(
      'outcome="undecided"} 1',
    );
  });

  it.each(["deny", "allow", "allowIfKnown"] as const)(
    "that the scanner cannot judge is refused with admission.failure %s, and not as a denial",
    async (failure) => {
      world.failure = failure;
      await world.start();
      // It was admitted before, and what is known of it now is other than then.
      world.outcomes.set(digestOf("unknown"), "allow");
      expect((await ask(world, request(pod(image("unknown"))))).allowed).toBe(true);
      world.outcomes.delete(digestOf("unknown"));
      world.undecidedCode = "DISTRIBUTION_UNKNOWN";
      const response = await ask(world, request(pod(image("unknown"))));
      expect(response).toMatchObject({ allowed: false, status: { code: 503, reason: "ServiceUnavailable" } });
      expect(response.status?.message).toMatch(/scan\.unsupported: allow/);
      expect(response.status?.message).not.toMatch(/is denied/);
      expect(world.decisions.at(-1)).toMatchObject({ outcome: "undecided" });
      expect(world.decisions.at(-1)).not.toHaveProperty("passedAs");
      expect(await world.metrics.getSingleMetricAsString("haechi_admission_undecided_total")).toContain(
        'reason="DISTRIBUTION_UNKNOWN",failure="deny"} 1',
      );
    },
  );

  it("is denied even so when another image is bad", async () => {
    world.failure = "allow";
    await world.start();
    expect(await ask(world, request(pod(image("unknown"), image("bad"))))).toMatchObject({
      allowed: false,
      status: { code: 403 },
    });
  });

  it("with an image that is being scanned waits for the scan", async () => {
    await world.start();
    expect(await ask(world, request(pod(image("pending"))), "/admit?timeout=10s")).toMatchObject({ allowed: true });
    expect(world.waits).toEqual([digestOf("pending")]);
  });

  it.each([
    { name: "of another registry", reference: "quay.io/team/app:1", want: "IMAGE_UNKNOWN", code: 503 },
    { name: "of Docker Hub", reference: "nginx", want: "IMAGE_UNKNOWN", code: 503 },
    {
      name: "of our host at another port",
      reference: "registry.example/team/app:good",
      want: "IMAGE_UNKNOWN",
      code: 503,
    },
    { name: "that was not pushed", reference: image("absent"), want: "IMAGE_UNKNOWN", code: 503 },
    { name: "that is no reference", reference: "Not A Reference", want: "REFERENCE_INVALID", code: 403 },
    { name: "with a broken digest", reference: `${OURS}/team/app@sha256:abc`, want: "REFERENCE_INVALID", code: 403 },
  ])("with an image $name is not let through", async ({ reference, want, code }) => {
    await world.start();
    const response = await ask(world, request(pod(reference)));
    expect(response).toMatchObject({ allowed: false, status: { code, details: { causes: [{ reason: want }] } } });
  });

  describe("under a policy of CISE that asks for trust", () => {
    function trustPolicy(trust: string): readonly PolicyDocument[] {
      const document = `apiVersion: securityenforcement.admission.cloud.ibm.com/v1beta1
kind: ClusterImagePolicy
metadata: {name: trusted}
spec: {repositories: [{name: "*", policy: {trust: ${trust}, va: {enabled: true}}}]}
`;
      return parsePolicyDocuments(document, "cise.yaml").documents;
    }

    it.each(["deny", "allow"] as const)(
      "is denied with an image of a registry that has no trust service, in the words of CISE (failure: %s)",
      async (failure) => {
        world.failure = failure;
        world.policies = trustPolicy("{enabled: true}");
        await world.start();
        const response = await ask(world, request(pod("icr.example/team/app:1")));
        expect(response).toMatchObject({ allowed: false, status: { code: 403 } });
        expect(response.status?.message).toBe("Trust is not supported for images from this registry");
        expect(response.status?.details?.causes.map(({ reason }) => reason)).toEqual([
          "TRUST_NOT_SUPPORTED",
          "IMAGE_UNKNOWN",
        ]);
      },
    );

    it.each([
      { name: "of Docker Hub", reference: "nginx", trust: "{enabled: true}" },
      { name: "of Quay", reference: "quay.io/a/b", trust: "{enabled: true}" },
      {
        name: "of a registry with a server by configuration",
        reference: "notary.example/a/b",
        trust: "{enabled: true}",
      },
      {
        name: "of any registry where the policy names the server",
        reference: "icr.example/a/b",
        trust: '{enabled: true, trustServer: "https://trust.example"}',
      },
      { name: "of ours that was not pushed", reference: image("absent"), trust: "{enabled: true}" },
      { name: "of any registry where trust is off", reference: "icr.example/a/b", trust: "{enabled: false}" },
    ])("nobody can tell about an image $name", async ({ reference, trust }) => {
      world.policies = trustPolicy(trust);
      await world.start();
      const response = await ask(world, request(pod(reference)));
      expect(response).toMatchObject({
        allowed: false,
        status: { code: 503, details: { causes: [{ reason: "IMAGE_UNKNOWN" }] } },
      });
    });
  });

  it("knows our registry by each of its names, and pins by the name that was used", async () => {
    await world.start();
    const response = await ask(world, request(pod("LOCALHOST:5000/team/app:good")));
    expect(patchOf(response)).toContainEqual(
      expect.objectContaining({ value: `localhost:5000/team/app@${digestOf("good")}` }),
    );
  });

  it("asks nothing about an image that policy lets through unchecked", async () => {
    world.policies = [{ kind: "ClusterImagePolicy", name: "open", repositories: [{ name: "*" }] }];
    world.databaseFailure = new Error("down");
    await world.start();
    const response = await ask(world, request(pod(image("bad"), "quay.io/a/b")));
    expect(response).toEqual({ uid: "u1", allowed: true });
    expect(world.questions).toEqual([]);
  });

  it("without any policy is denied", async () => {
    world.policies = [];
    await world.start();
    const response = await ask(world, request(pod("quay.io/a/b")));
    expect(response).toMatchObject({
      allowed: false,
      status: { code: 403, details: { causes: [{ reason: "NO_POLICY" }] } },
    });
  });

  it.each(["database", "judge"] as const)("is undecided when the %s fails, and the log says why", async (part) => {
    world[part === "database" ? "databaseFailure" : "judgeFailure"] = new Error("connection refused");
    await world.start();
    const response = await ask(world, request(pod(image("good"))));
    expect(response).toMatchObject({ status: { code: 503, details: { causes: [{ reason: "LOOKUP_FAILED" }] } } });
    expect(JSON.stringify(response)).not.toContain("connection refused");
    expect(world.logged.join()).toContain("connection refused");
  });

  it("in warn mode passes with a warning, and is recorded as what it is", async () => {
    world.mode = "warn";
    await world.start();
    const response = await ask(world, request(pod(image("bad"))));
    expect(response.allowed).toBe(true);
    expect(response.warnings?.[0]).toMatch(/breaks policy, which only warns so far: left-pad 1\.0\.0 has CVE-2026-1/);
    expect(world.decisions).toMatchObject([{ outcome: "deny" }]);
  });

  it("in audit mode passes in silence, and is recorded as what it is", async () => {
    world.mode = "audit";
    await world.start();
    const response = await ask(world, request(pod(image("bad"))));
    expect(response).toMatchObject({ allowed: true });
    expect(response.warnings).toBeUndefined();
    expect(world.decisions).toMatchObject([{ outcome: "deny" }]);
  });

  it("is not pinned when the policy says so", async () => {
    world.mutateImage = false;
    await world.start();
    expect(await ask(world, request(pod(image("good"))))).toEqual({ uid: "u1", allowed: true });
  });

  it("that names digests stays as it is", async () => {
    await world.start();
    const tagged = `${image("other")}@${digestOf("good")}`;
    expect(await ask(world, request(pod(pinned("good"), tagged)))).toEqual({ uid: "u1", allowed: true });
    expect(world.questions.filter((each) => each.startsWith("tag"))).toEqual([]);
  });

  it("of a dry run is judged and pinned but not recorded", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("good")), { dryRun: true }));
    expect(patchOf(response)).toBeDefined();
    expect(world.decisions).toEqual([]);
  });

  it("without images, or with blank ones, is allowed", async () => {
    await world.start();
    expect(await ask(world, request(pod()))).toEqual({ uid: "u1", allowed: true });
    expect(await ask(world, request(pod("", " \t")))).toEqual({ uid: "u1", allowed: true });
  });

  it("with too many images is refused", async () => {
    await world.start();
    const images = Array.from({ length: 501 }, (_, at) => `${OURS}/team/app${at}`);
    expect(await ask(world, request(pod(...images)))).toMatchObject({ allowed: false });
    expect(world.questions).toEqual([]);
  });

  it("is told in Korean where that is configured", async () => {
    world.language = "ko";
    await world.start();
    const response = await ask(world, request(pod(image("bad"))));
    expect(response.status?.message).toMatch(/거부했습니다[^]*left-pad 1\.0\.0 패키지에 CVE-2026-1 취약점이 있습니다/);
  });

  it("is judged by its namespace", async () => {
    await world.start();
    await ask(world, request(pod(image("good")), { namespace: "other" }));
    expect(world.questions).toContain(`judge ${image("good")} other`);
  });

  it("keeps earlier notes and annotations", async () => {
    await world.start();
    const annotations = { a: "b", "haechi.dev/original-images": JSON.stringify({ old: "x", c0: "y" }) };
    const object = { ...pod(image("good")), metadata: { annotations } };
    expect(patchOf(await ask(world, request(object)))).toContainEqual({
      op: "add",
      path: "/metadata/annotations/haechi.dev~1original-images",
      value: JSON.stringify({ old: "x", c0: image("good") }),
    });
  });
});

describe("a tag", () => {
  it("is looked up once until something is pushed", async () => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    await ask(world, request(pod(image("good"))));
    expect(world.questions.filter((each) => each.startsWith("tag"))).toHaveLength(1);
    world.tags.set("team/app:good", digestOf("bad"));
    for (const tell of world.subscribers) {
      tell({ type: "image-pushed", repository: "team/app", tag: "good", digest: digestOf("bad") });
    }
    expect(await ask(world, request(pod(image("good"))))).toMatchObject({ allowed: false });
  });
});

describe("an update", () => {
  it.each([
    {
      name: "of a Pod with the same images passes",
      before: pod(image("bad")),
      after: pod(image("bad")),
      allowed: true,
    },
    { name: "that changes an image is judged", before: pod(image("good")), after: pod(image("bad")), allowed: false },
    {
      name: "that adds an image is judged",
      before: pod(image("bad")),
      after: pod(image("bad"), image("unknown")),
      allowed: false,
    },
    { name: "without the object before is judged", before: null, after: pod(image("bad")), allowed: false },
  ])("$name", async ({ before, after, allowed }) => {
    await world.start();
    expect((await ask(world, request(after, { operation: "UPDATE", oldObject: before }))).allowed).toBe(allowed);
  });

  it("of the status passes", async () => {
    await world.start();
    const object = pod(image("bad"));
    const changes = { operation: "UPDATE", oldObject: object, subResource: "status" };
    expect(await ask(world, request(object, changes))).toEqual({ uid: "u1", allowed: true });
  });

  it("that adds an ephemeral container is judged, that one alone", async () => {
    await world.start();
    const before = pod(image("bad")) as { readonly spec: object };
    const after = {
      ...before,
      spec: { ...before.spec, ephemeralContainers: [{ name: "debug", image: image("good") }] },
    };
    const changes = { operation: "UPDATE", oldObject: before, subResource: "ephemeralcontainers" };
    const response = await ask(world, request(after, changes));
    expect(patchOf(response)).toContainEqual({
      op: "replace",
      path: "/spec/ephemeralContainers/0/image",
      value: pinned("good"),
    });
    after.spec.ephemeralContainers[0] = { name: "debug", image: image("bad") };
    const unknown = {
      ...after,
      spec: { ...after.spec, ephemeralContainers: [{ name: "debug", image: image("unknown") }] },
    };
    expect(await ask(world, request(unknown, changes))).toMatchObject({ allowed: false });
  });

  it.each(["DELETE", "CONNECT"])("%s passes", async (operation) => {
    await world.start();
    expect(await ask(world, request(null, { operation, oldObject: pod(image("bad")) }))).toEqual({
      uid: "u1",
      allowed: true,
    });
  });
});
