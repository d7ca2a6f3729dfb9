// SPDX-License-Identifier: Apache-2.0
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutationsOf, readProgram } from "../../../../test/support/program-fixtures.ts";
import type { AnalyzerResult } from "../analyzer.ts";
import { parseElf } from "../elf/parse-elf.ts";
import { rustBinaryAnalyzer } from "./rust-binary-analyzer.ts";

function analyze(bytes: Uint8Array): AnalyzerResult {
  return rustBinaryAnalyzer.analyze({ path: "usr/bin/app", bytes });
}

/** The real program with another list of crates in its section, appended at the end of the file. */
function withCrates(content: Buffer): Buffer {
  const program = readProgram("rust-auditable");
  const offset = parseElf(program)?.sections.find(({ name }) => name === ".dep-v0")?.offset ?? -1;
  const field = Buffer.alloc(8);
  field.writeBigUInt64LE(BigInt(offset));
  const header = program.indexOf(field, Number(program.readBigUInt64LE(40))) - 24;
  program.writeBigUInt64LE(BigInt(program.length), header + 24);
  program.writeBigUInt64LE(BigInt(content.length), header + 32);
  return Buffer.concat([program, content]);
}

function crates(list: unknown): Buffer {
  return withCrates(deflateSync(JSON.stringify(list)));
}

describe("rustBinaryAnalyzer", () => {
  it("a program of cargo-auditable: its crates without those of the build", () => {
    expect(analyze(readProgram("rust-auditable"))).toEqual({
      packages: [
        { type: "cargo", name: "haechi-fixture", version: "0.3.1" },
        { type: "cargo", name: "itoa", version: "1.0.19" },
        { type: "cargo", name: "smallvec", version: "1.6.1" },
      ],
      problems: [],
    });
  });

  it("another program: the crates that its panic messages name", () => {
    expect(analyze(readProgram("rust-plain"))).toEqual({
      packages: [{ type: "cargo", name: "smallvec", version: "1.10.0" }],
      problems: [],
    });
  });

  it("paths of crates in a program that rustc did not make say nothing", () => {
    const program = readProgram("rust-plain");
    program.write("clang", program.indexOf("rustc version"));
    expect(analyze(program).packages).toEqual([]);
  });

  it.each([
    { name: "not zlib data", program: () => withCrates(Buffer.from("no")), code: "FILE_MALFORMED" },
    {
      name: "cut off",
      program: () => withCrates(deflateSync('{"packages":[]}').subarray(0, 12)),
      code: "FILE_MALFORMED",
    },
    { name: "not JSON", program: () => withCrates(deflateSync("{")), code: "FILE_MALFORMED" },
    { name: "no list", program: () => crates({ packages: {} }), code: "FILE_MALFORMED" },
    {
      name: "a crate without name",
      program: () => crates({ packages: [{ version: "1.0.0" }] }),
      code: "ENTRY_MALFORMED",
    },
    { name: "null", program: () => crates({ packages: [null] }), code: "ENTRY_MALFORMED" },
    {
      name: "an escape sequence",
      program: () => crates({ packages: [{ name: "a\u001b[2J", version: "1" }] }),
      code: "ENTRY_MALFORMED",
    },
    { name: "a bomb", program: () => withCrates(deflateSync(Buffer.alloc(100_000_000))), code: "LIMIT_EXCEEDED" },
  ])("$name is a problem", ({ program, code }) => {
    expect(analyze(program())).toMatchObject({ packages: [], problems: [{ code }] });
  });

  it("never throws, whatever is changed in a real program", () => {
    const programs = [readProgram("rust-auditable"), readProgram("rust-plain")];
    fc.assert(
      fc.property(fc.oneof(...programs.map(mutationsOf)), (bytes) => {
        expect(analyze(bytes).packages.length).toBeLessThan(10);
      }),
    );
  });
});
