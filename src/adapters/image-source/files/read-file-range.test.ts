// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openFile, readFileRange } from "./read-file-range.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-range-"));
const content = randomBytes(2 * 1024 * 1024 + 7);
const path = join(folder, "content");
writeFileSync(path, content);
afterAll(() => rmSync(folder, { recursive: true }));

describe("readFileRange", () => {
  it.each([
    { name: "all of a file", start: 0, end: content.length },
    { name: "a part that begins and ends anywhere", start: 3, end: 1_500_001 },
    { name: "a part of one chunk", start: 100, end: 200 },
    { name: "nothing", start: 100, end: 100 },
    { name: "what a file has, when it is shorter", start: 2 * 1024 * 1024, end: content.length + 1024 * 1024 },
  ])("reads $name, each chunk unchanged until the next is asked for", async ({ start, end }) => {
    const { handle } = await openFile(path);
    expect(await digestOfChunks(readFileRange(handle, { start, end }))).toBe(digestOf(content.subarray(start, end)));
    await handle.close();
  });

  it("goes on after reads that give less than was asked for", async () => {
    const { handle } = await openFile(path);
    const short = {
      read: (buffer: Buffer, offset: number, length: number, position: number) =>
        handle.read(buffer, offset, Math.min(length, 1 + (position % 60_000)), position),
    } as unknown as FileHandle;
    expect(await digestOfChunks(readFileRange(short, { start: 0, end: 100_000 }))).toBe(
      digestOf(content.subarray(0, 100_000)),
    );
    await handle.close();
  });

  it("reads no more once it is given up", async () => {
    const { handle } = await openFile(path);
    let reading = 0;
    const watched = {
      read: async (buffer: Buffer, offset: number, length: number, position: number) => {
        reading += 1;
        const read = await handle.read(buffer, offset, length, position);
        reading -= 1;
        return read;
      },
    } as unknown as FileHandle;
    for await (const chunk of readFileRange(watched, { start: 0, end: content.length })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(reading).toBe(0);
    await handle.close();
  });

  it("throws the reason of a signal, and the failure of a read when its chunk is asked for", async () => {
    const { handle } = await openFile(path);
    const aborted = readFileRange(handle, { start: 0, end: 10 }, AbortSignal.abort(new Error("enough")));
    await expect(digestOfChunks(aborted)).rejects.toThrow("enough");
    const chunks = readFileRange(handle, { start: 0, end: content.length });
    await chunks.next();
    await handle.close();
    await chunks.next();
    await expect(digestOfChunks(chunks)).rejects.toThrow();
  });
});

async function digestOfChunks(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    // whoever uses a chunk takes a while
    await new Promise((resolve) => setImmediate(resolve));
    hash.update(chunk);
  }
  return hash.digest("hex");
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
