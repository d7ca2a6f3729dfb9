// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { digestHex, digestOf } from "#base";
import { chunksOf, readBlob } from "../../../test/support/contracts/blob-store.ts";
import type { BlobStore } from "./blob-store.ts";
import { openBlobStore } from "./open-blob-store.ts";

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await rm(folder, { recursive: true });
  }
});

/** Two processes on one folder; those in `dead` are gone. */
async function openTwo(): Promise<{
  readonly folder: string;
  readonly a: BlobStore;
  readonly b: BlobStore;
  readonly dead: Set<string>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-shared-"));
  folders.push(folder);
  const dead = new Set<string>();
  const open = async (id: string): Promise<BlobStore> =>
    await openBlobStore({
      folder,
      maxBlobBytes: 4 * 2 ** 20,
      log: pino({ enabled: false }),
      clock: { now: () => new Date() },
      owner: { id, isAlive: (other) => Promise.resolve(!dead.has(other)) },
    });
  const [a, b] = await Promise.all([open("1"), open("2")]);
  return { folder, a, b, dead };
}

/** Sends `first`, then what `rest` is told to send. */
function held(first: string): {
  readonly chunks: AsyncIterable<Uint8Array>;
  begun: Promise<void>;
  end(text: string): void;
} {
  const begun = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<string>();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    // more than is gathered before it is written
    yield Buffer.from(first.padEnd(2 ** 20, "."));
    begun.resolve();
    yield Buffer.from(await rest.promise);
  }
  return { chunks: chunks(), begun: begun.promise, end: rest.resolve };
}

describe("two processes and one upload", () => {
  it("whoever comes second is refused while the first one writes, and nothing is mixed", async () => {
    const { a, b } = await openTwo();
    const { id } = await a.createUpload("team/app");
    const writing = held("a");
    const appending = a.append(id, 0, writing.chunks);
    await writing.begun;
    await expect(b.append(id, 0, chunksOf("b"))).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
    await expect(b.commit(id, digestOf("b"))).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
    await expect(b.cancel(id)).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
    expect(await b.findUpload(id)).toMatchObject({ repository: "team/app" });
    writing.end("end");
    const { receivedBytes } = await appending;
    await expect(b.append(id, receivedBytes - 1, chunksOf("b"))).rejects.toMatchObject({ code: "UPLOAD_OFFSET" });
    expect(await b.findUpload(id)).toMatchObject({ receivedBytes });
  });

  it("what one began the other continues and finishes, whoever hashed which part", async () => {
    const { a, b, folder } = await openTwo();
    const { id } = await a.createUpload("team/app");
    await a.append(id, 0, chunksOf("one "));
    await b.append(id, 4, chunksOf("two "));
    await a.append(id, 8, chunksOf("three"));
    expect(await b.findUpload(id)).toMatchObject({ receivedBytes: 13 });
    expect(await b.commit(id, digestOf("one two three"))).toEqual({ sizeBytes: 13 });
    expect((await readBlob(a, digestOf("one two three")))?.toString()).toBe("one two three");
    expect(await a.findUpload(id)).toBeUndefined();
    await expect(a.append(id, 13, chunksOf("more"))).rejects.toMatchObject({ code: "UPLOAD_UNKNOWN" });
    expect(await readdir(join(folder, "uploads"))).toEqual([]);
  });

  it("what a dead process was writing goes on elsewhere; should it live after all, it changes nothing", async () => {
    const { a, b, dead } = await openTwo();
    const { id } = await a.createUpload("team/app");
    const writing = held("a");
    const appending = a.append(id, 0, writing.chunks);
    appending.catch(() => undefined);
    await writing.begun;
    await expect.poll(async () => (await b.findUpload(id))?.receivedBytes).toBe(2 ** 20);
    dead.add("1");
    await b.append(id, 2 ** 20, chunksOf(" and b"));
    const whole = `${"a".padEnd(2 ** 20, ".")} and b`;
    await b.commit(id, digestOf(whole));
    writing.end("a writes on");
    await expect(appending).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
    expect((await readBlob(b, digestOf(whole)))?.toString()).toBe(whole);
  });

  it("what a process believes to have written is not the digest of what another one wrote instead", async () => {
    const { a, b, dead } = await openTwo();
    const { id } = await a.createUpload("team/app");
    const writing = held("a");
    const appending = a.append(id, 0, writing.chunks);
    appending.catch(() => undefined);
    await writing.begun;
    await expect.poll(async () => (await b.findUpload(id))?.receivedBytes).toBe(2 ** 20);
    dead.add("1");
    await b.append(id, 2 ** 20, chunksOf("evil"));
    writing.end("good");
    await expect(appending).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
    const good = digestOf(`${"a".padEnd(2 ** 20, ".")}good`);
    await expect(a.commit(id, good)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    expect(await a.stat(good)).toBeUndefined();
  });

  it("what could not be copied when it was taken over is copied before it is written to", async () => {
    const { a, b, dead, folder } = await openTwo();
    const { id } = await a.createUpload("team/app");
    const writing = held("a");
    const appending = a.append(id, 0, writing.chunks);
    appending.catch(() => undefined);
    await writing.begun;
    await expect.poll(async () => (await b.findUpload(id))?.receivedBytes).toBe(2 ** 20);
    dead.add("1");
    // as a copy that a full disk ended leaves it
    await rename(join(folder, "uploads", id, "data.1"), join(folder, "uploads", id, "data.2"));
    await b.append(id, 2 ** 20, chunksOf("b"));
    writing.end("a writes on");
    await expect(appending).rejects.toMatchObject({ code: "UPLOAD_BUSY" });
    const whole = `${"a".padEnd(2 ** 20, ".")}b`;
    expect(await b.commit(id, digestOf(whole))).toEqual({ sizeBytes: whole.length });
    expect((await readBlob(b, digestOf(whole)))?.toString()).toBe(whole);
  });

  it("a process that starts removes nothing that others are at", async () => {
    const { a, folder } = await openTwo();
    const { id } = await a.createUpload("team/app");
    const writing = held("a");
    const appending = a.append(id, 0, writing.chunks);
    await writing.begun;
    await writeFile(join(folder, "tmp/manifest"), "{");
    await openBlobStore({
      folder,
      maxBlobBytes: 4 * 2 ** 20,
      log: pino({ enabled: false }),
      clock: { now: () => new Date() },
    });
    writing.end("");
    expect((await appending).receivedBytes).toBe(2 ** 20);
    expect(await readdir(join(folder, "tmp"))).toEqual(["manifest"]);
  });
});

describe("two processes and one blob", () => {
  it("what one stores while the other removes it is there, or the removal came first", async () => {
    const { a, b } = await openTwo();
    const digest = digestOf("x");
    for (let round = 0; round < 50; round++) {
      await a.put(digest, Buffer.from("x"));
      const [, removed] = await Promise.all([a.put(digest, Buffer.from("x")), b.remove(digest)]);
      expect(removed === undefined ? await b.stat(digest) : true).toBeTruthy();
    }
  });

  it.each([
    ["somebody has it by now", () => Promise.resolve(false)],
    ["nobody can say any more", () => Promise.reject(new Error("the connection is gone"))],
  ])("a removal that took long takes nothing away when %s", async (_, mayStillGo) => {
    const { a, b, folder } = await openTwo();
    const digest = digestOf("x");
    await a.put(digest, Buffer.from("x"));
    expect(await b.remove(digest, mayStillGo).catch(() => undefined)).toBeUndefined();
    expect((await readBlob(a, digest))?.toString()).toBe("x");
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
  });

  it("damage that one found, and its repair, the other takes over without telling it again", async () => {
    const { a, b, folder } = await openTwo();
    const digest = digestOf("precious");
    await a.put(digest, Buffer.from("precious"));
    await writeFile(join(folder, "blobs/sha256", digestHex(digest)), "precioux");
    await expect(readBlob(a, digest)).rejects.toMatchObject({ code: "BLOB_CORRUPT" });
    expect(await b.stat(digest)).toBeDefined();
    b.noteCondition(digest, "damaged");
    expect(await b.stat(digest)).toBeUndefined();
    await b.put(digest, Buffer.from("precious"));
    expect(await a.stat(digest)).toBeUndefined();
    a.noteCondition(digest, "whole");
    expect((await readBlob(a, digest))?.toString()).toBe("precious");
  });
});
