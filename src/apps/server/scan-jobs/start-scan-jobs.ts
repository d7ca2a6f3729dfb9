// SPDX-License-Identifier: Apache-2.0
import { type JobWithMetadata, PgBoss } from "pg-boss";
import { Counter, Histogram } from "prom-client";
import type { AdvisorySource } from "#advisories";
import { type Digest, messageOf } from "#base";
import { createScanReport } from "#findings";
import type { ServerContext } from "../context.ts";
import type { ScanAnswer } from "../scan-process/protocol.ts";
import { runScanProcess } from "./run-scan-process.ts";

const QUEUE = "scan";
/** pg-boss takes a job from a worker that was silent for so long; 10 s is the least that it allows. */
const HEARTBEAT_SECONDS = 10;
const SWEEP_INTERVAL_MS = 15_000;
/** Scans that a sweep looks after, the oldest first: those behind them have their turn when these are done. */
const SWEPT_AT_ONCE = 200;

/** Runs pending scans until stopped. Every stored scan that is not finished becomes a job again at start. */
export interface ScanJobs {
  /** Stops taking jobs and ends the scans that run; their jobs run again at the next start. */
  stop(): Promise<void>;
}

export interface ScanJobsOptions {
  /** The blob store's folder. */
  readonly layoutDir: string;
  readonly advisoryFile: string;
  /** The database at `advisoryFile`. */
  readonly advisories: AdvisorySource;
  /** How often waiting scans without a job are looked for; default 15 s. */
  readonly sweepIntervalMs?: number;
}

/**
 * The scanner role. The `scans` table says what has to be done; jobs only carry it to a worker, so a lost job is made
 * again.
 */
export async function startScanJobs(context: ServerContext, options: ScanJobsOptions): Promise<ScanJobs> {
  const { database, configuration, telemetry } = context;
  const log = telemetry.log.child({ role: "scanner" });
  const scans = new Counter({
    name: "haechi_scan_jobs_total",
    help: "Scans by result: done, unsupported, failed, retried",
    labelNames: ["result"],
    registers: [telemetry.metrics],
  });
  const duration = new Histogram({
    name: "haechi_scan_duration_seconds",
    help: "Time of one scan, from taking the job to the stored report",
    buckets: [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers: [telemetry.metrics],
  });
  const boss = new PgBoss({
    connectionString: database.connectionString,
    max: 4,
    useListenNotify: true,
    superviseIntervalSeconds: HEARTBEAT_SECONDS,
    monitorIntervalSeconds: HEARTBEAT_SECONDS,
    schedule: false,
    persistWarnings: false,
  });
  boss.on("error", (error) => log.error({ err: error }, "job queue failed"));
  await boss.start();
  const settings = {
    retryLimit: configuration.scan.maxAttempts - 1,
    retryDelay: 1,
    retryBackoff: true,
    expireInSeconds: Math.ceil(configuration.scan.timeoutMs / 1000) + 60,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    notify: true,
  };
  await boss.createQueue(QUEUE, { ...settings, policy: "exclusive" });
  await boss.updateQueue(QUEUE, settings);
  const stopping = new AbortController();

  async function enqueue(digest: Digest): Promise<void> {
    await boss.send(QUEUE, { digest }, { singletonKey: digest });
  }

  async function enqueueUnfinished(limit?: number): Promise<void> {
    const digests = await database.scans.listUnfinished();
    for (const digest of digests.slice(0, limit)) {
      await enqueue(digest);
    }
  }

  function logNotQueued(error: unknown): void {
    log.error({ err: error }, "pending scans were not queued");
  }

  async function scan(digest: Digest, isLastAttempt: boolean): Promise<void> {
    const record = await database.scans.find(digest);
    if (record === undefined || record.isRemote === true || record.state === "done" || record.state === "unsupported") {
      return;
    }
    await database.scans.markRunning(digest);
    const stopTimer = duration.startTimer();
    let answer: ScanAnswer;
    try {
      answer = await runScanProcess(
        { digest, layoutDir: options.layoutDir, advisoryFile: options.advisoryFile },
        { ...configuration.scan, signal: stopping.signal },
      );
    } catch (error) {
      if (stopping.signal.aborted || !isLastAttempt) {
        scans.inc({ result: "retried" });
        throw error;
      }
      log.error({ err: error, digest }, "scan failed for good");
      answer = { state: "failed", message: messageOf(error) };
    }
    await database.scans.finish(digest, answer);
    scans.inc({ result: answer.state });
    log.info({ digest, state: answer.state, seconds: stopTimer() }, "scan finished");
  }

  await boss.work(
    QUEUE,
    {
      batchSize: 1,
      localConcurrency: configuration.scan.concurrency,
      includeMetadata: true,
      pollingIntervalSeconds: 1,
      // Notifications that come while a scan runs count as one; the jobs behind it would otherwise wait for 30 s each.
      notifyPollingIntervalSeconds: 1,
    },
    async ([job]: readonly JobWithMetadata<{ digest: Digest }>[]) => {
      if (job !== undefined) {
        await scan(job.data.digest, job.retryCount >= job.retryLimit);
      }
    },
  );
  const unsubscribe = database.events.subscribe(
    (event) => {
      const isNew = event.type === "image-pushed" || (event.type === "scan-changed" && event.state === "pending");
      if (isNew) {
        void enqueueIfPending(event.digest);
      }
    },
    () => void enqueueUnfinished().catch(logNotQueued),
  );

  async function enqueueIfPending(digest: Digest): Promise<void> {
    try {
      const record = await database.scans.find(digest);
      if (record?.state === "pending" && record.isRemote !== true) {
        await enqueue(digest);
      }
    } catch (error) {
      log.error({ err: error, digest }, "scan was not queued; the next sweep tries again");
    }
  }

  await enqueueUnfinished();
  // An event that nobody heard, a job that failed for good with its worker, a new scan that was asked for while the last
  // job of the image was about to end (one image has one job at a time): whatever waits without a job gets one here.
  let sweeping: Promise<void> | undefined;
  const sweeper = setInterval(() => {
    sweeping ??= enqueueUnfinished(SWEPT_AT_ONCE)
      .catch(logNotQueued)
      .finally(() => {
        sweeping = undefined;
      });
  }, options.sweepIntervalMs ?? SWEEP_INTERVAL_MS);
  sweeper.unref();
  const rematching = rematch(context, options.advisories, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) {
      log.error({ err: error }, "findings were not brought up to date");
    }
  });

  return {
    async stop(): Promise<void> {
      unsubscribe();
      clearInterval(sweeper);
      stopping.abort(new Error("the server stops"));
      await rematching;
      await sweeping;
      await boss.stop({ graceful: true, timeout: 10_000 });
    },
  };
}

/** Findings made with another advisory database are computed again from the stored inventory; no image is touched. */
async function rematch(context: ServerContext, advisories: AdvisorySource, signal: AbortSignal): Promise<void> {
  const { scans } = context.database;
  // Each once: one that does not come out of the list, or that another server with another database puts back, must not
  // keep this going for ever.
  const seen = new Set<Digest>();
  for (;;) {
    const listed = await scans.listMadeWithOtherDatabase(advisories.info.digest, seen.size + 100);
    const digests = listed.filter((digest) => !seen.has(digest));
    if (digests.length === 0) {
      return;
    }
    for (const digest of digests) {
      signal.throwIfAborted();
      seen.add(digest);
      const record = await scans.find(digest);
      if (record?.state === "done" && record.report !== undefined) {
        const { image, inventory } = record.report;
        await scans.finish(digest, {
          state: "done",
          report: createScanReport({ image, inventory, source: advisories }),
        });
      }
    }
  }
}
