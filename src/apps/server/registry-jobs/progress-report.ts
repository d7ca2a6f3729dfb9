// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { RegistryJobRecord, RegistryJobStore } from "#database";
import type { RegistryJobProgress } from "./registry-job-worker.ts";

/** Writes how far a job is, seldom enough that it costs nothing. */
export class ProgressReport {
  readonly #id: number;
  readonly #start: string | undefined;
  readonly #jobs: Pick<RegistryJobStore, "noteProgress">;
  readonly #onLost: () => void;
  readonly #intervalMs: number;
  readonly #log: Pick<Logger, "warn">;
  #hasAdvanced = false;
  #unwritten: RegistryJobProgress = {};
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    job: Pick<RegistryJobRecord, "id" | "position">,
    options: {
      readonly jobs: Pick<RegistryJobStore, "noteProgress">;
      /** The job was cancelled, or is another process's by now. */
      readonly onLost: () => void;
      readonly intervalMs: number;
      readonly log: Pick<Logger, "warn">;
    },
  ) {
    this.#id = job.id;
    this.#start = JSON.stringify(job.position);
    this.#jobs = options.jobs;
    this.#onLost = options.onLost;
    this.#intervalMs = options.intervalMs;
    this.#log = options.log;
  }

  /** Whether it got to another place than where it began. */
  get hasAdvanced(): boolean {
    return this.#hasAdvanced;
  }

  async note(progress: RegistryJobProgress): Promise<void> {
    this.#unwritten = { ...this.#unwritten, ...progress };
    this.#hasAdvanced ||= progress.position !== undefined && JSON.stringify(progress.position) !== this.#start;
    if (progress.position !== undefined || performance.now() - this.#writtenAtMs >= this.#intervalMs) {
      await this.flush();
    }
  }

  /** Never throws: the work goes on, and what could not be written is written with the next report. */
  async flush(): Promise<void> {
    const progress = this.#unwritten;
    this.#unwritten = {};
    this.#writtenAtMs = performance.now();
    try {
      if (!(await this.#jobs.noteProgress(this.#id, progress))) {
        this.#onLost();
      }
    } catch (error) {
      this.#unwritten = { ...progress, ...this.#unwritten };
      this.#log.warn({ err: error, job: this.#id }, "how far the job is was not written down");
    }
  }
}
