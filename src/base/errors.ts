// SPDX-License-Identifier: Apache-2.0

/**
 * An expected failure (network, malformed input, bad configuration) with a stable code. Verdicts are data, never
 * errors; bugs are plain `Error`s. Each module declares its own union of codes and subclass in its `errors.ts`.
 * `details` holds values that are safe to log and to show: no secrets, no credentials.
 */
export class CodedError<Code extends string = string> extends Error {
  override readonly name: string = "CodedError";
  readonly code: Code;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: Code,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The message of anything that was thrown, for logs and problem lists. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends an exhaustive `switch`; reaching it is a bug. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
