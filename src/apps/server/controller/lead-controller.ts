// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { API_GROUP } from "#base";
import type { AdmissionStanding, RunningImage } from "#database";
import { createTranslate } from "#messages";
import { shareOf } from "#policy";
import type { ClusterView, ServerContext } from "../context.ts";
import { standingOf } from "./admission-standing.ts";
import { AdmittedImages } from "./admitted-images.ts";
import { aggregatePods } from "./aggregate-pods.ts";
import { announceOutcome } from "./announce-outcome.ts";
import { CoalescedTask } from "./coalesced-task.ts";
import type { ControllerMetrics } from "./controller-metrics.ts";
import { DirtyImages } from "./dirty-images.ts";
import { findStoredChildren } from "./find-stored-children.ts";
import { judgeRunning } from "./judge-running.ts";
import { PolicyStatusWriter } from "./policy-status-writer.ts";
import { rejudge } from "./rejudge.ts";
import { ReportWriter } from "./reports/report-writer.ts";
import { watchRunningCluster } from "./running-cluster.ts";
import { RunningImages } from "./running-images.ts";
import { topOwnerOf } from "./top-owner.ts";

/** Everything is looked at this often, whatever events tell. */
const LOOK_EVERY_MS = 15_000;
const JUDGE_ALL_EVERY_MS = 600_000;
/** What could not be decided is asked again: not everything that ends it is told by an event. */
const JUDGE_UNDECIDED_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** What does not run any more stays visible for a while. */
const KEEP_GONE_MS = 7 * DAY_MS;
const KEEP_GONE_ROWS = 10_000;
const PRUNE_EVERY_MS = 3_600_000;
const USES_OF_MS = 30 * DAY_MS;
/** A moment is over only when the clock has passed it. */
const AFTER_MS = 20;
const SKIP_LABEL = "securityenforcement.admission.cloud.ibm.com/namespace";

export interface LeadOptions {
  readonly context: ServerContext;
  readonly cluster: ClusterView;
  readonly metrics: ControllerMetrics;
  /** This replica. */
  readonly identity: string;
}

/**
 * The work of the leader until the signal aborts: knows what runs, judges it again when something changes, and writes
 * rows, Events, reports and statuses.
 */
export async function leadController(options: LeadOptions, signal: AbortSignal): Promise<void> {
  const { context, cluster, metrics, identity } = options;
  const { database, clock, judge, configuration } = context;
  const { client } = cluster;
  const { workloads } = database;
  const log = context.telemetry.log.child({ role: "controller" });
  const translate = createTranslate(configuration.language);
  function now(): Date {
    return clock.now();
  }
  await using stack = new AsyncDisposableStack();

  const running = new RunningImages(await workloads.load());
  const dirty = new DirtyImages();
  const admitted = new AdmittedImages(workloads);
  const reports = new ReportWriter({ client, translate, metrics, log });

  function task(
    name: string,
    timing: { readonly gatherMs: number; readonly everyMs?: number; readonly rests?: boolean },
    work: (signal: AbortSignal) => Promise<void>,
  ): CoalescedTask {
    return stack.use(new CoalescedTask({ name, work, log, ...timing }));
  }

  const reporting = task("reports", { gatherMs: 1_000, everyMs: 300_000, rests: true }, async (stop) => {
    await reports.write(running.values(), stop);
  });
  const statusing = task("statuses", { gatherMs: 500, everyMs: 60_000 }, async (stop) => {
    const uses = await workloads.exceptionUses(new Date(now().getTime() - USES_OF_MS));
    const nextMs = await statuses.write({ running: running.values(), uses }, stop);
    if (nextMs !== undefined) {
      statusing.request(nextMs + AFTER_MS);
    }
  });
  const statuses = new PolicyStatusWriter({ client, clock, log, translate, onChange: () => statusing.request() });

  const judging = task("judging", { gatherMs: 200 }, async (stop) => {
    if (!judge.policies.isReady) {
      // The change that makes them ready asks again; until then a verdict would be about policies that nobody read yet.
      return;
    }
    const end = metrics.rejudgeSeconds.startTimer();
    const { judged, changed } = await rejudge(
      {
        running,
        dirty,
        log,
        now,
        save: (images) => workloads.save(images),
        async judge(image) {
          await dirty.learn(image, (each) => findStoredChildren(context, each));
          return judgeRunning(context, image);
        },
        async announce({ image, announcement = "deny" }, before) {
          const announcer = { client, translate, now, instance: identity, controllerName: `${API_GROUP}/controller` };
          await announceOutcome(announcer, image, announcement, before);
          metrics.events.inc({ reason: announcement === "deny" ? "ImageNowDenied" : "ImageAllowedAgain" });
        },
      },
      stop,
    );
    if (judged > 0) {
      end();
    }
    if (changed > 0) {
      reporting.request();
      statusing.request();
    }
    metrics.showRunning(running.values());
    const nextMs = nextChangeMs(running.values(), now());
    if (nextMs !== undefined) {
      looking.request(nextMs + AFTER_MS);
    }
  });

  function judgeAgain(isMeant: (image: RunningImage) => boolean): void {
    dirty.add([...running.entries()].flatMap(([key, image]) => (isMeant(image) ? [key] : [])));
    judging.request();
  }

  let allJudgedMs = performance.now();
  let undecidedJudgedMs = allJudgedMs;
  let prunedMs = Number.NEGATIVE_INFINITY;
  const looking = task("what runs", { gatherMs: 300, everyMs: LOOK_EVERY_MS, rests: true }, async () => {
    if (!seen.isCurrent) {
      return;
    }
    await lookAtPods();
    const nowMs = now().getTime();
    const monotonicMs = performance.now();
    const isAllDue = monotonicMs - allJudgedMs >= JUDGE_ALL_EVERY_MS;
    const isUndecidedDue = monotonicMs - undecidedJudgedMs >= JUDGE_UNDECIDED_EVERY_MS;
    allJudgedMs = isAllDue ? monotonicMs : allJudgedMs;
    undecidedJudgedMs = isUndecidedDue ? monotonicMs : undecidedJudgedMs;
    judgeAgain(
      ({ verdict }) =>
        isAllDue ||
        verdict === undefined ||
        (isUndecidedDue && verdict.outcome === "undecided") ||
        (verdict.validUntil !== undefined && Date.parse(verdict.validUntil) <= nowMs),
    );
    if (monotonicMs - prunedMs >= PRUNE_EVERY_MS) {
      prunedMs = monotonicMs;
      await workloads.prune({ goneBefore: new Date(nowMs - KEEP_GONE_MS), keep: KEEP_GONE_ROWS });
    }
  });

  async function lookAtPods(): Promise<void> {
    const gateReadySince = await workloads.gateReadySince();
    const pods = [...seen.pods.values()];
    await admitted.learn(pods);
    const groups = aggregatePods(pods, {
      ownerOf: (pod) => topOwnerOf(pod, seen),
      standing: (pod, image): AdmissionStanding =>
        standingOf({
          pod,
          isExcluded: isExcluded(context, cluster, pod.namespace),
          gateReadySince,
          hasRecord: admitted.has({ namespace: pod.namespace, ...image }),
          now: now(),
        }),
    });
    const { changed } = running.observe(groups, now());
    await workloads.save(changed);
    if (changed.length > 0) {
      metrics.showRunning(running.values());
      reporting.request();
    }
  }

  stack.use(statuses);
  stack.defer(
    database.events.subscribe(
      (event) => {
        if (event.type === "scan-changed" && event.state !== "pending" && event.state !== "running") {
          dirty.addByDigest(event.digest, running.entries());
          judging.request();
        } else if ((event.type === "image-pushed" || event.type === "image-deleted") && event.subject !== undefined) {
          dirty.addByDigest(event.subject, running.entries());
          judging.request();
        } else if (event.type === "statements-changed") {
          judgeAgain(() => true);
        }
      },
      () => judgeAgain(() => true),
    ),
  );
  let inForce = judge.policies.current().admission;
  stack.defer(
    judge.policies.subscribe(() => {
      const before = inForce;
      inForce = judge.policies.current().admission;
      // Whoever may write policies of one namespace must not have everything judged again.
      judgeAgain(({ namespace }) => shareOf(before, namespace).generation !== shareOf(inForce, namespace).generation);
    }),
  );
  stack.defer(() => metrics.forgetRunning());
  const seen = stack.use(watchRunningCluster({ client, clock, log, onChange: () => looking.request() }));
  judgeAgain(() => true);
  statusing.request();
  looking.request();
  if (!signal.aborted) {
    await once(signal, "abort");
  }
}

/** Whether the gate leaves the namespace alone. */
function isExcluded(
  { configuration: { admission } }: Pick<ServerContext, "configuration">,
  cluster: Pick<ClusterView, "namespace">,
  name: string,
): boolean {
  return (
    admission.excludeNamespaces.includes(name) ||
    (admission.skipLabel && cluster.namespace(name)?.labels[SKIP_LABEL] === "skip")
  );
}

/** In how many milliseconds a verdict may change by time alone. */
function nextChangeMs(images: Iterable<RunningImage>, now: Date): number | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const { verdict } of images) {
    const untilMs = Date.parse(verdict?.validUntil ?? "");
    if (untilMs > now.getTime()) {
      next = Math.min(next, untilMs);
    }
  }
  return Number.isFinite(next) ? next - now.getTime() : undefined;
}
