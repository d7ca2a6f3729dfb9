// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { Counter, Histogram } from "prom-client";
import { type Digest, messageOf } from "#base";
import type { ServerContext } from "../context.ts";
import type { ScanAnswer, ScanRequest } from "../scan-process/protocol.ts";
import { ScanJobError } from "./errors.ts";
import { runScanProcess } from "./run-scan-process.ts";

/** How often the progress of a scan is written down; also how fast one that nobody waits for ends, should no event come. */
const PROGRESS_INTERVAL_MS = 1_000;

export interface ScanWorkerOptions {
  readonly layoutDir: string;
  readonly advisoryFile: string;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

/** Does one scan at a time for each caller, from the job to the stored report. */
export interface ScanWorker {
  /** Throws what makes the queue try again; whatever else is wrong is in the stored result. */
  scan(digest: Digest, isLastAttempt: boolean): Promise<void>;
  /** Ends the scan of the digest if it is under way here and nobody waits for it any more. */
  check(digest: Digest): Promise<void>;
}

/** The reason with which a scan ends that somebody stopped. */
class ScanStopped extends Error {}

export function createScanWorker(context: ServerContext, options: ScanWorkerOptions): ScanWorker {
  const { database, configuration, telemetry } = context;
  const { log, stopping } = options;
  const results = new Counter({
    name: "haechi_scan_jobs_total",
    help: "Scans by result: done, unsupported, failed, retried, cancelled",
    labelNames: ["result"],
    registers: [telemetry.metrics],
  });
  const duration = new Histogram({
    name: "haechi_scan_duration_seconds",
    help: "Time of one scan, from taking the job to the stored report",
    buckets: [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers: [telemetry.metrics],
  });
  const underWay = new Map<Digest, AbortController>();
  const progress = new Map<Digest, { readonly doneBytes: number; readonly totalBytes: number }>();

  async function check(digest: Digest): Promise<void> {
    const stop = underWay.get(digest);
    const known = progress.get(digest) ?? { doneBytes: 0, totalBytes: 0 };
    if (stop !== undefined && !(await database.scanJobs.noteProgress(digest, known))) {
      stop.abort(new ScanStopped());
    }
  }

  async function run(digest: Digest, stop: AbortController): Promise<ScanAnswer> {
    const missing = await database.registry.findUnlinked(digest);
    if (missing !== undefined) {
      // One folder has the blobs of all repositories: a report must not tell of what the image's repository was never given.
      return { state: "failed", message: `no repository has both the image and its blob ${missing}` };
    }
    const timer = setInterval(() => {
      check(digest).catch((error: unknown) => log.warn({ err: error, digest }, "progress was not written down"));
    }, PROGRESS_INTERVAL_MS);
    try {
      return await runScanProcess(await requestFor(digest), {
        ...configuration.scan,
        signal: AbortSignal.any([stopping, stop.signal]),
        onProgress: ({ doneBytes, totalBytes }) => progress.set(digest, { doneBytes, totalBytes }),
      });
    } finally {
      clearInterval(timer);
    }
  }

  async function requestFor(digest: Digest): Promise<ScanRequest> {
    const { layerCacheBytes, scanners } = configuration.scan;
    const folder = join(configuration.dataDir, "cache", "layers");
    if (layerCacheBytes > 0) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    return {
      digest,
      layoutDir: options.layoutDir,
      advisoryFile: options.advisoryFile,
      scanners,
      ...(configuration.malware.clamd === undefined ? {} : { clamd: configuration.malware.clamd }),
      ...(layerCacheBytes > 0 ? { layerCache: { folder, maxBytes: layerCacheBytes } } : {}),
    };
  }

  /** A background scan that fails leaves what is known in force: an upgrade of ours is no reason to refuse what was allowed. */
  async function fail(digest: Digest, message: string): Promise<void> {
    const background = await database.scanJobs.listBackground();
    if (!background.has(digest) || !(await database.scanJobs.abandon(digest, { state: "failed", message }))) {
      await database.scans.finish(digest, { state: "failed", message });
    }
    results.inc({ result: "failed" });
  }

  async function attempt(digest: Digest, isLastAttempt: boolean, stop: AbortController): Promise<void> {
    const stopTimer = duration.startTimer();
    let answer: ScanAnswer;
    try {
      answer = await run(digest, stop);
    } catch (error) {
      if (stop.signal.aborted) {
        results.inc({ result: "cancelled" });
        log.info({ digest, seconds: stopTimer() }, "scan stopped");
        return;
      }
      const isFinal = error instanceof ScanJobError && error.code === "SCAN_MEMORY";
      if (stopping.aborted || !(isLastAttempt || isFinal)) {
        results.inc({ result: "retried" });
        await database.scanJobs.noteFailure(digest, messageOf(error));
        throw error;
      }
      log.error({ err: error, digest }, "scan failed for good");
      await fail(digest, messageOf(error));
      return;
    }
    // stopped while the answer was on its way: whoever stopped it has been told that there is none
    if (!(await database.scanJobs.noteProgress(digest, progress.get(digest) ?? { doneBytes: 0, totalBytes: 0 }))) {
      results.inc({ result: "cancelled" });
      return;
    }
    if (answer.state === "failed") {
      await fail(digest, answer.message);
    } else {
      await database.scans.finish(digest, answer);
      results.inc({ result: answer.state });
    }
    log.info({ digest, state: answer.state, seconds: stopTimer() }, "scan finished");
  }

  return {
    check,
    async scan(digest, isLastAttempt) {
      const record = await database.scans.find(digest);
      if (record === undefined || record.isRemote === true || !["pending", "running"].includes(record.state)) {
        return;
      }
      await database.scans.markRunning(digest);
      const stop = new AbortController();
      underWay.set(digest, stop);
      try {
        await attempt(digest, isLastAttempt, stop);
      } finally {
        underWay.delete(digest);
        progress.delete(digest);
      }
    },
  };
}
