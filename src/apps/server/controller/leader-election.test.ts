// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { KubeError, RESOURCES } from "#kube";
import { eventually } from "../../../../test/support/eventually.ts";
import { MemoryKube } from "../../../../test/support/memory-kube.ts";
import { type LeaderElectionOptions, takePartInElection } from "./leader-election.ts";

const LOG = pino({ enabled: false });

const PLACE = { resource: RESOURCES.leases, namespace: "haechi-system", name: "lease" } as const;
const TIMING = { leaseMs: 400, renewDeadlineMs: 250, retryMs: 20 };

/** One replica in the election; `leads` while it does the work. */
function replica(client: MemoryKube, identity: string, changes: Partial<LeaderElectionOptions> = {}) {
  const stop = new AbortController();
  const state = { leads: false, terms: 0 };
  const ended = takePartInElection({
    client,
    namespace: PLACE.namespace,
    name: PLACE.name,
    identity,
    signal: stop.signal,
    log: LOG,
    now: () => new Date(),
    timing: TIMING,
    async lead(signal) {
      state.leads = true;
      state.terms += 1;
      await new Promise((resolve) => {
        signal.addEventListener("abort", resolve, { once: true });
      });
      state.leads = false;
    },
    ...changes,
  });
  return {
    state,
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
}

async function specOf(client: MemoryKube): Promise<Readonly<Record<string, unknown>>> {
  return (await client.get(PLACE))["spec"] as Readonly<Record<string, unknown>>;
}

async function whenTrue(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  await eventually(async () => ((await isTrue()) ? true : undefined), 5);
}

describe("the election", () => {
  it("of two replicas one leads; when it stops, the other does at once, and the lease says so", async () => {
    const client = new MemoryKube();
    const replicas = [replica(client, "a"), replica(client, "b")];
    await whenTrue(() => replicas.some(({ state }) => state.leads));
    const [leader, other] = replicas[0]?.state.leads === true ? replicas : replicas.toReversed();
    expect(other?.state.terms).toBe(0);
    await leader?.stop();
    expect((await specOf(client))["holderIdentity"]).not.toBe(undefined);
    await whenTrue(() => other?.state.leads === true);
    expect(leader?.state.leads).toBe(false);
    expect(await specOf(client)).toMatchObject({ leaseTransitions: 1 });
    await other?.stop();
    expect(await specOf(client)).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
  });

  it("a lease that goes on changing is left alone, however old the times in it are", async () => {
    const client = new MemoryKube();
    const spec = { holderIdentity: "other", leaseDurationSeconds: 1, renewTime: "1999-01-01T00:00:00.000000Z" };
    await client.create({ resource: RESOURCES.leases, namespace: PLACE.namespace }, { metadata: PLACE, spec });
    let monotonicMs = 0;
    const { state, stop } = replica(client, "a", { monotonicMs: () => monotonicMs });
    const readings = { count: 0 };
    const get = client.get.bind(client);
    client.get = async (place) => {
      readings.count += 1;
      return await get(place);
    };
    for (let round = 0; round < 5; round++) {
      const before = readings.count;
      monotonicMs += 900;
      // The holder's clock stands still: only the version of the lease changes.
      await client.patch(PLACE, "merge", { metadata: { labels: { round: String(round) } } });
      await whenTrue(() => readings.count > before + 1);
      expect(state.leads).toBe(false);
    }
    // now it does not change any more, though its holder wrote a time that is far ahead
    await client.patch(PLACE, "merge", { spec: { renewTime: "2100-01-01T00:00:00.000000Z" } });
    const before = readings.count;
    await whenTrue(() => readings.count > before + 1);
    monotonicMs += 1_001;
    await whenTrue(() => state.leads);
    await stop();
  });

  it("a holder that claims an hour is waited for a minute at most", async () => {
    const client = new MemoryKube();
    const spec = { holderIdentity: "other", leaseDurationSeconds: 3_600 };
    await client.create({ resource: RESOURCES.leases, namespace: PLACE.namespace }, { metadata: PLACE, spec });
    let monotonicMs = 0;
    const { state, stop } = replica(client, "a", { monotonicMs: () => monotonicMs });
    await whenTrue(async () => {
      monotonicMs += 1_000;
      return await Promise.resolve(state.leads);
    });
    expect(monotonicMs).toBeGreaterThanOrEqual(60_000);
    await stop();
  });

  it("a leader that cannot reach the API server stops leading before others may begin", async () => {
    const client = new MemoryKube();
    const { state, stop } = replica(client, "a");
    await whenTrue(() => state.leads);
    client.failure = new KubeError("UNREACHABLE", "no connection");
    await whenTrue(() => !state.leads);
    client.failure = undefined;
    await whenTrue(() => state.leads);
    expect(state.terms).toBe(2);
    await stop();
  });

  it("a leader whose lease somebody took stops", async () => {
    const client = new MemoryKube();
    const { state, stop } = replica(client, "a");
    await whenTrue(() => state.leads);
    await client.patch(PLACE, "merge", { spec: { holderIdentity: "thief" } });
    await whenTrue(() => !state.leads);
    await stop();
    expect(await specOf(client)).toMatchObject({ holderIdentity: "thief" });
  });

  it("work that fails ends the term, and begins anew", async () => {
    const client = new MemoryKube();
    let terms = 0;
    const { stop } = replica(client, "a", {
      lead: () => {
        terms += 1;
        return Promise.reject(new Error("broken"));
      },
    });
    await whenTrue(() => terms >= 2);
    await stop();
  });
});
