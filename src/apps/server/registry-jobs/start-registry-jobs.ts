// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge } from "prom-client";
import type { RegistryJobKind, RegistryJobRecord } from "#database";
import type { ServerContext } from "../context.ts";
import type { RegistryContent } from "../registry/content/registry-content.ts";
import { fireSchedules } from "./fire-schedules.ts";
import { JobEnding } from "./job-ending.ts";
import type { JobTrigger } from "./job-trigger.ts";
import type { JobSchedule } from "./planned-job.ts";
import type { RegistryJobWorker } from "./registry-job-worker.ts";
import { runJob } from "./run-job.ts";
import { SCHEDULES } from "./schedules.ts";
import { TRIGGERS } from "./triggers.ts";
import { WORKERS } from "./workers.ts";

/** A job whose time has come, or whose process is gone, is looked for this often; new ones are told. */
const POLL_MS = 5_000;
const SCHEDULE_MS = 20_000;
const PRUNE_MS = 3_600_000;
const PROGRESS_MS = 1_000;
const RETENTION_MS = 90 * 24 * 3_600_000;
const PRUNED_AT_ONCE = 10_000;

/** Does the long work of the registry until stopped. */
export interface RegistryJobs {
  /** Takes no new jobs and interrupts those at work; they go on at the next start. */
  stop(): Promise<void>;
}

export interface RegistryJobsOptions {
  readonly content: RegistryContent;
  /** Default: all of `workers.ts`. */
  readonly workers?: readonly RegistryJobWorker[];
  /** Default: all of `schedules.ts`. */
  readonly schedules?: readonly JobSchedule[];
  /** Default: all of `triggers.ts`. */
  readonly triggers?: readonly JobTrigger[];
  readonly pollMs?: number;
  readonly scheduleMs?: number;
  readonly progressIntervalMs?: number;
  readonly firstRetryMs?: number;
}

/**
 * Takes jobs out of the table as they come, each kind as many at once as its worker says. What was at work in a process that is gone is
 * taken up by the next one that looks.
 */
export async function startRegistryJobs(context: ServerContext, options: RegistryJobsOptions): Promise<RegistryJobs> {
  const { database, telemetry, clock } = context;
  const jobs = database.registryJobs;
  const log = telemetry.log.child({ part: "registry-jobs" });
  const workers = new Map((options.workers ?? WORKERS).map((worker) => [worker.kind, worker]));
  const running = new Map<number, { readonly kind: RegistryJobKind; readonly ending: AbortController }>();
  const atWork = new Set<Promise<void>>();
  const stopping = new AbortController();
  const metrics = createMetrics(telemetry.metrics, () => running.size);

  function freeKinds(): readonly RegistryJobKind[] {
    const counts = new Map<RegistryJobKind, number>();
    for (const { kind } of running.values()) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return [...workers.values()]
      .filter(({ kind, concurrency = 1 }) => (counts.get(kind) ?? 0) < concurrency)
      .map(({ kind }) => kind);
  }

  async function begin(job: RegistryJobRecord): Promise<void> {
    const worker = workers.get(job.kind);
    if (worker === undefined) {
      return;
    }
    const ending = new AbortController();
    running.set(job.id, { kind: job.kind, ending });
    try {
      const outcome = await runJob(job, {
        context,
        content: options.content,
        worker,
        log: log.child({ job: job.id, kind: job.kind }),
        ending,
        stopping: stopping.signal,
        progressIntervalMs: options.progressIntervalMs ?? PROGRESS_MS,
        ...(options.firstRetryMs === undefined ? {} : { firstRetryMs: options.firstRetryMs }),
      });
      metrics.ended.inc({ kind: job.kind, outcome });
    } finally {
      running.delete(job.id);
      wake();
    }
  }

  let looking: Promise<void> | undefined;
  let isAskedAgain = false;
  function wake(): void {
    if (stopping.signal.aborted) {
      return;
    }
    if (looking !== undefined) {
      isAskedAgain = true;
      return;
    }
    isAskedAgain = false;
    looking = claimAll()
      .catch((error: unknown) => log.error({ err: error }, "jobs were not looked for; tried again soon"))
      .finally(() => {
        looking = undefined;
        if (isAskedAgain) {
          wake();
        }
      });
  }

  async function claimAll(): Promise<void> {
    for (let kinds = freeKinds(); kinds.length > 0 && !stopping.signal.aborted; kinds = freeKinds()) {
      const job = await jobs.claim(kinds);
      if (job === undefined) {
        return;
      }
      if (running.has(job.id)) {
        // ours already: the lock that shows that we live was lost for a moment, with its connection. Asked again at once, it would be given again.
        return;
      }
      if (stopping.signal.aborted) {
        await jobs.finish(job.id, { state: "pending", isInterruption: true });
        return;
      }
      const work = begin(job);
      atWork.add(work);
      void work.finally(() => atWork.delete(work));
    }
  }

  async function checkCancelled(id: number): Promise<void> {
    const own = running.get(id);
    if (own !== undefined && (await jobs.find(id))?.isCancelling === true) {
      own.ending.abort(new JobEnding("cancelled"));
    }
  }

  function logNotChecked(error: unknown): void {
    log.warn({ err: error }, "whether a job was cancelled is not known; its next report tells");
  }

  const unsubscribe = database.events.subscribe(
    (event) => {
      if (event.type === "job-changed" && event.state === "pending") {
        wake();
      } else if (event.type === "job-changed" && event.state === "running") {
        checkCancelled(event.id).catch(logNotChecked);
      }
    },
    () => {
      wake();
      for (const id of running.keys()) {
        checkCancelled(id).catch(logNotChecked);
      }
    },
  );

  const triggers = (options.triggers ?? TRIGGERS).map((trigger) => trigger(context, log));
  const schedule = createRepeated(() => fireSchedules(context, options.schedules ?? SCHEDULES, log));
  const prune = createRepeated(async () => {
    await jobs.prune(new Date(clock.now().getTime() - RETENTION_MS), PRUNED_AT_ONCE);
  });
  function createRepeated(work: () => Promise<void>): { run(): void; readonly current: () => Promise<void> } {
    let current: Promise<void> | undefined;
    return {
      run() {
        current ??= work()
          .catch((error: unknown) => log.error({ err: error }, "background work on jobs failed; tried again later"))
          .finally(() => {
            current = undefined;
          });
      },
      current: async () => current,
    };
  }

  const timers = [
    setInterval(wake, options.pollMs ?? POLL_MS),
    setInterval(() => schedule.run(), options.scheduleMs ?? SCHEDULE_MS),
    setInterval(() => prune.run(), PRUNE_MS),
  ];
  for (const timer of timers) {
    timer.unref();
  }
  wake();
  schedule.run();
  await schedule.current();

  return {
    async stop() {
      unsubscribe();
      for (const trigger of triggers) {
        await trigger[Symbol.asyncDispose]();
      }
      for (const timer of timers) {
        clearInterval(timer);
      }
      stopping.abort();
      await looking;
      for (const { ending } of running.values()) {
        ending.abort(new JobEnding("stopping"));
      }
      await Promise.all([...atWork, schedule.current(), prune.current()]);
    },
  };
}

function createMetrics(
  registry: ServerContext["telemetry"]["metrics"],
  countRunning: () => number,
): { readonly ended: Counter<"kind" | "outcome"> } {
  new Gauge({
    name: "haechi_registry_jobs_running",
    help: "Jobs of the registry (garbage collection, replication, retention, …) that this process is at.",
    registers: [registry],
    collect() {
      this.set(countRunning());
    },
  });
  return {
    ended: new Counter({
      name: "haechi_registry_jobs_total",
      help: "Jobs of the registry that ended in this process, by kind and outcome.",
      labelNames: ["kind", "outcome"],
      registers: [registry],
    }),
  };
}
