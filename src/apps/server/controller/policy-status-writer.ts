// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Clock } from "#base";
import type { ExceptionUse, RunningImage } from "#database";
import { type KubeClient, type KubeResource, RESOURCES, type SupervisedWatch, superviseWatch } from "#kube";
import type { Translate } from "#messages";
import { checkCondition } from "../check-condition.ts";
import { hasCode } from "./kube-codes.ts";
import { hasStatus, policyStatuses, selectWatchedPolicy, type WatchedPolicy } from "./policy-status.ts";

const KINDS = [
  ["ImagePolicy", RESOURCES.imagePolicies],
  ["ClusterImagePolicy", RESOURCES.clusterImagePolicies],
  ["PolicyException", RESOURCES.policyExceptions],
] as const satisfies readonly (readonly [WatchedPolicy["kind"], KubeResource])[];

export interface PolicyStatusOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly translate: Translate;
  readonly onChange: () => void;
}

/** Keeps the `status` of policies and exceptions of our own group true. */
export class PolicyStatusWriter implements AsyncDisposable {
  readonly #options: PolicyStatusOptions;
  readonly #watches: readonly SupervisedWatch<WatchedPolicy>[];

  constructor(options: PolicyStatusOptions) {
    const { client, clock, log, onChange } = options;
    this.#options = options;
    this.#watches = KINDS.map(([kind, resource]) =>
      superviseWatch({
        client,
        resource,
        clock,
        log,
        random: Math.random,
        select: (object) => selectWatchedPolicy(kind, object, checkCondition),
        onChange,
      }),
    );
  }

  /** Writes each status that is not as it should be; returns in how many milliseconds one may change by time alone. */
  async write(
    facts: { readonly running: Iterable<RunningImage>; readonly uses: readonly ExceptionUse[] },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { clock, translate } = this.#options;
    const policies = this.#watches.flatMap(({ objects }) => [...objects.values()]);
    const now = clock.now();
    const statuses = policyStatuses(policies, { ...facts, now, translate });
    for (const [index, policy] of policies.entries()) {
      const status = statuses[index];
      if (status !== undefined && !hasStatus(policy, status) && !signal.aborted) {
        await this.#put(policy, status, signal);
      }
    }
    const ends = policies.flatMap(({ exception }) => (exception === undefined ? [] : [Date.parse(exception.until)]));
    const next = Math.min(...ends.filter((end) => end > now.getTime()));
    return Number.isFinite(next) ? next - now.getTime() : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch[Symbol.asyncDispose]()));
  }

  async #put({ kind, namespace, name }: WatchedPolicy, status: object, signal: AbortSignal): Promise<void> {
    const resource = KINDS.find(([each]) => each === kind)?.[1] ?? RESOURCES.imagePolicies;
    const place = { resource, name, subResource: "status", ...(namespace === undefined ? {} : { namespace }) };
    try {
      await this.#options.client.patch(place, "merge", { status }, { signal });
    } catch (error) {
      // NOT_FOUND: it was deleted in the meantime. One that is refused must not hold back the others.
      if (!hasCode(error, "NOT_FOUND", "CONFLICT", "INVALID", "FORBIDDEN")) {
        throw error;
      }
      if (!hasCode(error, "NOT_FOUND")) {
        this.#options.log.warn({ err: error, kind, namespace, name }, "the status of a policy could not be written");
      }
    }
  }
}
