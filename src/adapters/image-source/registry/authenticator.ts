// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { HAECHI_REGISTRY_AUDIENCE } from "#oci";
import { ImageSourceError } from "../errors.ts";
import { answerError } from "./answer-error.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Credentials } from "./credential-files.ts";
import { type HttpAnswer, type HttpClient, type HttpRequest, readAnswer } from "./http-client.ts";
import { followUrl } from "./registry-address.ts";

const MAX_TOKEN_BYTES = 256 * 1024;
const CLIENT_ID = "haechi";

const tokenSchema = z.object({ token: z.string().nullish(), access_token: z.string().nullish() });

export interface AuthenticatorOptions {
  readonly http: HttpClient;
  /** e.g. `repository:team/app:pull`. */
  readonly scope: string;
  readonly credentials?: Credentials | undefined;
  /** A ready token for this registry. */
  readonly token?: string | undefined;
}

/** Answers the challenges of one registry (distribution, "Token Authentication"; RFC 7617). */
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
  async answer(answer: HttpAnswer, signal: AbortSignal | undefined): Promise<boolean> {
    const header = answer.headers["www-authenticate"];
    const challenges = [header ?? []].flat().flatMap(parseChallenges);
    const bearer = challenges.find((challenge) => challenge.scheme === "bearer");
    const { credentials } = this.#options;
    const before = this.#header;
    if (bearer !== undefined) {
      this.#header = `Bearer ${await this.#fetchToken(bearer, answer.url, signal)}`;
    } else if (challenges.some((challenge) => challenge.scheme === "basic") && credentials !== undefined) {
      this.#header = basic(credentials);
    }
    return this.#header !== before;
  }

  async #fetchToken(challenge: Challenge, registry: URL, signal: AbortSignal | undefined): Promise<string> {
    const { http, scope, credentials } = this.#options;
    const realm = followUrl(challenge.parameters["realm"] ?? "", registry);
    const service = challenge.parameters["service"];
    const fields = new URLSearchParams({
      ...(service === undefined ? {} : { service }),
      scope: scopeFor(service, scope),
    });
    const answer = await http.send(...tokenRequest(realm, fields, credentials, signal));
    const body = (await readAnswer(answer, MAX_TOKEN_BYTES)).toString("utf8");
    if (answer.status !== 200) {
      throw answerError({ status: answer.status, body }, { host: realm.host, missing: "UNAUTHORIZED" });
    }
    const token = readToken(body);
    if (token === undefined) {
      throw new ImageSourceError("REGISTRY_ANSWER_INVALID", `token server ${realm.host} answered without a token`);
    }
    return token;
  }
}

/** Our own registry grants scanners a look at images that its gate refuses; other registries need not know the word. */
function scopeFor(service: string | undefined, scope: string): string {
  const actions = scope.slice(scope.lastIndexOf(":") + 1).split(",");
  return service === HAECHI_REGISTRY_AUDIENCE && !actions.includes("inspect") ? `${scope},inspect` : scope;
}

function tokenRequest(
  realm: URL,
  fields: URLSearchParams,
  credentials: Credentials | undefined,
  signal: AbortSignal | undefined,
): [URL, HttpRequest] {
  if (credentials?.identityToken !== undefined) {
    fields.set("grant_type", "refresh_token");
    fields.set("refresh_token", credentials.identityToken);
    fields.set("client_id", CLIENT_ID);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return [realm, { method: "POST", headers, body: fields.toString(), signal }];
  }
  const url = new URL(realm);
  for (const [name, value] of fields) {
    url.searchParams.set(name, value);
  }
  return [url, { headers: credentials === undefined ? {} : { authorization: basic(credentials) }, signal }];
}

function readToken(body: string): string | undefined {
  try {
    const { token, access_token: accessToken } = tokenSchema.parse(JSON.parse(body));
    const text = token || accessToken || "";
    // It becomes a header: nothing but what a bearer token may hold (RFC 6750).
    return /^[A-Za-z0-9._~+/=-]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function basic(credentials: Credentials): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
}
