// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { parseDependencyPath } from "./parse-dependency-path.ts";
import { pnpmLockAnalyzer } from "./pnpm-lock-analyzer.ts";

function version9(importer: string, packages: string, snapshots: string): string {
  return `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n${importer}\npackages:\n\n${packages}\nsnapshots:\n\n${snapshots}`;
}

function dependency(list: string, name: string, version: string): string {
  return `    ${list}:\n      ${name}:\n        specifier: '*'\n        version: ${version}\n`;
}

describe("pnpmLockAnalyzer", () => {
  it.each([
    {
      name: "version 5, development",
      text: "lockfileVersion: 5.4\npackages:\n  /a/1.0.0:\n    dev: false\n  /b/2.0.0:\n    dev: true\n",
      want: ["a 1.0.0"],
    },
    {
      name: "version 6, development",
      text: "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0(b@2.0.0):\n    dev: false\n  /b@2.0.0:\n    dev: true\n",
      want: ["a 1.0.0"],
    },
    {
      name: "an archive with name and version",
      text: "lockfileVersion: '6.0'\npackages:\n  'https://example.com/x/a.tgz':\n    resolution: {tarball: https://example.com/x/a.tgz}\n    name: '@s/a'\n    version: 1.0.0\n",
      want: ["@s/a 1.0.0"],
    },
    {
      name: "a folder",
      text: "lockfileVersion: '6.0'\npackages:\n  file:../a:\n    resolution: {directory: ../a, type: directory}\n    name: a\n    version: 1.0.0\n",
      want: [],
    },
    {
      name: "version 9, development by the graph",
      text: version9(
        dependency("dependencies", "a", "1.0.0") + dependency("devDependencies", "d", "1.0.0"),
        "  a@1.0.0:\n    resolution: {integrity: x}\n  b@1.0.0:\n    resolution: {integrity: x}\n  d@1.0.0:\n    resolution: {integrity: x}\n  e@1.0.0:\n    resolution: {integrity: x}\n",
        "  a@1.0.0:\n    dependencies:\n      b: 1.0.0\n  b@1.0.0: {}\n  d@1.0.0:\n    dependencies:\n      b: 1.0.0\n      e: 1.0.0\n  e@1.0.0: {}\n",
      ),
      want: ["a 1.0.0", "b 1.0.0"],
    },
    {
      name: "version 9, with peers one for production, one for development",
      text: version9(
        dependency("dependencies", "a", "1.0.0(p@1.0.0)") + dependency("devDependencies", "d", "1.0.0"),
        "  a@1.0.0:\n    resolution: {integrity: x}\n  d@1.0.0:\n    resolution: {integrity: x}\n",
        "  a@1.0.0(p@1.0.0): {}\n  a@1.0.0(p@2.0.0): {}\n  d@1.0.0:\n    dependencies:\n      a: 1.0.0(p@2.0.0)\n",
      ),
      want: ["a 1.0.0"],
    },
    {
      name: "version 9, an alias and a cycle",
      text: version9(
        dependency("dependencies", "x", "'@s/a@1.0.0'"),
        "  '@s/a@1.0.0':\n    resolution: {integrity: x}\n  b@1.0.0:\n    resolution: {integrity: x}\n",
        "  '@s/a@1.0.0':\n    dependencies:\n      b: 1.0.0\n  b@1.0.0:\n    dependencies:\n      x: '@s/a@1.0.0'\n",
      ),
      want: ["@s/a 1.0.0", "b 1.0.0"],
    },
    {
      name: "what nothing asks for stays",
      text: version9("", "  a@1.0.0:\n    resolution: {integrity: x}\n", "  a@1.0.0: {}\n"),
      want: ["a 1.0.0"],
    },
    {
      name: "version 9, from git",
      text: version9(
        dependency("dependencies", "a", "https://codeload.example.com/a/tar.gz/abc"),
        "  a@https://codeload.example.com/a/tar.gz/abc:\n    resolution: {tarball: https://codeload.example.com/a/tar.gz/abc}\n    version: 1.0.0\n",
        "  a@https://codeload.example.com/a/tar.gz/abc: {}\n",
      ),
      want: ["a 1.0.0"],
    },
    {
      name: "two documents",
      text: "---\nlockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n---\nlockfileVersion: '9.0'\npackages:\n  b@1.0.0: {}\n",
      want: ["a 1.0.0", "b 1.0.0"],
    },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(pnpmLockAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it("a key without a version is a problem", () => {
    const text = "lockfileVersion: '9.0'\npackages:\n  a: {}\n  b@1.0.0: {}\n";
    expect(analyzeText(pnpmLockAnalyzer, text)).toEqual({ packages: ["b 1.0.0"], problems: ["ENTRY_MALFORMED"] });
  });

  it.each([
    { key: "/a/1.0.0", version: "5.4", want: { name: "a", version: "1.0.0" } },
    { key: "/@s/a/1.0.0", version: "5.4", want: { name: "@s/a", version: "1.0.0" } },
    { key: "/@s/a/1.0.0_react@18.0.0+x", version: "5.4", want: { name: "@s/a", version: "1.0.0" } },
    { key: "/a/1.0.0/react@18.0.0", version: "5.1", want: { name: "a", version: "1.0.0" } },
    { key: "/a@1.0.0(react@18.0.0)(@s/b@1.0.0)", version: "6.0", want: { name: "a", version: "1.0.0" } },
    { key: "@s/a@1.0.0", version: "9.0", want: { name: "@s/a", version: "1.0.0" } },
    { key: "a", version: "9.0", want: undefined },
    { key: "", version: "5.4", want: undefined },
  ])("$key of version $version", ({ key, version, want }) => {
    expect(parseDependencyPath(key, version)).toEqual(want);
  });
});
