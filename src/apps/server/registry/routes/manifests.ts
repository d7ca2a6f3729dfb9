// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest, LIMITS } from "#base";
import { MANIFEST_MEDIA_TYPES } from "#oci";
import { RegistryError } from "../errors.ts";
import { prepareManifest } from "../proxy-cache/prepare-request.ts";
import { isTag } from "../repository-name.ts";
import { assertDigest, hasEntityTag } from "./blobs.ts";
import { authorOf, type RoutedRequest } from "./route.ts";

/** What dribbles in so that the connection never counts as idle is given up after this time. */
const MANIFEST_WITHIN_MS = 5 * 60 * 1000;
/** distribution-spec, "Pushing Manifests": at least 10, more may be answered with 414. */
const MAX_TAGS_PER_PUSH = 50;

/**
 * `GET` and `HEAD /v2/<name>/manifests/<reference>`: the bytes as they were pushed, if the gate lets them go. `Accept`
 * is not asked: a manifest has one form, and converting it would change its digest.
 */
export async function readManifest(request: RoutedRequest): Promise<void> {
  const { parts, exchange, access, repository, reference } = request;
  assertReference(reference);
  const ofCache = await prepareManifest(request);
  const record = await parts.manifests.find(repository, reference);
  if (record === undefined) {
    throw new RegistryError("MANIFEST_UNKNOWN", "manifest unknown to registry", { details: { reference } });
  }
  await parts.gate.assertManifestAllowed({ exchange, access }, record, reference);
  // for HEAD as well, which busy ones cost nothing: whoever asks what need not be pushed must not find what nobody can read
  const bytes = await parts.manifests.read(record.digest);
  const headers = {
    "content-type": record.mediaType,
    "docker-content-digest": record.digest,
    etag: `"${record.digest}"`,
    "cache-control": "private, no-cache",
    ...ofCache,
  };
  if (hasEntityTag(exchange.header("if-none-match"), record.digest)) {
    exchange.send(304, headers);
  } else if (exchange.isHead) {
    exchange.send(200, { ...headers, "content-length": record.sizeBytes });
  } else {
    exchange.send(200, headers, bytes);
    parts.pulls.note({ repository, digest: record.digest, ...(isDigest(reference) ? {} : { tag: reference }) });
  }
}

/**
 * `PUT /v2/<name>/manifests/<reference>`: acknowledged when bytes, references, tags and scan request are durable. A push to a
 * digest may bring tags (`?tag=`, distribution-spec, end-7b); one to a tag may say which digest counts (`?digest=`).
 */
export async function pushManifest(request: RoutedRequest): Promise<void> {
  const { parts, exchange, access, repository, reference } = request;
  assertReference(reference);
  const target = readTarget(request);
  const mediaType = exchange.header("content-type")?.split(";", 1)[0]?.trim() ?? "";
  if (!MANIFEST_MEDIA_TYPES.includes(mediaType)) {
    throw new RegistryError("MANIFEST_INVALID", "Content-Type is not a manifest type that this registry takes", {
      details: { found: mediaType.slice(0, 255), supported: MANIFEST_MEDIA_TYPES },
    });
  }
  const bytes = await receiveManifest(request);
  const record = await parts.content.putManifest(repository, { mediaType, bytes, ...target }, authorOf(request));
  parts.pushes.note(access.actor, record);
  parts.metrics.countReceived(bytes.length);
  exchange.send(201, {
    location: `/v2/${repository}/manifests/${record.digest}`,
    "docker-content-digest": record.digest,
    // Tells the client that it need not keep the fallback tag (distribution-spec, "Pushing Manifests with Subject").
    ...(record.subject === undefined ? {} : { "oci-subject": record.subject }),
    ...(isDigest(reference) && target.tags.length > 0 ? { "oci-tag": target.tags } : {}),
  });
}

/** `DELETE /v2/<name>/manifests/<reference>`: a tag alone, or a manifest with its tags (distribution-spec, "Deleting Manifests"). */
export async function deleteManifest(request: RoutedRequest): Promise<void> {
  const { parts, exchange, repository, reference } = request;
  assertReference(reference);
  if (isDigest(reference)) {
    await parts.content.deleteManifest(repository, reference, authorOf(request));
  } else {
    await parts.content.deleteTag(repository, reference, authorOf(request));
  }
  exchange.send(202, {});
}

function readTarget({ exchange, reference }: RoutedRequest): {
  readonly digest?: Digest;
  readonly tags: readonly string[];
} {
  if (!isDigest(reference)) {
    const digest = exchange.query.get("digest");
    return { tags: [reference], ...(digest === null ? {} : { digest: assertDigest(digest) }) };
  }
  const tags = [...new Set(exchange.query.getAll("tag"))];
  if (tags.length > MAX_TAGS_PER_PUSH) {
    throw new RegistryError("TOO_MANY_TAGS", `a push takes at most ${MAX_TAGS_PER_PUSH} tags`);
  }
  for (const tag of tags) {
    assertTag(tag);
  }
  return { digest: reference, tags };
}

async function receiveManifest({ parts, exchange }: RoutedRequest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const until = parts.clock.now().getTime() + MANIFEST_WITHIN_MS;
  let received = 0;
  if (Number(exchange.header("content-length") ?? 0) > LIMITS.maxManifestBytes) {
    throw manifestTooLarge();
  }
  for await (const chunk of exchange.body()) {
    received += chunk.length;
    if (received > LIMITS.maxManifestBytes) {
      throw manifestTooLarge();
    }
    if (parts.clock.now().getTime() > until) {
      throw new RegistryError("REQUEST_TIMEOUT", "the manifest did not arrive in time");
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
  } else {
    assertTag(reference);
  }
}

function assertTag(tag: string): void {
  if (!isTag(tag)) {
    throw new RegistryError(
      "TAG_INVALID",
      "expected a tag of at most 128 letters, digits, dots, dashes and underscores",
      {
        details: { found: tag.slice(0, 200) },
      },
    );
  }
}
