// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../context.ts";
import type { ApiApp } from "./api-app.ts";
import type { ApiMetrics } from "./api-metrics.ts";

/** A line per request costs half the throughput (design/stack.md): failures and slow ones are all written, of the rest one in so many. */
const SAMPLE = 100;
const SLOW_MS = 1_000;

/** Counts every request and logs some. */
export function addRequestLog(app: ApiApp, context: ServerContext, metrics: ApiMetrics): void {
  let answered = 0;
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "(none)";
    const status = reply.statusCode;
    metrics.requests.inc({ method: request.method, route, status: String(status) });
    // A stream of events lasts for hours: its time says nothing.
    if (route !== "/api/v1/events") {
      metrics.seconds.observe({ method: request.method, route }, reply.elapsedTime / 1_000);
    }
    answered += 1;
    const isSlow = reply.elapsedTime > SLOW_MS && route !== "/api/v1/events";
    if (status >= 500 || isSlow || answered % SAMPLE === 0) {
      const line = { method: request.method, route, status, durationMs: Math.round(reply.elapsedTime) };
      request.log[status >= 500 ? "warn" : "info"](line, "request answered");
    }
  });
  context.telemetry.log.debug({ sample: SAMPLE }, "request log is sampled");
}
