// SPDX-License-Identifier: Apache-2.0
import { type HttpAnswer, headerOf, type StreamedBody } from "#http";
import { ImageSourceError } from "../errors.ts";
import type { RepositoryClient } from "../repository-client.ts";
import type { RegistrySession } from "./registry-session.ts";

const MAX_ANSWER_BYTES = 64 * 1024;
/** Breaks of the connection after which nothing more had arrived. */
const MAX_IDLE_BREAKS = 3;
/** One that breaks after every few bytes must not keep us for ever. */
const MAX_BREAKS = 50;
/** The registry was interrupted, fell silent or failed: what it has received may still be there. */
const BREAKS: readonly string[] = ["REGISTRY_UNREACHABLE", "REGISTRY_TIMEOUT", "REGISTRY_FAILED"];

type Blob = Parameters<RepositoryClient["sendBlob"]>[0];

interface Upload {
  /** Where it goes on, which each answer may say anew. */
  url: URL;
  received: number;
}

/**
 * distribution-spec 1.1, "Pushing a blob in chunks", as all clients do it: POST, the content as one PATCH, PUT. After a break
 * the registry is asked what it has received ("Getting upload status"), and the rest follows; one that has forgotten
 * the upload gets a new one.
 */
export async function sendBlob(session: RegistrySession, blob: Blob, signal?: AbortSignal): Promise<number> {
  const present = await session.send(`blobs/${blob.digest}`, {
    method: "HEAD",
    missing: "BLOB_MISSING",
    expected: [200, 404],
    signal,
  });
  await session.read(present, MAX_ANSWER_BYTES);
  if (present.status === 200) {
    return 0;
  }
  let upload = await startUpload(session, signal);
  let breaks = 0;
  let idleBreaks = 0;
  while (upload.received < blob.size) {
    const before = upload.received;
    try {
      await sendRest(session, upload, { blob, signal });
    } catch (error) {
      signal?.throwIfAborted();
      breaks += 1;
      const isBreak = error instanceof ImageSourceError && BREAKS.includes(error.code);
      if (!isBreak || idleBreaks >= MAX_IDLE_BREAKS || breaks > MAX_BREAKS) {
        throw error;
      }
      upload = (await findUpload(session, upload, signal)) ?? (await startUpload(session, signal));
      idleBreaks = upload.received > before ? 0 : idleBreaks + 1;
    }
  }
  await finishUpload(session, upload, { blob, signal });
  return blob.size;
}

async function startUpload(session: RegistrySession, signal: AbortSignal | undefined): Promise<Upload> {
  const started = await session.send("blobs/uploads/", {
    method: "POST",
    missing: "REPOSITORY_UNKNOWN",
    expected: [202],
    signal,
  });
  await session.read(started, MAX_ANSWER_BYTES);
  return { url: whereNext(session, started, undefined), received: 0 };
}

async function sendRest(
  session: RegistrySession,
  upload: Upload,
  { blob, signal }: { readonly blob: Blob; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const offset = upload.received;
  const body = bodyOf(blob, offset);
  const answer = await session
    .send(upload.url, {
      method: "PATCH",
      headers: {
        "content-type": "application/octet-stream",
        // some registries take a range for a sign of small chunks, so the usual case does without
        ...(offset === 0 ? {} : { "content-range": `${offset}-${blob.size - 1}` }),
      },
      body,
      missing: "REGISTRY_FAILED",
      // busy with what is left of the connection before, or at another place than we think: it is asked again
      expected: [200, 201, 202, 204, 409, 416],
      signal,
    })
    .catch((error: unknown) => {
      throw body.failure === undefined ? error : body.failure.error;
    });
  await session.read(answer, MAX_ANSWER_BYTES);
  if (answer.status >= 400) {
    throw new ImageSourceError("REGISTRY_FAILED", `registry ${session.base.host} does not go on with an upload`, {
      details: { host: session.base.host, status: answer.status },
    });
  }
  upload.url = whereNext(session, answer, upload.url);
  upload.received = blob.size;
}

/** The rest of the content. That it cannot be read is our failure, and not one of the connection that ends with it. */
function bodyOf(blob: Blob, offset: number): StreamedBody & { failure: { readonly error: unknown } | undefined } {
  let isBroken = false;
  return {
    failure: undefined,
    sizeBytes: blob.size - offset,
    async send(write) {
      try {
        await blob.copyTo(async (block) => {
          try {
            await write(block);
          } catch (error) {
            isBroken = true;
            throw error;
          }
        }, offset);
      } catch (error) {
        this.failure = isBroken ? undefined : { error };
        throw error;
      }
    },
  };
}

/** What the registry has received; `undefined` when it does not know the upload any more, or does not say. */
async function findUpload(
  session: RegistrySession,
  upload: Upload,
  signal: AbortSignal | undefined,
): Promise<Upload | undefined> {
  const answer = await session.send(upload.url, {
    missing: "REGISTRY_FAILED",
    expected: [200, 202, 204, 400, 404, 405, 416],
    signal,
  });
  await session.read(answer, MAX_ANSWER_BYTES);
  const range = /^(?:bytes=)?0-(\d{1,15})$/.exec(headerOf(answer, "range") ?? "");
  if (answer.status >= 400 || range === null) {
    return undefined;
  }
  const last = Number(range[1]);
  // `0-0` is what registries say of nothing, and of one byte, which is as quickly sent again in a new upload
  return last === 0 ? undefined : { url: whereNext(session, answer, upload.url), received: last + 1 };
}

async function finishUpload(
  session: RegistrySession,
  upload: Upload,
  { blob, signal }: { readonly blob: Blob; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const url = new URL(upload.url);
  url.searchParams.set("digest", blob.digest);
  const finished = await session.send(url, {
    method: "PUT",
    headers: { "content-type": "application/octet-stream", "content-length": "0" },
    missing: "REGISTRY_FAILED",
    expected: [201, 202, 204],
    signal,
  });
  await session.read(finished, MAX_ANSWER_BYTES);
}

function whereNext(session: RegistrySession, answer: HttpAnswer, before: URL | undefined): URL {
  const location = headerOf(answer, "location");
  if (location === undefined && before !== undefined) {
    return before;
  }
  return session.follow(location ?? "", answer.url);
}
