// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { LIMITS } from "#base";
import type { DecisionRecord } from "#database";
import { type AdmissionAnswer, type AdmissionRequest, parseAdmissionReview, renderAdmissionReview } from "#kubernetes";
import type { Translate } from "#messages";
import type { ServerContext } from "../context.ts";
import type { AdmissionMetrics, ReviewOutcome } from "./admission-metrics.ts";
import { BodyBudget } from "./body-budget.ts";
import { readBody } from "./read-body.ts";
import type { createReviewer, Review, Webhook } from "./review.ts";
import { reviewTimeMs } from "./review-deadline.ts";

export interface AdmissionHandlerOptions {
  readonly review: ReturnType<typeof createReviewer>;
  readonly context: Pick<ServerContext, "configuration" | "database" | "clock" | "telemetry" | "stopping">;
  readonly metrics: AdmissionMetrics;
  readonly translate: Translate;
}

/** Of all reviews in flight: room for a few of the largest at once. What they parse to takes many times as much. */
const MAX_BODY_BYTES_IN_FLIGHT = 4 * LIMITS.maxAdmissionReviewBytes;

const WEBHOOKS: ReadonlyMap<string, Webhook> = new Map([
  ["/admit", "admit"],
  ["/validate", "validate"],
]);

/** What one request is known by. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly log: Logger;
}

/** The listener of the admission server: a function of request to response, without sockets or TLS. */
export function createAdmissionHandler(options: AdmissionHandlerOptions): RequestListener {
  const { context } = options;
  const budget = new BodyBudget(MAX_BODY_BYTES_IN_FLIGHT);
  return (request, response) => {
    const requestId = randomUUID();
    const log = context.telemetry.log.child({ requestId });
    const exchange = { request, response, requestId, log };
    response.setHeader("X-Request-Id", requestId);
    if (context.stopping.aborted) {
      response.setHeader("Connection", "close");
    }
    handle(options, exchange, budget).catch((error: unknown) => {
      log.error({ err: error }, "admission request failed");
      sendError(exchange, 500, { code: "INTERNAL", message: "internal error" });
    });
  };
}

async function handle(options: AdmissionHandlerOptions, exchange: Exchange, budget: BodyBudget): Promise<void> {
  const { request, response } = exchange;
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  if (path === "/healthz" && (request.method === "GET" || request.method === "HEAD")) {
    response.end("ok\n");
    return;
  }
  const webhook = WEBHOOKS.get(path);
  if (webhook === undefined) {
    sendError(exchange, 404, { code: "NOT_FOUND", message: "expected /admit or /validate" });
    return;
  }
  if (request.method !== "POST") {
    response.setHeader("Allow", "POST");
    sendError(exchange, 405, { code: "METHOD_NOT_ALLOWED", message: "expected POST" });
    return;
  }
  if (!/^application\/json[ \t]*(?:;|$)/i.test(request.headers["content-type"] ?? "")) {
    sendError(exchange, 415, { code: "UNSUPPORTED_MEDIA_TYPE", message: "expected Content-Type: application/json" });
    return;
  }
  using lease = budget.lease();
  const body = await readBody(request, { maxBytes: LIMITS.maxAdmissionReviewBytes, lease });
  if (body === "aborted") {
    return;
  }
  if (body === "no-room") {
    response.setHeader("Connection", "close").setHeader("Retry-After", "1");
    options.metrics.reviews.inc({ webhook, outcome: "undecided" });
    exchange.log.warn("an admission review was turned away: others take all the memory for large ones");
    sendError(exchange, 503, { code: "BUSY", message: "too many large reviews at once" });
    return;
  }
  if (body === "too-large") {
    response.setHeader("Connection", "close");
    options.metrics.reviews.inc({ webhook, outcome: "malformed" });
    const message = `expected at most ${LIMITS.maxAdmissionReviewBytes} bytes`;
    sendError(exchange, 413, { code: "BODY_TOO_LARGE", message });
    return;
  }
  await answer(options, exchange, { webhook, body, timeout: new URLSearchParams(query).get("timeout") });
}

async function answer(
  options: AdmissionHandlerOptions,
  exchange: Exchange,
  received: { readonly webhook: Webhook; readonly body: Uint8Array; readonly timeout: string | null },
): Promise<void> {
  const { context, metrics, translate } = options;
  const { log, requestId } = exchange;
  const { webhook } = received;
  const startedAt = performance.now();
  const parsed = parseAdmissionReview(received.body);
  if ("problem" in parsed) {
    const { problem, uid } = parsed;
    metrics.reviews.inc({ webhook, outcome: "malformed" });
    log.warn({ problem }, "malformed admission review");
    if (uid === undefined) {
      sendError(exchange, 400, { code: "REVIEW_MALFORMED", message: problem });
    } else {
      sendReview(exchange, uid, {
        allowed: false,
        code: 400,
        message: translate("admission.malformedReview", { problem }),
      });
    }
    return;
  }
  const { request } = parsed;
  const deadline = startedAt + reviewTimeMs(received.timeout, context.configuration.admission.timeoutMs);
  let result: Review;
  try {
    result = await options.review(request, { webhook, deadline, log });
  } catch (error) {
    log.error({ err: error }, "admission review failed");
    const message = translate("admission.internalError", { requestId });
    result = { answer: { allowed: false, code: 503, message }, outcome: "undecided", decided: [] };
  }
  sendReview(exchange, request.uid, result.answer);
  const durationMs = performance.now() - startedAt;
  metrics.seconds.observe({ webhook }, durationMs / 1_000);
  metrics.reviews.inc({ webhook, outcome: result.outcome });
  count(metrics, result);
  logOutcome(log, request, { webhook, outcome: result.outcome, durationMs });
  record(options, { request, result, webhook, requestId, durationMs });
}

function count(metrics: AdmissionMetrics, { decided }: Review): void {
  for (const { verdict } of decided) {
    metrics.images.inc({ outcome: verdict.outcome });
    if (verdict.outcome === "undecided") {
      metrics.undecided.inc({ reason: verdict.reasons[0]?.code ?? "" });
    }
  }
}

/** Dry runs leave no trace; what `validate` lets through was recorded by `admit`. */
function record(
  { context }: AdmissionHandlerOptions,
  done: {
    readonly request: AdmissionRequest;
    readonly result: Review;
    readonly webhook: Webhook;
    readonly requestId: string;
    readonly durationMs: number;
  },
): void {
  const { request, result } = done;
  if (request.isDryRun || (done.webhook === "validate" && result.answer.allowed)) {
    return;
  }
  const decidedAt = context.clock.now().toISOString();
  for (const { image, verdict } of result.decided) {
    const policy = verdict.decidedBy ?? verdict.policy;
    const decision: DecisionRecord = {
      gate: "admission",
      actor: request.userName,
      reference: image.reference,
      ...(verdict.digest === undefined ? {} : { digest: verdict.digest }),
      ...(request.namespace === "" ? {} : { namespace: request.namespace }),
      outcome: verdict.outcome,
      reasons: verdict.reasons,
      ...(policy === undefined ? {} : { policy }),
      requestId: done.requestId,
      durationMs: done.durationMs,
      decidedAt,
    };
    context.database.decisions.record(decision);
  }
}

function logOutcome(
  log: Logger,
  request: AdmissionRequest,
  result: { readonly webhook: Webhook; readonly outcome: ReviewOutcome; readonly durationMs: number },
): void {
  const level = result.outcome === "allow" || result.outcome === "untouched" ? "debug" : "info";
  log[level](
    {
      ...result,
      uid: request.uid,
      kind: request.kind.kind,
      namespace: request.namespace,
      name: request.name,
      operation: request.operation,
      isDryRun: request.isDryRun,
    },
    "admission review",
  );
}

function sendReview({ response }: Exchange, uid: string, answered: AdmissionAnswer): void {
  send(response, 200, renderAdmissionReview(uid, answered));
}

function sendError(
  { response, requestId }: Exchange,
  status: number,
  error: { readonly code: string; readonly message: string },
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  send(response, status, JSON.stringify({ error: { ...error, requestId } }));
}

function send(response: ServerResponse, status: number, json: string): void {
  const bytes = Buffer.from(json);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": bytes.length });
  response.end(bytes);
}
