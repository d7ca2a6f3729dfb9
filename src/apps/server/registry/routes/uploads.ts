// SPDX-License-Identifier: Apache-2.0
import { type Digest, parseDigest } from "#base";
import type { Upload } from "#blob-store";
import { RegistryError } from "../errors.ts";
import { parseContentRange } from "../http/byte-range.ts";
import type { AnswerHeaders } from "../http/exchange.ts";
import { isRepositoryName } from "../repository-name.ts";
import { assertDigest } from "./blobs.ts";
import type { RoutedRequest } from "./route.ts";
import { steadyBody } from "./steady-body.ts";

/** Repositories that are tried for a mount that names none. */
const MAX_MOUNT_SOURCES = 20;

/**
 * `POST /v2/<name>/blobs/uploads/`: begins an upload, takes a whole blob (`?digest=`), or mounts one that the caller may
 * read in another repository (`?mount=&from=`). A mount that is not possible begins an upload, so nothing can be learnt
 * from it about repositories that the caller may not read.
 */
export async function startUpload(request: RoutedRequest): Promise<void> {
  const { parts, exchange, repository } = request;
  const mount = parseDigest(exchange.query.get("mount") ?? "");
  if (mount !== undefined && (await mountBlob(request, mount))) {
    sendCreated(request, mount);
    return;
  }
  const text = exchange.query.get("digest");
  const digest = text === null ? undefined : assertDigest(text);
  const announced = Number(exchange.header("content-length") ?? 0);
  assertAlgorithm(exchange.query.get("digest-algorithm"));
  if (digest !== undefined) {
    assertContentLength(request, parts.configuration.maxBlobBytes);
  }
  const upload = await parts.content.uploads.begin(repository, announced, digest);
  if (digest === undefined) {
    sendProgress(request, 202, upload);
    return;
  }
  try {
    await finish(request, await receive(request, upload, 0), digest);
  } catch (error) {
    // Nobody was told the id, so nobody can go on with it.
    await parts.content.uploads.cancel(upload.id);
    throw error;
  }
}

/** `PATCH <upload>`: a chunk, in its place when `Content-Range` says where it belongs, else as a stream at the end. */
export async function appendToUpload(request: RoutedRequest): Promise<void> {
  const upload = await findUpload(request);
  sendProgress(request, 202, await receive(request, upload, chunkOffset(request, upload)));
}

/** `PUT <upload>?digest=`: the last chunk, if any, and the end. */
export async function finishUpload(request: RoutedRequest): Promise<void> {
  const digest = assertDigest(request.exchange.query.get("digest"));
  const upload = await findUpload(request);
  const isLastChunk = hasBody(request) || request.exchange.header("content-range") !== undefined;
  const received = isLastChunk ? await receive(request, upload, chunkOffset(request, upload)) : upload;
  await finish(request, received, digest);
}

/** `GET <upload>`: how much has been received. */
export async function showUpload(request: RoutedRequest): Promise<void> {
  sendProgress(request, 204, await findUpload(request));
}

/** `DELETE <upload>`. */
export async function cancelUpload(request: RoutedRequest): Promise<void> {
  const upload = await findUpload(request);
  await request.parts.content.uploads.cancel(upload.id);
  request.exchange.send(204, {});
}

/**
 * Without `from`, any repository that the caller may read will do (distribution-spec, "Mounting a blob from another repository"). Which
 * one, and that there was one, is not told.
 */
async function mountBlob({ parts, exchange, access, repository }: RoutedRequest, digest: Digest): Promise<boolean> {
  const from = exchange.query.get("from") ?? "";
  const sources = from === "" ? await parts.store.listBlobRepositories(digest, MAX_MOUNT_SOURCES) : [from];
  for (const source of sources) {
    const isPossible =
      isRepositoryName(source) &&
      (await parts.blobCatalog.find(source, digest)) !== undefined &&
      (await parts.gate.mayMount(access, source, digest));
    if (isPossible && (await parts.content.linkBlob(repository, source, digest))) {
      return true;
    }
  }
  return false;
}

function findUpload({ parts, repository, reference }: RoutedRequest): Promise<Upload> {
  return parts.content.uploads.find(repository, reference);
}

/** distribution-spec, end-4c. Uploads are hashed as SHA-256 while they arrive, and again at the end if need be. */
function assertAlgorithm(text: string | null): void {
  if (text !== null && text !== "sha256" && text !== "sha512") {
    throw new RegistryError("DIGEST_INVALID", "expected sha256 or sha512 as digest-algorithm", {
      details: { found: text.slice(0, 50) },
    });
  }
}

function chunkOffset({ exchange }: RoutedRequest, upload: Upload): number {
  const header = exchange.header("content-range");
  if (header === undefined) {
    return upload.receivedBytes;
  }
  const range = parseContentRange(header);
  if (range === undefined) {
    throw new RegistryError("BLOB_UPLOAD_INVALID", "expected Content-Range: <start>-<end>");
  }
  const length = exchange.header("content-length");
  if (length !== undefined && Number(length) !== range.end - range.start) {
    throw new RegistryError("SIZE_INVALID", "Content-Range and Content-Length do not agree");
  }
  if (range.start !== upload.receivedBytes) {
    throw new RegistryError(
      "RANGE_INVALID",
      `upload has ${upload.receivedBytes} bytes, chunk starts at ${range.start}`,
      {
        headers: { location: uploadUrl(upload), range: receivedRange(upload) },
      },
    );
  }
  return range.start;
}

async function receive(request: RoutedRequest, into: Upload, offset: number): Promise<Upload> {
  const { parts, exchange } = request;
  assertContentLength(request, parts.configuration.maxBlobBytes - offset);
  const upload = await parts.content.uploads.append(into, offset, steadyBody(exchange.body(), parts.clock));
  parts.metrics.countReceived(upload.receivedBytes - offset);
  return upload;
}

/** Says no before gigabytes are sent for nothing. */
function assertContentLength({ exchange }: RoutedRequest, maxBytes: number): void {
  if (Number(exchange.header("content-length") ?? 0) > maxBytes) {
    throw new RegistryError("BLOB_TOO_LARGE", `the blob is larger than the limit of this registry`, {
      details: { maxBytes },
    });
  }
}

async function finish(request: RoutedRequest, upload: Upload, digest: Digest): Promise<void> {
  const { parts, exchange } = request;
  // Hashing a large upload after a restart, and fsync, take longer than an idle connection may live.
  await exchange.whileWorking(() => parts.content.uploads.finish(upload, digest));
  sendCreated(request, digest);
}

function sendCreated({ exchange, repository }: RoutedRequest, digest: Digest): void {
  exchange.send(201, { location: `/v2/${repository}/blobs/${digest}`, "docker-content-digest": digest });
}

function sendProgress({ exchange }: RoutedRequest, status: number, upload: Upload): void {
  const headers: AnswerHeaders = {
    location: uploadUrl(upload),
    range: receivedRange(upload),
    "docker-upload-uuid": upload.id,
  };
  exchange.send(status, headers);
}

function uploadUrl(upload: Upload): string {
  return `/v2/${upload.repository}/blobs/uploads/${upload.id}`;
}

/** Both ends inclusive, so nothing received looks like one byte: that is how the specification wants it. */
function receivedRange(upload: Upload): string {
  return `0-${Math.max(0, upload.receivedBytes - 1)}`;
}

function hasBody({ exchange }: RoutedRequest): boolean {
  return exchange.header("transfer-encoding") !== undefined || Number(exchange.header("content-length") ?? 0) > 0;
}
