// SPDX-License-Identifier: Apache-2.0
import { type DestinationStream, destination, pino } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import { redactText } from "#base";
import type { Telemetry } from "./telemetry.ts";

/** Members of log objects that never reach the log, whatever somebody passes. */
const SECRET_MEMBERS = ["password", "token", "authorization", "cookie", "secret", "secretKey", "credentials"];

/**
 * Logs as JSON lines to standard error (or `to`), metrics in a registry of their own. Members with the names of secrets
 * are removed at two levels of nesting; messages and errors lose credentials in URLs and headers.
 */
export function createTelemetry(options: {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly to?: DestinationStream;
}): Telemetry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`]), remove: true },
      serializers: { err: serializeError, error: serializeError },
    },
    options.to ?? destination({ fd: 2, sync: true }),
  );
  return { log, metrics };
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) {
    return error;
  }
  const serialized: Record<string, unknown> = {
    name: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ""),
  };
  if ("code" in error) {
    serialized["code"] = error.code;
  }
  if (error.cause !== undefined) {
    serialized["cause"] = serializeError(error.cause);
  }
  return serialized;
}
