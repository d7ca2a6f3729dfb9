// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { type Digest, digestHex, digestOf } from "#base";
import { chunksOf, describeBlobStoreContract, readBlob } from "../../../test/support/contracts/blob-store.ts";
import { mountSmallDisk, SMALL_DISK_TOOLS } from "../../../test/support/small-disk.ts";
import { describeWithTools } from "../../../test/support/tools.ts";
import type { BlobStore } from "./blob-store.ts";
import { openBlobStore } from "./open-blob-store.ts";

const MIB = 1024 * 1024;
const NOW = new Date("2026-11-22T12:00:00Z");
const LONG_AGO = new Date("2026-11-01");

describeBlobStoreContract("the disk", async () => {
  const folder = await mkdtemp(join(tmpdir(), "haechi-blobs-"));
  return {
    open: (limits) => openStore(folder, limits?.maxBlobBytes),
    damage: (digest) => damage(blobFile(folder, digest)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
});

describe("opening the folder", () => {
  it("lays out an OCI image layout, and opens it again", async () => {
    await using disk = await temporaryFolder();
    await openStore(disk.folder);
    await openStore(disk.folder);
    expect(JSON.parse(await readFile(join(disk.folder, "oci-layout"), "utf8"))).toEqual({
      imageLayoutVersion: "1.0.0",
    });
    expect((await readdir(disk.folder)).toSorted()).toEqual(["blobs", "index.json", "oci-layout", "tmp", "uploads"]);
  });

  it.each([
    { name: "another version", text: '{"imageLayoutVersion":"9.0.0"}' },
    { name: "no JSON", text: "{" },
    { name: "null", text: "null" },
    { name: "nothing", text: "" },
  ])("a layout file with $name is refused", async ({ text }) => {
    await using disk = await temporaryFolder();
    await writeFile(join(disk.folder, "oci-layout"), text);
    await expect(openStore(disk.folder)).rejects.toMatchObject({ code: "LAYOUT_UNSUPPORTED" });
  });

  it("removes what crashes left behind and keeps whole uploads", async () => {
    await using disk = await temporaryFolder();
    const before = await openStore(disk.folder);
    const { id } = await before.createUpload("team/app");
    await before.append(id, 0, chunksOf("abc"));
    const uploads = join(disk.folder, "uploads");
    const [withoutState, withoutData, withBadState, expired] = Array.from({ length: 4 }, () => randomUUID());
    await mkdir(join(uploads, `${withoutState}`));
    await writeFile(join(uploads, `${withoutState}`, "data"), "x");
    await mkdir(join(uploads, `${withoutData}`));
    await writeFile(join(uploads, `${withoutData}`, "state.json"), '{"repository":"a"}');
    await mkdir(join(uploads, `${withBadState}`));
    await writeFile(join(uploads, `${withBadState}`, "data"), "x");
    await writeFile(join(uploads, `${withBadState}`, "state.json"), '{"repo');
    await mkdir(join(uploads, `${expired}`));
    await writeFile(join(uploads, `${expired}`, "data"), "x");
    await writeFile(join(uploads, `${expired}`, "state.json"), '{"repository":"a"}');
    await utimes(join(uploads, `${expired}`, "data"), NOW, LONG_AGO);
    await writeFile(join(uploads, "stray"), "x");
    for (const left of [withoutState, withoutData, withBadState, "stray"]) {
      await utimes(join(uploads, `${left}`), NOW, LONG_AGO);
    }
    await writeFile(join(disk.folder, "tmp/half-a-manifest"), "{");
    await utimes(join(disk.folder, "tmp/half-a-manifest"), NOW, LONG_AGO);
    // young: another process may be making them
    const inTheMaking = randomUUID();
    await mkdir(join(uploads, inTheMaking));
    await writeFile(join(disk.folder, "tmp/a-manifest"), "{");

    const after = await openStore(disk.folder);
    expect((await readdir(uploads)).toSorted()).toEqual([id, inTheMaking].toSorted());
    expect(await readdir(join(disk.folder, "tmp"))).toEqual(["a-manifest"]);
    expect(await after.findUpload(id)).toMatchObject({ receivedBytes: 3 });
  });

  it("a crash between publishing the blob and forgetting the upload loses nothing", async () => {
    await using disk = await temporaryFolder();
    const store = await openStore(disk.folder);
    const digest = digestOf("abc");
    const { id } = await store.createUpload("team/app");
    await store.append(id, 0, chunksOf("abc"));
    await store.commit(id, digest);
    await mkdir(join(disk.folder, "uploads", id));
    await writeFile(join(disk.folder, "uploads", id, "state.json"), '{"repository":"team/app"}');
    const after = await openStore(disk.folder);
    expect(await after.findUpload(id)).toBeUndefined();
    expect(await after.stat(digest)).toEqual({ sizeBytes: 3 });
  });
});

describe("files on disk", () => {
  it("a symbolic link in the place of a blob is not followed", async () => {
    await using disk = await temporaryFolder();
    const store = await openStore(disk.folder);
    const digest = digestOf("secret");
    await writeFile(join(disk.folder, "elsewhere"), "secret");
    await symlink(join(disk.folder, "elsewhere"), blobFile(disk.folder, digest));
    await expect(store.open(digest)).rejects.toMatchObject({ code: "ELOOP" });
  });

  it("a verified blob is hashed again after its file changed", async () => {
    await using disk = await temporaryFolder();
    const store = await openStore(disk.folder);
    const digest = digestOf("precious");
    await store.put(digest, Buffer.from("precious"));
    expect((await readBlob(store, digest))?.toString()).toBe("precious");
    await damage(blobFile(disk.folder, digest));
    await expect(readBlob(store, digest)).rejects.toMatchObject({ code: "BLOB_CORRUPT" });
  });

  it("a file that grew behind the store's back is damage, not a longer blob", async () => {
    await using disk = await temporaryFolder();
    const store = await openStore(disk.folder);
    const digest = digestOf("abc");
    await store.put(digest, Buffer.from("abc"));
    await writeFile(blobFile(disk.folder, digest), "abcdef");
    await expect(readBlob(store, digest)).rejects.toMatchObject({ code: "BLOB_CORRUPT" });
  });
});

describeWithTools("a full disk", SMALL_DISK_TOOLS, () => {
  it("an append stops with DISK_FULL, stays consistent and resumes when there is room", async () => {
    using disk = mountSmallDisk(4 * MIB);
    const store = await openStore(disk.folder);
    const content = Buffer.alloc(5 * MIB, "haechi");
    const ballast = join(disk.folder, "ballast");
    await writeFile(ballast, Buffer.alloc(2 * MIB));
    const { id } = await store.createUpload("team/app");
    await expect(store.append(id, 0, chunksOf(content))).rejects.toMatchObject({ code: "DISK_FULL" });
    const half = (await store.findUpload(id))?.receivedBytes ?? 0;
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(content.length);

    await rm(ballast);
    const part = content.subarray(0, 3 * MIB);
    await store.append(id, half, chunksOf(part.subarray(half)));
    await store.commit(id, digestOf(part));
    expect(digestOf((await store.read(digestOf(part), 4 * MIB)) ?? "")).toBe(digestOf(part));
  });

  it("nothing half-written is left by a put or by a new upload that found no room", async () => {
    using disk = mountSmallDisk(MIB);
    const store = await openStore(disk.folder);
    const big = Buffer.alloc(2 * MIB);
    await expect(store.put(digestOf(big), big)).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(await store.stat(digestOf(big))).toBeUndefined();
    expect(await readdir(join(disk.folder, "tmp"))).toEqual([]);

    await fillUp(join(disk.folder, "ballast"));
    await expect(store.createUpload("team/app")).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(await readdir(join(disk.folder, "uploads"))).toEqual([]);
  });
});

async function openStore(folder: string, maxBlobBytes: number = 64 * MIB): Promise<BlobStore> {
  return await openBlobStore({ folder, maxBlobBytes, log: pino({ enabled: false }), clock: { now: () => NOW } });
}

function blobFile(folder: string, digest: Digest): string {
  return join(folder, "blobs/sha256", digestHex(digest));
}

async function damage(path: string): Promise<void> {
  const handle = await open(path, "r+");
  const { size } = await handle.stat();
  const middle = Math.floor(size / 2);
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, middle);
  await handle.write(Buffer.from([(byte[0] ?? 0) ^ 0xff]), 0, 1, middle);
  await handle.close();
}

async function fillUp(path: string): Promise<void> {
  const handle = await open(path, "w");
  try {
    for (;;) {
      await handle.write(Buffer.alloc(4096));
    }
  } catch {
    // full, as wanted
  } finally {
    await handle.close();
  }
}

async function temporaryFolder(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "haechi-blobs-"));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
