// SPDX-License-Identifier: Apache-2.0
import type { RawRecord } from "./record-feed.ts";

const NEWLINE = 0x0a;

/** One record on each line. Memory: one record; an over-long one is a problem. Empty lines are nothing. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  label: string,
  maxBytes: number,
): AsyncGenerator<RawRecord> {
  let line = 1;
  let parts: Buffer[] = [];
  let length = 0;
  function finish(): RawRecord | undefined {
    const json = Buffer.concat(parts);
    const isTooLong = length > maxBytes;
    parts = [];
    length = 0;
    const origin = `${label}:${line}`;
    line += 1;
    if (isTooLong) {
      return { origin, problem: `the record is larger than ${maxBytes} bytes` };
    }
    return json.toString("latin1").trim() === "" ? undefined : { origin, json };
  }
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      append(chunk.subarray(start, end));
      const record = finish();
      if (record !== undefined) {
        yield record;
      }
      start = end + 1;
    }
    append(chunk.subarray(start));
  }
  const last = finish();
  if (last !== undefined) {
    yield last;
  }

  function append(part: Buffer): void {
    length += part.length;
    if (length <= maxBytes) {
      parts.push(part);
    } else {
      parts = [];
    }
  }
}
