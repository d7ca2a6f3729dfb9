// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { writeZip } from "../../../../test/support/zip-builder.ts";
import { readZipDirectory, readZipEntry } from "./read-zip-directory.ts";

const ALL = { maxEntries: 1_000, wants: () => true };
const END_BYTES = 22;

function contentsOf(bytes: Buffer): Readonly<Record<string, string>> | undefined {
  const directory = readZipDirectory(bytes, ALL);
  return (
    directory &&
    Object.fromEntries(
      directory.entries.map((entry) => {
        const content = readZipEntry(bytes, entry, 1_000);
        return [entry.name, "bytes" in content ? Buffer.from(content.bytes).toString() : content.failure];
      }),
    )
  );
}

/** The archive with sizes and offsets in records of 64 bits, as Java writes archives of more than 65,535 entries. */
function asZip64(zip: Buffer): Buffer {
  const end = zip.subarray(zip.length - END_BYTES);
  const directoryAt = end.readUInt32LE(16);
  const entry = Buffer.from(zip.subarray(directoryAt, zip.length - END_BYTES));
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  for (const [index, field] of [24, 20, 42].entries()) {
    extra.writeBigUInt64LE(BigInt(entry.readUInt32LE(field)), 4 + index * 8);
    entry.writeUInt32LE(0xffffffff, field);
  }
  entry.writeUInt16LE(extra.length, 30);
  const directory = Buffer.concat([entry, extra]);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  end64.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryAt + directory.length), 8);
  const saturated = Buffer.from(end);
  saturated.fill(0xff, 8, 20);
  return Buffer.concat([zip.subarray(0, directoryAt), directory, end64, locator, saturated]);
}

describe("readZipDirectory", () => {
  const zip = writeZip([{ name: "a.txt", content: "hello" }]);
  const other = writeZip([{ name: "b.txt", content: "other" }]);

  it.each([
    { name: "plain", bytes: zip },
    { name: "with bytes before it", bytes: Buffer.concat([Buffer.from("#!/bin/sh\n"), zip]) },
    { name: "with bytes after it", bytes: Buffer.concat([zip, Buffer.from("\nsigned by nobody")]) },
    { name: "with 64-bit records", bytes: asZip64(zip) },
    { name: "with 64-bit records and bytes before it", bytes: Buffer.concat([Buffer.alloc(99, 1), asZip64(zip)]) },
  ])("reads an archive $name", ({ bytes }) => {
    expect(contentsOf(bytes)).toEqual({ "a.txt": "hello" });
  });

  it.each([
    { name: "an empty one", end: Buffer.concat([Buffer.from("PK\u0005\u0006", "latin1"), Buffer.alloc(20)]) },
    { name: "one of another archive", end: other.subarray(other.length - END_BYTES) },
  ])("an end record behind the true one does not hide it: $name", ({ end }) => {
    expect(contentsOf(Buffer.concat([zip, end, Buffer.from("x")]))).toEqual({ "a.txt": "hello" });
  });

  it("a number of entries that is too low hides none, as Java counts them itself", () => {
    const two = writeZip([
      { name: "a.txt", content: "hello" },
      { name: "b.txt", content: "other" },
    ]);
    two.writeUInt16LE(1, two.length - END_BYTES + 8);
    two.writeUInt16LE(1, two.length - END_BYTES + 10);
    expect(contentsOf(two)).toEqual({ "a.txt": "hello", "b.txt": "other" });
    expect(readZipDirectory(two, ALL)?.isCut).toBe(true);
  });

  it("a 64-bit record in the comment of an entry does not hide the directory, as Java does not believe it", () => {
    const end64 = Buffer.alloc(56);
    end64.writeUInt32LE(0x06064b50, 0);
    end64.writeBigUInt64LE(44n, 4);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    const end = Buffer.from(zip.subarray(zip.length - END_BYTES));
    const directory = Buffer.from(zip.subarray(end.readUInt32LE(16), zip.length - END_BYTES));
    directory.writeUInt16LE(76, 32);
    end.writeUInt32LE(end.readUInt32LE(12) + 76, 12);
    const content = zip.subarray(0, end.readUInt32LE(16));
    expect(contentsOf(Buffer.concat([content, directory, end64, locator, end]))).toEqual({ "a.txt": "hello" });
  });

  it("says when entries are left out", () => {
    expect(readZipDirectory(zip, { ...ALL, maxEntries: 0 })).toEqual({ entries: [], count: 0, isCut: true });
    const cut = Buffer.from(zip);
    cut.writeUInt16LE(2, cut.length - END_BYTES + 10);
    expect(readZipDirectory(cut, ALL)).toMatchObject({ entries: [{ name: "a.txt" }], isCut: true });
  });

  it.each([
    { name: "an encrypted entry", at: 8, value: 1, want: "encrypted" },
    { name: "a method that Java does not read", at: 10, value: 93, want: "unsupported" },
    { name: "an offset without an entry", at: 42, value: 3, want: "malformed" },
  ])("$name is not read", ({ at, value, want }) => {
    const changed = Buffer.from(zip);
    changed.writeUInt16LE(value, changed.readUInt32LE(changed.length - 6) + at);
    expect(contentsOf(changed)).toEqual({ "a.txt": want });
  });
});
