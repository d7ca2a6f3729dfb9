// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import type { BodyLease } from "./body-budget.ts";

/** The body of a request, or why there is none. A body that is too large, or for which there is no room, is not read to its end. */
export async function readBody(
  request: IncomingMessage,
  { maxBytes, lease }: { readonly maxBytes: number; readonly lease: BodyLease },
): Promise<Uint8Array | "too-large" | "no-room" | "aborted"> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
    return "too-large";
  }
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    request.on("data", (chunk: Uint8Array) => {
      length += chunk.length;
      const isTooLarge = length > maxBytes;
      if (isTooLarge || !lease.allows(length)) {
        chunks.length = 0;
        request.pause();
        resolve(isTooLarge ? "too-large" : "no-room");
      } else {
        chunks.push(chunk);
      }
    });
    request.on("end", () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    request.on("error", () => resolve("aborted"));
    request.on("close", () => resolve("aborted"));
  });
}
