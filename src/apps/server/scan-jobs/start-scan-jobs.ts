// SPDX-License-Identifier: Apache-2.0
import { type JobWithMetadata, PgBoss } from "pg-boss";
import type { AdvisoryDatabaseInfo, AdvisorySource } from "#advisories";
import type { DatabaseChange } from "#advisory-db";
import type { Digest } from "#base";
import type { ServerContext } from "../context.ts";
import { rematchReports } from "./rematch-reports.ts";
import { createScanRenewal } from "./renew-scans.ts";
import { createScanWorker } from "./scan-worker.ts";

const QUEUE = "scan";
/** pg-boss takes a job from a worker that was silent for so long; 10 s is the least that it allows. */
const HEARTBEAT_SECONDS = 10;
const SWEEP_INTERVAL_MS = 15_000;
/** Scans that a sweep looks after, the oldest first: those behind them have their turn when these are done. */
const SWEPT_AT_ONCE = 200;
/** Somebody waits for a scan, or it only brings the result of newer analyzers. */
const PRIORITY = { asked: 10, background: 0 } as const;
const JOB_RETENTION_MS = 90 * 24 * 3_600_000;
const PRUNED_AT_ONCE = 10_000;
const REMATCH_RETRY_MS = 30_000;

/** Runs pending scans until stopped. Every stored scan that is not finished becomes a job again at start. */
export interface ScanJobs {
  /** Stops taking jobs and ends the scans that run; their jobs run again at the next start. */
  stop(): Promise<void>;
}

export interface ScanJobsOptions {
  /** The blob store's folder. */
  readonly layoutDir: string;
  readonly advisoryFile: string;
  /** The database at `advisoryFile`; where it may change, it says when. */
  readonly advisories: AdvisorySource & {
    subscribe?(onChange: (info: AdvisoryDatabaseInfo, change: DatabaseChange | undefined) => void): () => void;
  };
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

  const worker = createScanWorker(context, {
    layoutDir: options.layoutDir,
    get advisoryFile() {
      return options.advisoryFile;
    },
    log,
    stopping: stopping.signal,
  });
  const renewal = await createScanRenewal(database, {
    scanners: configuration.scan.scanners,
    clamd: configuration.malware.clamd,
  });

  async function enqueue(digest: Digest, isBackground: boolean): Promise<void> {
    const priority = isBackground ? PRIORITY.background : PRIORITY.asked;
    const id = await boss.send(QUEUE, { digest }, { singletonKey: digest, priority });
    if (id === null && !isBackground) {
      // it waits in the background already, or is at work; then this changes nothing
      await boss.update(QUEUE, undefined, { singletonKey: digest, priority });
    }
  }

  async function enqueueUnfinished(limit?: number): Promise<void> {
    const background = await database.scanJobs.listBackground();
    const digests = await database.scans.listUnfinished();
    const asked = digests.filter((digest) => !background.has(digest));
    for (const digest of asked.slice(0, limit)) {
      await enqueue(digest, false);
    }
    for (const digest of digests.filter((each) => background.has(each))) {
      await enqueue(digest, true);
    }
  }

  function logNotQueued(error: unknown): void {
    log.error({ err: error }, "pending scans were not queued");
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
        await worker.scan(job.data.digest, job.retryCount >= job.retryLimit);
      }
    },
  );
  const unsubscribe = database.events.subscribe(
    (event) => {
      const isNew = event.type === "image-pushed" || (event.type === "scan-changed" && event.state === "pending");
      if (isNew) {
        void enqueueIfPending(event.digest);
      } else if (event.type === "scan-changed" && event.state !== "running") {
        // somebody may have stopped it
        void worker.check(event.digest).catch(logNotChecked);
      }
    },
    () => void enqueueUnfinished().catch(logNotQueued),
  );

  function logNotChecked(error: unknown): void {
    log.warn({ err: error }, "whether a scan was stopped is not known; the next look tells");
  }

  async function enqueueIfPending(digest: Digest): Promise<void> {
    try {
      const record = await database.scans.find(digest);
      if (record?.state === "pending" && record.isRemote !== true) {
        await enqueue(digest, (await database.scanJobs.listBackground()).has(digest));
      }
    } catch (error) {
      log.error({ err: error, digest }, "scan was not queued; the next sweep tries again");
    }
  }

  await enqueueUnfinished();
  // An event that nobody heard, a job that failed for good with its worker, a new scan that was asked for while the last
  // job of the image was about to end (one image has one job at a time): whatever waits without a job gets one here.
  let sweeping: Promise<void> | undefined;
  function sweep(): void {
    sweeping ??= renewal
      .renew()
      .then(() => enqueueUnfinished(SWEPT_AT_ONCE))
      .then(() => database.scanJobs.prune(new Date(context.clock.now().getTime() - JOB_RETENTION_MS), PRUNED_AT_ONCE))
      .then(() => undefined, logNotQueued)
      .finally(() => {
        sweeping = undefined;
      });
  }
  sweep();
  const sweeper = setInterval(sweep, options.sweepIntervalMs ?? SWEEP_INTERVAL_MS);
  sweeper.unref();

  let rematching = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  function rematchAll(change?: DatabaseChange): void {
    clearTimeout(again);
    rematching = rematching
      .then(() => rematchOnce(change))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) {
          log.error({ err: error }, "findings were not brought up to date; tried again soon");
          again = setTimeout(() => rematchAll(), REMATCH_RETRY_MS).unref();
        }
      });
  }
  /** One replica at a time; another one looks later whether anything is left. */
  async function rematchOnce(change: DatabaseChange | undefined): Promise<void> {
    const isDone = await database.scans.withExclusive("rematch", async () => {
      const made = await rematchReports({
        scans: database.scans,
        advisories: () => ({ digest: options.advisories.info.digest, file: options.advisoryFile }),
        change,
        limits: { ...configuration.scan, signal: stopping.signal },
        log,
      });
      if (made > 0) {
        log.info({ reports: made }, "findings were brought up to date with the advisory database");
      }
    });
    if (!isDone && !stopping.signal.aborted) {
      again = setTimeout(() => rematchAll(), REMATCH_RETRY_MS).unref();
    }
  }
  rematchAll();
  const unsubscribeAdvisories = options.advisories.subscribe?.((_, change) => rematchAll(change));

  return {
    async stop(): Promise<void> {
      unsubscribe();
      unsubscribeAdvisories?.();
      clearInterval(sweeper);
      clearTimeout(again);
      stopping.abort(new Error("the server stops"));
      await rematching;
      await sweeping;
      await boss.stop({ graceful: true, timeout: 10_000 });
    },
  };
}
