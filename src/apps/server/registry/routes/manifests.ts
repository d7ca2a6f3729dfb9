// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestAlgorithm, digestOf, isDigest, LIMITS } from "#base";
import type { ManifestRecord } from "#database";
import { MANIFEST_MEDIA_TYPES, type Manifest, parseManifest } from "#oci";
import { digestOfTag } from "../../signatures/index.ts";
import { RegistryError } from "../errors.ts";
import { describeManifest } from "../manifests/describe-manifest.ts";
import { isTag } from "../repository-name.ts";
import { assertDigest, hasEntityTag } from "./blobs.ts";
import type { RoutedRequest } from "./route.ts";

/**
 * `GET` and `HEAD /v2/<name>/manifests/<reference>`: the bytes as they were pushed, if the gate lets them go. `Accept`
 * is not asked: a manifest has one form, and converting it would change its digest.
 */
export async function readManifest({ parts, exchange, access, repository, reference }: RoutedRequest): Promise<void> {
  assertReference(reference);
  const record = await parts.manifests.find(repository, reference);
  if (record === undefined) {
    throw new RegistryError("MANIFEST_UNKNOWN", "manifest unknown to registry", { details: { reference } });
  }
  await parts.gate.assertManifestAllowed({ exchange, access }, record, reference);
  const headers = {
    "content-type": record.mediaType,
    "docker-content-digest": record.digest,
    etag: `"${record.digest}"`,
    "cache-control": "private, no-cache",
  };
  if (hasEntityTag(exchange.header("if-none-match"), record.digest)) {
    exchange.send(304, headers);
  } else if (exchange.isHead) {
    exchange.send(200, { ...headers, "content-length": record.sizeBytes });
  } else {
    exchange.send(200, headers, await parts.manifests.read(record.digest));
  }
}

/** `PUT /v2/<name>/manifests/<reference>`: acknowledged when bytes, references, tag and scan request are durable. */
export async function pushManifest(request: RoutedRequest): Promise<void> {
  const { parts, exchange, access, repository, reference } = request;
  assertReference(reference);
  const mediaType = exchange.header("content-type")?.split(";", 1)[0]?.trim() ?? "";
  if (!MANIFEST_MEDIA_TYPES.includes(mediaType)) {
    throw new RegistryError("MANIFEST_INVALID", "Content-Type is not a manifest type that this registry takes", {
      details: { found: mediaType.slice(0, 255), supported: MANIFEST_MEDIA_TYPES },
    });
  }
  const bytes = await receiveManifest(request);
  const digest = digestOf(bytes, isDigest(reference) ? digestAlgorithm(reference) : "sha256");
  if (isDigest(reference) && reference !== digest) {
    throw new RegistryError("DIGEST_INVALID", "the manifest has another digest than the one it was pushed to", {
      details: { found: digest, expected: reference },
    });
  }
  const manifest: Manifest = parseManifest(bytes, mediaType);
  const { blobs, blobCatalog, manifests } = parts;
  const record: ManifestRecord = {
    repository,
    digest,
    mediaType,
    sizeBytes: bytes.length,
    ...(await describeManifest(manifest, { repository, blobs, blobCatalog, manifests })),
    pushedBy: access.actor,
    pushedAt: parts.clock.now().toISOString(),
  };
  const tag = isDigest(reference) ? undefined : reference;
  await blobs.put(digest, bytes);
  await parts.store.putManifest(record, tag);
  if (tag !== undefined) {
    manifests.forgetTag(repository, tag);
  }
  blobCatalog.forgetHolders();
  parts.pushes.note(access.actor, record);
  await parts.audit.append({
    actor: access.actor,
    action: "manifest-pushed",
    target: tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}@${digest}`,
    requestId: exchange.requestId,
    remoteAddress: exchange.remoteAddress,
    at: record.pushedAt,
  });
  for (const subject of subjectsOf(record, tag)) {
    const about = { ...(tag === undefined ? {} : { tag }), ...(subject === undefined ? {} : { subject }) };
    await parts.events.publish({ type: "image-pushed", repository, digest, ...about });
  }
  parts.metrics.countReceived(bytes.length);
  exchange.send(201, {
    location: `/v2/${repository}/manifests/${digest}`,
    "docker-content-digest": digest,
    // Tells the client that it need not keep the fallback tag (distribution-spec, "Pushing Manifests with Subject").
    ...(record.subject === undefined ? {} : { "oci-subject": record.subject }),
  });
}

/** What the push says something about: verdicts on it are made anew. A tag and a `subject` may name different images. */
function subjectsOf(record: ManifestRecord, tag: string | undefined): readonly (Digest | undefined)[] {
  const named = [record.subject, tag === undefined ? undefined : digestOfTag(tag)];
  const subjects = new Set(named.filter((each) => each !== undefined));
  return subjects.size === 0 ? [undefined] : [...subjects];
}

async function receiveManifest({ exchange }: RoutedRequest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  if (Number(exchange.header("content-length") ?? 0) > LIMITS.maxManifestBytes) {
    throw manifestTooLarge();
  }
  for await (const chunk of exchange.body()) {
    received += chunk.length;
    if (received > LIMITS.maxManifestBytes) {
      throw manifestTooLarge();
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function manifestTooLarge(): RegistryError {
  return new RegistryError("MANIFEST_TOO_LARGE", "the manifest is larger than this registry takes", {
    details: { maxBytes: LIMITS.maxManifestBytes },
  });
}

function assertReference(reference: string): void {
  if (reference.includes(":")) {
    assertDigest(reference);
  } else if (!isTag(reference)) {
    throw new RegistryError("TAG_INVALID", "a tag has 1 to 128 of A-Z a-z 0-9 _ . - and does not begin with . or -", {
      details: { found: reference.slice(0, 200) },
    });
  }
}
