// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import { HttpError } from "./errors.ts";
import { networkError } from "./network-error.ts";

/** The beginning of an answer. `body` must be read to its end or dumped; it can be read once. */
export interface HttpAnswer {
  readonly url: URL;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Throws `HttpError` when the connection breaks off or falls silent. */
  readonly body: AsyncIterable<Uint8Array>;
}

const MAX_DUMPED_BYTES = 64 * 1024;

/** A header that may occur once. */
export function headerOf(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The content of an answer of at most `maxBytes`. Throws `ANSWER_TOO_LARGE` beyond that, while it is read. */
export async function readAnswer(answer: HttpAnswer, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new HttpError("ANSWER_TOO_LARGE", `answer of ${answer.url.host} is larger than ${maxBytes} bytes`, {
        details: { host: answer.url.host, maxBytes },
      });
    }
    parts.push(chunk);
  }
  return parts.length === 1 && parts[0] instanceof Buffer ? parts[0] : Buffer.concat(parts);
}

/** Reads past a body that nobody needs, so that the connection can be used again; a long one is cut off. */
export async function dumpAnswer(answer: HttpAnswer): Promise<void> {
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    if (bytes > MAX_DUMPED_BYTES) {
      return;
    }
  }
}

/** The body of a message; the deadline runs only while somebody waits for the next part. */
export async function* readBody(
  message: IncomingMessage,
  url: URL,
  options: { readonly bodyMs: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void, undefined> {
  const timeout = new HttpError("HOST_TIMEOUT", `${url.host} does not answer in time`, { details: { host: url.host } });
  const chunks = message[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => message.destroy(timeout), options.bodyMs);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done === true) {
        return;
      }
      yield next.value as Uint8Array;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw networkError(url, error);
  } finally {
    // an answer that nobody reads on must not keep its connection
    if (!message.complete) {
      message.destroy();
    }
  }
}
