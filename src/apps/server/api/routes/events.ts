// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import type { FastifyRequest } from "fastify";
import type { ServerEvent } from "#database";
import type { ServerContext } from "../../context.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import type { ApiMetrics } from "../api-metrics.ts";
import { ApiError } from "../errors.ts";
import { accountOf } from "../security/authenticate.ts";

const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 500;
/** What a reader may leave unread before we hang up; it connects again and reads everything anew. */
const MAX_UNREAD_BYTES = 256 * 1024;

/**
 * `GET /api/v1/events`: Server-Sent Events. `hello` first, then `image-pushed` and `scan-changed` with the event as
 * JSON, `resync` when events may have been missed, a comment every 15 s. Ends when the session or the server ends.
 */
export function addEventsRoute(app: ApiApp, context: ServerContext, metrics: ApiMetrics): void {
  const streams = new Set<PassThrough>();

  function send(stream: PassThrough, text: string): void {
    if (stream.writableLength > MAX_UNREAD_BYTES) {
      stream.destroy();
    } else if (stream.writable) {
      stream.write(text);
    }
  }

  /** Returns what ends the stream's work; called once. */
  function attach(stream: PassThrough, request: FastifyRequest): () => void {
    const { events } = context.database;
    const { id } = accountOf(request);
    async function goOn(text: string): Promise<void> {
      if (await mayGoOn(context, request)) {
        send(stream, text);
      } else {
        stream.end();
      }
    }
    const unsubscribe = events.subscribe(
      (event) => {
        if (event.type === "account-changed" && event.accountId === id) {
          // what the account could see a moment ago may be more than it may see now
          void goOn(renderEvent(event.type, event));
        } else {
          send(stream, renderEvent(event.type, event));
        }
      },
      () => send(stream, renderEvent("resync", {})),
    );
    const heartbeat = setInterval(() => void goOn(": heartbeat\n\n"), HEARTBEAT_MS);
    heartbeat.unref();
    return () => {
      clearInterval(heartbeat);
      unsubscribe();
    };
  }

  app.route({
    method: "GET",
    url: "/api/v1/events",
    config: { access: READERS },
    schema: { operationId: "events", tags: ["events"], description: "Server-Sent Events, text/event-stream" },
    handler: async (request, reply) => {
      if (context.stopping.aborted) {
        throw new ApiError("STOPPING", "the server is stopping");
      }
      if (streams.size >= MAX_STREAMS) {
        throw new ApiError("TOO_MANY_STREAMS", `${MAX_STREAMS} event streams are open`, { retryAfterSeconds: 30 });
      }
      const stream = new PassThrough();
      const detach = attach(stream, request);
      streams.add(stream);
      metrics.streams.set(streams.size);
      stream.once("close", () => {
        detach();
        streams.delete(stream);
        metrics.streams.set(streams.size);
      });
      send(stream, `retry: 2000\n${renderEvent("hello", {})}`);
      return reply
        .header("content-type", "text/event-stream; charset=utf-8")
        .header("cache-control", "no-store")
        .header("x-accel-buffering", "no")
        .send(stream);
    },
  });

  function endAll(): void {
    for (const stream of streams) {
      stream.end();
    }
  }
  context.stopping.addEventListener("abort", endAll, { once: true });
  app.addHook("preClose", async () => {
    context.stopping.removeEventListener("abort", endAll);
    endAll();
  });
}

/** Whether session or access key still count, and the account could open the stream now. */
async function mayGoOn(context: ServerContext, request: FastifyRequest): Promise<boolean> {
  try {
    const { accounts, accessKeys } = context.database;
    const { sessionHash, accessKey } = request;
    const account =
      sessionHash === undefined
        ? (await accessKeys.findUsable(accessKey?.accessKey ?? ""))?.account
        : await accounts.findSession(sessionHash, context.clock.now());
    return account !== undefined && READERS.includes(account.role) && account.grants.length === 0;
  } catch (error) {
    request.log.warn({ err: error }, "cannot tell whether the session of an event stream is alive");
    return false;
  }
}

/** JSON has no raw line breaks, so one `data:` line holds it. */
function renderEvent(name: ServerEvent["type"] | "hello" | "resync", data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
