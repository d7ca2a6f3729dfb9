// SPDX-License-Identifier: Apache-2.0
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Credentials } from "./credential-files.ts";
import { readErrorAnswer } from "./error-answer.ts";
import { HttpError } from "./errors.ts";
import { followUrl, isLoopback } from "./follow-url.ts";
import { type HttpAnswer, readAnswer } from "./http-answer.ts";
import type { HttpClient, HttpRequest } from "./http-client.ts";
import type { Reach } from "./reach.ts";

const MAX_TOKEN_BYTES = 256 * 1024;
const CLIENT_ID = "haechi";

export interface AuthenticatorOptions {
  readonly http: HttpClient;
  /** The scope to ask for, e.g. `repository:team/app:pull`, given the `service` of the challenge. */
  readonly scopeFor: (service: string | undefined) => string;
  readonly credentials?: Credentials | undefined;
  /** A ready token for this server. */
  readonly token?: string | undefined;
  /**
   * Which token servers get the credentials. `named`: the one that the registry names, as the protocol has it.
   * `same-site`: only on the server's own host, or by HTTPS within its domain (registry-1.docker.io → auth.docker.io).
   */
  readonly credentialsGoTo: "named" | "same-site";
}

interface Conversation {
  /** The `Authorization` header of the request that was refused. */
  readonly sent: string | undefined;
  readonly reach: Reach;
  /** Who named the server. Its token server is no better, or its name could lead elsewhere when it comes to the token. */
  readonly origin: HttpRequest["origin"];
  readonly signal: AbortSignal | undefined;
}

/** Answers the challenges of one server (distribution, "Token Authentication"; RFC 7617). */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #header: string | undefined;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#header = options.token === undefined ? undefined : `Bearer ${options.token}`;
  }

  /** The `Authorization` header to send, as far as it is known. */
  get header(): string | undefined {
    return this.#header;
  }

  /** Gets what the challenge of a 401 answer asks for. Says whether another try makes sense. */
  async answer(answer: HttpAnswer, conversation: Conversation): Promise<boolean> {
    const header = answer.headers["www-authenticate"];
    const challenges = [header ?? []].flat().flatMap(parseChallenges);
    const bearer = challenges.find((challenge) => challenge.scheme === "bearer");
    const { credentials } = this.#options;
    if (this.#header !== conversation.sent) {
      // another request got one meanwhile
      return true;
    }
    if (bearer !== undefined) {
      this.#header = `Bearer ${await this.#fetchToken(bearer, answer.url, conversation)}`;
    } else if (challenges.some((challenge) => challenge.scheme === "basic") && credentials !== undefined) {
      this.#header = basicAuthorization(credentials);
    }
    return this.#header !== conversation.sent;
  }

  async #fetchToken(challenge: Challenge, server: URL, conversation: Conversation): Promise<string> {
    const { http, scopeFor, credentials, credentialsGoTo } = this.#options;
    const { reach, signal } = conversation;
    const realm = followUrl(challenge.parameters["realm"] ?? "", server);
    const service = challenge.parameters["service"];
    const fields = new URLSearchParams({ ...(service === undefined ? {} : { service }), scope: scopeFor(service) });
    const isTrusted = credentialsGoTo === "named" || isSameSite(realm, server);
    const [url, request] = tokenRequest(realm, fields, isTrusted ? credentials : undefined);
    // a redirect of the token server is not followed: credentials would go along
    const origin = realm.origin === server.origin ? conversation.origin : "content";
    const answer = await http.send(url, { ...request, reach, signal, origin });
    const body = (await readAnswer(answer, MAX_TOKEN_BYTES)).toString("utf8");
    if (answer.status !== 200) {
      const said = readErrorAnswer(body);
      throw new HttpError(
        "TOKEN_REFUSED",
        `token server ${realm.host} answered with status ${answer.status}${said.message === "" ? "" : `: ${said.message}`}`,
        { details: { host: realm.host, status: answer.status, said } },
      );
    }
    const token = readToken(body);
    if (token === undefined) {
      throw new HttpError("TOKEN_INVALID", `token server ${realm.host} answered without a token`);
    }
    return token;
  }
}

/** The value of an `Authorization` header (RFC 7617). */
export function basicAuthorization(credentials: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
}

/** The same host, or by HTTPS another one of the same domain, taken as the last two labels. */
function isSameSite(realm: URL, server: URL): boolean {
  if (realm.hostname === server.hostname || (isLoopback(realm) && isLoopback(server))) {
    return true;
  }
  return (
    realm.protocol === "https:" && /[a-z]/i.test(server.hostname.at(-1) ?? "") && domainOf(realm) === domainOf(server)
  );
}

function domainOf(url: URL): string {
  return url.hostname.split(".").slice(-2).join(".");
}

function tokenRequest(
  realm: URL,
  fields: URLSearchParams,
  credentials: Credentials | undefined,
): [URL, Omit<HttpRequest, "origin" | "reach">] {
  if (credentials?.identityToken !== undefined) {
    fields.set("grant_type", "refresh_token");
    fields.set("refresh_token", credentials.identityToken);
    fields.set("client_id", CLIENT_ID);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return [realm, { method: "POST", headers, body: fields.toString() }];
  }
  const url = new URL(realm);
  for (const [name, value] of fields) {
    url.searchParams.set(name, value);
  }
  return [url, { headers: credentials === undefined ? {} : { authorization: basicAuthorization(credentials) } }];
}

function readToken(body: string): string | undefined {
  try {
    const document: unknown = JSON.parse(body);
    const { token, access_token: accessToken } = (document ?? {}) as Readonly<Record<string, unknown>>;
    const text = token || accessToken;
    // It becomes a header: nothing but what a bearer token may hold (RFC 6750).
    return typeof text === "string" && /^[A-Za-z0-9._~+/=-]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
