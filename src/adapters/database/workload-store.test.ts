// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { testDigest } from "../../../test/support/contracts/database.ts";
import { describeWithDatabases, query } from "../../../test/support/postgres.ts";
import type { RunningImage } from "./running-image.ts";
import type { DecisionRecord } from "./stores.ts";

const NOW = new Date("2026-11-22T10:00:00Z");

function image(changes: Partial<RunningImage> = {}): RunningImage {
  return {
    namespace: "shop",
    owner: { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "uid-web" },
    reference: "registry.example/shop/web:1",
    digest: testDigest("web"),
    containers: ["web"],
    podCount: 2,
    pods: [{ name: "web-1", uid: "uid-1", node: "node-a", phase: "Running", createdAt: "2026-11-22T09:00:00Z" }],
    standing: "admitted",
    firstSeenAt: "2026-11-22T09:00:00.000Z",
    ...changes,
  };
}

const DENIED: NonNullable<RunningImage["verdict"]> = {
  outcome: "deny",
  reasons: [{ code: "VULNERABILITY", effect: "deny", params: { id: "CVE-2026-1", package: "a\0b" } }],
  mode: "enforce",
  policy: { kind: "ClusterImagePolicy", name: "default", repository: "*" },
};
const ALLOWED: NonNullable<RunningImage["verdict"]> = { outcome: "allow", reasons: [], mode: "enforce" };
const UNDECIDED: NonNullable<RunningImage["verdict"]> = { outcome: "undecided", reasons: [], mode: "enforce" };

function decision(changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    gate: "admission",
    actor: "a",
    reference: "registry.example/shop/web:1",
    namespace: "shop",
    outcome: "allow",
    reasons: [],
    requestId: "r",
    durationMs: 1,
    decidedAt: "2026-11-22T09:00:00.000Z",
    ...changes,
  };
}

describeWithDatabases("what runs", ({ open }) => {
  it("comes back as it was stored, and what is stored again replaces it but for when it was first seen", async () => {
    const { workloads } = await open();
    const first = image({
      verdict: DENIED,
      judgedAt: NOW.toISOString(),
      changedAt: NOW.toISOString(),
      announced: "deny",
    });
    await workloads.save([first]);
    expect(await workloads.load()).toEqual([{ id: expect.any(Number), ...first }]);
    const { digest: _digest, ...unknown } = image({
      reference: "\0".repeat(3_000),
      owner: { ...image().owner, uid: "x\0" },
    });
    await workloads.save([{ ...first, podCount: 3, firstSeenAt: "2030-01-01T00:00:00.000Z" }, unknown]);
    const [again, other] = await workloads.load();
    expect(again).toMatchObject({ podCount: 3, firstSeenAt: first.firstSeenAt });
    expect(other?.reference).toHaveLength(2_000);
    expect(await workloads.find(again?.id ?? 0)).toEqual(again);
    expect(await workloads.find(0)).toBeUndefined();
  });

  it("one name of two images, one image in two workloads: each has its row", async () => {
    const { workloads } = await open();
    await workloads.save([
      image(),
      image({ digest: testDigest("other") }),
      image({ namespace: "test" }),
      image({ owner: { ...image().owner, uid: "uid-2" } }),
    ]);
    expect(await workloads.load()).toHaveLength(4);
  });

  it("is listed with what is denied first, and by what is asked for", async () => {
    const { workloads } = await open();
    await workloads.save([
      image({ verdict: ALLOWED, reference: "a:1" }),
      image({ reference: "b:100%_x" }),
      image({ verdict: UNDECIDED, reference: "c:1", namespace: "test", standing: "static-pod" }),
      image({ verdict: DENIED, reference: "d:1", standing: "pending" }),
      image({ verdict: DENIED, reference: "gone:1", goneAt: NOW.toISOString() }),
    ]);
    async function names(asked: Omit<Parameters<typeof workloads.list>[0], "limit">): Promise<readonly string[]> {
      return (await workloads.list({ limit: 10, ...asked })).images.map(({ reference }) => reference);
    }
    expect(await names({})).toEqual(["d:1", "c:1", "b:100%_x", "a:1"]);
    expect(await names({ outcome: "deny", withGone: true })).toEqual(["gone:1", "d:1"]);
    expect(await names({ namespace: "test" })).toEqual(["c:1"]);
    expect(await names({ neverAdmitted: true })).toEqual(["c:1"]);
    expect(await names({ text: "CVE-2026" })).toEqual(["d:1"]);
    expect(await names({ text: "%_" })).toEqual(["b:100%_x"]);
    expect(await names({ text: "WEB" })).toHaveLength(4);
    expect(await names({ text: "\0' or 1=1" })).toEqual([]);
    expect(await names({ digest: testDigest("none") })).toEqual([]);
    const page = await workloads.list({ limit: 1, offset: 1 });
    expect([page.total, page.images[0]?.reference]).toEqual([4, "c:1"]);
    expect(await workloads.count()).toEqual({ allow: 1, deny: 1, undecided: 1, unjudged: 1, neverAdmitted: 1 });
  });

  it("is found by the registry that it is pulled from, which is the first part of the name and nothing else", async () => {
    const { workloads } = await open();
    const references = [
      "nginx",
      "Registry.Example/a:1",
      "evil.example/registry.example/a:1",
      "registry.example.evil/a",
    ];
    await workloads.save(references.map((reference) => image({ reference })));
    async function names(isOneOf: boolean): Promise<readonly string[]> {
      const { images } = await workloads.list({ limit: 10, registries: { names: ["registry.example"], isOneOf } });
      return images.map(({ reference }) => reference).toSorted();
    }
    expect(await names(true)).toEqual(["Registry.Example/a:1"]);
    expect(await names(false)).toEqual(["evil.example/registry.example/a:1", "nginx", "registry.example.evil/a"]);
  });

  it("what is gone is not loaded, and is deleted after a time and beyond a number", async () => {
    const { workloads } = await open();
    const gone = ["2026-11-01", "2026-11-10", "2026-11-20", "2026-11-21"].map((day) =>
      image({ reference: day, goneAt: `${day}T00:00:00.000Z` }),
    );
    await workloads.save([...gone, image()]);
    expect(await workloads.load()).toHaveLength(1);
    expect(await workloads.prune({ goneBefore: new Date("2026-11-05T00:00:00Z"), keep: 2 })).toBe(2);
    const { images } = await workloads.list({ limit: 10, withGone: true });
    expect(images.map(({ reference }) => reference).toSorted()).toEqual([
      "2026-11-20",
      "2026-11-21",
      "registry.example/shop/web:1",
    ]);
  });

  it("was admitted only by a record of the admission gate for the same namespace, by digest or by name", async () => {
    const { workloads, decisions } = await open();
    decisions.record(decision({ digest: testDigest("web") }));
    decisions.record(decision({ gate: "registry", reference: "pulled:1", digest: testDigest("pulled") }));
    await decisions.flush();
    const asked = [
      image({ reference: "registry.example/shop/web@sha256:…" }),
      image({ digest: testDigest("another") }),
      image({ namespace: "other" }),
      image({ reference: "pulled:1", digest: testDigest("pulled") }),
      image({ reference: "x:1", digest: testDigest("x") }),
    ];
    const found = await workloads.findAdmitted(asked);
    expect(asked.map((each) => found.has(each))).toEqual([true, true, false, false, false]);
    expect(await workloads.findAdmitted([])).toEqual(new Set());
  });

  it("uses of exceptions are counted by exception, since a time", async () => {
    const { workloads, decisions } = await open();
    const until = "2027-01-01T00:00:00Z";
    const use = (name: string, namespace?: string) => ({
      name,
      ...(namespace === undefined ? {} : { namespace }),
      until,
      exempted: ["VULNERABILITY CVE-1"],
    });
    decisions.record(decision({ exceptions: [use("a", "shop"), use("b")] }));
    decisions.record(decision({ exceptions: [use("a", "shop")], decidedAt: "2026-11-22T09:30:00.000Z" }));
    decisions.record(decision({ exceptions: [use("a", "shop")], decidedAt: "2026-01-01T00:00:00.000Z" }));
    decisions.record(decision());
    await decisions.flush();
    expect(await workloads.exceptionUses(new Date("2026-11-01T00:00:00Z"))).toEqual([
      { namespace: "shop", name: "a", uses: 2, lastUsedAt: "2026-11-22T09:30:00.000Z" },
      { name: "b", uses: 1, lastUsedAt: "2026-11-22T09:00:00.000Z" },
    ]);
  });

  it("a gate stood since it was said first; where nobody said, since its first decision", async () => {
    const times = [new Date("2026-11-22T08:00:00Z"), new Date("2026-11-22T12:00:00Z")];
    const { workloads, decisions, connectionString } = await open({ now: () => times.shift() ?? NOW });
    expect(await workloads.gateReadySince()).toBeUndefined();
    decisions.record(decision({ gate: "registry", decidedAt: "2026-11-20T00:00:00.000Z" }));
    decisions.record(decision());
    await decisions.flush();
    expect(await workloads.gateReadySince()).toEqual(new Date("2026-11-22T09:00:00Z"));
    await query(connectionString, "delete from gate_start");
    times.splice(0, times.length, new Date("2026-11-22T08:00:00Z"), new Date("2026-11-22T12:00:00Z"));
    await workloads.noteGateReady();
    await workloads.noteGateReady();
    expect(await workloads.gateReadySince()).toEqual(new Date("2026-11-22T08:00:00Z"));
  });
});
