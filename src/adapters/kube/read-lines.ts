// SPDX-License-Identifier: Apache-2.0
import { KubeError } from "./errors.ts";

const NEWLINE = 0x0a;

/** The lines of a stream without their ends; empty ones and an unfinished last one are left out. Throws `LIMIT_EXCEEDED`. */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      const part = chunk.subarray(start, end === -1 ? undefined : end);
      size += part.length;
      if (size > maxBytes) {
        throw new KubeError("LIMIT_EXCEEDED", `an event of a watch is larger than ${maxBytes} bytes`);
      }
      parts.push(part);
      if (end === -1) {
        break;
      }
      if (size > 0) {
        yield parts.length === 1 ? part : Buffer.concat(parts, size);
      }
      parts = [];
      size = 0;
      start = end + 1;
    }
  }
}
