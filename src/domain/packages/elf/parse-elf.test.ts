// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutationsOf, readProgram } from "../../../../test/support/program-fixtures.ts";
import { parseElf, sectionContent } from "./parse-elf.ts";
import { parseNotes } from "./parse-notes.ts";

describe("parseElf", () => {
  it.each([
    { name: "nothing", bytes: Buffer.alloc(0) },
    { name: "a script", bytes: Buffer.from("#!/bin/sh\n".padEnd(100)) },
    { name: "a header that is cut off", bytes: readProgram("go-1.26-amd64").subarray(0, 63) },
    { name: "an unknown class", bytes: Buffer.from(`\x7fELF\u0003${"\u0001".repeat(100)}`, "latin1") },
  ])("$name is not ELF", ({ bytes }) => {
    expect(parseElf(bytes)).toBeUndefined();
  });

  it.each([
    { program: "go-1.26-amd64", is64Bit: true, isBigEndian: false },
    { program: "go-1.26-s390x", is64Bit: true, isBigEndian: true },
    { program: "go-1.26-386", is64Bit: false, isBigEndian: false },
    { program: "go-1.26-mips", is64Bit: false, isBigEndian: true },
  ])("reads sections and segments of $program", ({ program, ...kind }) => {
    const bytes = readProgram(program);
    const elf = parseElf(bytes);
    expect(elf).toMatchObject(kind);
    expect(elf?.sections.map(({ name }) => name)).toEqual(
      expect.arrayContaining([".text", ".go.buildinfo", ".gopclntab"]),
    );
    expect(elf?.segments.filter(({ type }) => type === 1).length).toBeGreaterThanOrEqual(3);
    const info = elf && sectionContent(bytes, elf, ".go.buildinfo");
    expect(Buffer.from(info ?? []).toString("latin1")).toMatch(/^\xff Go buildinf:/);
  });

  it("a section that reaches beyond the end of the file is left out", () => {
    const bytes = readProgram("go-1.26-amd64");
    const elf = parseElf(bytes.subarray(0, 1024));
    expect(elf?.sections).toEqual([]);
    expect(elf?.segments.every(({ offset, size }) => size === 0 || offset + size <= 1024)).toBe(true);
  });

  it("owners of notes are short, however long the sections on each other say they are", () => {
    const file = Buffer.alloc(1_000_000);
    file.write("\x7fELF\u0002\u0001", "latin1");
    file.writeBigUInt64LE(64n, 40);
    file.writeUInt16LE(64, 58);
    file.writeUInt16LE(100, 60);
    for (let index = 1; index < 100; index += 1) {
      const header = 64 + index * 64;
      file.writeUInt32LE(7, header + 4);
      file.writeBigUInt64LE(8_192n, header + 24);
      file.writeBigUInt64LE(BigInt(file.length - 8_192), header + 32);
    }
    file.writeUInt32LE(file.length - 16_384, 8_192);
    file.fill("a", 8_192 + 12);
    const elf = parseElf(file);
    const notes = elf === undefined ? [] : parseNotes(file, elf);
    expect(notes.length).toBeGreaterThan(90);
    expect(Math.max(...notes.map(({ owner }) => owner.length))).toBe(64);
  });

  it("never throws, and everything it names lies in the file", () => {
    const programs = ["go-1.26-386", "go-1.26-s390x", "rust-plain"].map(readProgram);
    fc.assert(
      fc.property(fc.oneof(...programs.map(mutationsOf)), (bytes) => {
        const elf = parseElf(bytes);
        for (const { offset, size } of elf?.sections ?? []) {
          expect(offset + size).toBeLessThanOrEqual(bytes.length);
        }
        expect(elf === undefined ? 0 : parseNotes(bytes, elf).length).toBeLessThan(1_001);
      }),
    );
  });
});
