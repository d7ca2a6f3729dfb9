// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rounds } from "../../../test/support/rounds.ts";
import { SharedBlocks, type SharedFileRange } from "./shared-blocks.ts";

const MIB = 1024 * 1024;
const CONTENT = randomBytes(40 * MIB + 12_345);

let folder: string;
let path: string;
let handle: FileHandle;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "haechi-shared-blocks-"));
  path = join(folder, "content");
  writeFileSync(path, CONTENT);
  handle = await open(path);
});
afterAll(async () => {
  await handle.close();
  rmSync(folder, { recursive: true });
});

function range(start = 0, end: number = CONTENT.length): SharedFileRange {
  return { handle, identity: "content", sizeBytes: CONTENT.length, start, end };
}

/** The real file, and how often it is read. */
function counted(): { readonly handle: FileHandle; reads: number } {
  const counter = {
    reads: 0,
    handle: new Proxy(handle, {
      get(target, name) {
        counter.reads += name === "read" ? 1 : 0;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
  };
  return counter;
}

/** Takes blocks as slowly as a client may: their bytes are looked at only when it lets them go. */
function slowReader(turns: () => number): {
  readonly write: (block: Uint8Array) => Promise<void>;
  read(): Buffer;
} {
  const pieces: Buffer[] = [];
  return {
    async write(block) {
      for (let turn = turns(); turn > 0; turn--) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      pieces.push(Buffer.from(block));
    },
    read: () => Buffer.concat(pieces),
  };
}

const never = (): Promise<void> => new Promise(() => undefined);

describe("SharedBlocks", () => {
  it("reads a file about once for those who read it together", async () => {
    const shared = new SharedBlocks();
    const counter = counted();
    const readers = Array.from({ length: 50 }, (_, index) => slowReader(() => index % 3));
    const reached = await Promise.all(
      readers.map(({ write }) => shared.copy({ ...range(), handle: counter.handle }, write)),
    );
    expect(new Set(reached)).toEqual(new Set([CONTENT.length]));
    expect(readers.every((reader) => reader.read().equals(CONTENT))).toBe(true);
    // 81 blocks; those who come late read some of them again
    expect(counter.reads).toBeGreaterThanOrEqual(81);
    expect(counter.reads).toBeLessThan(81 * 5);
  });

  it("gives everybody the range asked for, whoever else reads, breaks off or fails", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            start: fc.nat(CONTENT.length),
            length: fc.nat(3 * MIB),
            turns: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
            failsAt: fc.option(fc.nat(5), { nil: undefined }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        async (wanted) => {
          const shared = new SharedBlocks();
          await Promise.all(
            wanted.map(async ({ start, length, turns, failsAt }) => {
              let turn = 0;
              const reader = slowReader(() => turns[turn++ % turns.length] ?? 0);
              const end = Math.min(CONTENT.length, start + length);
              let blocks = 0;
              const copied = shared.copy(range(start, end), async (block) => {
                await reader.write(block);
                if (blocks++ === failsAt) {
                  throw new Error("connection closed");
                }
              });
              const reached = await copied.catch((error: unknown) => String(error));
              if (typeof reached === "number") {
                expect(reader.read().equals(CONTENT.subarray(start, reached))).toBe(true);
              } else {
                expect(reached).toBe("Error: connection closed");
                expect(failsAt).toBeDefined();
              }
            }),
          );
        },
      ),
      { numRuns: rounds({ short: 20, long: 500 }) },
    );
  });

  it("stops where readers that do not go on hold all blocks", async () => {
    const shared = new SharedBlocks();
    for (let index = 0; index < 48; index++) {
      void shared.copy(range(index * (MIB / 2)), never);
    }
    expect(await shared.copy(range(30 * MIB), async () => undefined)).toBe(30 * MIB);
    // what is held is shared all the same
    const reader = slowReader(() => 0);
    expect(await shared.copy(range(20 * MIB), reader.write)).toBe(24 * MIB);
    expect(reader.read().equals(CONTENT.subarray(20 * MIB, 24 * MIB))).toBe(true);
  });

  it("counts what a slow reader holds, also after another one of the block has failed", async () => {
    const shared = new SharedBlocks();
    for (let index = 0; index < 48; index++) {
      const block = range(index * (MIB / 2), (index + 1) * (MIB / 2));
      void shared.copy(block, never);
      await expect(shared.copy(block, () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
    }
    expect(await shared.copy(range(30 * MIB), async () => undefined)).toBe(30 * MIB);
  });

  it("takes memory back from readers that failed", async () => {
    const shared = new SharedBlocks();
    for (let index = 0; index < 100; index++) {
      await expect(shared.copy(range(), () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
    }
    const reader = slowReader(() => 0);
    expect(await shared.copy(range(), reader.write)).toBe(CONTENT.length);
    expect(reader.read().equals(CONTENT)).toBe(true);
  });

  it("fails for all when the file is shorter than it was", async () => {
    const short = join(folder, "short");
    writeFileSync(short, CONTENT.subarray(0, 3 * MIB));
    await using file = await open(short);
    truncateSync(short, 2 * MIB);
    const shared = new SharedBlocks();
    const reads = Array.from({ length: 5 }, () =>
      shared.copy(
        { handle: file, identity: "short", sizeBytes: 3 * MIB, start: 0, end: 3 * MIB },
        async () => undefined,
      ),
    );
    for (const read of await Promise.allSettled(reads)) {
      expect(read).toMatchObject({
        status: "rejected",
        reason: { message: "the file ends at 2097152, expected 2621440 bytes" },
      });
    }
  });
});
