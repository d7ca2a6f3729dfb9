// SPDX-License-Identifier: Apache-2.0
import type { Language } from "#messages";

/** What long work of the registry does. */
export type RegistryJobKind =
  | "gc"
  | "check"
  | "retention"
  | "replicate"
  | "promote"
  | "import"
  | "backup"
  | "restore"
  | "snapshot"
  | "external-scan";

/** `awaiting-approval` and `rejected`: of work that somebody else has to agree to. */
export type RegistryJobState =
  | "awaiting-approval"
  | "pending"
  | "running"
  | "done"
  | "failed"
  | "cancelled"
  | "rejected";

/** A sentence for people in any language: `registryJobs.note.CODE` of the messages. */
export interface RegistryJobMessage {
  readonly code: string;
  /** What it names; a text that is a sentence itself is there in each language. */
  readonly params: Readonly<Record<string, RegistryJobMessageValue>>;
}

export type RegistryJobMessageValue = string | number | Readonly<Record<Language, string>>;

/** One piece of long work, from when it was asked for until its end. */
export interface RegistryJobRecord {
  readonly id: number;
  readonly kind: RegistryJobKind;
  readonly state: RegistryJobState;
  /** What it is about, for people: a repository, a rule, a file. */
  readonly target: string;
  /** As the worker of the kind understands them. Nothing in them is secret. */
  readonly parameters: unknown;
  /** Where it got to, as its worker wrote it, to go on there after a restart. */
  readonly position?: unknown;
  readonly done: number;
  /** 0: not known (yet). */
  readonly total: number;
  readonly unit: "items" | "bytes";
  /** What it is at, or what went wrong. */
  readonly message?: RegistryJobMessage;
  /** What came of it, as its worker says. */
  readonly result?: unknown;
  readonly attempts: number;
  readonly requestedBy: string;
  /** Who approved or rejected it. */
  readonly decidedBy?: string;
  /** Somebody cancelled it, and its worker is still at it. */
  readonly isCancelling?: true;
  /** RFC 3339. */
  readonly requestedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface NewRegistryJob {
  readonly kind: RegistryJobKind;
  readonly target: string;
  readonly parameters: unknown;
  readonly requestedBy: string;
  /** Begins as `awaiting-approval`; default false. */
  readonly needsApproval?: boolean;
  /** Where the same (kind and target) is pending already, that one is meant; default false. */
  readonly isOnce?: boolean;
}

/** Work that is done at certain times, once for all processes of the installation. */
export interface DueSchedule {
  /** e.g. `replication/nightly`. */
  readonly name: string;
  /** With its time zone: when another one takes its place, times that passed do not count. */
  readonly expression: string;
  /** The last time at which it was due. */
  readonly dueAt: Date;
  readonly job: NewRegistryJob;
}

export interface RegistryJobQuery {
  readonly limit: number;
  /** Only those older than this one. */
  readonly before?: number;
  readonly kind?: RegistryJobKind;
  readonly state?: RegistryJobState;
}

/** Each change of a state is told to every process as `job-changed`. */
export interface RegistryJobStore {
  create(job: NewRegistryJob): Promise<RegistryJobRecord>;
  /**
   * Makes the job unless that was done for this time already, by whichever process, or one of the same kind and target is open. A schedule
   * that is new, or has another expression, begins with its next time. Several times that passed while nothing ran count as one.
   */
  fire(schedule: DueSchedule): Promise<RegistryJobRecord | undefined>;
  list(query: RegistryJobQuery): Promise<readonly RegistryJobRecord[]>;
  find(id: number): Promise<RegistryJobRecord | undefined>;
  /** Approves or rejects; false when it does not await that. */
  decide(id: number, decision: { readonly isApproved: boolean; readonly decidedBy: string }): Promise<boolean>;
  /** One that waits ends at once; the worker of one that runs is told. False when it is over. */
  cancel(id: number): Promise<boolean>;
  /** Takes the oldest pending job of these kinds whose time has come, or one whose process is gone, for this process. */
  claim(kinds: readonly RegistryJobKind[]): Promise<RegistryJobRecord | undefined>;
  /** False: somebody cancelled it, or it is not this process's any more. Without anything to note it only says that. */
  noteProgress(
    id: number,
    progress: {
      readonly done?: number;
      readonly total?: number;
      readonly unit?: "items" | "bytes";
      readonly message?: RegistryJobMessage;
      readonly position?: unknown;
    },
  ): Promise<boolean>;
  /** Ends it, or (`pending`) lets it be tried again at `notBefore`. */
  finish(
    id: number,
    end: {
      readonly state: "done" | "failed" | "cancelled" | "pending";
      readonly message?: RegistryJobMessage;
      readonly result?: unknown;
      readonly notBefore?: Date;
      /** The process stops: nothing went wrong, so it is no attempt. */
      readonly isInterruption?: boolean;
    },
  ): Promise<void>;
  /** Forgets at most `limit` jobs that ended before; returns how many. */
  prune(before: Date, limit: number): Promise<number>;
}
