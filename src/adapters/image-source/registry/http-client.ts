// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { getCACertificates } from "node:tls";
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { messageOf } from "#base";
import { ImageSourceError } from "../errors.ts";
import { isLoopback } from "./registry-address.ts";
import { DEFAULT_TIMEOUTS, type RegistryOptions, type RegistryTimeouts } from "./registry-options.ts";

/** The beginning of an answer; `body` must be read or dumped. */
export interface HttpAnswer {
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Dispatcher.ResponseData["body"];
}

export interface HttpRequest {
  readonly method?: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

const MAX_ATTEMPTS = 4;
const MAX_WAIT_MS = 10_000;

/** Requests with proxies, deadlines and a few retries; redirects and authentication are the caller's. */
export class HttpClient implements AsyncDisposable {
  readonly #agents: Readonly<Record<string, Dispatcher>>;
  readonly #direct: Dispatcher;
  readonly #timeouts: RegistryTimeouts;

  constructor(options: RegistryOptions, ca: string | undefined) {
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    const tls = ca === undefined ? {} : { ca: [...getCACertificates("default"), ca] };
    const settings = {
      headersTimeout: this.#timeouts.headersMs,
      bodyTimeout: this.#timeouts.bodyMs,
      connect: { timeout: this.#timeouts.connectMs, ...tls },
    };
    const proxied = {
      ...settings,
      requestTls: tls,
      proxyTls: tls,
      noProxy: bracketAddresses(options.proxy?.noProxy ?? ""),
    };
    this.#direct = new Agent(settings);
    const { http, https } = options.proxy ?? {};
    // An empty text keeps the agent from looking into the environment.
    this.#agents = {
      "http:": http
        ? new EnvHttpProxyAgent({ ...proxied, httpProxy: http, httpsProxy: "", proxyTunnel: false })
        : this.#direct,
      "https:": https ? new EnvHttpProxyAgent({ ...proxied, httpProxy: "", httpsProxy: https }) : this.#direct,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...new Set([this.#direct, ...Object.values(this.#agents)])].map((agent) => agent.destroy()));
  }

  /** Sends a request; repeats it a few times when the server fails, is overloaded or cannot be reached. */
  async send(url: URL, options: HttpRequest = {}): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === MAX_ATTEMPTS;
      let waitMs = this.#timeouts.retryMs * 2 ** (attempt - 1);
      try {
        const answer = await this.#sendOnce(url, options);
        if ((answer.status !== 429 && answer.status < 500) || isLast) {
          return answer;
        }
        waitMs = Math.max(waitMs, 1_000 * Number(answer.headers["retry-after"] ?? 0) || 0);
        if (waitMs > MAX_WAIT_MS) {
          return answer;
        }
        await answer.body.dump();
      } catch (error) {
        options.signal?.throwIfAborted();
        if (isLast || isFinal(error)) {
          throw networkError(url, error);
        }
      }
      await delay(waitMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }

  async #sendOnce(url: URL, options: HttpRequest): Promise<HttpAnswer> {
    const dispatcher = isLoopback(url) ? this.#direct : (this.#agents[url.protocol] ?? this.#direct);
    const answer = await request(url, {
      dispatcher,
      method: options.method ?? "GET",
      headers: { "user-agent": "haechi", "accept-encoding": "identity", ...options.headers },
      body: options.body ?? null,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { url, status: answer.statusCode, headers: answer.headers, body: answer.body };
  }
}

/** A client for one registry; reads the CA file. Throws `SOURCE_UNREADABLE` when it cannot be read. */
export async function createHttpClient(options: RegistryOptions): Promise<HttpClient> {
  const { caFile } = options;
  try {
    return new HttpClient(options, caFile === undefined ? undefined : await readFile(caFile, "utf8"));
  } catch (error) {
    throw new ImageSourceError("SOURCE_UNREADABLE", `cannot use the CA file or proxy: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The text of an answer of at most `maxBytes`. Throws `LIMIT_EXCEEDED` beyond that. */
export async function readAnswer(answer: HttpAnswer, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new ImageSourceError("LIMIT_EXCEEDED", `answer of ${answer.url.host} is larger than ${maxBytes} bytes`);
      }
      parts.push(chunk);
    }
  } catch (error) {
    throw error instanceof ImageSourceError ? error : networkError(answer.url, error);
  }
  return Buffer.concat(parts);
}

/** A failure of the network as a coded error. */
export function networkError(url: URL, error: unknown): ImageSourceError {
  const code = codeOf(error);
  const isTimeout = code.includes("TIMEOUT") || code === "ETIMEDOUT";
  const why = error instanceof AggregateError ? messageOf(error.errors[0]) : messageOf(error);
  return new ImageSourceError(
    isTimeout ? "REGISTRY_TIMEOUT" : "REGISTRY_UNREACHABLE",
    isTimeout ? `registry ${url.host} does not answer in time` : `registry ${url.host} cannot be reached: ${why}`,
    { cause: error, details: { host: url.host, reason: code } },
  );
}

/** Trying again does not help against a wrong certificate or a name that does not exist; who was silent for a minute stays so. */
function isFinal(error: unknown): boolean {
  const code = codeOf(error);
  return /CERT|SSL|TLS|ENOTFOUND|ECONNREFUSED|UND_ERR_INVALID|HEADERS_TIMEOUT/.test(code);
}

function codeOf(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return typeof inner === "object" && inner !== null && "code" in inner && typeof inner.code === "string"
    ? inner.code
    : "";
}

/** In NO_PROXY an IPv6 address has no brackets; the agent compares with the host of a URL, which has them. */
function bracketAddresses(noProxy: string): string {
  return noProxy
    .split(/[,\s]+/)
    .map((entry) => (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(entry) ? `[${entry}]` : entry))
    .join(",");
}
