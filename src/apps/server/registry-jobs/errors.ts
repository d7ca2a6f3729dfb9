// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";
import type { JobNoteCode } from "./job-note.ts";

/** Why a job of the registry failed; the job shows code and message. */
export type RegistryJobErrorCode =
  /** Its process ended again and again while it was at work. */
  | "JOB_INTERRUPTED"
  /** The rule that the job carries out is gone, or cannot be read. */
  | "RULE_UNKNOWN"
  /** The parameters are not those of its kind: an earlier or later version made it. */
  | "JOB_INVALID"
  /** Another registry does not answer as it has to. */
  | "UPSTREAM_FAILED"
  /** Some of the images could not be copied; the result names them. */
  | "COPY_INCOMPLETE"
  /** `registry.backupDir` is not set. */
  | "BACKUP_OFF"
  /** There is no backup of this name, or it is not whole. */
  | "BACKUP_UNREADABLE"
  /** The folder of the backups cannot be written, such as when its disk is full. What was there before is still there. */
  | "BACKUP_UNWRITABLE"
  /** Blobs are missing or damaged, so the snapshot does not have them; the result names them. */
  | "SNAPSHOT_INCOMPLETE";

/** A job that cannot be done; the message says what to change. */
export class RegistryJobError extends CodedError<RegistryJobErrorCode> {
  override readonly name: string = "RegistryJobError";
  /** What there is to show all the same. */
  readonly result: unknown;

  constructor(
    code: RegistryJobErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly result?: unknown;
      /** What its sentence names. */
      readonly details?: Readonly<Record<string, string | number>>;
    } = {},
  ) {
    // a code without a sentence for the job does not compile
    super(code satisfies JobNoteCode, message, options);
    this.result = options.result;
  }
}
