// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS } from "#base";
import { type HttpAnswer, headerOf } from "#http";
import { type Descriptor, OCI_INDEX, OciError, parseManifest } from "#oci";
import { ImageSourceError } from "../errors.ts";
import { mergeDescriptors } from "../merge-descriptors.ts";
import { referrersTag } from "../referrers-tag.ts";
import { nextPage } from "./next-page.ts";
import type { RegistryClient } from "./registry-client.ts";
import type { RegistrySession } from "./registry-session.ts";

const MAX_PAGES = 100;
/** How registries without the referrers API answer to it: no such path, no such method, no such operation. */
const WITHOUT_API: readonly number[] = [400, 404, 405, 406, 415, 501];

/**
 * What is attached to the digest (distribution-spec 1.1, "Listing Referrers"). Without a usable answer of the API, or
 * with an empty one, the index under the referrers tag counts too: GHCR answers the API with a page of its own or an
 * empty list while clients keep that index. Throws when neither can be read, and `LIMIT_EXCEEDED` for more than are looked at.
 */
export async function listReferrers(
  client: RegistryClient,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<readonly Descriptor[]> {
  const listed = await askApi(client.session, digest, signal);
  return listed.length > 0
    ? mergeDescriptors([listed])
    : mergeDescriptors([await readTagIndex(client, digest, signal)]);
}

async function askApi(
  session: RegistrySession,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<readonly Descriptor[]> {
  const descriptors: Descriptor[] = [];
  let target: string | URL | undefined = `referrers/${digest}`;
  for (let page = 0; target !== undefined; page += 1) {
    const answer: HttpAnswer = await session.send(target, {
      headers: { accept: OCI_INDEX },
      missing: "MANIFEST_UNKNOWN",
      // a later page that is missing means that the list cannot be told, not that there is no API
      expected: page === 0 ? [200, ...WITHOUT_API] : [200],
      signal,
    });
    const bytes = await session.read(answer, LIMITS.maxManifestBytes);
    const found = answer.status === 200 ? readIndex(bytes, headerOf(answer, "content-type")) : undefined;
    if (found === undefined) {
      if (page > 0) {
        throw new ImageSourceError("REGISTRY_ANSWER_INVALID", "a page of the list of referrers is not an index");
      }
      return [];
    }
    descriptors.push(...found);
    if (page >= MAX_PAGES || descriptors.length > LIMITS.maxReferrers) {
      throw new ImageSourceError(
        "LIMIT_EXCEEDED",
        `more than ${LIMITS.maxReferrers} manifests are attached to ${digest}`,
      );
    }
    target = nextPage(answer, session);
  }
  return descriptors;
}

/** `undefined` for what is no index: then this was not the API. */
function readIndex(bytes: Uint8Array, contentType: string | undefined): readonly Descriptor[] | undefined {
  if (contentType !== undefined && contentType.split(";", 1)[0]?.trim() !== OCI_INDEX) {
    return undefined;
  }
  try {
    const index = parseManifest(bytes, OCI_INDEX);
    return index.kind === "index" ? index.manifests : undefined;
  } catch (error) {
    if (error instanceof OciError && error.code !== "LIMIT_EXCEEDED") {
      return undefined;
    }
    throw error;
  }
}

/** The descriptors of the index under the referrers tag; none when there is no such tag. */
export async function readTagIndex(
  client: RegistryClient,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<readonly Descriptor[]> {
  const found = await client.findManifest(referrersTag(digest), signal);
  if (found === undefined) {
    return [];
  }
  const index = parseManifest(found.bytes, found.mediaType);
  // cosign's `sha256-<hex>` never is a manifest; somebody else's image under that name is not a list
  const manifests = index.kind === "index" ? index.manifests : [];
  if (manifests.length > LIMITS.maxReferrers) {
    throw new ImageSourceError(
      "LIMIT_EXCEEDED",
      `more than ${LIMITS.maxReferrers} manifests are attached to ${digest}`,
    );
  }
  return manifests;
}
