// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutationsOf } from "../../../../test/support/program-fixtures.ts";
import { rounds } from "../../../../test/support/rounds.ts";
import type { AnalyzerResult } from "../analyzer.ts";
import { apkAnalyzer } from "./apk-analyzer.ts";

const WRITTEN_BY_APK = readFileSync(new URL("../testdata/alpine-3.19/lib/apk/db/installed", import.meta.url));

/** The file with lines of it left out, repeated and put elsewhere. */
function cutsOf(file: Buffer): fc.Arbitrary<Buffer> {
  const lines = file.toString("latin1").split("\n");
  return fc
    .array(fc.nat(lines.length - 1), { maxLength: lines.length })
    .map((order) => Buffer.from(order.map((index) => lines[index] ?? "").join("\n"), "latin1"));
}

function analyze(content: string | Uint8Array): AnalyzerResult {
  return apkAnalyzer.analyze({
    path: "lib/apk/db/installed",
    bytes: typeof content === "string" ? Buffer.from(content) : content,
  });
}

describe("apkAnalyzer", () => {
  it.each([
    { path: "lib/apk/db/installed", want: true },
    { path: "usr/lib/apk/db/installed", want: true },
    { path: "srv/lib/apk/db/installed", want: false },
    { path: "lib/apk/db/installed.new", want: false },
    { path: "lib/apk/db/scripts.tar", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(apkAnalyzer.wants(path)).toBe(want);
  });

  it("reads a database of Alpine 3.20", () => {
    const file = new URL("../testdata/alpine-3.20/lib/apk/db/installed", import.meta.url);
    expect(analyze(readFileSync(file))).toEqual({
      packages: [
        {
          type: "apk",
          name: "alpine-baselayout-data",
          version: "3.6.5-r0",
          architecture: "x86_64",
          source: { name: "alpine-baselayout", version: "3.6.5-r0" },
          licenses: ["GPL-2.0-only"],
        },
        {
          type: "apk",
          name: "musl",
          version: "1.2.5-r0",
          architecture: "x86_64",
          source: { name: "musl", version: "1.2.5-r0" },
          licenses: ["MIT"],
        },
        {
          type: "apk",
          name: "libcrypto3",
          version: "3.3.0-r2",
          architecture: "x86_64",
          source: { name: "openssl", version: "3.3.0-r2" },
          licenses: ["Apache-2.0"],
        },
      ],
      problems: [],
      owned: [
        { type: "apk", name: "alpine-baselayout-data", version: "3.6.5-r0", paths: ["etc/fstab", "etc/profile"] },
        {
          type: "apk",
          name: "musl",
          version: "1.2.5-r0",
          paths: ["lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1"],
        },
        {
          type: "apk",
          name: "libcrypto3",
          version: "3.3.0-r2",
          paths: ["etc/ssl/openssl.cnf", "usr/lib/libcrypto.so.3"],
        },
      ],
    });
  });

  it.each([
    { name: "no origin: the package itself", content: "P:foo\nV:1-r0\n", want: { name: "foo", version: "1-r0" } },
    { name: "an empty origin", content: "P:foo\nV:1-r0\no:\n", want: { name: "foo", version: "1-r0" } },
    { name: "p is not P", content: "p:so:x=1\nP:foo\nV:1-r0\n", want: { name: "foo", version: "1-r0" } },
  ])("$name", ({ content, want }) => {
    const result = analyze(content);
    expect(result.problems).toEqual([]);
    expect(result.packages.map((each) => each.source)).toEqual([want]);
  });

  it("a file that ends in the middle of a line was cut: its last version may be another one", () => {
    const result = analyze("P:foo\nV:1-r0\n\nP:bar\nV:1.3");
    expect(result.packages.map(({ name }) => name)).toEqual(["foo", "bar"]);
    expect(result.problems).toEqual([
      {
        code: "FILE_MALFORMED",
        message: "entry at line 4: the file ends in the middle of a line",
        path: expect.any(String),
      },
    ]);
  });

  it.each([
    { name: "no name", content: "V:1-r0\n", found: 0 },
    { name: "no version", content: "P:foo\n", found: 0 },
    { name: "two packages without an empty line between", content: "P:foo\nV:1-r0\nP:bar\nV:2-r0\n", found: 1 },
    { name: "an escape sequence in the name", content: "P:foo\u001b[2J\nV:1-r0\n", found: 0 },
    { name: "NUL in the version", content: "P:foo\nV:1\u0000\n", found: 0 },
    { name: "a name that is too long", content: `P:${"f".repeat(2000)}\nV:1\n`, found: 0 },
    { name: "bytes that are not UTF-8", content: Buffer.from("P:foo\nV:1\xff\n", "latin1"), found: 0 },
    { name: "a broken origin", content: "P:foo\nV:1-r0\no:../x\n", found: 1 },
    { name: "text that is no database", content: "hello\nworld\n", found: 0 },
  ])("$name is a problem of the entry, and the next entry is read", ({ content, found }) => {
    const result = analyze(Buffer.concat([Buffer.from(content), Buffer.from("\nP:next\nV:1-r0\n")]));
    expect(result.problems.length).toBeGreaterThan(0);
    expect(new Set(result.problems.map((each) => each.code))).toEqual(new Set(["ENTRY_MALFORMED"]));
    expect(JSON.stringify(result.problems)).not.toMatch(/\\u00/);
    expect(result.packages).toHaveLength(found + 1);
    expect(result.packages.at(-1)?.name).toBe("next");
  });

  it("keeps a version that no Alpine package has: the matcher says that it cannot tell", () => {
    expect(analyze("P:foo\nV:latest\n").packages[0]?.version).toBe("latest");
  });

  it("reads a database that apk wrote in Alpine 3.19", () => {
    const { packages, problems, owned } = analyze(WRITTEN_BY_APK);
    expect(packages.map(({ name, version, source }) => [name, version, source?.name])).toEqual([
      ["bash", "5.2.21-r0", "bash"],
      ["busybox-binsh", "1.36.1-r15", "busybox"],
      ["musl", "1.2.4_git20230717-r4", "musl"],
      ["readline", "8.2.1-r2", "readline"],
    ]);
    expect(problems).toEqual([]);
    expect(owned?.find(({ name }) => name === "readline")?.paths).toEqual(["etc/inputrc", "usr/lib/libreadline.so.8"]);
  });

  it("never throws, and takes no broken name, whatever is changed in a real database", () => {
    fc.assert(
      fc.property(mutationsOf(WRITTEN_BY_APK), cutsOf(WRITTEN_BY_APK), (changed, cut) => {
        for (const bytes of [changed, cut]) {
          const { packages, owned = [] } = analyze(bytes);
          expect(packages.filter(({ name, version }) => name === "" || /\p{Cc}/u.test(name + version))).toEqual([]);
          expect(owned.flatMap(({ paths }) => paths).filter((path) => path.startsWith("/"))).toEqual([]);
        }
      }),
      { numRuns: rounds({ short: 300, long: 10_000 }) },
    );
  });
});
