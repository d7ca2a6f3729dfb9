// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import { RegistryError } from "../errors.ts";

const WINDOW_MS = 60_000;
/** About 1 KiB a second: less than any line that a layer could ever be pushed over. */
const LEAST_BYTES_IN_WINDOW = 64 * 1024;

/**
 * The chunks, as long as the sender is not slower than somebody who only wants to hold a connection and an upload: a byte now and then
 * never counts as idle. Only the time that was waited for the sender counts. Throws `REQUEST_TIMEOUT`; what came is kept, so that an
 * upload can go on.
 */
export async function* steadyBody(chunks: AsyncIterable<Uint8Array>, clock: Clock): AsyncGenerator<Uint8Array> {
  let received = 0;
  let waitedMs = 0;
  let askedAt = clock.now().getTime();
  for await (const chunk of chunks) {
    received += chunk.length;
    waitedMs += clock.now().getTime() - askedAt;
    yield chunk;
    if (waitedMs >= WINDOW_MS) {
      if (received < LEAST_BYTES_IN_WINDOW) {
        throw new RegistryError("REQUEST_TIMEOUT", "the blob arrives too slowly; go on with the upload where it is", {
          details: { leastBytesPerMinute: LEAST_BYTES_IN_WINDOW },
        });
      }
      received = 0;
      waitedMs = 0;
    }
    askedAt = clock.now().getTime();
  }
}
