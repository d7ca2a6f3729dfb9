// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { readLines } from "./read-lines.ts";

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
  yield bytes.subarray(from);
}

async function linesOf(bytes: Buffer, sizes: readonly number[], maxBytes = 1_000): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of readLines(chunksOf(bytes, sizes), maxBytes)) {
    lines.push(line.toString("utf8"));
  }
  return lines;
}

it("lines do not depend on how the bytes are cut, nor on characters of several bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme", minLength: 1 }).filter((line) => !line.includes("\n"))),
      fc.array(fc.nat({ max: 9 })),
      async (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        expect(await linesOf(bytes, sizes)).toEqual(lines);
      },
    ),
  );
});

it("an unfinished last line and empty lines are no lines", async () => {
  expect(await linesOf(Buffer.from("a\n\n\nb\nhalf"), [3])).toEqual(["a", "b"]);
});

it.each([
  { name: "in one piece", sizes: [] },
  { name: "in small pieces", sizes: Array.from({ length: 30 }, () => 1) },
])("a line that is too long is refused before its end, $name", async ({ sizes }) => {
  await expect(linesOf(Buffer.from("x".repeat(30)), sizes, 20)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  expect(await linesOf(Buffer.from(`${"x".repeat(20)}\n`), sizes, 20)).toHaveLength(1);
});
