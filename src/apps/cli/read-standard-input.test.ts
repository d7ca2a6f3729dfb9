// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { readStandardInput } from "./read-standard-input.ts";

describe("readStandardInput", () => {
  it("reads no further than the limit from a pipe that never ends", async () => {
    let chunks = 0;
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          chunks += 1;
          yield Buffer.alloc(10);
        }
      } finally {
        isClosed = true;
      }
    }
    await expect(readStandardInput(endless(), 25)).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringContaining("more than 25 bytes") as string,
    });
    expect({ chunks, isClosed }).toEqual({ chunks: 3, isClosed: true });
  });

  it("reads as much as the limit, and characters that lie in two pieces", async () => {
    const bytes = Buffer.from("한글");
    expect(await readStandardInput(piecesOf(bytes.subarray(0, 2), bytes.subarray(2)), 6)).toBe("한글");
    expect(await readStandardInput(piecesOf(), 0)).toBe("");
  });
});

async function* piecesOf(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
