// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { TrustAnswer, TrustHttp, TrustRequest } from "#signatures";
import { Authenticator, basicAuthorization } from "./authenticator.ts";
import { HttpError } from "./errors.ts";
import { assertHttpUrl, followUrl } from "./follow-url.ts";
import { dumpAnswer, type HttpAnswer, headerOf, readAnswer } from "./http-answer.ts";
import { createHttpClient, type HttpClient } from "./http-client.ts";
import type { HttpOptions } from "./http-options.ts";

const MAX_REDIRECTS = 5;
/** Conversations whose tokens are kept, the oldest go first. */
const MAX_AUTHENTICATORS = 256;

/**
 * The way to notary servers, lookaside stores, TUF mirrors and revocation services, with proxies, deadlines, retries
 * and the guard against private addresses. One for a process; the caller disposes it. Throws `HttpError`
 * `HTTP_OPTIONS_INVALID` for a CA file, proxy or address rule that cannot be used; `send` throws the other codes.
 */
export async function createTrustHttp(options: HttpOptions = {}): Promise<TrustHttp & AsyncDisposable> {
  const http = await createHttpClient(options);
  const authenticators = new Map<string, Authenticator>();
  return {
    send: (url, request) => converse(http, authenticators, url, request),
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  };
}

async function converse(
  http: HttpClient,
  authenticators: Map<string, Authenticator>,
  start: URL,
  request: TrustRequest,
): Promise<TrustAnswer> {
  assertHttpUrl(start, "expected an http:// or https:// address without credentials in it");
  const reach = http.createReach();
  const authenticator = authenticatorFor(http, authenticators, start, request);
  let url = start;
  let method = request.method ?? "GET";
  let hasAuthenticated = false;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; ) {
    const isHome = url.origin === start.origin;
    const authorization = isHome ? (authenticator?.header ?? plainCredentials(request)) : undefined;
    const answer = await http.send(url, {
      method,
      headers: {
        ...(isHome ? request.headers : harmlessHeaders(request.headers)),
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(method === "POST" && request.body !== undefined ? { body: request.body } : {}),
      signal: request.signal,
      reach,
      origin: isHome ? request.origin : "content",
    });
    const location = headerOf(answer, "location");
    if ([301, 302, 303, 307, 308].includes(answer.status) && location !== undefined) {
      await dumpAnswer(answer);
      url = followUrl(location, url);
      method = answer.status >= 307 ? method : "GET";
      redirects += 1;
      continue;
    }
    if (answer.status === 401 && isHome && !hasAuthenticated && authenticator !== undefined) {
      hasAuthenticated = true;
      const bytes = await readAnswer(answer, request.maxBytes);
      const conversation = { sent: authorization, reach, origin: request.origin, signal: request.signal };
      if (await authenticator.answer(answer, conversation)) {
        continue;
      }
      return toTrustAnswer(answer, bytes);
    }
    return toTrustAnswer(answer, await readAnswer(answer, request.maxBytes));
  }
  throw new HttpError("ADDRESS_INVALID", `${start.host} redirects too often`, { details: { host: start.host } });
}

/** Tokens are shared by requests of one scope with the same credentials; the key holds no password. */
function authenticatorFor(
  http: HttpClient,
  known: Map<string, Authenticator>,
  url: URL,
  { tokenScope, credentials }: TrustRequest,
): Authenticator | undefined {
  if (tokenScope === undefined) {
    return undefined;
  }
  const who = createHash("sha256")
    .update(JSON.stringify(credentials ?? null))
    .digest("hex");
  const key = `${url.origin} ${tokenScope} ${who}`;
  const found =
    known.get(key) ??
    new Authenticator({ http, scopeFor: () => tokenScope, credentials, credentialsGoTo: "same-site" });
  known.delete(key);
  known.set(key, found);
  const [oldest] = known.keys();
  if (known.size > MAX_AUTHENTICATORS && oldest !== undefined) {
    known.delete(oldest);
  }
  return found;
}

/** Without a token to ask for, credentials are sent at once. */
function plainCredentials({ credentials, tokenScope }: TrustRequest): string | undefined {
  return credentials === undefined || tokenScope !== undefined ? undefined : basicAuthorization(credentials);
}

/** What may go to another origin: anything else could be a secret of the first. */
function harmlessHeaders(headers: TrustRequest["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).filter(([name]) => /^(?:accept|content-type|if-none-match)$/i.test(name)),
  );
}

function toTrustAnswer(answer: HttpAnswer, bytes: Buffer): TrustAnswer {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
  return { status: answer.status, headers, bytes };
}
