// SPDX-License-Identifier: Apache-2.0
import { LIMITS, redactUrl } from "#base";
import type { GpgCandidate } from "#simple-signing";
import { parseSignatureList } from "./parse-signature-list.ts";
import type { SimpleSignatureSearch, SimpleSignatures } from "./simple-signatures.ts";
import { notSupported, unavailable, unlooked } from "./source-problem.ts";

/** Says of a registry that it keeps signatures (OpenShift's image registry). */
const SUPPORTS_SIGNATURES = "x-registry-supports-signatures";
/** The base of the API answers to anyone, with 401 where one must log in; the header is there all the same. */
const BASE_STATUS: ReadonlySet<number> = new Set([200, 401]);
/** Docker Hub's API has another name than its images. */
const API_HOSTS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/**
 * `GET /extensions/v2/<name>/signatures/<digest>` of a registry that says that it has it. One that does not is certain
 * to keep none, which is told apart from "no signature": nobody ever can sign there in this way.
 */
export async function readRegistrySignatures(search: SimpleSignatureSearch): Promise<SimpleSignatures> {
  const { registry, repository } = search.image.reference;
  const base = search.registryUrl ?? new URL(`https://${API_HOSTS[registry] ?? registry}/`);
  const place = redactUrl(base);
  try {
    if (!(await isSupported(base, search))) {
      return { candidates: [], problems: [notSupported(place)], isComplete: true };
    }
    const url = new URL(`/extensions/v2/${repository}/signatures/${search.image.digest}`, base);
    const answer = await search.http.send(url, {
      maxBytes: LIMITS.maxManifestBytes,
      origin: search.registryBy ?? "content",
      tokenScope: `repository:${repository}:pull`,
      ...(search.image.credentials === undefined ? {} : { credentials: search.image.credentials }),
      signal: search.signal,
    });
    if (answer.status === 404) {
      return { candidates: [], problems: [], isComplete: true };
    }
    if (answer.status !== 200) {
      throw new Error(`expected status 200 or 404, found ${answer.status}`);
    }
    return toSignatures(parseSignatureList(answer.bytes), redactUrl(url));
  } catch (error) {
    return { candidates: [], problems: [unavailable(place, error)], isComplete: false };
  }
}

async function isSupported(base: URL, { http, registryBy, signal }: SimpleSignatureSearch): Promise<boolean> {
  const answer = await http.send(new URL("/v2/", base), {
    maxBytes: LIMITS.maxSignatureBytes,
    origin: registryBy ?? "content",
    signal,
  });
  if (!BASE_STATUS.has(answer.status)) {
    throw new Error(`expected status 200 or 401, found ${answer.status}`);
  }
  return answer.headers[SUPPORTS_SIGNATURES] === "1";
}

function toSignatures(contents: readonly Uint8Array[], location: string): SimpleSignatures {
  const candidates: readonly GpgCandidate[] = contents
    .slice(0, LIMITS.maxSignatures)
    .map((bytes, index) => ({ location: `${location} (${index + 1})`, bytes }));
  const isComplete = contents.length <= LIMITS.maxSignatures;
  return { candidates, problems: isComplete ? [] : [unlooked(location)], isComplete };
}
