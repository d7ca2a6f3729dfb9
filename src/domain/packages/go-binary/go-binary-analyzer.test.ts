// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutationsOf, readProgram } from "../../../../test/support/program-fixtures.ts";
import type { AnalyzerResult } from "../analyzer.ts";
import { goBinaryAnalyzer } from "./go-binary-analyzer.ts";

const PATH = "usr/local/bin/app";

function analyze(bytes: Uint8Array): AnalyzerResult {
  return goBinaryAnalyzer.analyze({ path: PATH, bytes });
}

function versionsOf(result: AnalyzerResult): Readonly<Record<string, string>> {
  return Object.fromEntries(result.packages.map(({ name, version }) => [name, version]));
}

const MARK = Buffer.alloc(16, 0x30);

/** An ELF file with one writable segment and build information as Go 1.13 to 1.17 wrote it. */
function pointerProgram(options: {
  readonly is64Bit: boolean;
  readonly isBigEndian: boolean;
  readonly modules: string;
}): Buffer {
  const { is64Bit, isBigEndian } = options;
  const word = is64Bit ? 8 : 4;
  const base = 0x40_0000;
  const dataAt = 0x1000;
  const file = Buffer.alloc(0x4000);
  function int(value: number, at: number, size: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    file.set(isBigEndian ? bytes.subarray(8 - size) : bytes.reverse().subarray(0, size), at);
  }
  file.write("\x7fELF", "latin1");
  file[4] = is64Bit ? 2 : 1;
  file[5] = isBigEndian ? 2 : 1;
  const header = is64Bit ? 64 : 52;
  int(header, is64Bit ? 32 : 28, word);
  int(is64Bit ? 56 : 32, is64Bit ? 54 : 42, 2);
  int(1, is64Bit ? 56 : 44, 2);
  int(1, header, 4);
  int(6, header + (is64Bit ? 4 : 24), 4);
  int(dataAt, header + (is64Bit ? 8 : 4), word);
  int(base, header + (is64Bit ? 16 : 8), word);
  int(file.length - dataAt, header + (is64Bit ? 32 : 16), word);
  file.write("\xff Go buildinf:", dataAt + 32, "latin1");
  file[dataAt + 32 + 14] = word;
  file[dataAt + 32 + 15] = isBigEndian ? 1 : 0;
  function goString(text: Buffer, pointerAt: number, headerAt: number, textAt: number): void {
    int(base + headerAt, dataAt + pointerAt, word);
    int(base + textAt, dataAt + headerAt, word);
    int(text.length, dataAt + headerAt + word, word);
    text.copy(file, dataAt + textAt);
  }
  goString(Buffer.from("go1.16.7"), 48, 256, 512);
  goString(Buffer.concat([MARK, Buffer.from(options.modules), MARK]), 48 + word, 288, 1024);
  return file;
}

describe("goBinaryAnalyzer", () => {
  it.each([
    { name: "too small", facts: { size: 100, mode: 0o755, uid: 0 }, path: PATH, want: false },
    { name: "not executable", facts: { size: 1e6, mode: 0o644, uid: 0 }, path: PATH, want: false },
    { name: "without facts", facts: undefined, path: PATH, want: false },
    { name: "executable", facts: { size: 1e6, mode: 0o755, uid: 0 }, path: PATH, want: "sniff" },
    { name: "setuid", facts: { size: 1e6, mode: 0o4711, uid: 0 }, path: PATH, want: "sniff" },
  ])("$name: $want", ({ facts, path, want }) => {
    expect(goBinaryAnalyzer.wants(path, facts)).toBe(want);
  });

  it("accepts ELF files only", () => {
    expect(goBinaryAnalyzer.accepts?.(PATH, Buffer.from("#!/bin/sh\n"))).toBe(false);
    expect(goBinaryAnalyzer.accepts?.(PATH, Buffer.from("\x7fEL"))).toBe(false);
    expect(goBinaryAnalyzer.accepts?.(PATH, readProgram("go-1.26-amd64").subarray(0, 512))).toBe(true);
  });

  it.each([
    { program: "go-1.26-amd64", version: "v1.4.2" },
    { program: "go-1.26-s390x", version: "v1.4.2" },
    { program: "go-1.26-mips", version: "(devel)" },
    { program: "go-1.26-386", version: "(devel)" },
  ])("$program: modules as replaced, the standard library, and the version of the linker", ({ program, version }) => {
    const result = analyze(readProgram(program));
    expect(versionsOf(result)).toEqual({
      stdlib: "1.26.8",
      "example.com/haechi-fixture": version,
      "github.com/google/uuid": "v1.3.0",
      "golang.org/x/text": "v0.3.8",
    });
    expect(result.problems).toEqual([]);
  });

  it("a real program of Go 1.15 without modules has the standard library", () => {
    expect(analyze(readProgram("go-1.15-amd64"))).toEqual({
      packages: [{ type: "golang", name: "stdlib", version: "1.15.9" }],
      problems: [],
    });
  });

  it("the data segment is searched when section headers were stripped off", () => {
    const program = readProgram("go-1.26-amd64");
    program.fill(0, 58, 64);
    program.fill(0, 40, 48);
    expect(versionsOf(analyze(program))).toMatchObject({ stdlib: "1.26.8", "golang.org/x/text": "v0.3.8" });
  });

  it.each([
    { is64Bit: true, isBigEndian: false },
    { is64Bit: true, isBigEndian: true },
    { is64Bit: false, isBigEndian: false },
    { is64Bit: false, isBigEndian: true },
  ])("pointers to texts (64 bit $is64Bit, big endian $isBigEndian)", (kind) => {
    const modules =
      "path\texample.com/x/cmd/x\nmod\texample.com/x\tv1.0.0\th1:a=\ndep\tk8s.io/api\tv0.0.0\n=>\t./staging/api\t(devel)\t\n";
    expect(versionsOf(analyze(pointerProgram({ ...kind, modules })))).toEqual({
      stdlib: "1.16.7",
      "example.com/x": "v1.0.0",
      "k8s.io/api": "(devel)",
    });
  });

  it("programs of the Go distribution are the toolchain", () => {
    const modules = "path\tcmd/gofmt\nmod\tcmd\t(devel)\t\nbuild\t-compiler=gc\n";
    expect(versionsOf(analyze(pointerProgram({ is64Bit: true, isBigEndian: false, modules })))).toEqual({
      stdlib: "1.16.7",
      toolchain: "1.16.7",
    });
  });

  it("a Go program without build information is a problem", () => {
    const program = readProgram("go-1.26-amd64");
    program.fill(
      0,
      program.indexOf("\xff Go buildinf:", 0, "latin1"),
      program.indexOf("\xff Go buildinf:", 0, "latin1") + 16,
    );
    expect(analyze(program)).toMatchObject({ packages: [], problems: [{ code: "FILE_MALFORMED", path: PATH }] });
  });

  it("build information that leads nowhere is a problem", () => {
    const program = readProgram("go-1.15-amd64");
    program.writeBigUInt64LE(0xffff_ffff_ffff_fff0n, program.indexOf("\xff Go buildinf:", 0, "latin1") + 16);
    expect(analyze(program)).toMatchObject({ packages: [], problems: [{ code: "FILE_MALFORMED" }] });
  });

  it("a module name that cannot be shown is a problem, and the others are read", () => {
    const modules = "path\tx\nmod\texample.com/x\tv1.0.0\ndep\tex\u001b[2J\tv1.0.0\ndep\texample.com/y\tv2.0.0\n";
    const result = analyze(pointerProgram({ is64Bit: true, isBigEndian: false, modules }));
    expect(Object.keys(versionsOf(result))).toEqual(["stdlib", "example.com/x", "example.com/y"]);
    expect(result.problems).toEqual([expect.objectContaining({ code: "ENTRY_MALFORMED" })]);
  });

  it("segments that lie on each other are not searched again and again", () => {
    const count = 60_000;
    const file = Buffer.alloc(64 + count * 56);
    file.write("\x7fELF\u0002\u0001", "latin1");
    file.writeBigUInt64LE(64n, 32);
    file.writeUInt16LE(56, 54);
    file.writeUInt16LE(count, 56);
    for (let index = 0; index < count; index += 1) {
      const header = 64 + index * 56;
      file.writeUInt32LE(1, header);
      file.writeUInt32LE(6, header + 4);
      file.writeBigUInt64LE(BigInt(file.length), header + 32);
    }
    expect(analyze(file)).toEqual({ packages: [], problems: [] });
  });

  it("never throws, whatever is changed in a real program", () => {
    const inline = readProgram("go-1.26-s390x");
    const pointers = pointerProgram({ is64Bit: false, isBigEndian: true, modules: "mod\ta.b/c\tv1.0.0\n" });
    fc.assert(
      fc.property(fc.oneof(mutationsOf(inline), mutationsOf(pointers), fc.uint8Array({ maxLength: 300 })), (bytes) => {
        expect(analyze(bytes).packages.length).toBeLessThan(10);
      }),
    );
  });
});
