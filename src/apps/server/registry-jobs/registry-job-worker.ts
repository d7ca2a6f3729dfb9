// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { RegistryJobKind, RegistryJobRecord } from "#database";
import type { ServerContext } from "../context.ts";
import type { RegistryContent } from "../registry/content/registry-content.ts";
import type { JobNote } from "./job-note.ts";

/** How far a job is. */
export interface RegistryJobProgress {
  readonly done?: number;
  readonly total?: number;
  readonly unit?: "items" | "bytes";
  readonly message?: JobNote;
  readonly position?: unknown;
}

/** A job at work. */
export interface RegistryJobRun {
  readonly job: RegistryJobRecord;
  readonly context: ServerContext;
  readonly content: RegistryContent;
  readonly log: Logger;
  /** Aborted when somebody cancels the job, or the server stops (then it goes on from `position` at the next start). */
  readonly signal: AbortSignal;
  /** Says how far it is; `position` is where it goes on after a restart. Cheap to call often: it is written at most once a second, `position` always. */
  report(progress: RegistryJobProgress): Promise<void>;
}

/** Does one kind of long work. Whatever it throws is the job's failure, tried again with a growing pause if `isTransient`. */
export interface RegistryJobWorker {
  readonly kind: RegistryJobKind;
  /** How many jobs of the kind run at once in this process; default 1. */
  readonly concurrency?: number;
  /** What came of it, JSON, for people and scripts. */
  run(run: RegistryJobRun): Promise<unknown>;
  readonly isTransient?: (error: unknown) => boolean;
  /** How long a transient failure has to be waited for, where the other side said so. */
  readonly retryAfterMs?: (error: unknown) => number | undefined;
}
