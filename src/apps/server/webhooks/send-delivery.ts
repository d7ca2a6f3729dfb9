// SPDX-License-Identifier: Apache-2.0
import type { Configuration } from "#configuration";
import type { WebhookDelivery } from "#database";
import { createHttpClient, dumpAnswer, type HttpAnswer, HttpError, headerOf } from "#http";
import type { Webhook } from "#registry";

/** Standard Webhooks, "Request timeouts": 15 to 30 s. */
const TIMEOUTS = { connectMs: 10_000, headersMs: 20_000, bodyMs: 5_000 };
const TOTAL_MS = 30_000;

/** What one attempt came to. */
export interface Attempt {
  readonly outcome: "delivered" | "refused" | "failed";
  readonly status?: number;
  readonly message?: string;
  /** As the receiver asks. */
  readonly retryAfterMs?: number;
}

export interface SentMessage {
  readonly delivery: Pick<WebhookDelivery, "eventId" | "payload">;
  readonly signature: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly signal: AbortSignal;
  readonly now: Date;
  /** Shorter in tests. */
  readonly totalMs?: number;
}

/**
 * Sends it once. The operator named the host, so it may be a private one; where its answers point is not followed. Of an answer
 * only the status counts: what it says else is not kept.
 */
export async function sendDelivery(
  webhook: Webhook,
  message: SentMessage,
  proxy: Configuration["proxy"],
): Promise<Attempt> {
  const { delivery, signature, timestamp, now } = message;
  const url = new URL(webhook.url);
  const deadline = AbortSignal.timeout(message.totalMs ?? TOTAL_MS);
  const signal = AbortSignal.any([message.signal, deadline]);
  const body = Buffer.from(delivery.payload);
  try {
    const { certificateAuthority: ca } = webhook;
    await using http = await createHttpClient({ proxy, timeouts: TIMEOUTS, ...(ca === undefined ? {} : { ca }) });
    const answer = await http.send(url, {
      method: "POST",
      headers: {
        "content-type": "application/cloudevents+json; charset=UTF-8",
        "webhook-id": delivery.eventId,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signature,
      },
      // as a stream, so that it is sent once: when it is tried again is decided here
      body: { sizeBytes: body.length, send: (write) => write(body) },
      signal,
      origin: "operator",
      reach: http.createReach(),
    });
    await dumpAnswer(answer).catch(() => undefined);
    return judge(answer, now);
  } catch (error) {
    message.signal.throwIfAborted();
    if (deadline.aborted) {
      return { outcome: "failed", message: "no answer in time" };
    }
    if (error instanceof HttpError) {
      return { outcome: "failed", message: error.message };
    }
    throw error;
  }
}

function judge(answer: HttpAnswer, now: Date): Attempt {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    return { outcome: "delivered", status };
  }
  if (status === 410) {
    return { outcome: "refused", status, message: "the receiver is gone (410)" };
  }
  if (status >= 300 && status < 400) {
    return { outcome: "failed", status, message: "the receiver redirects, which is not followed: change the URL" };
  }
  const retryAfterMs = parseRetryAfter(headerOf(answer, "retry-after"), now);
  return {
    outcome: "failed",
    status,
    message: `the receiver answered ${status}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function parseRetryAfter(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const ms = /^\d{1,9}$/.test(text) ? 1_000 * Number(text) : Date.parse(text) - now.getTime();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
