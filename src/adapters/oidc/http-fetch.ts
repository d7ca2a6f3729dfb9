// SPDX-License-Identifier: Apache-2.0
import { type HttpClient, readAnswer } from "#http";

/** Metadata, keys and tokens of a provider are some kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const WITHOUT_BODY = new Set([204, 304]);

interface FetchOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** `fetch` over the one way out: proxies, deadlines and limits hold. Redirects are not followed, as the library asks. */
export function createFetch(http: HttpClient): (url: string, options: FetchOptions) => Promise<Response> {
  return async (url, { method = "GET", headers = {}, body, signal }) => {
    const answer = await http.send(new URL(url), {
      method: method === "POST" ? "POST" : "GET",
      headers,
      // The library sends forms and nothing else.
      ...(body instanceof URLSearchParams ? { body: body.toString() } : typeof body === "string" ? { body } : {}),
      signal,
      origin: "operator",
      reach: http.createReach(),
    });
    const bytes = await readAnswer(answer, MAX_ANSWER_BYTES);
    const kept = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    );
    const content = WITHOUT_BODY.has(answer.status) ? null : new Uint8Array(bytes);
    return new Response(content, { status: answer.status, headers: kept });
  };
}
