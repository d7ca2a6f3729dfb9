// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { type KubeClient, type KubeObject, type KubePlace, RESOURCES } from "#kube";
import { hasCode } from "./kube-codes.ts";

export interface LeaderElectionOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Tells replicas apart; a new one for each start. */
  readonly identity: string;
  readonly signal: AbortSignal;
  readonly log: Pick<Logger, "info" | "warn">;
  /** The work of the leader, until its signal aborts; the lease is handed back when it ends. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  /** Wall clock, for the times that people read in the Lease; nothing is decided by it. */
  readonly now: () => Date;
  /** Time that only runs forward; default `performance.now`. */
  readonly monotonicMs?: () => number;
  readonly timing?: LeaseTiming;
}

export interface LeaseTiming {
  /** How long others leave alone a lease that does not change. */
  readonly leaseMs: number;
  /** A leader that could not renew for so long stops; shorter than the lease, so that there are never two. */
  readonly renewDeadlineMs: number;
  readonly retryMs: number;
}

/** The figures of client-go. */
const TIMING: LeaseTiming = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

interface Observed {
  /** What tells one state of the lease from another. */
  readonly record: string;
  readonly atMs: number;
  readonly leaseMs: number;
}

/**
 * Takes part in the election of a leader by a Lease until the signal aborts, as client-go does: the times that others
 * write into the lease count for nothing (clocks differ), only how long by our own clock it has not changed.
 * Losing the lease, or not reaching the API server in time, ends the work; then it stands for election again.
 */
export async function takePartInElection(options: LeaderElectionOptions): Promise<void> {
  const election = new LeaseElection(options);
  while (!options.signal.aborted) {
    if (await election.tryToHold()) {
      await election.serveTerm();
    } else {
      await pause(election.retryMs(), options.signal);
    }
  }
}

class LeaseElection {
  readonly #options: LeaderElectionOptions;
  readonly #timing: LeaseTiming;
  readonly #monotonicMs: () => number;
  readonly #place: KubePlace;
  #observed: Observed | undefined;
  #isHeldByOther = false;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#timing = options.timing ?? TIMING;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#place = { resource: RESOURCES.leases, namespace: options.namespace, name: options.name };
  }

  retryMs(): number {
    return this.#timing.retryMs;
  }

  /** One attempt to take or to renew the lease; false also when the API server says nothing. */
  async tryToHold(): Promise<boolean> {
    const { client, signal, log } = this.#options;
    const call = { signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timing.renewDeadlineMs / 2)]) };
    try {
      const lease = await this.#read(call.signal);
      if (lease === undefined) {
        await client.create(
          { resource: RESOURCES.leases, namespace: this.#options.namespace },
          this.#leaseToWrite(undefined),
          call,
        );
        return true;
      }
      if (!this.#mayTake(lease)) {
        return false;
      }
      // Refused with CONFLICT when somebody else was faster: the resource version goes with it.
      await client.replace(this.#place, this.#leaseToWrite(lease), call);
      return true;
    } catch (error) {
      if (!signal.aborted && !hasCode(error, "CONFLICT")) {
        log.warn({ err: error }, "the lease of the controller can be neither read nor written");
      }
      return false;
    }
  }

  /** Leads while the lease can be renewed, then hands it back. */
  async serveTerm(): Promise<void> {
    const { signal, log, identity, lead } = this.#options;
    const term = new AbortController();
    log.info({ identity }, "leads: the controller works here");
    const over = new AbortController();
    const work = lead(term.signal)
      .catch((error: unknown) => {
        log.warn({ err: error }, "the controller failed and begins anew");
      })
      .finally(() => over.abort());
    await this.#renewUntil(AbortSignal.any([signal, over.signal]));
    term.abort();
    await work;
    await this.#release();
    log.info({ identity }, "does not lead any more");
    if (!signal.aborted) {
      await pause(this.#timing.retryMs, signal);
    }
  }

  async #renewUntil(signal: AbortSignal): Promise<void> {
    let renewedMs = this.#monotonicMs();
    while (!signal.aborted) {
      await pause(this.#timing.retryMs, signal);
      if (signal.aborted) {
        return;
      }
      const triedMs = this.#monotonicMs();
      if (await this.tryToHold()) {
        // From before the call: when the answer is late, the lease is as old as the question.
        renewedMs = triedMs;
      } else if (this.#isHeldByOther || this.#monotonicMs() - renewedMs >= this.#timing.renewDeadlineMs) {
        this.#options.log.warn("the lease of the controller was lost");
        return;
      }
    }
  }

  async #read(signal: AbortSignal): Promise<KubeObject | undefined> {
    try {
      return await this.#options.client.get(this.#place, { signal });
    } catch (error) {
      if (hasCode(error, "NOT_FOUND")) {
        return undefined;
      }
      throw error;
    }
  }

  #mayTake(lease: KubeObject): boolean {
    const spec = specOf(lease);
    const holder = typeof spec["holderIdentity"] === "string" ? spec["holderIdentity"] : "";
    const record = JSON.stringify([holder, spec["renewTime"], spec["acquireTime"], lease.metadata.resourceVersion]);
    if (this.#observed?.record !== record) {
      this.#observed = { record, atMs: this.#monotonicMs(), leaseMs: durationOf(spec, this.#timing.leaseMs) };
    }
    if (holder === "" || holder === this.#options.identity) {
      this.#isHeldByOther = false;
      return true;
    }
    const isExpired = this.#monotonicMs() - this.#observed.atMs >= this.#observed.leaseMs;
    this.#isHeldByOther = !isExpired;
    return isExpired;
  }

  #leaseToWrite(present: KubeObject | undefined): object {
    const { identity, name, namespace, now } = this.#options;
    const spec = present === undefined ? {} : specOf(present);
    const isOurs = spec["holderIdentity"] === identity;
    const time = now().toISOString().replace("Z", "000Z");
    const transitions = typeof spec["leaseTransitions"] === "number" ? spec["leaseTransitions"] : 0;
    return {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: present === undefined ? { name, namespace } : present.metadata,
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(this.#timing.leaseMs / 1_000),
        acquireTime: isOurs ? spec["acquireTime"] : time,
        renewTime: time,
        leaseTransitions: isOurs || present === undefined ? transitions : transitions + 1,
      },
    };
  }

  /** So that another replica need not wait; what fails here ends by itself when the lease runs out. */
  async #release(): Promise<void> {
    const { client, identity, log } = this.#options;
    const signal = AbortSignal.timeout(this.#timing.retryMs);
    try {
      const lease = await this.#read(signal);
      if (lease !== undefined && specOf(lease)["holderIdentity"] === identity) {
        const released = { ...specOf(lease), holderIdentity: "", leaseDurationSeconds: 1 };
        await client.replace(this.#place, { ...lease, spec: released }, { signal });
      }
    } catch (error) {
      log.warn({ err: error }, "the lease of the controller could not be handed back; it runs out by itself");
    }
  }
}

function specOf(lease: KubeObject): Readonly<Record<string, unknown>> {
  const { spec } = lease;
  return typeof spec === "object" && spec !== null ? (spec as Readonly<Record<string, unknown>>) : {};
}

/** Of whoever holds it; nobody may keep others waiting for longer than a minute. */
function durationOf(spec: Readonly<Record<string, unknown>>, fallbackMs: number): number {
  const seconds = spec["leaseDurationSeconds"];
  return typeof seconds === "number" && seconds > 0 ? Math.min(seconds * 1_000, 60_000) : fallbackMs;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // Rejects only when the signal aborts, which the caller looks at next.
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
