// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

/**
 * The text of a stream to its end, as that of standard input. Throws `SOURCE_UNREADABLE` as soon as more than `maxBytes` have come: whoever
 * is at the other end of a pipe may never end.
 */
export async function readStandardInput(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new CodedError(
        "SOURCE_UNREADABLE",
        `cannot read the standard input: has more than ${maxBytes} bytes, which are not read`,
      );
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
