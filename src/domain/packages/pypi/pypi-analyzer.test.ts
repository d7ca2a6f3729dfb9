// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { pypiAnalyzer } from "./pypi-analyzer.ts";

function metadata(...lines: readonly string[]): string {
  return `${["Metadata-Version: 2.4", "Name: a", "Version: 1.0", ...lines].join("\n")}\n`;
}

describe("pypiAnalyzer", () => {
  it.each([
    { path: "usr/lib/python3.11/site-packages/a-1.0.dist-info/METADATA", want: true },
    { path: "usr/lib/python3/dist-packages/a-1.0.egg-info/PKG-INFO", want: true },
    { path: "usr/lib/python3/dist-packages/a-1.0.egg-info", want: true },
    { path: "srv/a.egg/EGG-INFO/PKG-INFO", want: true },
    { path: "a-1.0.dist-info/METADATA", want: true },
    { path: "opt/site-packages/setuptools/_vendor/b-1.0.dist-info/METADATA", want: true },
    { path: "usr/lib/python3/site-packages/~a-1.0.dist-info/METADATA", want: false },
    { path: "usr/lib/python3/site-packages/a-1.0.dist-info/RECORD", want: false },
    { path: "usr/lib/python3/site-packages/.dist-info/METADATA", want: false },
    { path: "srv/a/PKG-INFO", want: false },
    { path: "srv/METADATA", want: false },
    { path: "srv/.egg-info", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(pypiAnalyzer.wants(path)).toBe(want);
    expect(pypiAnalyzer.ownsMatter?.(path)).toBe(want);
  });

  it.each([
    { name: "name and version", text: metadata(), want: ["a 1.0"] },
    { name: "a name in its normal form", text: "Name: Foo__Bar.-baz\nVersion: 1.0\n", want: ["foo-bar-baz 1.0"] },
    { name: "field names in any case, Windows line ends", text: "NAME: a\r\nversion:1.0\r\n", want: ["a 1.0"] },
    { name: "the description is not read", text: metadata("", "Name: b", "Version: 2.0"), want: ["a 1.0"] },
    {
      name: "a licence expression",
      text: metadata("License: x", "License-Expression: MIT OR Apache-2.0"),
      want: ["a 1.0 [MIT OR Apache-2.0]"],
    },
    {
      name: "classifiers before free text",
      text: metadata(
        "License: Apache",
        "Classifier: License :: OSI Approved :: Apache Software License",
        "Classifier: License :: OSI Approved",
      ),
      want: ["a 1.0 [Apache-2.0]"],
    },
    {
      name: "a classifier that names several licences stays as written",
      text: metadata("Classifier: License :: OSI Approved :: BSD License"),
      want: ["a 1.0 [BSD License]"],
    },
    { name: "free text", text: metadata("License: BSD-3-Clause"), want: ["a 1.0 [BSD-3-Clause]"] },
    {
      name: "free text after OSI Approved alone",
      text: metadata("License: MIT", "Classifier: License :: OSI Approved"),
      want: ["a 1.0 [MIT]"],
    },
    { name: "no licence", text: metadata("License: UNKNOWN"), want: ["a 1.0"] },
    {
      name: "the text of a licence is none",
      text: metadata(`License: ${"Permission is hereby granted ".repeat(5)}`),
      want: ["a 1.0"],
    },
    { name: "a version that is none is kept", text: "Name: a\nVersion: unknown\n", want: ["a unknown"] },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(pypiAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it.each([
    { name: "empty", text: "" },
    { name: "no name", text: "Version: 1.0" },
    { name: "no version", text: "Name: a" },
    { name: "a name that is none", text: "Name: ../a\nVersion: 1.0" },
    { name: "a name with a shell character", text: "Name: a;reboot\nVersion: 1.0" },
    { name: "an escape sequence in the version", text: "Name: a\nVersion: 1\u001b[2J" },
    { name: "a version without end", text: `Name: a\nVersion: ${"1".repeat(2_000)}` },
  ])("$name is a problem", ({ text }) => {
    expect(analyzeText(pypiAnalyzer, text)).toEqual({ packages: [], problems: ["ENTRY_MALFORMED"] });
  });
});
