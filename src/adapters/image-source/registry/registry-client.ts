// SPDX-License-Identifier: Apache-2.0
import { digestAlgorithm, digestOf, LIMITS, parseDigest } from "#base";
import { type Descriptor, type ImageReference, MANIFEST_MEDIA_TYPES, parseManifest } from "#oci";
import { ImageSourceError, type ImageSourceErrorCode } from "../errors.ts";
import { answerError } from "./answer-error.ts";
import { Authenticator } from "./authenticator.ts";
import { findCredentials } from "./credential-files.ts";
import type { FetchedManifest } from "./fetched-manifest.ts";
import { createHttpClient, type HttpAnswer, type HttpClient, networkError, readAnswer } from "./http-client.ts";
import { followUrl, registryUrl } from "./registry-address.ts";
import type { RegistryOptions } from "./registry-options.ts";

const MAX_REDIRECTS = 5;
const MAX_ERROR_BYTES = 64 * 1024;

/** Reads one repository of one registry (OCI distribution-spec 1.1, "Pull"). */
export class RegistryClient implements AsyncDisposable {
  readonly #base: URL;
  readonly #http: HttpClient;
  readonly #authenticator: Authenticator;

  constructor(base: URL, http: HttpClient, authenticator: Authenticator) {
    this.#base = base;
    this.#http = http;
    this.#authenticator = authenticator;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }

  /** The manifest by tag or digest. A digest is verified; a tag's is computed and must be the one the registry names. */
  async fetchManifest(name: string, signal?: AbortSignal): Promise<FetchedManifest> {
    const answer = await this.#get(`manifests/${name}`, {
      accept: MANIFEST_MEDIA_TYPES.join(", "),
      missing: "MANIFEST_UNKNOWN",
      signal,
    });
    const bytes = await readAnswer(answer, LIMITS.maxManifestBytes);
    const stated = parseDigest(name) ?? parseDigest(headerOf(answer, "docker-content-digest") ?? "");
    const digest = digestOf(bytes, stated === undefined ? "sha256" : digestAlgorithm(stated));
    if (stated !== undefined && stated !== digest) {
      throw new ImageSourceError("BLOB_DIGEST_MISMATCH", "manifest has another digest than the registry says", {
        details: { host: this.#base.host, expected: stated, found: digest },
      });
    }
    const declared = headerOf(answer, "content-type")?.split(";", 1)[0]?.trim();
    const isSpecific = declared !== undefined && declared.startsWith("application/vnd.");
    return { mediaType: parseManifest(bytes, isSpecific ? declared : undefined).mediaType, digest, bytes };
  }

  /** The content of a blob, not yet verified. */
  async fetchBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.#get(`blobs/${descriptor.digest}`, { accept: "*/*", missing: "BLOB_MISSING", signal });
    return readBody(answer, signal);
  }

  async #get(
    path: string,
    options: {
      readonly accept: string;
      readonly missing: ImageSourceErrorCode;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<HttpAnswer> {
    let url = new URL(path, this.#base);
    let hasAuthenticated = false;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; ) {
      // Credentials are for the registry alone: a redirect to storage carries its own signature.
      const { header } = this.#authenticator;
      const authorization = url.origin === this.#base.origin && header !== undefined ? { authorization: header } : {};
      const answer = await this.#http.send(url, {
        headers: { accept: options.accept, ...authorization },
        signal: options.signal,
      });
      if (answer.status === 200) {
        return answer;
      }
      const location = headerOf(answer, "location");
      if ([301, 302, 303, 307, 308].includes(answer.status) && location !== undefined) {
        await answer.body.dump();
        url = followUrl(location, url);
        redirects += 1;
        continue;
      }
      const body = (await readAnswer(answer, MAX_ERROR_BYTES)).toString("utf8");
      const mayRetry = answer.status === 401 && !hasAuthenticated && url.origin === this.#base.origin;
      if (!mayRetry || !(await this.#authenticator.answer(answer, options.signal))) {
        throw answerError({ status: answer.status, body }, { host: url.host, missing: options.missing });
      }
      hasAuthenticated = true;
    }
    throw new ImageSourceError("REGISTRY_ANSWER_INVALID", `registry ${this.#base.host} redirects too often`);
  }
}

/** A client for the repository of the reference. The caller disposes it. */
export async function openRegistryClient(
  reference: Pick<ImageReference, "registry" | "repository">,
  options: RegistryOptions,
): Promise<RegistryClient> {
  const base = registryUrl(reference.registry, options);
  const credentials = options.credentials ?? findCredentials(options.credentialFiles ?? [], reference);
  const http = await createHttpClient(options);
  const isForToken = options.bearerToken?.host === reference.registry || options.bearerToken?.host === base.host;
  const authenticator = new Authenticator({
    http,
    scope: `repository:${reference.repository}:${(options.scopes ?? ["pull"]).join(",")}`,
    credentials,
    token: isForToken ? options.bearerToken?.token : undefined,
  });
  return new RegistryClient(new URL(`v2/${reference.repository}/`, base), http, authenticator);
}

async function* readBody(
  answer: HttpAnswer,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* answer.body as AsyncIterable<Uint8Array>;
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(answer.url, error);
  }
}

function headerOf(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
