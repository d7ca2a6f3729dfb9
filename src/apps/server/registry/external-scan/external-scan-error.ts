// SPDX-License-Identifier: Apache-2.0
import { RegistryJobError } from "../../registry-jobs/errors.ts";

/** A scanner that does not do what was asked of it; the message quotes nothing that it said but its own error. */
export class ExternalScanError extends RegistryJobError {
  /** It may do so later. */
  readonly isTransient: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { readonly isTransient: boolean; readonly retryAfterMs?: number; readonly cause?: unknown },
  ) {
    super("UPSTREAM_FAILED", message, options.cause === undefined ? {} : { cause: options.cause });
    this.isTransient = options.isTransient;
    this.retryAfterMs = options.retryAfterMs;
  }
}
