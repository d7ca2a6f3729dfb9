// SPDX-License-Identifier: Apache-2.0
import type { KnownProgram } from "./known-programs.ts";

const MAX_PLACES = 1_000;
const WINDOW_BYTES = 160;

/** The version of the program by the first text in its file that gives one. */
export function findVersion(bytes: Uint8Array, program: KnownProgram): string | undefined {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = Buffer.from(program.mark, "latin1");
  let places = 0;
  for (let at = content.indexOf(mark); at !== -1 && places < MAX_PLACES; at = content.indexOf(mark, at + 1)) {
    places += 1;
    const around = content.toString("latin1", Math.max(0, at - (program.before ?? 0)), at + WINDOW_BYTES);
    const version = program.version.exec(around)?.[1];
    if (version !== undefined) {
      return version;
    }
  }
  return undefined;
}
