// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { depsJsonAnalyzer } from "./deps-json-analyzer.ts";
import { packagesConfigAnalyzer } from "./packages-config-analyzer.ts";
import { packagesLockAnalyzer } from "./packages-lock-analyzer.ts";

const TARGET = ".NETCoreApp,Version=v8.0/linux-x64";

function deps(libraries: unknown, targets: unknown = {}): string {
  return JSON.stringify({ runtimeTarget: { name: TARGET, signature: "" }, targets: { [TARGET]: targets }, libraries });
}

describe("depsJsonAnalyzer", () => {
  it.each([
    { path: "app/App.deps.json", want: true },
    { path: "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json", want: true },
    { path: "app/deps.json", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(depsJsonAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    { name: "a package", text: deps({ "A.B/1.0.0": { type: "package" } }), want: ["A.B 1.0.0"] },
    { name: "the program and its projects", text: deps({ "App/1.0.0": { type: "project" } }), want: [] },
    { name: "assemblies of the framework", text: deps({ "A/1.0.0": { type: "reference" } }), want: [] },
    {
      name: "the runtime that a program brings",
      text: deps({ "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": { type: "runtimepack" } }),
      want: ["Microsoft.NETCore.App.Runtime.linux-x64 8.0.1"],
    },
    {
      name: "only what brings files",
      text: deps(
        { "A/1.0.0": { type: "package" }, "B/1.0.0": { type: "package" }, "C/1.0.0": { type: "Package" } },
        { "A/1.0.0": { runtime: { "lib/a.dll": {} } }, "B/1.0.0": { dependencies: {} }, "C/1.0.0": { native: {} } },
      ),
      want: ["A 1.0.0", "C 1.0.0"],
    },
    {
      name: "without the target all count",
      text: JSON.stringify({ libraries: { "A/1.0.0": { type: "package" } } }),
      want: ["A 1.0.0"],
    },
    {
      name: "the target as text, and a byte order mark",
      text: `\ufeff${JSON.stringify({ runtimeTarget: TARGET, targets: { [TARGET]: { "A/1": {} } }, libraries: { "A/1": { type: "package" } } })}`,
      want: [],
    },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(depsJsonAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it("a library without a version is a problem", () => {
    const text = deps({ A: { type: "package" }, "B/1.0.0": { type: "package" } });
    expect(analyzeText(depsJsonAnalyzer, text)).toEqual({ packages: ["B 1.0.0"], problems: ["ENTRY_MALFORMED"] });
  });
});

describe("packagesLockAnalyzer", () => {
  it("takes the packages of all frameworks once, without projects", () => {
    const text = JSON.stringify({
      version: 1,
      dependencies: {
        "net8.0": { A: { type: "Direct", requested: "[1.0.0, )", resolved: "1.0.0" }, app: { type: "Project" } },
        "net8.0/linux-x64": { A: { type: "Direct", resolved: "1.0.0" }, B: { type: "Transitive", resolved: "2.0.0" } },
      },
    });
    expect(analyzeText(packagesLockAnalyzer, text)).toEqual({ packages: ["A 1.0.0", "B 2.0.0"], problems: [] });
  });

  it("a package without a version is a problem", () => {
    expect(analyzeText(packagesLockAnalyzer, '{"dependencies":{"net8.0":{"A":{"type":"Direct"}}}}')).toEqual({
      packages: [],
      problems: ["ENTRY_MALFORMED"],
    });
  });
});

describe("packagesConfigAnalyzer", () => {
  it.each([
    {
      name: "a package",
      text: '<packages>\n  <package id="A" version="1.0.0" targetFramework="net48" />\n</packages>',
      want: ["A 1.0.0"],
    },
    { name: "single quotes, another order", text: "<package version='1.0.0' id='A'></package>", want: ["A 1.0.0"] },
    { name: "development", text: '<package id="A" version="1.0.0" developmentDependency="true" />', want: [] },
    {
      name: "a comment",
      text: '<!-- <package id="A" version="1.0.0" /> --><package id="B" version="1.0.0" />',
      want: ["B 1.0.0"],
    },
    {
      name: "an allowed range is not the version",
      text: '<package id="A" allowedVersions="[1,2)" version="1.0.0"/>',
      want: ["A 1.0.0"],
    },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(packagesConfigAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it.each([
    { name: "an element without end", text: '<package id="A" version="1.0.0"' },
    { name: "no version", text: '<package id="A" />' },
  ])("$name is a problem", ({ text }) => {
    expect(analyzeText(packagesConfigAnalyzer, text)).toEqual({ packages: [], problems: ["ENTRY_MALFORMED"] });
  });
});
