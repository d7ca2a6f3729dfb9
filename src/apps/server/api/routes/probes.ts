// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../../context.ts";
import { isLeaving, type Readiness } from "../../readiness.ts";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { checkHealth } from "../health.ts";
import { isLoopback } from "../security/host-check.ts";

/** Probes ask often and without an account: one check answers all that ask within this time. */
const READY_LIFE_MS = 1_000;

/** `/healthz` (the process answers), `/readyz` (it can do its work; else 503 and why) and `/metrics` (for whom `metrics.callers` says). */
export function addProbeRoutes(app: ApiApp, context: ServerContext): void {
  let checked: { readonly at: number; readonly readiness: Promise<Readiness> } | undefined;

  app.get("/healthz", { schema: { hide: true } }, async () => ({ alive: true }));

  app.get("/readyz", { schema: { hide: true } }, async (_request, reply) => {
    const now = context.clock.now().getTime();
    if (checked === undefined || now - checked.at >= READY_LIFE_MS || now < checked.at) {
      checked = { at: now, readiness: checkReadiness(context) };
    }
    const readiness = isLeaving(context) ? { ready: false, reasons: ["stopping"] } : await checked.readiness;
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });

  app.get("/metrics", { schema: { hide: true } }, async (request, reply) => {
    const isForwarded = request.headers["x-forwarded-for"] !== undefined || request.headers["forwarded"] !== undefined;
    const isOpen = context.configuration.metrics.callers === "network";
    if ((!isOpen && !isLoopback(request.socket.remoteAddress ?? "")) || isForwarded) {
      throw new ApiError("PERMISSION_DENIED", "metrics are for this machine only");
    }
    const { metrics } = context.telemetry;
    return reply.header("content-type", metrics.contentType).send(await metrics.metrics());
  });
}

async function checkReadiness(context: ServerContext): Promise<Readiness> {
  const components = await checkHealth(context);
  const failing = components.filter((component) => component.state === "failing");
  return {
    ready: failing.length === 0,
    reasons: failing.map(({ name, message }) => (message === undefined ? name : `${name}: ${message}`)),
  };
}
