// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { type AdmissionWorld, ask, request, useAdmissionWorld } from "../../../../test/support/admission-world.ts";

const place = useAdmissionWorld();
let world: AdmissionWorld;
/** What the Kubernetes API was asked. */
let asked: unknown[];
let answer: object | Error;
beforeEach(() => {
  world = place.current;
  asked = [];
  answer = { status: { allowed: true } };
  world.client = {
    raw: (method, path, body) => {
      asked.push([method, path, body]);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
});

const EXCEPTION = {
  apiVersion: "haechi.dev/v1",
  kind: "PolicyException",
  metadata: { name: "e", namespace: "team" },
  spec: {
    subject: { repositories: ["registry.example:5000/team/*"] },
    findings: { vulnerabilities: ["CVE-2026-1"] },
    reason: "no fix yet",
    requester: "bob",
    until: "2100-01-01T00:00:00Z",
  },
};
const APPROVED = { ...EXCEPTION, spec: { ...EXCEPTION.spec, approver: "alice" } };

interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

function write(object: Written, changes: object = {}): object {
  const [group = "", version = ""] = object.apiVersion.split("/");
  const plurals: Readonly<Record<string, string>> = {
    PolicyException: "policyexceptions",
    ImagePolicy: "imagepolicies",
    ClusterImagePolicy: "clusterimagepolicies",
  };
  return request(object, {
    kind: { group, version, kind: object.kind },
    resource: { group, version, resource: plurals[object.kind] },
    name: "e",
    userInfo: { username: "alice", uid: "7", groups: ["dev", "system:authenticated"], extra: { scopes: ["x"] } },
    ...changes,
  });
}

/** What bob asked for is approved by alice, or whoever else. */
function approve(changes: object = {}): object {
  return write(APPROVED, { operation: "UPDATE", oldObject: EXCEPTION, ...changes });
}

describe("a requester", () => {
  const bob = { userInfo: { username: "bob" } };
  const mallory = { userInfo: { username: "mallory" } };
  const wider = { ...EXCEPTION, spec: { ...EXCEPTION.spec, subject: { repositories: ["*"] } } };
  const until = (time: string) => ({ ...EXCEPTION, spec: { ...EXCEPTION.spec, until: time } });
  const requester = (name: string, object = EXCEPTION) => ({ ...object, spec: { ...object.spec, requester: name } });

  it.each<{ readonly name: string; readonly asked: () => object }>([
    { name: "is not written by another", asked: () => write(EXCEPTION, mallory) },
    { name: "is not written by another who approves it at once", asked: () => write(APPROVED) },
    { name: "does not change by an update", asked: () => update(requester("mallory"), mallory) },
    { name: "does not change while somebody approves", asked: () => update(requester("carol", APPROVED)) },
    { name: "has not asked for what somebody else widens", asked: () => update(wider, mallory) },
    {
      name: "has not asked for what somebody else widens and approves",
      asked: () => update({ ...wider, spec: { ...wider.spec, approver: "alice" } }),
    },
    { name: "has not asked for a later end", asked: () => update(until("2100-01-02T00:00:00Z"), mallory) },
    {
      name: "has not asked for what replaces an object that could not be read",
      asked: () => write(EXCEPTION, { operation: "UPDATE", oldObject: { ...EXCEPTION, spec: 1 }, ...mallory }),
    },
  ])("$name", async ({ asked: made }) => {
    await world.start();
    const response = await ask(world, made(), "/policies");
    expect([response.allowed, response.status?.code]).toEqual([false, 403]);
    expect(response.status?.message).toMatch(/^spec\.requester is \w+, and this request comes from \w+/);
    expect(asked).toEqual([]);
  });

  it("cannot approve, whoever's request it was before", async () => {
    await world.start();
    const own = requester("alice", { ...wider, spec: { ...wider.spec, approver: "alice" } } as typeof EXCEPTION);
    const response = await ask(world, update(own), "/policies");
    expect(response.status?.message).toMatch(/the approver must be somebody else/);
  });

  it.each([
    { name: "asks in their own name", asked: () => write(EXCEPTION, bob) },
    { name: "widens their own request", asked: () => update(wider, bob) },
    { name: "becomes whoever widens it", asked: () => update(requester("mallory", wider), mallory) },
    {
      name: "stays who it was when somebody ends it earlier",
      asked: () => update(until("2099-01-01T00:00:00Z"), mallory),
    },
    {
      name: "stays who it was when somebody approves it, with an earlier end",
      asked: () => update({ ...APPROVED, spec: { ...APPROVED.spec, until: "2099-01-01T00:00:00Z" } }),
    },
  ])("$name", async ({ asked: made }) => {
    await world.start();
    expect(await ask(world, made(), "/policies")).toEqual({ uid: "u1", allowed: true });
  });

  function update(object: Written, changes: object = {}): object {
    return write(object, { operation: "UPDATE", oldObject: EXCEPTION, ...changes });
  }
});

describe("an approver", () => {
  it.each<{
    readonly name: string;
    readonly asked: () => object;
    readonly code: number;
    readonly text: RegExp;
    readonly answer?: object | Error;
  }>([
    {
      name: "is not written by another",
      asked: () => approve({ userInfo: { username: "mallory" } }),
      code: 403,
      text: /spec\.approver is alice, and this request comes from mallory/,
    },
    {
      name: "is not who asked for the exception",
      asked: () => write({ ...APPROVED, spec: { ...APPROVED.spec, requester: "alice" } }),
      code: 403,
      text: /spec\.approver: the approver must be somebody else/,
    },
    {
      name: "needs the verb approve",
      asked: () => approve(),
      answer: { status: { allowed: false } },
      code: 403,
      text: /alice may not approve exceptions/,
    },
    {
      name: "does not keep an exception that another changes",
      asked: () => {
        const wider = {
          ...APPROVED,
          spec: { ...APPROVED.spec, subject: { repositories: ["*"] }, requester: "mallory" },
        };
        return write(wider, { operation: "UPDATE", oldObject: APPROVED, userInfo: { username: "mallory" } });
      },
      code: 403,
      text: /whoever changes an approved exception/,
    },
    {
      name: "is not believed in the place of another",
      asked: () => write(APPROVED, { operation: "UPDATE", oldObject: EXCEPTION, userInfo: { username: "mallory" } }),
      code: 403,
      text: /mallory/,
    },
    {
      name: "is undecided while the API does not answer",
      asked: () => approve(),
      answer: new Error("down"),
      code: 503,
      text: /Nothing has denied it/,
    },
    {
      name: "is undecided when the API answers nothing",
      asked: () => approve(),
      answer: {},
      code: 503,
      text: /cannot tell now/,
    },
  ])("$name", async (given) => {
    answer = given.answer ?? answer;
    await world.start();
    const response = await ask(world, given.asked(), "/policies");
    expect([response.allowed, response.status?.code]).toEqual([false, given.code]);
    expect(response.status?.message).toMatch(given.text);
  });

  it("is undecided without a cluster", async () => {
    world.client = undefined;
    await world.start();
    expect((await ask(world, approve(), "/policies")).status?.code).toBe(503);
  });

  it("may be who writes, when the API server says that this user, with all groups, may approve", async () => {
    await world.start();
    expect(await ask(world, approve(), "/policies")).toEqual({ uid: "u1", allowed: true });
    expect(asked).toEqual([
      [
        "POST",
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: "alice",
            uid: "7",
            groups: ["dev", "system:authenticated"],
            extra: { scopes: ["x"] },
            resourceAttributes: {
              group: "haechi.dev",
              version: "v1",
              resource: "policyexceptions",
              verb: "approve",
              namespace: "team",
              name: "e",
            },
          },
        },
      ],
    ]);
  });

  it("is asked about only when there is one, and when something changed", async () => {
    await world.start();
    const labelled = { ...APPROVED, metadata: { ...APPROVED.metadata, labels: { a: "b" } } };
    const mallory = { userInfo: { username: "mallory" } };
    for (const each of [
      write(EXCEPTION, { userInfo: { username: "bob" } }),
      write(labelled, { operation: "UPDATE", oldObject: APPROVED, ...mallory }),
      write(EXCEPTION, { operation: "UPDATE", oldObject: APPROVED, ...mallory }),
      write(APPROVED, { operation: "DELETE", object: null, oldObject: APPROVED }),
      write(APPROVED, { operation: "UPDATE", subResource: "status", oldObject: EXCEPTION, ...mallory }),
    ]) {
      expect(await ask(world, each, "/policies")).toEqual({ uid: "u1", allowed: true });
    }
    expect(asked).toEqual([]);
  });
});

describe("a policy", () => {
  const policy = {
    apiVersion: "haechi.dev/v1",
    kind: "ImagePolicy",
    metadata: { name: "p", namespace: "team" },
    spec: { repositories: [{ name: "*", policy: { scan: { required: true } } }] },
  };

  it.each<{ readonly name: string; readonly object: Written; readonly text: RegExp }>([
    {
      name: "with a field that is misspelt",
      object: { ...policy, spec: { repositories: [{ name: "*", policy: { scann: {} } }] } },
      text: /^Haechi refused this ImagePolicy.*\n- spec\.repositories\[0\]\.policy/s,
    },
    {
      name: "with a condition that cannot be read",
      object: {
        ...policy,
        spec: {
          repositories: [
            {
              name: "*",
              policy: {
                attestations: [
                  {
                    predicateType: "https://example.com/t",
                    by: [{ cosign: { keySecret: "key" } }],
                    conditions: ["predicate ("],
                  },
                ],
              },
            },
          ],
        },
      },
      text: /\n- spec\.repositories\[0\]\.policy\.attestations\[0\]\.conditions\[0\]/,
    },
    { name: "without a spec", object: { ...policy, spec: undefined }, text: /\n- spec/ },
    {
      name: "of an older spelling that cannot be read",
      object: {
        apiVersion: "portieris.cloud.ibm.com/v1",
        kind: "ClusterImagePolicy",
        metadata: { name: "p" },
        spec: { repositories: "all" },
      },
      text: /\n- spec\.repositories/,
    },
    { name: "of a version that nobody knows", object: { ...policy, apiVersion: "haechi.dev/v9" }, text: /v9/ },
  ])("$name is refused, and the text says where", async ({ object, text }) => {
    await world.start();
    const response = await ask(world, write(object), "/policies");
    expect([response.allowed, response.status?.code]).toEqual([false, 403]);
    expect(response.status?.message).toMatch(text);
  });

  it("that can be read passes, and one of an older spelling that means something else says so", async () => {
    await world.start();
    expect(await ask(world, write(policy), "/policies")).toEqual({ uid: "u1", allowed: true });
    const cise = {
      apiVersion: "securityenforcement.admission.cloud.ibm.com/v1beta1",
      kind: "ImagePolicy",
      metadata: { name: "p", namespace: "team" },
      spec: { repositories: [{ name: "quay.io/coreos/hyperkube", policies: null }] },
    };
    const response = await ask(world, write(cise), "/policies");
    expect([response.allowed, response.warnings?.length]).toEqual([true, 1]);
  });

  it("that could not be read before may still get labels and lose finalizers", async () => {
    await world.start();
    const broken = { ...policy, spec: { what: 1 } };
    const response = await ask(world, write(broken, { operation: "UPDATE", oldObject: broken }), "/policies");
    expect(response.allowed).toBe(true);
  });

  it("is none of ours in another group, and workloads are not judged here", async () => {
    await world.start();
    const foreign = write({ ...policy, apiVersion: "example.com/v1" });
    expect((await ask(world, foreign, "/policies")).allowed).toBe(true);
    expect(await world.metrics.getSingleMetricAsString("haechi_admission_reviews_total")).toContain(
      'webhook="policies",outcome="untouched"} 1',
    );
    expect(world.decisions).toEqual([]);
  });
});
