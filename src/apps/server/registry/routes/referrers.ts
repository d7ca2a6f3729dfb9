// SPDX-License-Identifier: Apache-2.0
import type { ReferrerRecord } from "#database";
import { type Manifest, OCI_INDEX, parseManifest } from "#oci";
import { RegistryError } from "../errors.ts";
import type { RegistryParts } from "../registry-parts.ts";
import { assertDigest } from "./blobs.ts";
import type { RoutedRequest } from "./route.ts";

/** The answer is an index, and clients read at most 4 MiB of one. */
const MAX_ANSWER_BYTES = 3 * 1024 * 1024;
/** Each is read from disk for its annotations: anybody who may pull may ask, and whoever pushes decides how many and how large they are. */
const MAX_PAGE = 1_000;
const MAX_READ_BYTES = 32 * 1024 * 1024;

/** `GET /v2/<name>/referrers/<digest>`: an index of the manifests whose `subject` is the digest; empty when there is none. */
export async function listReferrers({ parts, exchange, repository, reference }: RoutedRequest): Promise<void> {
  const subject = assertDigest(reference);
  const artifactType = exchange.query.get("artifactType") ?? "";
  const referrers = await parts.store.findReferrers(repository, subject, {
    after: exchange.query.get("last") ?? "",
    limit: MAX_PAGE + 1,
    ...(artifactType === "" ? {} : { artifactType }),
  });
  const descriptors: unknown[] = [];
  let answerBytes = 0;
  let readBytes = 0;
  let lastShown: ReferrerRecord | undefined;
  for (const record of referrers.slice(0, MAX_PAGE)) {
    readBytes += record.sizeBytes;
    if (readBytes > MAX_READ_BYTES && lastShown !== undefined) {
      break;
    }
    const descriptor = await describeReferrer(parts, record);
    answerBytes += Buffer.byteLength(JSON.stringify(descriptor));
    if (answerBytes > MAX_ANSWER_BYTES && lastShown !== undefined) {
      break;
    }
    descriptors.push(descriptor);
    lastShown = record;
  }
  const filter = artifactType === "" ? "" : `&artifactType=${encodeURIComponent(artifactType)}`;
  const next = `/v2/${repository}/referrers/${subject}?last=${lastShown?.digest ?? ""}${filter}`;
  exchange.send(
    200,
    {
      "content-type": OCI_INDEX,
      ...(descriptors.length < referrers.length ? { link: `<${next}>; rel="next"` } : {}),
      ...(artifactType === "" ? {} : { "oci-filters-applied": "artifactType" }),
    },
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: descriptors })),
  );
}

/** With the annotations of the manifest itself (distribution-spec, "Listing Referrers"). */
async function describeReferrer(parts: RegistryParts, record: ReferrerRecord): Promise<unknown> {
  const annotations = await readAnnotations(parts, record);
  return {
    mediaType: record.mediaType,
    digest: record.digest,
    size: record.sizeBytes,
    ...(record.artifactType === undefined ? {} : { artifactType: record.artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** A referrer that is damaged keeps its place in the list, where clients find out when they ask for it. */
async function readAnnotations(
  parts: RegistryParts,
  { digest, mediaType }: ReferrerRecord,
): Promise<Manifest["annotations"]> {
  try {
    return parseManifest(await parts.manifests.read(digest), mediaType).annotations;
  } catch (error) {
    if (error instanceof RegistryError && error.code === "MANIFEST_UNKNOWN") {
      return undefined;
    }
    throw error;
  }
}
