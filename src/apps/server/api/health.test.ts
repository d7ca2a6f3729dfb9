// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { createPolicySet, type PolicyDocument } from "#policy";
import type { ClusterHealth, ServerContext } from "../context.ts";
import { gateReadiness, isLeaving } from "../readiness.ts";
import { checkHealth } from "./health.ts";

const GOOD: PolicyDocument = { kind: "ClusterImagePolicy", name: "good", repositories: [{ name: "*" }] };
const BROKEN: PolicyDocument = { ...GOOD, name: "broken", problem: "spec: expected an object" };

interface Situation {
  readonly documents?: readonly PolicyDocument[];
  readonly isReady?: boolean;
  readonly cluster?: ClusterHealth;
  readonly isDatabaseAway?: boolean;
  readonly leaving?: AbortSignal;
}

/** As much of a context as these two look at. */
function contextOf({ documents = [GOOD], isReady = true, cluster, isDatabaseAway, leaving }: Situation): ServerContext {
  const set = createPolicySet({ documents });
  const context = {
    configuration: { dataDir: tmpdir() },
    database: {
      ping: () => (isDatabaseAway === true ? Promise.reject(new Error("away")) : Promise.resolve()),
      scans: { listUnfinished: () => Promise.resolve([]) },
    },
    judge: {
      advisories: { advisories: 1, isBundled: false },
      policies: { current: () => ({ registry: set, admission: set }), isReady, subscribe: () => () => {} },
    },
    telemetry: { log: { warn: () => {} } },
    ...(cluster === undefined ? {} : { clusterHealth: () => cluster }),
    leaving: leaving ?? new AbortController().signal,
    stopping: new AbortController().signal,
  };
  return context as unknown as ServerContext;
}

async function stateOf(name: string, situation: Situation): Promise<string> {
  const found = (await checkHealth(contextOf(situation))).find((each) => each.name === name);
  return found === undefined ? "absent" : [found.state, found.message ?? ""].join(" ").trim();
}

describe("the health of", () => {
  it.each<{ name: string; situation: Situation; want: string }>([
    {
      name: "policies that were not read yet",
      situation: { isReady: false },
      want: "failing the cluster's were not read yet",
    },
    {
      name: "policies of which one cannot be read",
      situation: { documents: [GOOD, BROKEN] },
      want: "degraded 1 cannot be read",
    },
    { name: "no policies", situation: { documents: [] }, want: "failing" },
    { name: "policies in force", situation: {}, want: "ok" },
  ])("$name is $want", async ({ situation, want }) => {
    expect(await stateOf("policies", situation)).toBe(want);
  });

  it.each<{ name: string; cluster?: ClusterHealth; want: string }>([
    { name: "no cluster", want: "absent" },
    { name: "a cluster that is watched", cluster: { state: "synced", troubled: [] }, want: "ok" },
    {
      name: "a cluster that is away",
      cluster: { state: "stale", troubled: ["nodes", "secrets"], lastContactAt: new Date("2026-11-22T09:00:00Z") },
      want: "degraded no contact since 2026-11-22T09:00:00.000Z: nodes, secrets",
    },
    {
      name: "a cluster that never answered",
      cluster: { state: "starting", troubled: ["nodes"] },
      want: "degraded no contact: nodes",
    },
  ])("$name is $want", async ({ cluster, want }) => {
    expect(await stateOf("cluster", cluster === undefined ? {} : { cluster })).toBe(want);
  });
});

describe("the gate is ready", () => {
  it.each<{ name: string; situation: Situation; reasons: readonly string[] }>([
    { name: "when the policies are in force", situation: {}, reasons: [] },
    { name: "without its database: it answers from what it knows", situation: { isDatabaseAway: true }, reasons: [] },
    {
      name: "without its API server, once the policies were read",
      situation: { cluster: { state: "stale", troubled: ["nodes"] } },
      reasons: [],
    },
    {
      name: "not before the policies were read",
      situation: { isReady: false },
      reasons: ["policies: the cluster's were not read yet"],
    },
    { name: "not once it was told to stop", situation: { leaving: AbortSignal.abort() }, reasons: ["stopping"] },
  ])("$name", ({ situation, reasons }) => {
    const context = contextOf(situation);
    expect(gateReadiness(context)).toEqual({ ready: reasons.length === 0, reasons });
    expect(isLeaving(context)).toBe(reasons.includes("stopping"));
  });
});
