// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createTarReader } from "#oci";
import { writeTar } from "../../../../test/support/image-builder.ts";

const LONG = "y".repeat(2_000);
const TAR = writeTar([
  { path: "empty" },
  { path: "short", content: "yes" },
  { path: "no", content: "n".repeat(1_500) },
  { path: "block", content: "y".repeat(512) },
  { path: "long", content: LONG },
  { path: "known", content: "k" },
  { path: "after", content: "y" },
]);

interface Sniffed {
  readonly heads: Record<string, number>;
  readonly files: Record<string, number>;
}

function sniff(step: number, accepts?: (head: Uint8Array) => boolean): Sniffed {
  const seen: Sniffed = { heads: {}, files: {} };
  const reader = createTarReader({
    select: (entry) => (entry.path === "known" ? true : "sniff"),
    ...(accepts && {
      accepts: (entry, head) => {
        seen.heads[entry.path] = head.length;
        return accepts(head);
      },
    }),
    onFile: (entry, bytes) => {
      seen.files[entry.path] = bytes.length;
    },
  });
  for (let at = 0; at < TAR.length; at += step) {
    reader.write(TAR.subarray(at, at + step));
  }
  reader.end();
  return seen;
}

describe("files that are sniffed", () => {
  it.each([1, 100, 511, 512, 513, 1_000, 4_096, TAR.length])("in steps of %i bytes", (step) => {
    expect(sniff(step, (head) => head[0] === 0x79)).toEqual({
      heads: { empty: 0, short: 3, no: 512, block: 512, long: 512, after: 1 },
      files: { short: 3, block: 512, long: 2_000, known: 1, after: 1 },
    });
  });

  it("are not wanted when nobody can accept them", () => {
    expect(sniff(777).files).toEqual({ known: 1 });
  });

  it("may all be accepted, an empty one too", () => {
    expect(Object.keys(sniff(333, () => true).files)).toHaveLength(7);
  });
});
