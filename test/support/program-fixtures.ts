// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";

const FOLDER = new URL("../../src/domain/packages/testdata/programs/", import.meta.url);

/** A real program of `src/domain/packages/testdata/programs`, of which all but what analyzers read is zeros. */
export function readProgram(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(`${name}.gz`, FOLDER)));
}

/** Variants of a file as an attacker makes them: cut off, and with some bytes changed where it is not zeros. */
export function mutationsOf(file: Buffer): fc.Arbitrary<Buffer> {
  const filled = [...file.keys()].filter((at) => file[at] !== 0);
  return fc
    .record({
      changes: fc.array(fc.record({ at: fc.nat(filled.length - 1), byte: fc.nat(255) }), { maxLength: 8 }),
      end: fc.oneof(fc.constant(file.length), fc.nat(file.length)),
    })
    .map(({ changes, end }) => {
      const mutated = Buffer.from(file.subarray(0, end));
      for (const { at, byte } of changes) {
        const place = filled[at] as number;
        if (place < mutated.length) {
          mutated[place] = byte;
        }
      }
      return mutated;
    });
}
