// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { createTarReader, OciError, type TarEntry, type TarProblem } from "#oci";
import {
  corruptTar,
  paxRecord,
  type TarEntry as TestEntry,
  tarHeader,
  writeTar,
} from "../../../../test/support/image-builder.ts";
import { rounds } from "../../../../test/support/rounds.ts";

interface Seen {
  readonly entries: TarEntry[];
  readonly files: Record<string, string>;
  readonly problems: TarProblem[];
}

/** Reads an archive in steps of `step` bytes; every file is wanted unless `select` says otherwise. */
function read(
  tar: Uint8Array,
  {
    step = tar.length,
    select = () => true,
    limits = LIMITS,
    accepts,
  }: {
    step?: number;
    select?: (entry: TarEntry) => boolean | "sniff";
    accepts?: (entry: TarEntry, head: Uint8Array) => boolean;
    limits?: typeof LIMITS;
  } = {},
): Seen {
  const seen: Seen = { entries: [], files: {}, problems: [] };
  const reader = createTarReader({
    limits,
    onEntry: (entry) => seen.entries.push(entry),
    select,
    ...(accepts === undefined ? {} : { accepts }),
    onFile: (entry, bytes) => {
      seen.files[entry.path] = Buffer.from(bytes).toString("latin1");
    },
    onProblem: (problem) => seen.problems.push(problem),
  });
  for (let at = 0; at < tar.length; at += Math.max(1, step)) {
    reader.write(tar.subarray(at, at + Math.max(1, step)));
  }
  reader.end();
  return seen;
}

const LONG = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(90)}`;

describe("createTarReader", () => {
  it.each<{ name: string; entries: readonly TestEntry[]; want: Partial<TarEntry>[] }>([
    {
      name: "a file",
      entries: [{ path: "etc/a", content: "hi" }],
      want: [{ path: "etc/a", kind: "file", size: 2, offset: 512, link: "" }],
    },
    { name: "a leading ./", entries: [{ path: "./etc/a" }], want: [{ path: "etc/a" }] },
    { name: "an absolute path", entries: [{ path: "/etc/a" }], want: [{ path: "etc/a" }] },
    { name: "dots on the way", entries: [{ path: "a/./b//c/../d" }], want: [{ path: "a/b/d" }] },
    { name: "the root", entries: [{ path: "./", type: "5" }], want: [{ path: "", kind: "folder" }] },
    { name: "a folder", entries: [{ path: "etc/", type: "5" }], want: [{ path: "etc", kind: "folder" }] },
    { name: "a folder of old tar", entries: [{ path: "etc/", type: "\0" }], want: [{ path: "etc", kind: "folder" }] },
    {
      name: "a file of old tar",
      entries: [{ path: "etc/a", type: "\0", content: "x" }],
      want: [{ kind: "file", size: 1 }],
    },
    {
      name: "a symbolic link, as written",
      entries: [{ path: "lib", type: "2", link: "../usr//lib" }],
      want: [{ kind: "symlink", link: "../usr//lib" }],
    },
    {
      name: "a hard link, normalised",
      entries: [{ path: "a", type: "1", link: "./b" }],
      want: [{ kind: "hardlink", link: "b" }],
    },
    {
      name: "a hard link with a size has no content",
      entries: [{ path: "a", type: "1", link: "b", declaredSize: 512 }, { path: "c" }],
      want: [{ size: 0 }, { path: "c" }],
    },
    { name: "a device", entries: [{ path: "dev/null", type: "3" }], want: [{ kind: "device" }] },
    { name: "a pipe", entries: [{ path: "p", type: "6" }], want: [{ kind: "fifo" }] },
    {
      name: "an unknown type with content",
      entries: [{ path: "x", type: "Z", content: "abc" }, { path: "y" }],
      want: [{ kind: "other", size: 3 }, { path: "y" }],
    },
    {
      name: "a long path and link in pax records",
      entries: [{ path: LONG, type: "2", link: `${LONG}2` }],
      want: [{ path: LONG, link: `${LONG}2` }],
    },
    { name: "a path that is not ASCII", entries: [{ path: "etc/해치" }], want: [{ path: "etc/해치" }] },
  ])("reads $name", ({ entries, want }) => {
    const seen = read(writeTar(entries));
    expect(seen.entries).toEqual(want.map((each) => expect.objectContaining(each)));
    expect(seen.problems).toEqual([]);
  });

  it("gives the content of selected files only, however the archive is cut", () => {
    const tar = writeTar([
      { path: "a", content: "x".repeat(513) },
      { path: "skip", content: "y".repeat(2_000) },
      { path: "empty" },
      { path: LONG, content: "z".repeat(512) },
    ]);
    for (const step of [1, 7, 511, 512, 513, 1_000, tar.length]) {
      const seen = read(tar, { step, select: (entry) => entry.path !== "skip" });
      expect(seen.files).toEqual({ a: "x".repeat(513), empty: "", [LONG]: "z".repeat(512) });
      expect(seen.entries.map((entry) => entry.offset)).toEqual([512, 2_048, 4_608, 6_144]);
    }
  });

  it("can be led past content by seeking", () => {
    const tar = writeTar([{ path: "big", content: "x".repeat(100_000) }, { path: "after" }]);
    const entries: TarEntry[] = [];
    const reader = createTarReader({
      onEntry: (entry) => entries.push(entry),
      select: () => false,
      onFile: () => undefined,
    });
    reader.write(tar.subarray(0, 1_024));
    const { skippableBytes } = reader;
    reader.skip(skippableBytes);
    reader.write(tar.subarray(1_024 + skippableBytes));
    reader.end();
    expect(skippableBytes).toBeGreaterThan(90_000);
    expect(entries.map((entry) => entry.path)).toEqual(["big", "after"]);
    expect(reader.isEnded).toBe(true);
  });

  describe("extended headers", () => {
    it.each([
      {
        name: "a pax size replaces the header's",
        blocks: [...pax("size", "3"), tarHeader({ path: "a" }, 0), block("abc"), tarHeader({ path: "b" }, 0)],
        want: ["a", "b"],
      },
      {
        name: "an empty pax path keeps the header's",
        blocks: [...pax("path", ""), tarHeader({ path: "a" }, 0)],
        want: ["a"],
      },
      {
        name: "the last of equal keys counts",
        blocks: [...records("path=x", "path=y"), tarHeader({ path: "a" }, 0)],
        want: ["y"],
      },
      {
        name: "a GNU long name",
        blocks: [tarHeader({ path: "././@LongLink", type: "L" }, 5), block("long\0"), tarHeader({ path: "a" }, 0)],
        want: ["long"],
      },
      {
        name: "a GNU long name is stronger than pax",
        blocks: [
          ...pax("path", "pax"),
          tarHeader({ path: "l", type: "L" }, 5),
          block("long\0"),
          tarHeader({ path: "a" }, 0),
        ],
        want: ["long"],
      },
      {
        name: "they hold for one entry",
        blocks: [...pax("path", "x"), tarHeader({ path: "a" }, 0), tarHeader({ path: "b" }, 0)],
        want: ["x", "b"],
      },
      {
        name: "a global header ends them, as in Go",
        blocks: [...pax("path", "x"), ...pax("comment", "c", "g"), tarHeader({ path: "a" }, 0)],
        want: ["a"],
      },
    ])("$name", ({ blocks, want }) => {
      expect(read(archive(blocks)).entries.map((entry) => entry.path)).toEqual(want);
    });

    it("a global header that renames entries is ignored, as runtimes do, and reported", () => {
      const seen = read(archive([...pax("path", "evil", "g"), tarHeader({ path: "a" }, 0)]));
      expect(seen.entries.map((entry) => entry.path)).toEqual(["a"]);
      expect(seen.problems).toHaveLength(1);
    });

    it("a pax sparse file has the name of its records, and is reported when its map is none", () => {
      const blocks = [
        ...records("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=real"),
        tarHeader({ path: "GNUSparseFile.0/real" }, 3),
        block("abc"),
      ];
      const seen = read(archive(blocks));
      expect(seen.entries).toEqual([expect.objectContaining({ path: "real", kind: "sparse" })]);
      expect(seen.files).toEqual({});
      expect(seen.problems).toHaveLength(1);
    });

    it("sparse records of an unknown form do not rename, and are reported", () => {
      const seen = read(archive([...records("GNU.sparse.name=other"), tarHeader({ path: "real" }, 0)]));
      expect(seen.entries.map((entry) => entry.path)).toEqual(["real"]);
      expect(seen.problems).toHaveLength(1);
    });

    it("the map of an old GNU sparse file is skipped", () => {
      const head = tarHeader({ path: "sparse", type: "S" }, 512);
      head.write("ustar  \0", 257, "latin1");
      head[482] = 1;
      const more = Buffer.alloc(512);
      more[504] = 1;
      const seen = read(
        archive([fixChecksum(head), more, Buffer.alloc(512, 0), block("data"), tarHeader({ path: "next" }, 0)]),
      );
      expect(seen.entries.map((entry) => [entry.path, entry.kind])).toEqual([
        ["sparse", "sparse"],
        ["next", "file"],
      ]);
    });
  });

  it("reads a size in base 256", () => {
    const head = tarHeader({ path: "a" }, 0);
    head.fill(0, 124, 136);
    head[124] = 0x80;
    head[135] = 3;
    expect(read(archive([fixChecksum(head), block("abc"), tarHeader({ path: "b" }, 0)])).files).toEqual({
      a: "abc",
      b: "",
    });
  });

  it("accepts the checksum of signed bytes", () => {
    const head = tarHeader({ path: "\u00e9".repeat(10) }, 0);
    expect(read(archive([fixChecksum(head, true)])).entries).toHaveLength(1);
  });

  it.each([
    { name: "no end mark", cut: 1_024 },
    { name: "half an end mark", cut: 512 },
    { name: "no padding at the end", cut: 1_024 + 511 },
  ])("forgives $name", ({ cut }) => {
    const tar = writeTar([{ path: "a", content: "x" }]);
    expect(read(tar.subarray(0, tar.length - cut)).files).toEqual({ a: "x" });
  });

  it("ignores what follows the end mark", () => {
    expect(read(Buffer.concat([writeTar([{ path: "a" }]), Buffer.alloc(5_000, 1)])).entries).toHaveLength(1);
  });

  it.each([
    { name: "content that is cut off", tar: writeTar([{ path: "a", content: "x".repeat(600) }]).subarray(0, 1_000) },
    { name: "a header that is cut off", tar: writeTar([{ path: "a" }]).subarray(0, 100) },
    {
      name: "skipped content that is cut off",
      tar: writeTar([{ path: "dev", type: "Z", content: "x".repeat(600) }]).subarray(0, 600),
    },
    { name: "a pax header that is cut off", tar: Buffer.concat(pax("path", "x")).subarray(0, 520) },
    { name: "a wrong checksum", tar: corruptTar(writeTar([{ path: "a" }]), 0) },
    { name: "a negative size", tar: negativeSize() },
    { name: "a size that is no number", tar: archive([badSize("0000000009 ")]) },
    {
      name: "a block of zeros in the middle",
      tar: archive([tarHeader({ path: "a" }, 0), Buffer.alloc(512), tarHeader({ path: "b" }, 0)]),
    },
    {
      name: "a pax record of wrong length",
      tar: archive([tarHeader({ path: "x", type: "x" }, 9), block("99 a=bcd\n"), tarHeader({ path: "a" }, 0)]),
    },
    {
      name: "a pax record without key",
      tar: archive([tarHeader({ path: "x", type: "x" }, 6), block("6 =bc\n"), tarHeader({ path: "a" }, 0)]),
    },
    { name: "a pax path with a NUL", tar: archive([...pax("path", "a\0b"), tarHeader({ path: "a" }, 0)]) },
    { name: "a pax size that is no number", tar: archive([...pax("size", "-1"), tarHeader({ path: "a" }, 0)]) },
    { name: "no tar at all", tar: Buffer.alloc(2_048, "<html>") },
  ])("refuses $name", ({ tar }) => {
    expect(() => read(tar)).toThrow(expect.objectContaining({ code: "TAR_INVALID" }));
  });

  it.each([
    { name: "a path out of the root", entry: { path: "../etc/passwd" } },
    { name: "an absolute path out of the root", entry: { path: "/a/../../b" } },
    { name: "a hard link out of the root", entry: { path: "a", type: "1", link: "../../etc/shadow" } },
    { name: "a path beyond the limit", entry: { path: "p/".repeat(3_000) } },
  ])("reports $name and leaves it out", ({ entry }) => {
    const seen = read(
      writeTar([
        { ...entry, ...("type" in entry ? {} : { content: "evil" }) },
        { path: "after", content: "x" },
      ]),
    );
    expect(seen.problems).toHaveLength(1);
    expect(seen.files).toEqual({ after: "x" });
  });

  it.each([
    {
      name: "too many entries",
      tar: writeTar(Array.from({ length: 20 }, (_, index) => ({ path: `f${index}` }))),
      limits: { maxTarEntries: 19 },
    },
    {
      name: "an extended header that is too large",
      tar: archive([tarHeader({ path: "x", type: "x" }, 2_000)]),
      limits: { maxTarHeaderBytes: 1_000 },
    },
  ])("stops at $name", ({ tar, limits }) => {
    expect(() => read(tar, { limits: { ...LIMITS, ...limits } as typeof LIMITS })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it("does not reserve memory for content that never comes", () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(() =>
      read(archive([tarHeader({ path: "a" }, 8 ** 11 - 1)]), { select: (entry) => entry.size < 2 ** 26 }),
    ).toThrow(OciError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
  });

  describe("hostile archives", () => {
    const honest = writeTar([
      { path: "etc/os-release", content: "ID=x" },
      { path: LONG, content: "y".repeat(700) },
      { path: "l", type: "2", link: LONG },
      { path: "h", type: "1", link: "etc/os-release" },
    ]);

    it("any bytes end, with entries or a code", () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 4_096 }), fc.integer({ min: 1, max: 600 }), readsOrRefuses), {
        numRuns: 300,
      });
    });

    it("changed bytes of an honest archive end, with entries or a code, the same for every cut", () => {
      const change = fc.tuple(fc.nat(honest.length - 1), fc.nat(255));
      fc.assert(
        fc.property(
          fc.array(change, { minLength: 1, maxLength: 6 }),
          fc.boolean(),
          fc.integer({ min: 1, max: 700 }),
          (changes, isRepaired, step) => {
            const tar = Buffer.from(honest);
            for (const [at, value] of changes) {
              tar[at] = value;
            }
            readsOrRefuses(isRepaired ? repairChecksums(tar) : tar, step);
          },
        ),
        { numRuns: rounds({ short: 1_000, long: 100_000 }) },
      );
    });
  });
});

/** Whatever it is, cutting it differently changes nothing, and every path stays below the root. */
function readsOrRefuses(tar: Uint8Array, step: number): void {
  const [whole, cut] = [outcome(tar, tar.length), outcome(tar, step)];
  expect(cut).toEqual(whole);
}

function outcome(tar: Uint8Array, step: number): unknown {
  try {
    const seen = read(tar, { step });
    for (const entry of seen.entries) {
      expect(entry.path.split("/")).not.toContain("..");
      expect(entry.path.startsWith("/")).toBe(false);
    }
    return seen;
  } catch (error) {
    if (!(error instanceof OciError)) {
      throw error;
    }
    return error.message;
  }
}

function archive(blocks: readonly Buffer[]): Buffer {
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
}

function block(content: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function pax(key: string, value: string, type = "x"): Buffer[] {
  return paxHeader(type, [`${key}=${value}`]);
}

function records(...texts: readonly string[]): Buffer[] {
  return paxHeader("x", texts);
}

function paxHeader(type: string, texts: readonly string[]): Buffer[] {
  const body = texts.map(paxRecord).join("");
  return [tarHeader({ path: "pax", type }, Buffer.byteLength(body)), block(body)];
}

function fixChecksum(head: Buffer, isSigned = false): Buffer {
  head.write("        ", 148, "latin1");
  let sum = 0;
  for (const byte of head) {
    sum += isSigned && byte > 127 ? byte - 256 : byte;
  }
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return head;
}

function repairChecksums(tar: Buffer): Buffer {
  for (let at = 0; at + 512 <= tar.length; at += 512) {
    const head = tar.subarray(at, at + 512);
    if (head.toString("latin1", 257, 262) === "ustar") {
      fixChecksum(head);
    }
  }
  return tar;
}

function negativeSize(): Buffer {
  const head = tarHeader({ path: "a" }, 0);
  head.fill(0xff, 124, 136);
  return archive([fixChecksum(head)]);
}

function badSize(text: string): Buffer {
  const head = tarHeader({ path: "a" }, 0);
  head.write(text, 124, 12, "latin1");
  return fixChecksum(head);
}
