// SPDX-License-Identifier: Apache-2.0
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { messageOf, redactText, redactUrl } from "#base";
import { AdvisoryDatabaseError } from "../errors.ts";

/** How to reach other machines. */
export interface HttpOptions {
  /** Plain HTTP to other machines than this one. */
  readonly allowPlainHttp?: boolean;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly noProxy?: string };
  readonly signal?: AbortSignal;
}

const MAX_REDIRECTS = 5;
const USER_AGENT = "haechi";

/** A dispatcher that takes proxies from the options only; never for this machine itself. Close it after use. */
export function createDispatcher(options: HttpOptions): Dispatcher {
  const noProxy = ["localhost", "127.0.0.1", "::1", "[::1]", options.proxy?.noProxy ?? ""].filter(
    (each) => each !== "",
  );
  return new EnvHttpProxyAgent({
    httpProxy: options.proxy?.http ?? "",
    httpsProxy: options.proxy?.https ?? "",
    noProxy: noProxy.join(","),
    ...(options.ca === undefined ? {} : { connect: { ca: options.ca } }),
  });
}

/**
 * Downloads a file, at most `maxBytes` of it, and follows up to five redirects (each checked like the first address).
 * `ADVISORY_SOURCE_MISSING` for 404, `…_INSECURE` for plain HTTP to another machine, `…_UNREACHABLE` for everything else.
 */
export async function fetchToFile(
  url: URL,
  path: string,
  options: HttpOptions & {
    readonly dispatcher: Dispatcher;
    readonly maxBytes: number;
    readonly onBytes?: (received: number, total: number | undefined) => void;
  },
): Promise<void> {
  let address = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    assertSecure(address, options.allowPlainHttp === true);
    const response = await ask(address, options);
    const location = response.headers["location"];
    if (response.statusCode >= 300 && response.statusCode < 400 && typeof location === "string") {
      await response.body.dump();
      if (!URL.canParse(location, address.href)) {
        throw unreachable(address, "it redirects to an invalid address");
      }
      address = new URL(location, address);
      continue;
    }
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw response.statusCode === 404
        ? new AdvisoryDatabaseError("ADVISORY_SOURCE_MISSING", `${redactUrl(address)} does not exist (404)`)
        : unreachable(address, `it answered ${response.statusCode}`);
    }
    await save(response, path, address, options);
    return;
  }
  throw unreachable(url, `it redirects more than ${MAX_REDIRECTS} times`);
}

async function ask(
  url: URL,
  options: HttpOptions & { readonly dispatcher: Dispatcher },
): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, {
      dispatcher: options.dispatcher,
      headers: { "user-agent": USER_AGENT, accept: "*/*" },
      headersTimeout: 60_000,
      bodyTimeout: 60_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    throw options.signal?.aborted === true ? aborted() : unreachable(url, messageOf(error), error);
  }
}

async function save(
  response: Dispatcher.ResponseData,
  path: string,
  url: URL,
  options: Parameters<typeof fetchToFile>[2],
): Promise<void> {
  const length = Number(response.headers["content-length"]);
  const total = Number.isSafeInteger(length) ? length : undefined;
  let received = 0;
  async function* counted(body: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > options.maxBytes) {
        throw new AdvisoryDatabaseError(
          "ADVISORY_SOURCE_LIMIT_EXCEEDED",
          `${redactUrl(url)} is larger than ${options.maxBytes} bytes`,
        );
      }
      options.onBytes?.(received, total);
      yield chunk;
    }
  }
  try {
    await pipeline(counted(response.body), createWriteStream(path, { flags: "wx", mode: 0o600 }));
  } catch (error) {
    if (error instanceof AdvisoryDatabaseError) {
      throw error;
    }
    throw options.signal?.aborted === true ? aborted() : unreachable(url, messageOf(error), error);
  }
  if (total !== undefined && received !== total) {
    throw unreachable(url, `the transfer ended after ${received} of ${total} bytes`);
  }
}

/** Nobody on the way may change what we believe to be vulnerable: plain HTTP only to this machine, else by permission. */
function assertSecure(url: URL, allowPlainHttp: boolean): void {
  const isLoopback =
    url.hostname === "localhost" || url.hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && (isLoopback || allowPlainHttp))) {
    return;
  }
  throw new AdvisoryDatabaseError(
    "ADVISORY_SOURCE_INSECURE",
    `${redactUrl(url)} is not encrypted; use https, or allow plain HTTP explicitly`,
  );
}

function unreachable(url: URL, why: string, cause?: unknown): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError(
    "ADVISORY_SOURCE_UNREACHABLE",
    redactText(`cannot fetch ${redactUrl(url)}: ${why}`),
    {
      cause,
    },
  );
}

function aborted(): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError("ADVISORY_IMPORT_ABORTED", "the import was stopped; the database file is unchanged");
}
