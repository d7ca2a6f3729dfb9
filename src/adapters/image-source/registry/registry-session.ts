// SPDX-License-Identifier: Apache-2.0
import {
  Authenticator,
  createHttpClient,
  dumpAnswer,
  findCredentials,
  followUrl,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  headerOf,
  type Reach,
  readAnswer,
  readErrorAnswer,
} from "#http";
import { HAECHI_REGISTRY_AUDIENCE, type ImageReference } from "#oci";
import { ImageSourceError, type ImageSourceErrorCode } from "../errors.ts";
import { answerError } from "./answer-error.ts";
import { registryUrl } from "./registry-address.ts";
import { toRegistryFailure, withRegistryFailures } from "./registry-failure.ts";
import type { RegistryOptions } from "./registry-options.ts";

const MAX_REDIRECTS = 5;
const MAX_ERROR_BYTES = 64 * 1024;

export interface RegistryRequest extends Pick<HttpRequest, "method" | "headers" | "body" | "signal"> {
  /** The code of 404. */
  readonly missing: ImageSourceErrorCode;
  /** Statuses that are an answer; any other is thrown. */
  readonly expected: readonly number[];
}

/** Requests to one repository of one registry, with its authentication and redirects. */
export class RegistrySession implements AsyncDisposable {
  /** `…/v2/REPOSITORY/`. */
  readonly base: URL;
  readonly #http: HttpClient;
  readonly #authenticator: Authenticator;
  readonly #reach: Reach;
  readonly #isHttpOwn: boolean;

  constructor(base: URL, authenticator: Authenticator, http: HttpClient, isHttpOwn: boolean) {
    this.base = base;
    this.#http = http;
    this.#isHttpOwn = isHttpOwn;
    this.#authenticator = authenticator;
    this.#reach = http.createReach();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isHttpOwn) {
      await this.#http[Symbol.asyncDispose]();
    }
  }

  /** Sends a request; `target` is relative to `base`, or a URL that the registry named. Redirects of uploads are not followed. */
  async send(target: string | URL, request: RegistryRequest): Promise<HttpAnswer> {
    return await withRegistryFailures(() => this.#send(target, request));
  }

  /** The body of an answer, at most `maxBytes`. Throws `LIMIT_EXCEEDED` beyond that. */
  async read(answer: HttpAnswer, maxBytes: number): Promise<Buffer> {
    return await withRegistryFailures(() => readAnswer(answer, maxBytes));
  }

  /** The body of an answer as it arrives. */
  async *stream(answer: HttpAnswer): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* answer.body;
    } catch (error) {
      throw toRegistryFailure(error);
    }
  }

  /** An address that the registry named, such as where an upload goes on. */
  follow(location: string, from: URL): URL {
    try {
      return followUrl(location, from);
    } catch (error) {
      throw toRegistryFailure(error);
    }
  }

  async #send(target: string | URL, request: RegistryRequest): Promise<HttpAnswer> {
    let url = new URL(target, this.base);
    const mayRedirect = request.method === undefined || request.method === "GET" || request.method === "HEAD";
    let hasAuthenticated = false;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; ) {
      // Credentials are for the registry alone: a redirect to storage carries its own signature.
      const isHome = url.origin === this.base.origin;
      const { header } = this.#authenticator;
      const answer = await this.#http.send(url, {
        ...request,
        headers: { ...request.headers, ...(isHome && header !== undefined ? { authorization: header } : {}) },
        origin: isHome ? "operator" : "content",
        reach: this.#reach,
      });
      if (request.expected.includes(answer.status)) {
        return answer;
      }
      const location = headerOf(answer, "location");
      if (mayRedirect && [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined) {
        await dumpAnswer(answer);
        url = followUrl(location, url);
        redirects += 1;
        continue;
      }
      const body = (await readAnswer(answer, MAX_ERROR_BYTES)).toString("utf8");
      const sent = isHome ? header : undefined;
      const conversation = { sent, reach: this.#reach, origin: "operator" as const, signal: request.signal };
      const mayRetry = answer.status === 401 && !hasAuthenticated && isHome;
      if (!mayRetry || !(await this.#authenticator.answer(answer, conversation))) {
        const said = readErrorAnswer(body);
        const retryAfter = headerOf(answer, "retry-after");
        throw answerError({ status: answer.status, said, retryAfter }, { host: url.host, missing: request.missing });
      }
      hasAuthenticated = true;
    }
    throw new ImageSourceError("REGISTRY_ANSWER_INVALID", `registry ${this.base.host} redirects too often`);
  }
}

/** A session for the repository of the reference. The caller disposes it. */
export async function openRegistrySession(
  reference: Pick<ImageReference, "registry" | "repository">,
  options: RegistryOptions,
): Promise<RegistrySession> {
  return await openSession(reference, options, {
    path: `v2/${reference.repository}/`,
    scopeFor: (service) => scopeFor(service, reference.repository, options.scopes ?? ["pull"]),
  });
}

/** A session for what a registry says of itself, such as the list of its repositories. The caller disposes it. */
export async function openCatalogSession(registry: string, options: RegistryOptions): Promise<RegistrySession> {
  return await openSession({ registry, repository: "" }, options, {
    path: "v2/",
    scopeFor: () => "registry:catalog:*",
  });
}

async function openSession(
  reference: Pick<ImageReference, "registry" | "repository">,
  options: RegistryOptions,
  place: { readonly path: string; readonly scopeFor: (service: string | undefined) => string },
): Promise<RegistrySession> {
  return await withRegistryFailures(async () => {
    const base = registryUrl(reference.registry, options);
    const credentials = options.credentials ?? findCredentials(options.credentialFiles ?? [], reference);
    const http = options.http ?? (await createHttpClient(options));
    const isForToken = options.bearerToken?.host === reference.registry || options.bearerToken?.host === base.host;
    const authenticator = new Authenticator({
      http,
      scopeFor: place.scopeFor,
      credentials,
      credentialsGoTo: "named",
      token: isForToken ? options.bearerToken?.token : undefined,
    });
    return new RegistrySession(new URL(place.path, base), authenticator, http, options.http === undefined);
  });
}

/** Our own registry grants scanners a look at images that its gate refuses; other registries need not know the word. */
function scopeFor(service: string | undefined, repository: string, actions: readonly string[]): string {
  const isOurs = service === HAECHI_REGISTRY_AUDIENCE && !actions.includes("inspect");
  return `repository:${repository}:${[...actions, ...(isOurs ? ["inspect"] : [])].join(",")}`;
}
