// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { PolicyException } from "#policy";
import {
  type AdmissionWorld,
  ask,
  image,
  patchOf,
  pinned,
  pod,
  request,
  useAdmissionWorld,
  workload,
} from "../../../../test/support/admission-world.ts";

const CONTROLLER = { username: "system:serviceaccount:kube-system:replicaset-controller" };
const OWNER = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d", uid: "rs-1", controller: true };

const place = useAdmissionWorld();
let world: AdmissionWorld;
beforeEach(() => {
  world = place.current;
});

function owned(object: object, reference: object = OWNER): object {
  return { ...object, metadata: { name: "web-5d-x", namespace: "team", ownerReferences: [reference] } };
}

function byController(object: object, changes: object = {}): object {
  return request(object, { userInfo: CONTROLLER, ...changes });
}

/** What a registry that is down makes of an image that was allowed. */
function becomeUndecided(name: string): void {
  world.outcomes.delete(digestOf(name));
}

async function passes(): Promise<string> {
  return await world.metrics.getSingleMetricAsString("haechi_admission_passes_total");
}

describe("an owner that was admitted", () => {
  async function admit(object = owned(pod(image("good"))), changes: object = {}): Promise<void> {
    await world.start();
    expect((await ask(world, byController(object, changes))).allowed).toBe(true);
  }

  it.each<{ readonly name: string; readonly asked: () => object; readonly before?: () => Promise<void> }>([
    {
      name: "does not help a Pod of a user who names the uid",
      asked: () => request(owned(pod(image("good")))),
    },
    {
      name: "does not help a Pod whose user only is called like the controller",
      asked: () =>
        request(owned(pod(image("good"))), {
          userInfo: { username: "system:serviceaccount:team:replicaset-controller" },
        }),
    },
    {
      name: "does not help another image in the same place",
      asked: () => byController(owned(pod(image("bad")))),
    },
    {
      name: "does not help one image more",
      asked: () => byController(owned(pod(image("good"), image("good")))),
    },
    {
      name: "does not help the same image in another place",
      asked: () => {
        const spec = { initContainers: [{ name: "c0", image: image("good") }] };
        return byController(owned({ apiVersion: "v1", kind: "Pod", spec }));
      },
    },
    {
      name: "does not help in another namespace",
      asked: () => byController(owned(pod(image("good"))), { namespace: "other" }),
    },
    {
      name: "does not help another uid",
      asked: () => byController(owned(pod(image("good")), { ...OWNER, uid: "rs-2" })),
    },
    {
      name: "does not help a foreign kind of the same name",
      asked: () => byController(owned(pod(image("good")), { ...OWNER, apiVersion: "evil.example/v1" })),
    },
    {
      name: "does not help when it does not control",
      asked: () => byController(owned(pod(image("good")), { ...OWNER, controller: false })),
    },
    {
      name: "does not help an update",
      asked: () => byController(owned(pod(image("good"))), { operation: "UPDATE", oldObject: pod(image("bad")) }),
    },
    {
      name: "does not help another digest in the place of the recorded one",
      asked: () => byController(owned(pod(pinned("bad")))),
    },
  ])("$name", async ({ asked }) => {
    await admit();
    for (const name of ["good", "bad"]) {
      world.outcomes.set(digestOf(name), "deny");
    }
    const response = await ask(world, asked());
    expect([response.allowed, response.status?.code]).toEqual([false, 403]);
    expect(await passes()).not.toContain("} ");
  });

  it.each<{ readonly name: string; readonly first: () => object; readonly prepare?: () => void }>([
    {
      name: "by a user who only names the uid",
      first: () => request(owned(pod(image("good")))),
    },
    {
      name: "in warn mode",
      prepare: () => {
        world.mode = "warn";
      },
      first: () => byController(owned(pod(image("good")))),
    },
    {
      name: "in a dry run",
      first: () => byController(owned(pod(image("good"))), { dryRun: true }),
    },
    {
      name: "while nobody could tell, by admission.failure allow",
      prepare: () => {
        world.failure = "allow";
        becomeUndecided("good");
      },
      first: () => byController(owned(pod(image("good")))),
    },
  ])("is none that was admitted $name", async ({ first, prepare }) => {
    prepare?.();
    await world.start();
    expect((await ask(world, first())).allowed).toBe(true);
    expect(world.admissions.owners).toEqual([]);
  });

  it("is none when one of its images was denied", async () => {
    await world.start();
    expect((await ask(world, byController(owned(pod(image("good"), image("bad")))))).allowed).toBe(false);
    expect(world.admissions.owners).toEqual([]);
  });

  it("is none that an exception let pass, since exceptions end", async () => {
    world.exceptionsUsed = [{ name: "e", until: "2100-01-01T00:00:00Z", exempted: ["VULNERABILITY CVE-1"] }];
    await world.start();
    expect((await ask(world, byController(owned(pod(image("good")))))).allowed).toBe(true);
    expect([world.admissions.owners, world.admissions.known]).toEqual([[], []]);
  });

  it("is none by the warning on its controller", async () => {
    await world.start();
    await ask(world, workload("ReplicaSet", "apps/v1/replicasets", pod(image("good"))));
    expect([world.admissions.owners, world.admissions.known]).toEqual([[], []]);
  });

  it.each(["deny", "undecided"] as const)(
    "lets its Pods pass that come to %s now, with the digest of then",
    async (now) => {
      await admit();
      world.outcomes.set(digestOf("good"), now);
      world.tags.set("team/app:good", digestOf("bad"));
      const response = await ask(world, byController(owned(pod(image("good")))));
      expect(response.allowed).toBe(true);
      expect(patchOf(response)).toMatchObject([{ value: pinned("good") }, {}]);
      expect(response.warnings?.join()).toContain("was admitted before with the same images");
      expect(world.decisions.at(-1)).toMatchObject({ passedAs: "owner", kind: "Pod", operation: "CREATE" });
      expect(await passes()).toContain('as="owner"} 1');
      // The last webhook and a second round of the first see the digest.
      const final = byController(owned(pod(pinned("good"))));
      expect((await ask(world, final, "/validate")).allowed).toBe(true);
      expect((await ask(world, final, "/admit")).allowed).toBe(true);
      // A tag that somebody put back is no digest.
      world.outcomes.set(digestOf("good"), "allow");
      world.tags.set("team/app:good", digestOf("good"));
      const swapped = await ask(world, byController(owned(pod(image("good")))), "/validate");
      expect(swapped.status?.details?.causes[0]?.reason).toBe("DIGEST_REQUIRED");
    },
  );

  it("counts for others than the controller when the API server shows it, with its uid and its images", async () => {
    const replicaSet = {
      metadata: { name: "web-5d", uid: "rs-1" },
      spec: { template: { spec: { containers: [{ name: "c0", image: image("good") }] } } },
    };
    let shown: object | Error = replicaSet;
    world.client = {
      get: () => (shown instanceof Error ? Promise.reject(shown) : Promise.resolve(shown as never)),
    };
    await admit();
    world.outcomes.set(digestOf("good"), "deny");
    const asked = request(owned(pod(image("good"))), { userInfo: { username: "other-controller" } });
    for (const changed of [
      { ...replicaSet, metadata: { ...replicaSet.metadata, uid: "rs-2" } },
      { ...replicaSet, spec: { template: { spec: { containers: [{ name: "c0", image: image("bad") }] } } } },
      { ...replicaSet, spec: {} },
      new Error("not found"),
    ]) {
      shown = changed;
      expect((await ask(world, asked)).allowed).toBe(false);
    }
    shown = replicaSet;
    expect((await ask(world, asked)).allowed).toBe(true);
  });

  it("answers while judging takes long", async () => {
    await admit();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.scanEnds = promise;
    world.outcomes.delete(digestOf("good"));
    world.pending.add(digestOf("good"));
    const response = await ask(world, byController(owned(pod(image("good")))));
    expect([response.allowed, patchOf(response)]).toMatchObject([true, [{ value: pinned("good") }, {}]]);
    resolve();
  });

  it("passes nothing when the database does not answer", async () => {
    await admit();
    world.outcomes.set(digestOf("good"), "deny");
    world.admissions.failure = new Error("down");
    expect((await ask(world, byController(owned(pod(image("good")))))).allowed).toBe(false);
  });

  it("is not looked up while its images are allowed", async () => {
    await admit();
    await ask(world, byController(owned(pod(image("good")))));
    expect(world.admissions.lookUps).toBe(0);
  });
});

describe("an image that is known", () => {
  beforeEach(() => {
    world.failure = "allowIfKnown";
  });

  async function undecidedAfter(first: object, next = () => request(pod(image("good")))): Promise<boolean> {
    await world.start();
    await ask(world, first);
    becomeUndecided("good");
    const response = await ask(world, next());
    if (!response.allowed) {
      expect(response.status?.code).toBe(503);
    }
    return response.allowed;
  }

  it.each<{
    readonly name: string;
    readonly first?: () => object;
    readonly next?: () => object;
    readonly prepare?: () => void;
  }>([
    { name: "in another namespace only", next: () => request(pod(image("good")), { namespace: "other" }) },
    { name: "by another name", next: () => request(pod("localhost:5000/team/app:good")) },
    { name: "from a dry run only", first: () => request(pod(image("good")), { dryRun: true }) },
    { name: "from a Pod that was refused", first: () => request(pod(image("good"), image("bad"))) },
    {
      name: "from warn mode only",
      prepare: () => {
        world.mode = "warn";
      },
      next: () => {
        world.mode = "enforce";
        return request(pod(image("good")));
      },
    },
    {
      name: "from a controller that was only warned about",
      first: () => workload("Deployment", "apps/v1/deployments", pod(image("good"))),
    },
    {
      name: "by an exception",
      prepare: () => {
        world.exceptionsUsed = [{ name: "e", until: "2100-01-01T00:00:00Z", exempted: [] }];
      },
    },
  ])("does not pass when it was admitted $name", async ({ first, next, prepare }) => {
    prepare?.();
    expect(await undecidedAfter(first?.() ?? request(pod(image("good"))), next)).toBe(false);
  });

  it("does not pass under other policies", async () => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    becomeUndecided("good");
    const others = world.admissions.known.map((known) => ({ ...known, policyGeneration: "0123456789abcdef" }));
    world.admissions.known.splice(0, others.length, ...others);
    expect((await ask(world, request(pod(image("good"))))).allowed).toBe(false);
  });

  it.each([
    { name: "its name", denied: () => pod(image("good")) },
    { name: "its digest, by another name", denied: () => pod("localhost:5000/team/app:good") },
  ])("does not pass once $name was denied, until it is admitted again", async ({ denied }) => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    world.outcomes.set(digestOf("good"), "deny");
    expect((await ask(world, request(denied()))).allowed).toBe(false);
    becomeUndecided("good");
    world.aheadMs += 1;
    expect((await ask(world, request(pod(image("good"))))).allowed).toBe(false);
    world.outcomes.set(digestOf("good"), "allow");
    world.aheadMs += 1_000;
    await ask(world, request(pod(image("good"))));
    becomeUndecided("good");
    expect((await ask(world, request(pod(image("good"))))).allowed).toBe(true);
  });

  it("does not pass when it is denied: known answers for what nobody can tell", async () => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    world.outcomes.set(digestOf("good"), "deny");
    expect((await ask(world, request(pod(image("good"))))).status?.code).toBe(403);
  });

  it("passes, pinned to the digest of then, with a warning and a count, and does not make itself known again", async () => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    const { length } = world.admissions.known;
    becomeUndecided("good");
    world.databaseFailure = new Error("down");
    world.aheadMs = 10_000;
    const response = await ask(world, request(pod(image("good"))));
    expect([response.allowed, patchOf(response)]).toMatchObject([true, [{ value: pinned("good") }, {}]]);
    expect(response.warnings?.join()).toContain("within the last 24 hours");
    expect(world.decisions.at(-1)).toMatchObject({ outcome: "undecided", passedAs: "known" });
    expect(await passes()).toContain('as="known"} 1');
    expect(world.admissions.known).toHaveLength(length);
  });

  it("passes the last webhook as well", async () => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    await ask(world, request(pod(pinned("good"))), "/validate");
    becomeUndecided("good");
    expect((await ask(world, request(pod(pinned("good"))), "/validate")).allowed).toBe(true);
  });

  it("does not pass the last webhook by its tag: a later webhook put it back, and nobody knows what it names now", async () => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    world.databaseFailure = new Error("down");
    world.aheadMs = 10_000;
    const swapped = await ask(world, request(pod(image("good"))), "/validate");
    expect([swapped.allowed, swapped.status?.code]).toEqual([false, 503]);
    expect((await ask(world, request(pod(image("good"))), "/admit")).allowed).toBe(true);
  });

  it("is asked about only when nobody can tell, and only where that is the setting", async () => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    await ask(world, request(pod(image("bad"))));
    expect(world.admissions.lookUps).toBe(0);
  });
});

it("an exception for a workload counts for the Pods of its controller alone", async () => {
  const exception: PolicyException = {
    name: "e",
    subject: { workloads: [{ kind: "Deployment", name: "web" }] },
    findings: { rules: ["VULNERABILITY"] },
    reason: "r",
    requester: "a",
    approver: "b",
    until: "2100-01-01T00:00:00Z",
  };
  world.exceptions = [exception];
  const template = { spec: { containers: [{ name: "c0", image: image("good") }] } };
  const above = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "d-1", controller: true };
  const objects: Record<string, object> = {
    "web-5d": { metadata: { name: "web-5d", uid: "rs-1", ownerReferences: [above] }, spec: { template } },
    web: { metadata: { name: "web", uid: "d-1" }, spec: { template } },
    // Anybody may make a ReplicaSet that names a Deployment.
    "web-evil": {
      metadata: { name: "web-evil", uid: "rs-2", ownerReferences: [above] },
      spec: { template: { spec: { containers: [{ name: "c0", image: image("bad") }] } } },
    },
  };
  world.client = {
    get: ({ name = "" }) => Promise.resolve(objects[name] as never),
  };
  await world.start();
  await ask(world, byController(owned(pod(image("good")))));
  await ask(world, byController(owned(pod(image("good")), { ...OWNER, name: "web-evil", uid: "rs-2" })));
  await ask(world, request(owned(pod(image("good")))));
  await ask(world, workload("Deployment", "apps/v1/deployments", pod(image("good"))));
  // What was the Deployment's template may be another one now: its uid stays.
  objects["web-5d"] = {
    ...objects["web-5d"],
    spec: { template: { spec: { containers: [{ name: "c0", image: image("bad") }] } } },
  };
  await ask(world, byController(owned(pod(image("bad")))));
  expect(world.workloads).toEqual([
    { kind: "Deployment", name: "web" },
    { kind: "ReplicaSet", name: "web-evil" },
    { kind: "Pod", name: "web" },
    { kind: "Deployment", name: "web" },
    { kind: "ReplicaSet", name: "web-5d" },
  ]);
});
