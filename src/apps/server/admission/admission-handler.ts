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
import { type AtOnce, follow } from "./at-once.ts";
import { BodyBudget } from "./body-budget.ts";
import type { CallerCheck } from "./callers.ts";
import { type BodyProblem, readBody } from "./read-body.ts";
import type { createRecorder } from "./record-review.ts";
import type { createReviewer } from "./review.ts";
import type { ReviewContext } from "./review-context.ts";
import { reviewTimeMs } from "./review-deadline.ts";
import type { createPolicyReviewer } from "./review-policy-object.ts";
import type { Review } from "./review-result.ts";
import { type Step, StepQueue } from "./step-queue.ts";
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

interface HandlerParts extends AdmissionHandlerOptions {
  readonly budget: BodyBudget;
  readonly steps: StepQueue;
}

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
  const parts = { ...options, budget: new BodyBudget(MAX_BODY_BYTES_IN_FLIGHT), steps: new StepQueue() };
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
    try {
      handle(parts, exchange);
    } catch (error) {
      fail(exchange, error);
    }
  };
}

function fail(exchange: Exchange, error: unknown): undefined {
  exchange.log().error({ err: error }, "admission request failed");
  sendError(exchange, 500, { code: "INTERNAL", message: "internal error" });
}

/** The step and those after it, which answer when they fail. Calls `done` after the last. */
function safely(exchange: Exchange, step: Step, done: () => void): Step {
  function end(error: unknown): undefined {
    fail(exchange, error);
    done();
  }
  function goOn(next: Step | undefined): Step | undefined {
    if (next === undefined) {
      done();
    }
    return next && safely(exchange, next, done);
  }
  return () => {
    try {
      const next = step();
      return next instanceof Promise ? next.then(goOn).catch(end) : goOn(next);
    } catch (error) {
      return end(error);
    }
  };
}

/** A review as it came. */
interface Received {
  readonly target: Target;
  readonly body: Uint8Array;
  /** Of the request's URL. */
  readonly timeout: string | null;
  /** `performance.now()` when all of it was there. */
  readonly startedAt: number;
}

function handle(options: HandlerParts, exchange: Exchange): void {
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
  const timeout = queryAt < 0 ? null : new URLSearchParams(url.slice(queryAt + 1)).get("timeout");
  const lease = options.budget.lease();
  function release(): void {
    lease[Symbol.dispose]();
  }
  readBody(request, { maxBytes: LIMITS.maxAdmissionReviewBytes, lease }, (body) => {
    if (typeof body === "string") {
      release();
      refuseBody(options, exchange, { target, problem: body });
      return;
    }
    const received = { target, body, timeout, startedAt: performance.now() };
    options.steps.add(safely(exchange, () => judge(options, exchange, received), release));
  });
}

function refuseBody(
  { metrics }: AdmissionHandlerOptions,
  exchange: Exchange,
  { target, problem }: { readonly target: Target; readonly problem: BodyProblem },
): void {
  const { response } = exchange;
  if (problem === "no-room") {
    response.setHeader("Connection", "close").setHeader("Retry-After", "1");
    metrics.reviews.inc({ webhook: target, outcome: "undecided" });
    exchange.log().warn("an admission review was turned away: others take all the memory for large ones");
    sendError(exchange, 503, { code: "BUSY", message: "too many large reviews at once" });
  } else if (problem === "too-large") {
    response.setHeader("Connection", "close");
    metrics.reviews.inc({ webhook: target, outcome: "malformed" });
    const message = `expected at most ${LIMITS.maxAdmissionReviewBytes} bytes`;
    sendError(exchange, 413, { code: "BODY_TOO_LARGE", message });
  }
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

/** The first step: what the answer is. The next sends it, the last one writes down what was decided. */
function judge(options: AdmissionHandlerOptions, exchange: Exchange, received: Received): AtOnce<Step | undefined> {
  const { context, metrics, translate } = options;
  const { target, startedAt } = received;
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
    return undefined;
  }
  const { request } = parsed;
  const deadline = startedAt + reviewTimeMs(received.timeout, context.configuration.admission.timeoutMs);
  return follow(review(options, exchange, { request, target, deadline }), (result) => () => {
    sendReview(exchange, request.uid, result.answer);
    const durationMs = performance.now() - startedAt;
    return () => note(options, exchange, { request, target, result, durationMs });
  });
}

function note(
  options: AdmissionHandlerOptions,
  exchange: Exchange,
  done: {
    readonly request: AdmissionRequest;
    readonly target: Target;
    readonly result: Review;
    readonly durationMs: number;
  },
): undefined {
  const { request, target, result, durationMs } = done;
  const { metrics } = options;
  metrics.seconds.observe({ webhook: target }, durationMs / 1_000);
  metrics.reviews.inc({ webhook: target, outcome: result.outcome });
  logOutcome(options, exchange, { request, webhook: target, outcome: result.outcome, durationMs });
  if (target !== "policies") {
    options.record({ request, result, webhook: target, requestId: exchange.requestId, durationMs });
  }
}

function review(
  options: AdmissionHandlerOptions,
  exchange: Exchange,
  asked: { readonly request: AdmissionRequest; readonly target: Target; readonly deadline: number },
): AtOnce<Review> {
  const { request, target, deadline } = asked;
  const { log, requestId } = exchange;
  function cannotTell(error: unknown): Review {
    log().error({ err: error }, "admission review failed");
    const message = options.translate("admission.internalError", { requestId });
    return { answer: { allowed: false, code: 503, message }, outcome: "undecided", decided: [], isEnforced: true };
  }
  try {
    const reviewing =
      target === "policies"
        ? reviewPolicy(options, request, { webhook: "validate", deadline, log })
        : options.review(request, { webhook: target, deadline, log });
    return reviewing instanceof Promise ? reviewing.catch(cannotTell) : reviewing;
  } catch (error) {
    return cannotTell(error);
  }
}

async function reviewPolicy(
  options: AdmissionHandlerOptions,
  request: AdmissionRequest,
  context: ReviewContext,
): Promise<Review> {
  return { ...(await options.reviewPolicy(request, context)), decided: [], isEnforced: true };
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
