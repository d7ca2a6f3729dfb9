// SPDX-License-Identifier: Apache-2.0
import { CodedError, digestHex, digestOf, messageOf } from "#base";
import { type MetadataRequest } from "#notary";
import { SignatureRejected, type TrustAnswer, type TrustHttp } from "#signatures";
import type { MetadataCache } from "./metadata-cache.ts";
import type { NotaryServer } from "./notary-server.ts";

/** The metadata of one repository on one server. */
export interface MetadataSourceOptions {
  readonly http: TrustHttp;
  readonly cache: MetadataCache;
  readonly server: NotaryServer;
  readonly gun: string;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  readonly signal: AbortSignal;
}

/** Codes by which notary-server says that it has no such file; any other 404 may come from something in between. */
const ABSENT_CODES: ReadonlySet<unknown> = new Set(["METADATA_NOT_FOUND", "NAME_UNKNOWN", "MANIFEST_UNKNOWN"]);

/** `<server>/v2/<gun>/_trust/tuf/`. */
export function metadataUrl(server: NotaryServer, gun: string): URL {
  return new URL(`v2/${gun}/_trust/tuf/`, server.url);
}

/**
 * The bytes of a file, or `undefined` when the server says that it has none. Throws `SignatureRejected` with
 * `SOURCE_UNAVAILABLE` or `LIMIT_EXCEEDED` when nobody can say.
 */
export async function fetchMetadata(
  source: MetadataSourceOptions,
  request: MetadataRequest,
): Promise<Uint8Array | undefined> {
  const cached = request.sha256 === undefined ? undefined : source.cache.get(request.sha256);
  if (cached !== undefined) {
    return cached;
  }
  const answer = await send(source, request);
  if (answer.status === 404 && saysAbsent(answer)) {
    return undefined;
  }
  if (answer.status !== 200) {
    throw new SignatureRejected("SOURCE_UNAVAILABLE", refusal(source, request, answer.status));
  }
  if (request.sha256 !== undefined && digestHex(digestOf(answer.bytes)) === request.sha256) {
    source.cache.add(request.sha256, answer.bytes);
  }
  return answer.bytes;
}

async function send(source: MetadataSourceOptions, request: MetadataRequest): Promise<TrustAnswer> {
  const { server, credentials, gun } = source;
  try {
    return await source.http.send(new URL(request.name, metadataUrl(server, gun)), {
      // at least a page, so that the text of an error fits, too
      maxBytes: Math.max(request.maxBytes, 4_096),
      origin: server.origin,
      tokenScope: `repository:${gun}:pull`,
      signal: source.signal,
      ...(credentials === undefined || !server.takesCredentials ? {} : { credentials }),
    });
  } catch (error) {
    const isTooLarge = error instanceof CodedError && error.code === "ANSWER_TOO_LARGE";
    throw new SignatureRejected(
      isTooLarge ? "LIMIT_EXCEEDED" : "SOURCE_UNAVAILABLE",
      `${request.name} cannot be read: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function saysAbsent(answer: TrustAnswer): boolean {
  try {
    const body: unknown = JSON.parse(Buffer.from(answer.bytes).toString());
    const errors = typeof body === "object" && body !== null && "errors" in body ? body.errors : undefined;
    return Array.isArray(errors) && errors.some((each: unknown) => ABSENT_CODES.has(codeOf(each)));
  } catch {
    // no JSON: a page of something else than the server
    return false;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

function refusal(source: MetadataSourceOptions, request: MetadataRequest, status: number): string {
  const isAccess = status === 401 || status === 403;
  const hint =
    isAccess && source.credentials !== undefined && !source.server.takesCredentials
      ? "; credentials are sent only to servers that signatures.notaryServers names, or on the host of the registry"
      : "";
  return `${request.name}: expected 200 or 404 in the form of a notary server, found ${status}${hint}`;
}
