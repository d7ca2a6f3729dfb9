// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { createTarReader } from "#oci";
import { paxRecord, tarHeader } from "../../../../test/support/image-builder.ts";
import { rounds } from "../../../../test/support/rounds.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-sparse-"));
  const file = openSync(join(folder, "sparse"), "w");
  // more pieces than a header and one extension block hold, ending in a hole
  for (let piece = 0; piece < 40; piece += 1) {
    writeSync(file, `piece ${piece};`, piece * 65_536 + (piece % 3) * 4_096);
  }
  writeSync(file, "\0", 5_000_000);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly sizes: readonly number[];
  readonly problems: readonly string[];
}

function read(tar: Uint8Array, { step = 10_000, limits = LIMITS, sniffs = false } = {}): Read {
  const files = new Map<string, Buffer>();
  const sizes: number[] = [];
  const problems: string[] = [];
  const reader = createTarReader({
    limits,
    onEntry: (entry) => sizes.push(entry.size),
    select: () => (sniffs ? "sniff" : true),
    accepts: (_, head) => Buffer.from(head).includes("piece 0"),
    onFile: (entry, bytes) => void files.set(entry.path, Buffer.from(bytes)),
    onProblem: ({ message }) => problems.push(message),
  });
  for (let at = 0; at < tar.length; at += step) {
    reader.write(tar.subarray(at, at + step));
  }
  reader.end();
  return { files, sizes, problems };
}

const FORMATS: readonly { readonly name: string; readonly options: readonly string[] }[] = [
  { name: "old GNU", options: ["--format=gnu"] },
  { name: "pax 0.0", options: ["--format=pax", "--sparse-version=0.0"] },
  { name: "pax 0.1", options: ["--format=pax", "--sparse-version=0.1"] },
  { name: "pax 1.0", options: ["--format=pax", "--sparse-version=1.0"] },
];

function tarOf(options: readonly string[]): Buffer {
  return execFileSync("tar", ["-cS", ...options, "-C", folder, "sparse"], { maxBuffer: 64 * 1024 * 1024 });
}

describe("sparse files, as GNU tar writes them", () => {
  it.each(FORMATS)("$name is read with its holes", ({ options }) => {
    const want = readFileSync(join(folder, "sparse"));
    const tar = tarOf(options);
    for (const given of [{}, { step: 512 }, { step: 97 }, { sniffs: true }]) {
      const { files, sizes, problems } = read(tar, given);
      expect({ problems, sizes, paths: [...files.keys()] }).toEqual({
        problems: [],
        sizes: [want.length],
        paths: ["sparse"],
      });
      expect(files.get("sparse")?.equals(want)).toBe(true);
    }
  });

  it.each(FORMATS)("$name: any changed byte ends with a file, a problem or an error that has a code", ({ options }) => {
    const tar = tarOf(options).subarray(0, 8_192);
    fc.assert(
      fc.property(fc.nat(tar.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(tar);
        changed[at] = value;
        try {
          read(changed);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.any(String) });
        }
      }),
      { numRuns: rounds({ short: 200, long: 20_000 }) },
    );
  });

  it("a file that would be larger than the limit is not made", () => {
    const { files, problems } = read(tarOf(["--format=gnu"]), {
      limits: { ...LIMITS, maxAnalyzedFileBytes: 4_999_999 },
    });
    expect({ files: files.size, problems }).toEqual({ files: 0, problems: ["sparse file is too large"] });
  });
});

function pax(content: Buffer, ...records: readonly string[]): Buffer {
  const text = Buffer.from(records.map((record) => paxRecord(record)).join(""));
  const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  return Buffer.concat([
    tarHeader({ path: "x", type: "x" }, text.length),
    padded(text),
    tarHeader({ path: "x" }, content.length),
    padded(content),
    Buffer.alloc(1_024),
  ]);
}

const V01 = ["GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.size=10"];
const V10 = ["GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=10"];

describe("maps of sparse files that lie", () => {
  it.each([
    { name: "pieces that overlap", tar: pax(Buffer.from("abcd"), ...V01, "GNU.sparse.map=0,2,1,2") },
    { name: "pieces behind the end", tar: pax(Buffer.from("abcd"), ...V01, "GNU.sparse.map=0,2,9,2") },
    { name: "pieces of more bytes than there are", tar: pax(Buffer.from("abcd"), ...V01, "GNU.sparse.map=0,5") },
    { name: "pieces of fewer bytes than there are", tar: pax(Buffer.from("abcd"), ...V01, "GNU.sparse.map=0,3") },
    { name: "half a piece", tar: pax(Buffer.from("abcd"), ...V01, "GNU.sparse.map=0,4,5") },
    { name: "no numbers", tar: pax(Buffer.from("abcd"), ...V01, "GNU.sparse.map=a,b") },
    { name: "a negative offset", tar: pax(Buffer.from("abcd"), ...V01, "GNU.sparse.map=-1,4") },
    { name: "a map that does not end", tar: pax(Buffer.from("2\n0\n"), ...V10) },
    { name: "a map with more pieces than anyone has", tar: pax(Buffer.from("99999999\n"), ...V10) },
    { name: "a map without numbers", tar: pax(Buffer.from("x\n"), ...V10) },
  ])("$name", ({ tar }) => {
    const { files, problems } = read(tar);
    expect({ files: files.size, problems }).toEqual({
      files: 0,
      problems: ["the map of a sparse file does not fit its content"],
    });
  });

  it("a hole of exabytes is not made", () => {
    const tar = pax(Buffer.from("abcd"), "GNU.sparse.size=9007199254740991", ...V01.slice(0, 2), "GNU.sparse.map=0,4");
    expect(read(tar).problems).toEqual(["sparse file is too large"]);
  });
});
