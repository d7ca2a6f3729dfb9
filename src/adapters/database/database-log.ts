// SPDX-License-Identifier: Apache-2.0

type Write = (values: Readonly<Record<string, unknown>>, message: string) => void;

/** Where this module logs to; pino's `Logger` is one. */
export interface DatabaseLog {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
