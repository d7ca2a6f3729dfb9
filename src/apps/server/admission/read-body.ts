// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";

/** The body of a request, or why there is none. A body that is too large is not read to its end. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array | "too-large" | "aborted"> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
    return "too-large";
  }
  return await new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    request.on("data", (chunk: Uint8Array) => {
      length += chunk.length;
      if (length > maxBytes) {
        chunks.length = 0;
        request.pause();
        resolve("too-large");
      } else {
        chunks.push(chunk);
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", () => resolve("aborted"));
    request.on("close", () => resolve("aborted"));
  });
}
