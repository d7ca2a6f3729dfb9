// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type * as Http from "node:http";
import type { Agent, ClientRequest } from "node:http";
import type * as Https from "node:https";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { messageOf } from "#base";
import { createAddressSet } from "./address-rules.ts";
import { HttpError } from "./errors.ts";
import { dumpAnswer, type HttpAnswer, headerOf, readBody } from "./http-answer.ts";
import { DEFAULT_TIMEOUTS, type HttpOptions, type HttpTimeouts } from "./http-options.ts";
import { isFinalFailure, networkError } from "./network-error.ts";
import { createProxyBypass } from "./proxy-rules.ts";
import { Reach } from "./reach.ts";

/** A body too large to be held, sent as it is made. A request with one is tried once. */
export interface StreamedBody {
  readonly sizeBytes: number;
  /** Hands over the bytes in order; the memory of a block may be used again once its promise resolves. */
  send(write: (block: Uint8Array) => Promise<void>): Promise<void>;
}

export interface HttpRequest {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | StreamedBody;
  readonly signal?: AbortSignal | undefined;
  /** Who named the URL: the operator, or an answer, certificate or image (then only where `reach` allows). */
  readonly origin: "operator" | "content";
  readonly reach: Reach;
}

const MAX_ATTEMPTS = 4;
const MAX_WAIT_MS = 10_000;

type Scheme = "http:" | "https:";

/** Requests with proxies, deadlines and a few retries; redirects and authentication are the caller's. */
export class HttpClient implements AsyncDisposable {
  readonly #timeouts: HttpTimeouts;
  readonly #allowed: ReturnType<typeof createAddressSet>;
  readonly #goesPastProxy: (url: URL) => boolean;
  readonly #proxy: NonNullable<HttpOptions["proxy"]>;
  readonly #ca: string | undefined;
  readonly #lookup: HttpOptions["lookup"];
  readonly #agents: Map<string, Agent> = new Map();

  constructor(options: HttpOptions, ca: string | undefined) {
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.#allowed = createAddressSet(options.allowPrivateAddresses ?? []);
    this.#proxy = options.proxy ?? {};
    this.#goesPastProxy = createProxyBypass(this.#proxy.noProxy ?? "");
    this.#ca = ca;
    this.#lookup = options.lookup;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents.values()) {
      agent.destroy();
    }
    return Promise.resolve();
  }

  /** The addresses to which a new conversation may lead. */
  createReach(): Reach {
    return new Reach(this.#allowed, this.#lookup);
  }

  /** Sends a request; repeats it a few times when the server fails, is overloaded or cannot be reached. Throws `HttpError`. */
  async send(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === MAX_ATTEMPTS || isStreamed(request.body);
      let waitMs = this.#timeouts.retryMs * 2 ** (attempt - 1);
      try {
        const answer = await this.#sendOnce(url, request);
        if ((answer.status !== 429 && answer.status < 500) || isLast) {
          return answer;
        }
        waitMs = Math.max(waitMs, 1_000 * Number(headerOf(answer, "retry-after") ?? 0) || 0);
        if (waitMs > MAX_WAIT_MS) {
          return answer;
        }
        await dumpAnswer(answer);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (isLast || isFinalFailure(error)) {
          throw networkError(url, error);
        }
      }
      await delay(waitMs, undefined, request.signal === undefined ? {} : { signal: request.signal });
    }
  }

  async #sendOnce(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    const scheme: Scheme = url.protocol === "https:" ? "https:" : "http:";
    const proxyUrl = this.#goesPastProxy(url) ? undefined : this.#proxy[scheme === "https:" ? "https" : "http"];
    const isGuarded = request.origin === "content";
    if (isGuarded) {
      await (proxyUrl ? request.reach.assertResolvable(url) : request.reach.assertLiteral(url));
    }
    const { body, signal } = request;
    return await new Promise((resolve, reject) => {
      const outgoing = builtin(scheme).request(url, {
        agent: this.#agent(scheme, { isGuarded, proxyUrl }),
        method: request.method ?? "GET",
        headers: {
          "user-agent": "haechi",
          "accept-encoding": "identity",
          ...(body === undefined ? {} : { "content-length": String(lengthOf(body)) }),
          ...request.headers,
        },
        ...(signal === undefined ? {} : { signal }),
        ...(isGuarded && !proxyUrl ? { lookup: request.reach.lookup } : {}),
      });
      const deadline = watchDeadlines(outgoing, url, this.#timeouts);
      outgoing.once("error", (error) => {
        deadline.stop();
        reject(error);
      });
      outgoing.once("response", (message) => {
        deadline.stop();
        const address = message.socket.remoteAddress;
        if (!isGuarded && !proxyUrl && address !== undefined) {
          request.reach.addressed(address);
        }
        resolve({
          url,
          status: message.statusCode ?? 0,
          headers: message.headers,
          body: readBody(message, url, { bodyMs: this.#timeouts.bodyMs, signal }),
        });
      });
      if (isStreamed(body)) {
        // where the answer comes before the end, it says all that there is to say
        sendStreamed(outgoing, body, deadline.renew).catch((error: unknown) => outgoing.destroy(asError(error)));
      } else {
        outgoing.end(body);
      }
    });
  }

  /** Connections that content led to are not kept: a later conversation may have to be stricter than the one that opened them. */
  #agent(scheme: Scheme, use: { readonly isGuarded: boolean; readonly proxyUrl: string | undefined }): Agent {
    const key = `${scheme} ${use.isGuarded ? "guarded" : "kept"} ${use.proxyUrl ? "proxied" : "direct"}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      agent = new (builtin(scheme).Agent)({
        keepAlive: !use.isGuarded,
        ...(use.proxyUrl ? { proxyEnv: { HTTP_PROXY: use.proxyUrl, HTTPS_PROXY: use.proxyUrl } } : {}),
        ...(this.#ca === undefined || scheme === "http:"
          ? {}
          : { ca: [...process.getBuiltinModule("node:tls").getCACertificates("default"), this.#ca] }),
      });
      this.#agents.set(key, agent);
    }
    return agent;
  }
}

/** A client; reads the CA file. Throws `HTTP_OPTIONS_INVALID` when something of the options cannot be used. */
export async function createHttpClient(options: HttpOptions): Promise<HttpClient> {
  const { ca, caFile, proxy = {} } = options;
  try {
    for (const url of [proxy.http, proxy.https]) {
      if (url && !/^https?:$/.test(new URL(url).protocol)) {
        throw new Error("a proxy must be http:// or https://");
      }
    }
    return new HttpClient(options, ca ?? (caFile === undefined ? undefined : readFileSync(caFile, "utf8")));
  } catch (error) {
    throw error instanceof HttpError
      ? error
      : new HttpError("HTTP_OPTIONS_INVALID", `cannot use the CA file or proxy: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Node's module for the scheme. Not by `import`: an ES import of `node:http` evaluates its lazy parts (WebSocket), which
 * is a third of the time in which `haechi verify` can be done.
 */
function builtin(scheme: Scheme): typeof Http | typeof Https {
  return scheme === "https:" ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http");
}

function isStreamed(body: HttpRequest["body"]): body is StreamedBody {
  return typeof body === "object" && "send" in body;
}

function lengthOf(body: NonNullable<HttpRequest["body"]>): number {
  return isStreamed(body) ? body.sizeBytes : Buffer.byteLength(body);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}

async function sendStreamed(outgoing: ClientRequest, body: StreamedBody, onSent: () => void): Promise<void> {
  const closed = new Promise<never>((_resolve, reject) => {
    outgoing.once("close", () => reject(new Error("the connection closed before everything was sent")));
  });
  closed.catch(() => undefined);
  async function write(block: Uint8Array): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      outgoing.write(block, (error) => (error ? reject(error) : resolve()));
    });
    // a request that never got a connection does not call back
    await Promise.race([written, closed]);
    onSent();
  }
  await body.send(write);
  outgoing.end();
}

/** One deadline after the other: connected, sent, and then the head of the answer. */
function watchDeadlines(
  outgoing: ClientRequest,
  url: URL,
  timeouts: HttpTimeouts,
): { readonly stop: () => void; readonly renew: () => void } {
  function expire(): void {
    outgoing.destroy(
      new HttpError("HOST_TIMEOUT", `${url.host} does not answer in time`, { details: { host: url.host } }),
    );
  }
  let timer = setTimeout(expire, timeouts.connectMs);
  function waitForHead(): void {
    clearTimeout(timer);
    timer = setTimeout(expire, timeouts.headersMs);
  }
  let isStopped = false;
  outgoing.once("socket", (socket: Socket | TLSSocket) => {
    const isTls = "encrypted" in socket;
    if (socket.connecting) {
      socket.once(isTls ? "secureConnect" : "connect", () => !isStopped && waitForHead());
    } else {
      waitForHead();
    }
  });
  outgoing.once("finish", () => !isStopped && waitForHead());
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
    // whatever goes on being sent is no silence
    renew: () => !isStopped && waitForHead(),
  };
}
