// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { yarnLockAnalyzer } from "./yarn-lock-analyzer.ts";

const CLASSIC = "# yarn lockfile v1\n\n\n";
const BERRY = "__metadata:\n  version: 8\n\n";

describe("yarnLockAnalyzer", () => {
  it.each([
    { name: "a package", text: `${CLASSIC}a@^1.0.0:\n  version "1.2.3"\n  resolved "x"\n`, want: ["a 1.2.3"] },
    {
      name: "several ranges and a scope",
      text: `${CLASSIC}"@s/a@^1.0.0", "@s/a@~1.2.0 || 2":\n  version "1.2.3"\n`,
      want: ["@s/a 1.2.3"],
    },
    {
      name: "Windows line ends",
      text: `${CLASSIC}a@^1.0.0, a@1:\n  version "1.2.3"\n`.replaceAll("\n", "\r\n"),
      want: ["a 1.2.3"],
    },
    { name: "an alias", text: `${CLASSIC}"a@npm:@s/b@^1":\n  version "1.2.3"\n`, want: ["@s/b 1.2.3"] },
    { name: "a folder", text: `${CLASSIC}"a@file:./a":\n  version "0.0.0"\n`, want: [] },
    { name: "an archive", text: `${CLASSIC}"a@file:./a.tgz":\n  version "1.0.0"\n`, want: ["a 1.0.0"] },
    {
      name: "dependencies named version",
      text: `${CLASSIC}a@1:\n  version "1.0.0"\n  dependencies:\n    version "^2"\n`,
      want: ["a 1.0.0"],
    },
    { name: "no entries", text: CLASSIC, want: [] },
    {
      name: "Yarn 2: a package",
      text: `${BERRY}"a@npm:^1.0.0, a@npm:1":\n  version: 1.2.3\n  resolution: "a@npm:1.2.3"\n  linkType: hard\n`,
      want: ["a 1.2.3"],
    },
    {
      name: "Yarn 2: an alias",
      text: `${BERRY}"a@npm:@s/b@1":\n  version: 1.2.3\n  resolution: "@s/b@npm:1.2.3"\n  linkType: hard\n`,
      want: ["@s/b 1.2.3"],
    },
    {
      name: "Yarn 2: a workspace",
      text: `${BERRY}"a@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "a@workspace:."\n  linkType: soft\n`,
      want: [],
    },
    {
      name: "Yarn 2: a patched package",
      text: `${BERRY}"a@patch:a@npm%3A1.2.3#x":\n  version: 1.2.3\n  resolution: "a@patch:a@npm%3A1.2.3#x::version=1.2.3"\n  linkType: hard\n`,
      want: ["a 1.2.3"],
    },
    {
      name: "Yarn 2: from git",
      text: `${BERRY}"a@https://example.com/a.git":\n  version: 1.2.3\n  resolution: "a@https://example.com/a.git#commit=abc"\n  linkType: hard\n`,
      want: ["a 1.2.3"],
    },
    {
      name: "Yarn 2: a long key on its own line",
      text: `${BERRY}? "a@npm:^1, a@npm:1"\n: version: 1.2.3\n  resolution: "a@npm:1.2.3"\n  linkType: hard\n`,
      want: ["a 1.2.3"],
    },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(yarnLockAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it.each([
    {
      name: "an entry without a version",
      text: `${CLASSIC}a@1:\n  resolved "x"\n\nb@1:\n  version "1.0.0"\n`,
      want: ["b 1.0.0"],
    },
    { name: "a line that is no entry", text: `${CLASSIC}<<<<<<< HEAD\nb@1:\n  version "1.0.0"\n`, want: ["b 1.0.0"] },
    { name: "an entry without a range", text: `${CLASSIC}a:\n  version "1.0.0"\n`, want: [] },
    {
      name: "Yarn 2: an entry that is text",
      text: `${BERRY}"a@npm:1": x\n"b@npm:1":\n  version: 1.0.0\n  resolution: "b@npm:1.0.0"\n`,
      want: ["b 1.0.0"],
    },
    { name: "Yarn 2: no version", text: `${BERRY}"a@npm:1":\n  resolution: "a@npm:1.0.0"\n`, want: [] },
  ])("$name is a problem", ({ text, want }) => {
    expect(analyzeText(yarnLockAnalyzer, text)).toEqual({ packages: want, problems: ["ENTRY_MALFORMED"] });
  });
});
