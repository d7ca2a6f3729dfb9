// SPDX-License-Identifier: Apache-2.0
import { type Digest, parseDigest } from "#base";
import { RegistryError } from "../errors.ts";
import { decideRange } from "../http/byte-range.ts";
import { authorOf, type RoutedRequest } from "./route.ts";

/** `GET` and `HEAD /v2/<name>/blobs/<digest>`, whole or one range. A range cannot be verified here: the client has the digest. */
export async function readBlob({ parts, exchange, access, repository, reference }: RoutedRequest): Promise<void> {
  const digest = assertDigest(reference);
  if (!(await hasBlob({ parts, exchange, access, repository, reference }, digest))) {
    throw unknownBlob(digest);
  }
  await parts.gate.assertBlobAllowed({ exchange, access }, repository, digest);
  const headers = {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    etag: `"${digest}"`,
    "accept-ranges": "bytes",
    // What may be read can be refused tomorrow: caches on the way have to ask.
    "cache-control": "private, no-cache",
  };
  if (hasEntityTag(exchange.header("if-none-match"), digest)) {
    exchange.send(304, headers);
    return;
  }
  await using blob = await parts.blobs.open(digest);
  if (blob === undefined) {
    parts.log.error({ requestId: exchange.requestId, digest }, "a blob of a repository is not in the blob store");
    throw unknownBlob(digest);
  }
  if (exchange.isHead) {
    exchange.send(200, { ...headers, "content-length": blob.sizeBytes });
    return;
  }
  const isRangeValid = exchange.header("if-range") === undefined || hasEntityTag(exchange.header("if-range"), digest);
  const range = decideRange(isRangeValid ? exchange.header("range") : undefined, blob.sizeBytes);
  if (range === "unsatisfiable") {
    throw new RegistryError("RANGE_INVALID", "the range begins after the end of the blob", {
      headers: { "content-range": `bytes */${blob.sizeBytes}` },
    });
  }
  if (range === "whole") {
    await exchange.sendCopied(200, { headers, sizeBytes: blob.sizeBytes }, (write) => blob.copyTo(write));
    return;
  }
  const partHeaders = { ...headers, "content-range": `bytes ${range.start}-${range.end - 1}/${blob.sizeBytes}` };
  const part = { headers: partHeaders, sizeBytes: range.end - range.start };
  await exchange.sendCopied(206, part, (write) => blob.copyTo(write, range));
}

/** `DELETE /v2/<name>/blobs/<digest>`: only out of this repository, and only while no manifest of it needs the blob. */
export async function deleteBlob(request: RoutedRequest): Promise<void> {
  const { parts, exchange, repository, reference } = request;
  await parts.content.deleteBlob(repository, assertDigest(reference), authorOf(request));
  exchange.send(202, {});
}

/** Whoever may push asks by HEAD what need not be sent: what is there is kept for the push that follows. */
async function hasBlob({ parts, exchange, access, repository }: RoutedRequest, digest: Digest): Promise<boolean> {
  if (exchange.isHead && access.allows("push", repository)) {
    return await parts.content.hasBlob(repository, digest);
  }
  return (await parts.blobCatalog.find(repository, digest)) !== undefined;
}

export function assertDigest(text: string | null): Digest {
  const digest = text === null ? undefined : parseDigest(text);
  if (digest === undefined) {
    throw new RegistryError("DIGEST_INVALID", "expected a sha256 or sha512 digest in lower case", {
      details: { found: (text ?? "").slice(0, 200) },
    });
  }
  return digest;
}

/** Whether an `If-None-Match` (or `If-Range`) header names the entity; `W/` makes no difference for bytes that never change. */
export function hasEntityTag(header: string | undefined, digest: Digest): boolean {
  return (
    header !== undefined &&
    header.split(",").some((tag) => {
      const trimmed = tag.trim();
      return trimmed === "*" || trimmed === `"${digest}"` || trimmed === `W/"${digest}"`;
    })
  );
}

function unknownBlob(digest: Digest): RegistryError {
  return new RegistryError("BLOB_UNKNOWN", "blob unknown to registry", { details: { digest } });
}
