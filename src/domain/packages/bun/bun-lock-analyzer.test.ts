// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { bunLockAnalyzer } from "./bun-lock-analyzer.ts";

function lock(workspace: unknown, packages: unknown): string {
  return JSON.stringify({ lockfileVersion: 1, workspaces: { "": workspace }, packages });
}

describe("bunLockAnalyzer", () => {
  it.each([
    { name: "a package", text: '{ // x\n"packages": { "a": ["a@1.0.0", "", {}, "sha512-x"], }, }', want: ["a 1.0.0"] },
    { name: "an alias", text: lock({}, { a: ["@s/b@1.0.0"] }), want: ["@s/b 1.0.0"] },
    { name: "a workspace", text: lock({}, { a: ["a@workspace:packages/a"] }), want: [] },
    { name: "a folder", text: lock({}, { a: ["a@file:../a"], b: ["b@link:b"], c: ["c@root:"] }), want: [] },
    { name: "from git", text: lock({}, { a: ["a@github:o/a#abc"] }), want: ["a github:o/a#abc"] },
    {
      name: "development by the graph, with packages below others",
      text: lock(
        { dependencies: { a: "1" }, devDependencies: { d: "1" } },
        {
          a: ["a@1.0.0", "", { dependencies: { b: "1", "@s/c": "1" } }, "x"],
          b: ["b@2.0.0", "", {}, "x"],
          "a/b": ["b@1.0.0", "", {}, "x"],
          "@s/c": ["@s/c@1.0.0", "", { optionalDependencies: { e: "1" } }, "x"],
          d: ["d@1.0.0", "", { dependencies: { b: "2" } }, "x"],
          "@s/c/e": ["e@1.0.0", "", {}, "x"],
          e: ["e@2.0.0", "", {}, "x"],
        },
      ),
      want: ["a 1.0.0", "b 1.0.0", "@s/c 1.0.0", "e 1.0.0", "e 2.0.0"],
    },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(bunLockAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it("broken entries are problems, and the rest counts", () => {
    const text = lock({}, { a: "a@1.0.0", b: [1], c: ["c"], d: ["d@1.0.0"] });
    expect(analyzeText(bunLockAnalyzer, text)).toEqual({
      packages: ["d 1.0.0"],
      problems: ["ENTRY_MALFORMED", "ENTRY_MALFORMED", "ENTRY_MALFORMED"],
    });
  });
});
