// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { LIMITS } from "#base";
import { type AdmissionAnswer, type AdmissionRequest, parseAdmissionReview, renderAdmissionReview } from "#kubernetes";
import type { Translate } from "#messages";
import type { ServerContext } from "../context.ts";
import type { AdmissionMetrics, ReviewOutcome } from "./admission-metrics.ts";
import { BodyBudget } from "./body-budget.ts";
import type { CallerCheck } from "./callers.ts";
import { readBody } from "./read-body.ts";
import type { createRecorder } from "./record-review.ts";
import type { createReviewer } from "./review.ts";
import { reviewTimeMs } from "./review-deadline.ts";
import type { createPolicyReviewer } from "./review-policy-object.ts";
import type { Review } from "./review-result.ts";
import { WEBHOOKS, type Webhook } from "./webhook.ts";

export interface AdmissionHandlerOptions {
  readonly review: ReturnType<typeof createReviewer>;
  readonly reviewPolicy: ReturnType<typeof createPolicyReviewer>;
  readonly record: ReturnType<typeof createRecorder>;
  readonly checkCaller: CallerCheck;
  /** Whether a connection was made under certificates that have been replaced. */
  readonly isOutdated: (connection: Socket) => boolean;
  /** Why this process cannot answer reviews; empty when it can. */
  readonly readiness: () => readonly string[];
  readonly context: Pick<ServerContext, "configuration" | "telemetry" | "stopping">;
  readonly metrics: AdmissionMetrics;
  readonly translate: Translate;
}

/** Of all reviews in flight: room for a few of the largest at once. What they parse to takes many times as much. */
const MAX_BODY_BYTES_IN_FLIGHT = 4 * LIMITS.maxAdmissionReviewBytes;

/** `/policies` judges our own kinds. */
type Target = Webhook | "policies";

const TARGETS: ReadonlyMap<string, Target> = new Map<string, Target>([...WEBHOOKS, ["/policies", "policies"]]);
const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/i;

/** What one request is known by. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly log: () => Logger;
}

/** The listener of the admission server: a function of request to response, without sockets or TLS. */
export function createAdmissionHandler(options: AdmissionHandlerOptions): RequestListener {
  const { context } = options;
  const budget = new BodyBudget(MAX_BODY_BYTES_IN_FLIGHT);
  return (request, response) => {
    const requestId = randomUUID();
    let own: Logger | undefined;
    function log(): Logger {
      own ??= context.telemetry.log.child({ requestId });
      return own;
    }
    const exchange = { request, response, requestId, log };
    if (context.stopping.aborted || options.isOutdated(request.socket)) {
      response.setHeader("Connection", "close");
    }
    handle(options, exchange, budget).catch((error: unknown) => {
      exchange.log().error({ err: error }, "admission request failed");
      sendError(exchange, 500, { code: "INTERNAL", message: "internal error" });
    });
  };
}

async function handle(options: AdmissionHandlerOptions, exchange: Exchange, budget: BodyBudget): Promise<void> {
  const { request, response } = exchange;
  const url = request.url ?? "";
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const target = TARGETS.get(path);
  if (target === undefined) {
    sendProbe(options, exchange, path);
    return;
  }
  if (request.method !== "POST") {
    response.setHeader("Allow", "POST");
    sendError(exchange, 405, { code: "METHOD_NOT_ALLOWED", message: "expected POST" });
    return;
  }
  if (isRefused(options, exchange)) {
    return;
  }
  if (!JSON_TYPE.test(request.headers["content-type"] ?? "")) {
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
    options.metrics.reviews.inc({ webhook: target, outcome: "undecided" });
    exchange.log().warn("an admission review was turned away: others take all the memory for large ones");
    sendError(exchange, 503, { code: "BUSY", message: "too many large reviews at once" });
    return;
  }
  if (body === "too-large") {
    response.setHeader("Connection", "close");
    options.metrics.reviews.inc({ webhook: target, outcome: "malformed" });
    const message = `expected at most ${LIMITS.maxAdmissionReviewBytes} bytes`;
    sendError(exchange, 413, { code: "BODY_TOO_LARGE", message });
    return;
  }
  const timeout = queryAt < 0 ? null : new URLSearchParams(url.slice(queryAt + 1)).get("timeout");
  await answer(options, exchange, { target, body, timeout });
}

/** For probes of whoever runs the gate, which have no certificate. */
function sendProbe({ readiness }: AdmissionHandlerOptions, exchange: Exchange, path: string): void {
  const { request, response } = exchange;
  if ((path !== "/healthz" && path !== "/readyz") || (request.method !== "GET" && request.method !== "HEAD")) {
    sendError(exchange, 404, {
      code: "NOT_FOUND",
      message: "expected /admit, /validate, /admit/trust, /admit/va or /policies",
    });
    return;
  }
  const reasons = path === "/readyz" ? readiness() : [];
  response.writeHead(reasons.length === 0 ? 200 : 503, { "X-Request-Id": exchange.requestId });
  response.end(reasons.length === 0 ? "ok\n" : `${reasons.join("\n")}\n`);
}

/** Before anything of the body is looked at: whoever may not ask leaves no record and starts no look-up. */
function isRefused({ checkCaller, metrics }: AdmissionHandlerOptions, exchange: Exchange): boolean {
  const reason = checkCaller(exchange.request);
  if (reason === undefined) {
    return false;
  }
  metrics.refusedCallers.inc({ reason });
  exchange.log().warn({ reason, remoteAddress: exchange.request.socket.remoteAddress }, "a caller was refused");
  exchange.response.setHeader("Connection", "close");
  const message = "expected a client certificate of the configured authority";
  sendError(exchange, 403, { code: "CALLER_REFUSED", message });
  return true;
}

async function answer(
  options: AdmissionHandlerOptions,
  exchange: Exchange,
  received: { readonly target: Target; readonly body: Uint8Array; readonly timeout: string | null },
): Promise<void> {
  const { context, metrics, translate } = options;
  const { target } = received;
  const startedAt = performance.now();
  const parsed = parseAdmissionReview(received.body);
  if ("problem" in parsed) {
    const { problem, uid } = parsed;
    metrics.reviews.inc({ webhook: target, outcome: "malformed" });
    exchange.log().warn({ problem }, "malformed admission review");
    if (uid === undefined) {
      sendError(exchange, 400, { code: "REVIEW_MALFORMED", message: problem });
    } else {
      const message = translate("admission.malformedReview", { problem });
      sendReview(exchange, uid, { allowed: false, code: 400, message });
    }
    return;
  }
  const { request } = parsed;
  const deadline = startedAt + reviewTimeMs(received.timeout, context.configuration.admission.timeoutMs);
  const result = await review(options, exchange, { request, target, deadline });
  sendReview(exchange, request.uid, result.answer);
  const durationMs = performance.now() - startedAt;
  metrics.seconds.observe({ webhook: target }, durationMs / 1_000);
  metrics.reviews.inc({ webhook: target, outcome: result.outcome });
  logOutcome(options, exchange, { request, webhook: target, outcome: result.outcome, durationMs });
  if (target !== "policies") {
    options.record({ request, result, webhook: target, requestId: exchange.requestId, durationMs });
  }
}

async function review(
  options: AdmissionHandlerOptions,
  exchange: Exchange,
  asked: { readonly request: AdmissionRequest; readonly target: Target; readonly deadline: number },
): Promise<Review> {
  const { request, target, deadline } = asked;
  const { log, requestId } = exchange;
  try {
    return target === "policies"
      ? {
          ...(await options.reviewPolicy(request, { webhook: "validate", deadline, log })),
          decided: [],
          isEnforced: true,
        }
      : await options.review(request, { webhook: target, deadline, log });
  } catch (error) {
    log().error({ err: error }, "admission review failed");
    const message = options.translate("admission.internalError", { requestId });
    return { answer: { allowed: false, code: 503, message }, outcome: "undecided", decided: [], isEnforced: true };
  }
}

function logOutcome(
  { context }: Pick<AdmissionHandlerOptions, "context">,
  { log }: Exchange,
  done: {
    readonly request: AdmissionRequest;
    readonly webhook: Target;
    readonly outcome: ReviewOutcome;
    readonly durationMs: number;
  },
): void {
  const { request, ...result } = done;
  const level = result.outcome === "allow" || result.outcome === "untouched" ? "debug" : "info";
  if (!context.telemetry.log.isLevelEnabled(level)) {
    return;
  }
  log()[level](
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

function sendReview(exchange: Exchange, uid: string, answered: AdmissionAnswer): void {
  send(exchange, 200, renderAdmissionReview(uid, answered));
}

function sendError(
  exchange: Exchange,
  status: number,
  error: { readonly code: string; readonly message: string },
): void {
  const { response, requestId } = exchange;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  send(exchange, status, JSON.stringify({ error: { ...error, requestId } }));
}

/**
 * The text and not its bytes: then Node sends it together with the head, in one record of TLS. All headers at once: those
 * that were set before would make it look at each of them again.
 */
function send({ response, requestId }: Exchange, status: number, json: string): void {
  response.writeHead(status, {
    "X-Request-Id": requestId,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(json),
  });
  response.end(json);
}
