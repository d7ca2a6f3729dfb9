// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import { DatabaseError, type RegistryJobRecord, type RegistryJobStore } from "#database";
import type { ServerContext } from "../context.ts";
import type { RegistryContent } from "../registry/content/registry-content.ts";
import { describeFailure } from "./describe-failure.ts";
import { RegistryJobError } from "./errors.ts";
import { JobEnding } from "./job-ending.ts";
import { ProgressReport } from "./progress-report.ts";
import type { RegistryJobWorker } from "./registry-job-worker.ts";

/** Failures that pass by themselves are tried again so often. */
const MAX_ATTEMPTS = 12;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 10 * 60_000;
/** Nobody waits for another registry longer than this between two attempts, whatever it says. */
const MAX_ASKED_RETRY_MS = 6 * 3_600_000;
const WRITE_RETRY_MS = 1_000;

/** How a job ended for this process. */
export type JobOutcome = "done" | "failed" | "cancelled" | "retried" | "interrupted";

type JobEnd = Parameters<RegistryJobStore["finish"]>[1];

export interface JobRunOptions {
  readonly context: ServerContext;
  readonly content: RegistryContent;
  readonly worker: RegistryJobWorker;
  readonly log: Logger;
  /** Aborted with a `JobEnding`. */
  readonly ending: AbortController;
  readonly stopping: AbortSignal;
  readonly progressIntervalMs: number;
  readonly firstRetryMs?: number;
}

/** Does the job and writes down what came of it. Never throws. */
export async function runJob(job: RegistryJobRecord, options: JobRunOptions): Promise<JobOutcome> {
  const { context, log, stopping } = options;
  const jobs = context.database.registryJobs;
  const { outcome, end } = await attempt(job, options);
  for (;;) {
    try {
      await jobs.finish(job.id, end);
      return outcome;
    } catch (error) {
      if (stopping.aborted) {
        // it is still ours in the database, so the next process takes it up
        log.error({ err: error, job: job.id }, "how the job ended was not written down");
        return "interrupted";
      }
      log.warn({ err: error, job: job.id }, "how the job ended is not written down yet");
      await pause(WRITE_RETRY_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

async function attempt(
  job: RegistryJobRecord,
  { context, content, worker, log, ending, progressIntervalMs, firstRetryMs = FIRST_RETRY_MS }: JobRunOptions,
): Promise<{ readonly outcome: JobOutcome; readonly end: JobEnd }> {
  const progress = new ProgressReport(job, {
    jobs: context.database.registryJobs,
    // of a job that is another process's by now, nothing is written down here
    onLost: () => ending.abort(new JobEnding("cancelled")),
    intervalMs: progressIntervalMs,
    log,
  });
  try {
    if (job.isCancelling === true) {
      ending.abort(new JobEnding("cancelled"));
    }
    ending.signal.throwIfAborted();
    if (job.attempts > 2 * MAX_ATTEMPTS) {
      const { attempts } = job;
      const message = `the job was begun ${attempts} times and never came to an end`;
      throw new RegistryJobError("JOB_INTERRUPTED", message, { details: { attempts } });
    }
    const result = await worker.run({
      job,
      context,
      content,
      log,
      signal: ending.signal,
      report: (noted) => progress.note(noted),
    });
    await progress.flush();
    return { outcome: "done", end: { state: "done", ...(result === undefined ? {} : { result }) } };
  } catch (error) {
    await progress.flush();
    if (ending.signal.aborted) {
      const { why } = ending.signal.reason as JobEnding;
      return why === "cancelled"
        ? { outcome: "cancelled", end: { state: "cancelled" } }
        : { outcome: "interrupted", end: { state: "pending", isInterruption: true } };
    }
    const message = describeFailure(error);
    const result = error instanceof RegistryJobError ? error.result : undefined;
    const shown = { message, ...(result === undefined ? {} : { result }) };
    if (isTransient(worker, error) && job.attempts < MAX_ATTEMPTS) {
      const askedMs = Math.min(worker.retryAfterMs?.(error) ?? 0, MAX_ASKED_RETRY_MS);
      const waitMs = Math.max(askedMs, Math.min(firstRetryMs * 2 ** (job.attempts - 1), LAST_RETRY_MS));
      const notBefore = new Date(context.clock.now().getTime() + waitMs);
      log.warn({ err: error, job: job.id, notBefore }, "the job failed and is tried again");
      // one that gets on is not at its end, however often it is held up
      return {
        outcome: "retried",
        end: { state: "pending", ...shown, notBefore, isInterruption: progress.hasAdvanced },
      };
    }
    log.error({ err: error, job: job.id, kind: job.kind }, "the job failed");
    return { outcome: "failed", end: { state: "failed", ...shown } };
  }
}

/** A database that is away comes back, whatever the job was doing. */
function isTransient(worker: RegistryJobWorker, error: unknown): boolean {
  return error instanceof DatabaseError || worker.isTransient?.(error) === true;
}
