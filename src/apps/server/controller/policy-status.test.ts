// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { ExceptionUse, RunningImage } from "#database";
import { type KubeObject, RESOURCES } from "#kube";
import { createTranslate } from "#messages";
import { eventually } from "../../../../test/support/eventually.ts";
import { MemoryKube } from "../../../../test/support/memory-kube.ts";
import { PolicyStatusWriter } from "./policy-status-writer.ts";

const LOG = pino({ enabled: false });

const NOW = new Date("2026-11-22T10:00:00Z");

function policy(spec: unknown, name = "all"): KubeObject {
  return {
    apiVersion: "haechi.dev/v1",
    kind: "ClusterImagePolicy",
    metadata: { name, generation: 3 },
    spec,
  };
}

function exception(changes: object, name = "known"): KubeObject {
  return {
    apiVersion: "haechi.dev/v1",
    kind: "PolicyException",
    metadata: { name, namespace: "shop", generation: 1 },
    spec: {
      subject: { namespaces: ["shop"] },
      findings: { packages: ["lodash"] },
      reason: "known",
      requester: "alice",
      approver: "bob",
      until: "2026-12-01T00:00:00Z",
      ...changes,
    },
  };
}

function running(outcome: "allow" | "deny", exceptions: readonly string[] = []): RunningImage {
  return {
    namespace: "shop",
    owner: { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "u" },
    reference: "web:1",
    containers: [],
    podCount: 1,
    pods: [],
    standing: "admitted",
    firstSeenAt: NOW.toISOString(),
    verdict: {
      outcome,
      mode: "enforce",
      reasons: [],
      policy: { kind: "ClusterImagePolicy", name: "all", repository: "*" },
      exceptions: exceptions.map((name) => ({ name, namespace: "shop", until: "2026-12-01T00:00:00Z", exempted: [] })),
    },
  };
}

/** The status that the object gets, and how many writes it took when it is looked at three times. */
async function statusOf(
  object: KubeObject,
  facts: { readonly running?: readonly RunningImage[]; readonly uses?: readonly ExceptionUse[] } = {},
) {
  const client = new MemoryKube();
  const resource = object.kind === "PolicyException" ? RESOURCES.policyExceptions : RESOURCES.clusterImagePolicies;
  const { namespace, name } = object.metadata;
  const place = { resource, name, ...(namespace === undefined ? {} : { namespace }) };
  await client.create(place, object);
  let changes = 0;
  await using writer = new PolicyStatusWriter({
    client,
    clock: { now: () => NOW },
    log: LOG,
    translate: createTranslate("en"),
    onChange: () => {
      changes += 1;
    },
  });
  let nextMs: number | undefined;
  for (let round = 1; round <= 3; round++) {
    await eventually(() => Promise.resolve(changes >= Math.min(round, 2) ? true : undefined), 2);
    nextMs = await writer.write({ running: facts.running ?? [], uses: facts.uses ?? [] }, new AbortController().signal);
  }
  const writes = client.calls.filter(({ method }) => method === "merge").length;
  const { status } = await client.get(place);
  return { status: status as Readonly<Record<string, unknown>>, writes, nextMs };
}

describe("the status of a policy", () => {
  it("that cannot be read says what is wrong, and that it is not in force", async () => {
    const { status, writes } = await statusOf(policy({ repositories: [{ name: "*", polcy: {} }] }));
    expect(status).toMatchObject({
      observedGeneration: 3,
      conditions: [
        { type: "Ready", status: "False", reason: "Invalid", message: expect.stringContaining("polcy") },
        { type: "Accepted", status: "False" },
      ],
    });
    expect(status).not.toHaveProperty("entries");
    expect(writes).toBe(1);
  });

  it("that is in force says so with what it judges, and is written once", async () => {
    const { status, writes } = await statusOf(policy({ repositories: [{ name: "*" }, { name: "a/*" }] }), {
      running: [running("allow"), running("deny")],
    });
    expect(status).toMatchObject({
      entries: 2,
      runningImages: 2,
      deniedImages: 1,
      conditions: [
        { type: "Ready", status: "True", lastTransitionTime: "2026-11-22T10:00:00Z", observedGeneration: 3 },
        {},
      ],
    });
    expect(writes).toBe(1);
  });

  it("a condition that says the same keeps its time", async () => {
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" }];
    const { status } = await statusOf({ ...policy({ repositories: [] }), status: { conditions } });
    expect(status).toMatchObject({ conditions: [{ lastTransitionTime: "2026-01-01T00:00:00Z" }, {}] });
  });

  it("a status of nonsense is replaced", async () => {
    const { status } = await statusOf({
      ...policy({ repositories: [] }),
      status: { conditions: [null, 3], entries: "x" },
    });
    expect(status).toMatchObject({ entries: 0 });
  });
});

describe("the status of an exception", () => {
  it.each([
    { name: "past its end", changes: { until: "2026-11-22T10:00:00Z" }, want: "Expired", ready: "False" },
    { name: "without an approver", changes: { approver: undefined }, want: "Requested", ready: "False" },
    { name: "that cannot be read", changes: { until: "soon" }, want: "Invalid", ready: "False" },
    { name: "in force", changes: {}, want: "Active", ready: "True" },
  ])("$name is $want", async ({ changes, want, ready }) => {
    const { status, writes } = await statusOf(exception(changes));
    expect(status).toMatchObject({ state: want, conditions: [{ type: "Ready", status: ready }, { type: "Accepted" }] });
    expect(writes).toBe(1);
  });

  it("says how often it was used, when last, and who needs it; and when it ends by itself", async () => {
    const uses = [{ namespace: "shop", name: "known", uses: 7, lastUsedAt: "2026-11-22T09:00:00.000Z" }];
    const { status, nextMs } = await statusOf(exception({}), {
      uses,
      running: [running("allow", ["known"]), running("allow")],
    });
    expect(status).toMatchObject({ uses: 7, lastUsed: "2026-11-22T09:00:00.000Z", runningImages: 1 });
    expect(nextMs).toBe(Date.parse("2026-12-01T00:00:00Z") - NOW.getTime());
  });
});
