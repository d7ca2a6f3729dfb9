// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import type { BodyLease } from "./body-budget.ts";

/** Why there is no body. */
export type BodyProblem = "too-large" | "no-room" | "aborted";

/**
 * Calls `done` once, with the body of a request or why there is none. A body that is too large, or for which there is no room, is not read to
 * its end. No promise: the turn that it waits for costs a review as much as judging an image.
 */
export function readBody(
  request: IncomingMessage,
  { maxBytes, lease }: { readonly maxBytes: number; readonly lease: BodyLease },
  done: (body: Uint8Array | BodyProblem) => void,
): void {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
    done("too-large");
    return;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isDone = false;
  function end(body: Uint8Array | BodyProblem): void {
    if (!isDone) {
      isDone = true;
      done(body);
    }
  }
  request.on("data", (chunk: Uint8Array) => {
    length += chunk.length;
    const isTooLarge = length > maxBytes;
    if (isTooLarge || !lease.allows(length)) {
      chunks.length = 0;
      request.pause();
      end(isTooLarge ? "too-large" : "no-room");
    } else {
      chunks.push(chunk);
    }
  });
  request.on("end", () => {
    const [only] = chunks;
    end(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
  });
  request.on("error", () => end("aborted"));
  request.on("close", () => end("aborted"));
}
