// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge } from "prom-client";
import { type Clock, CodedError } from "#base";
import type { SignatureVerifier } from "#signatures";
import type { Telemetry } from "#telemetry";
import { fetchConfiguredDatabase, readTrustedSigners, type UpdateSettings } from "./fetch-configured-database.ts";
import type { LiveAdvisories } from "./live-advisories.ts";

/** How often the folder in use is looked at: somebody may import or update with the command line. */
const WATCH_INTERVAL_MS = 30_000;
/** After a failure, at the latest; an interval that is shorter stays. */
const RETRY_INTERVAL_MS = 15 * 60_000;

export interface AdvisoryUpdateOptions {
  readonly settings: UpdateSettings;
  readonly live: LiveAdvisories;
  readonly verifier: Pick<SignatureVerifier, "verify">;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Default 30 s. */
  readonly watchIntervalMs?: number;
}

/** Keeps the database of the process new. */
export interface AdvisoryUpdates extends AsyncDisposable {
  /** Updates now and waits for it; for tests and for whoever asks for it. Never rejects: what went wrong is logged and counted. */
  update(): Promise<"updated" | "same" | "failed">;
}

/**
 * Fetches the database from `advisories.reference` at once and then every `advisories.updateInterval`, and takes over what anybody
 * puts into the folder. A failure is logged and counted, and leaves the database in use. Without a reference nothing is fetched.
 * Throws ConfigurationError for keys that cannot be read.
 */
export async function startAdvisoryUpdates(options: AdvisoryUpdateOptions): Promise<AdvisoryUpdates> {
  const { settings, live, telemetry } = options;
  const log = telemetry.log.child({ part: "advisories" });
  const { reference, updateIntervalMs } = settings.advisories;
  const requirements = await readTrustedSigners(settings);
  const stopping = new AbortController();
  const updates = new Counter({
    name: "haechi_advisory_updates_total",
    help: "Attempts to fetch a newer advisory database by result: updated, same, failed",
    labelNames: ["result"],
    registers: [telemetry.metrics],
  });
  registerDatabaseGauges(telemetry, live);

  async function reload(): Promise<boolean> {
    try {
      const isOther = await live.reload();
      if (isOther) {
        log.info({ digest: live.info.digest, date: live.info.date }, "another advisory database is in use");
      }
      return isOther;
    } catch (error) {
      log.error({ err: error }, "the new advisory database cannot be opened; the one before stays in use");
      return false;
    }
  }

  async function fetchOnce(): Promise<"updated" | "same" | "failed"> {
    if (reference === undefined) {
      return (await reload()) ? "updated" : "same";
    }
    try {
      const pulled = await fetchConfiguredDatabase(reference, {
        settings,
        verifier: options.verifier,
        requirements,
        now: options.clock.now(),
        signal: stopping.signal,
      });
      const result = pulled.isNew ? "updated" : "same";
      log.info(
        {
          result,
          date: pulled.info.date,
          manifest: pulled.manifest,
          fetchedBytes: pulled.fetchedBytes,
          shards: pulled.shards,
        },
        "advisory database looked for",
      );
      await reload();
      return result;
    } catch (error) {
      if (!stopping.signal.aborted) {
        const code = error instanceof CodedError ? String(error.code) : "UNEXPECTED";
        log.error({ err: error, code }, "the advisory database was not updated; the one before stays in use");
      }
      return "failed";
    }
  }

  let running: Promise<"updated" | "same" | "failed"> | undefined;
  function update(): Promise<"updated" | "same" | "failed"> {
    running ??= fetchOnce()
      .then((result) => {
        updates.inc({ result });
        return result;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  let timer: NodeJS.Timeout | undefined;
  function schedule(result: "updated" | "same" | "failed"): void {
    if (!stopping.signal.aborted) {
      const delay = result === "failed" ? Math.min(RETRY_INTERVAL_MS, updateIntervalMs) : updateIntervalMs;
      timer = setTimeout(() => void update().then(schedule), delay);
      timer.unref();
    }
  }
  if (reference !== undefined) {
    void update().then(schedule);
  }
  let reloading: Promise<unknown> = Promise.resolve();
  const watcher = setInterval(() => {
    reloading = reload();
  }, options.watchIntervalMs ?? WATCH_INTERVAL_MS);
  watcher.unref();

  return {
    update,
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error("the server stops"));
      clearInterval(watcher);
      clearTimeout(timer);
      await reloading;
      await running;
    },
  };
}

function registerDatabaseGauges({ metrics }: Pick<Telemetry, "metrics">, live: LiveAdvisories): void {
  new Gauge({
    name: "haechi_advisory_database_timestamp_seconds",
    help: "Time of the newest record of the advisory database in use; alert when it gets old",
    registers: [metrics],
    collect() {
      const time = Date.parse(live.info.date);
      this.set(Number.isNaN(time) ? 0 : time / 1000);
    },
  });
  new Gauge({
    name: "haechi_advisory_database_advisories",
    help: "Advisories in the database in use",
    registers: [metrics],
    collect() {
      this.set(live.info.advisories);
    },
  });
}
