// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { parseDockerfile } from "./parse-dockerfile.ts";

describe("a Dockerfile beyond the limits", () => {
  it("is read up to the limit on characters, and the fault says so", () => {
    const text = "FROM a\nUSER b\nRUN c\n";
    const limits = { ...LIMITS, maxDockerfileBytes: "FROM a\nUSER b\n".length };
    const { instructions, faults } = parseDockerfile(text, limits);
    expect(instructions.map((each) => each.name)).toEqual(["FROM", "USER"]);
    expect(faults).toMatchObject([{ code: "tooLarge", line: 1 }]);
    expect(parseDockerfile(text, { ...limits, maxDockerfileBytes: text.length }).faults).toEqual([]);
  });

  it("is read up to the limit on instructions, and the fault says where", () => {
    const text = `FROM a\n${"RUN b\n".repeat(9)}`;
    const { instructions, faults } = parseDockerfile(text, { ...LIMITS, maxDockerfileInstructions: 4 });
    expect(instructions).toHaveLength(4);
    expect(faults).toMatchObject([{ code: "tooLarge", line: 5 }]);
    expect(parseDockerfile(text, { ...LIMITS, maxDockerfileInstructions: 10 }).faults).toEqual([]);
  });

  it("of the size that the product takes comes to an end", () => {
    const { instructions, faults } = parseDockerfile(`FROM a\n${"RUN b\n".repeat(LIMITS.maxDockerfileInstructions)}`);
    expect(instructions).toHaveLength(LIMITS.maxDockerfileInstructions);
    expect(faults).toMatchObject([{ code: "tooLarge" }]);
    expect(parseDockerfile("#".repeat(LIMITS.maxDockerfileBytes + 1)).faults).toMatchObject([
      { code: "tooLarge" },
      { code: "empty" },
    ]);
  });
});
