// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { BlobStore, ByteRange } from "#blob-store";

/** One storage for one test. */
export interface BlobStoreHarness extends AsyncDisposable {
  /** Opens the storage; called again it is what a restart would see. */
  open(limits?: { readonly maxBlobBytes: number }): Promise<BlobStore>;
  /** Changes one byte in the middle of a stored blob, behind the store's back. */
  damage(digest: Digest): Promise<void>;
}

/** Chunks as a client would send them. */
export async function* chunksOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    yield await Promise.resolve(Buffer.from(chunk));
  }
}

/** Chunks, then a connection that breaks. */
async function* breakingOff(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  yield* chunksOf(...chunks);
  throw new Error("connection lost");
}

/** All of a blob, or of a part of it; every block is overwritten after it was taken, as the store may do. */
export async function readBlob(
  store: BlobStore,
  digest: Digest,
  options: { readonly range?: ByteRange; readonly turnsPerBlock?: number } = {},
): Promise<Buffer | undefined> {
  await using blob = await store.open(digest);
  if (blob === undefined) {
    return undefined;
  }
  const blocks: Buffer[] = [];
  await blob.copyTo(async (block) => {
    // Not at once: until this resolves the block must stay as it is.
    for (let turn = 0; turn < (options.turnsPerBlock ?? 1); turn += 1) {
      await setImmediate();
    }
    blocks.push(Buffer.from(block));
  }, options.range);
  return Buffer.concat(blocks);
}

/** What every blob store must do. */
export function describeBlobStoreContract(name: string, createHarness: () => Promise<BlobStoreHarness>): void {
  const large = randomBytes(3 * 1024 * 1024 + 17);

  describe(`${name} keeps the blob store contract`, () => {
    describe("reading", () => {
      it.each([
        { name: "an empty blob", bytes: Buffer.alloc(0) },
        { name: "a small blob", bytes: Buffer.from("hello") },
        { name: "a blob of exactly one block", bytes: large.subarray(0, 1024 * 1024) },
        { name: "a blob of several blocks", bytes: large },
      ])("$name comes back bit for bit, first and second time", async ({ bytes }) => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, bytes);
        for (let round = 0; round < 2; round += 1) {
          expect((await readBlob(store, digest))?.equals(bytes)).toBe(true);
        }
        expect(await store.stat(digest)).toEqual({ sizeBytes: bytes.length });
      });

      it.each([
        { name: "the first byte", start: 0, end: 1 },
        { name: "the middle", start: 1_000_000, end: 2_500_000 },
        { name: "the tail", start: large.length - 5, end: large.length },
      ])("a range gives $name", async ({ start, end }) => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, large);
        expect((await readBlob(store, digest, { range: { start, end } }))?.equals(large.subarray(start, end))).toBe(
          true,
        );
      });

      it("many readers at once, fast and slow, each get the right bytes", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const other = randomBytes(2_500_000);
        const digests = [await upload(store, large), await upload(store, other)];
        const read = await Promise.all(
          Array.from({ length: 200 }, (_, index) =>
            readBlob(store, digests[index % 2] ?? digestOf(""), { turnsPerBlock: index % 20 }),
          ),
        );
        expect(read.every((bytes, index) => bytes?.equals(index % 2 === 0 ? large : other))).toBe(true);
      });

      it("a reader that fails stops the copy, and the blob stays readable", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, large);
        await using blob = await store.open(digest);
        const copied = blob?.copyTo(() => Promise.reject(new Error("reader went away")));
        await expect(copied).rejects.toThrow("reader went away");
        expect((await readBlob(store, digest))?.equals(large)).toBe(true);
      });

      it("an unknown blob is undefined, whatever is asked of it", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = digestOf("nowhere");
        expect(await store.stat(digest)).toBeUndefined();
        expect(await store.open(digest)).toBeUndefined();
        expect(await store.read(digest, 100)).toBeUndefined();
      });

      it("a small read refuses more than its limit", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, Buffer.from("12345"));
        expect(Buffer.from((await store.read(digest, 5)) ?? []).toString()).toBe("12345");
        await expect(store.read(digest, 4)).rejects.toMatchObject({ code: "BLOB_TOO_LARGE" });
      });
    });

    describe("looking after what is stored", () => {
      it("a blob that is removed is gone, for new readers; who has it open reads on", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, large);
        await using opened = await store.open(digest);
        expect(await store.remove(digest)).toBe(large.length);
        expect(await store.remove(digest)).toBeUndefined();
        expect(await store.stat(digest)).toBeUndefined();
        expect(await store.check(digest)).toBe("missing");
        const blocks: Buffer[] = [];
        await opened?.copyTo(async (block) => {
          blocks.push(Buffer.from(block));
          await setImmediate();
        });
        expect(Buffer.concat(blocks).equals(large)).toBe(true);
        await upload(store, large);
        expect(await store.check(digest)).toBe("whole");
      });

      it("all blobs are listed, with size and time", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digests = [await upload(store, Buffer.from("a")), await upload(store, Buffer.from("bb"))];
        const listed = await Array.fromAsync(store.list());
        expect(new Map(listed.map(({ digest, sizeBytes }) => [digest, sizeBytes]))).toEqual(
          new Map(digests.map((digest, index) => [digest, index + 1])),
        );
        expect(listed.every(({ storedAt }) => storedAt.getTime() > 0)).toBe(true);
        const inOrder = digests.toSorted();
        expect(listed.map(({ digest }) => digest)).toEqual(inOrder);
        const rest = await Array.fromAsync(store.list(inOrder[0]));
        expect(rest.map(({ digest }) => digest)).toEqual(inOrder.slice(1));
        expect(await Array.fromAsync(store.list(inOrder[1]))).toEqual([]);
      });

      it("a check reads all of a blob, and can be stopped", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, large);
        await expect(store.check(digest, AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
        expect(await store.check(digest)).toBe("whole");
        await harness.damage(digest);
        expect(await store.check(digest)).toBe("damaged");
        expect(await store.open(digest)).toBeUndefined();
      });

      it("uploads that nobody wrote to are pruned, but not one that is being written", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const idle = await store.createUpload("team/app");
        const busy = await store.createUpload("team/app");
        const begun = Promise.withResolvers<void>();
        const goOn = Promise.withResolvers<void>();
        async function* slowly(): AsyncGenerator<Uint8Array> {
          yield Buffer.from("first");
          begun.resolve();
          await goOn.promise;
          yield Buffer.from("second");
        }
        const appending = store.append(busy.id, 0, slowly());
        await begun.promise;
        expect(await store.pruneUploads(new Date(Date.now() - 60_000))).toBe(0);
        expect(await store.pruneUploads(new Date(Date.now() + 60_000))).toBe(1);
        expect(await store.findUpload(idle.id)).toBeUndefined();
        goOn.resolve();
        expect((await appending).receivedBytes).toBe(11);
      });
    });

    describe("damage", () => {
      it("no part of a damaged blob is handed out, whoever else asks at the same time", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, large);
        await harness.damage(digest);
        const reads = await Promise.allSettled(
          Array.from({ length: 5 }, (_, index) =>
            readBlob(store, digest, { range: { start: index, end: index + 10 } }),
          ),
        );
        expect(reads.some(({ status }) => status === "rejected")).toBe(true);
        expect(reads.every((read) => read.status === "rejected" || read.value === undefined)).toBe(true);
      });

      it("a small read never returns damaged bytes, and the blob can be pushed again", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, Buffer.from("precious"));
        await harness.damage(digest);
        await expect(store.read(digest, 100)).rejects.toMatchObject({ code: "BLOB_CORRUPT" });
        expect(await store.stat(digest)).toBeUndefined();
        await store.put(digest, Buffer.from("precious"));
        expect(Buffer.from((await store.read(digest, 100)) ?? []).toString()).toBe("precious");
      });

      it.each([
        { name: "small", bytes: Buffer.from("precious") },
        { name: "large", bytes: large },
      ])("a $name damaged blob fails before its last bytes are handed out", async ({ bytes }) => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = await upload(store, bytes);
        await harness.damage(digest);
        await using opened = await store.open(digest);
        expect(opened?.sizeBytes).toBe(bytes.length);
        let received = 0;
        const copied = opened?.copyTo(async (block) => {
          received += block.length;
          await Promise.resolve();
        });
        await expect(copied).rejects.toMatchObject({ code: "BLOB_CORRUPT" });
        expect(received).toBeLessThan(bytes.length);
        expect(await store.stat(digest)).toBeUndefined();
        await upload(store, bytes);
        expect(await store.stat(digest)).toEqual({ sizeBytes: bytes.length });
      });
    });

    describe("small blobs", () => {
      it("a blob that was put is there after a restart", async () => {
        await using harness = await createHarness();
        const digest = digestOf("manifest");
        await (await harness.open()).put(digest, Buffer.from("manifest"));
        expect(await (await harness.open()).stat(digest)).toEqual({ sizeBytes: 8 });
      });

      it("bytes of another digest are refused", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        await expect(store.put(digestOf("a"), Buffer.from("b"))).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
        expect(await store.stat(digestOf("a"))).toBeUndefined();
      });

      it("SHA-512 works as SHA-256 does", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const digest = digestOf("long", "sha512");
        await store.put(digest, Buffer.from("long"));
        expect(Buffer.from((await store.read(digest, 10)) ?? []).toString()).toBe("long");
        const { id } = await store.createUpload("team/app");
        await store.append(id, 0, chunksOf("other"));
        await store.commit(id, digestOf("other", "sha512"));
        expect(await store.stat(digestOf("other", "sha512"))).toEqual({ sizeBytes: 5 });
      });
    });

    describe("uploads", () => {
      it("chunks add up, and the blob is visible only after the commit", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const { id } = await store.createUpload("team/app");
        expect(await store.append(id, 0, chunksOf("ab", "cd"))).toEqual({
          id,
          repository: "team/app",
          receivedBytes: 4,
        });
        expect(await store.append(id, 4, chunksOf("ef"))).toMatchObject({ receivedBytes: 6 });
        const digest = digestOf("abcdef");
        expect(await store.stat(digest)).toBeUndefined();
        expect(await store.commit(id, digest)).toEqual({ sizeBytes: 6 });
        expect(await store.stat(digest)).toEqual({ sizeBytes: 6 });
        expect(await store.findUpload(id)).toBeUndefined();
      });

      it("a chunk at another offset is refused and changes nothing", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const { id } = await store.createUpload("team/app");
        await store.append(id, 0, chunksOf("abc"));
        for (const offset of [0, 2, 4]) {
          await expect(store.append(id, offset, chunksOf("x"))).rejects.toMatchObject({
            code: "UPLOAD_OFFSET",
            details: { receivedBytes: 3 },
          });
        }
        await store.commit(id, digestOf("abc"));
      });

      it("survives a restart half-way", async () => {
        await using harness = await createHarness();
        const before = await harness.open();
        const { id } = await before.createUpload("team/app");
        await before.append(id, 0, chunksOf(large.subarray(0, 2_000_000)));
        const after = await harness.open();
        expect(await after.findUpload(id)).toEqual({ id, repository: "team/app", receivedBytes: 2_000_000 });
        await after.append(id, 2_000_000, chunksOf(large.subarray(2_000_000)));
        expect(await after.commit(id, digestOf(large))).toEqual({ sizeBytes: large.length });
      });

      it("a sender that breaks off keeps what arrived and can resume", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const { id } = await store.createUpload("team/app");
        await expect(store.append(id, 0, breakingOff("abc", "def"))).rejects.toThrow("connection lost");
        expect(await store.findUpload(id)).toMatchObject({ receivedBytes: 6 });
        await store.append(id, 6, chunksOf("ghi"));
        await store.commit(id, digestOf("abcdefghi"));
      });

      it("a wrong digest removes the upload and shows nothing", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const { id } = await store.createUpload("team/app");
        await store.append(id, 0, chunksOf("abc"));
        await expect(store.commit(id, digestOf("abd"))).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
        expect(await store.findUpload(id)).toBeUndefined();
        expect(await store.stat(digestOf("abd"))).toBeUndefined();
        expect(await store.stat(digestOf("abc"))).toBeUndefined();
      });

      it("two uploads of the same digest committed at once both succeed", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const uploads = await Promise.all([1, 2, 3].map(() => store.createUpload("team/app")));
        await Promise.all(uploads.map(({ id }) => store.append(id, 0, chunksOf(large))));
        const digest = digestOf(large);
        const sizes = await Promise.all(uploads.map(({ id }) => store.commit(id, digest)));
        expect(sizes).toEqual(uploads.map(() => ({ sizeBytes: large.length })));
        expect(digestOf((await store.read(digest, large.length)) ?? "")).toBe(digest);
      });

      it("the second writer is refused while the first writes", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const { id } = await store.createUpload("team/app");
        const gate = Promise.withResolvers<void>();
        const started = Promise.withResolvers<void>();
        async function* slow(): AsyncGenerator<Uint8Array> {
          started.resolve();
          await gate.promise;
          yield Buffer.from("abc");
        }
        const first = store.append(id, 0, slow());
        await started.promise;
        await expect(store.append(id, 0, chunksOf("x"))).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
        await expect(store.commit(id, digestOf("x"))).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
        await expect(store.cancel(id)).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
        gate.resolve();
        expect(await first).toMatchObject({ receivedBytes: 3 });
      });

      it("more than the size limit is refused", async () => {
        await using harness = await createHarness();
        const store = await harness.open({ maxBlobBytes: 5 });
        const { id } = await store.createUpload("team/app");
        await store.append(id, 0, chunksOf("12345"));
        await expect(store.append(id, 5, chunksOf("6"))).rejects.toMatchObject({ code: "SIZE_LIMIT" });
        expect(await store.commit(id, digestOf("12345"))).toEqual({ sizeBytes: 5 });
      });

      it("a cancelled upload is gone; cancelling twice is fine", async () => {
        await using harness = await createHarness();
        const store = await harness.open();
        const { id } = await store.createUpload("team/app");
        await store.cancel(id);
        await store.cancel(id);
        expect(await store.findUpload(id)).toBeUndefined();
        await expect(store.append(id, 0, chunksOf("x"))).rejects.toMatchObject({ code: "UPLOAD_UNKNOWN" });
        await expect(store.commit(id, digestOf("x"))).rejects.toMatchObject({ code: "UPLOAD_UNKNOWN" });
      });

      it.each([
        "../../etc/passwd",
        "..",
        ".",
        "",
        "/",
        "a\0b",
        `${randomUUID()}/..`,
        randomUUID().toUpperCase(),
        "x".repeat(5000),
      ])("the hostile upload id %j is unknown", async (id) => {
        await using harness = await createHarness();
        const store = await harness.open();
        expect(await store.findUpload(id)).toBeUndefined();
        await store.cancel(id);
        await expect(store.append(id, 0, chunksOf("x"))).rejects.toMatchObject({ code: "UPLOAD_UNKNOWN" });
        await expect(store.commit(id, digestOf("x"))).rejects.toMatchObject({ code: "UPLOAD_UNKNOWN" });
      });
    });
  });

  async function upload(store: BlobStore, bytes: Uint8Array): Promise<Digest> {
    const { id } = await store.createUpload("team/app");
    await store.append(id, 0, chunksOf(bytes));
    const digest = digestOf(bytes);
    await store.commit(id, digest);
    return digest;
  }
}
