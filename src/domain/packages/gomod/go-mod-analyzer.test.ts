// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { goModAnalyzer } from "./go-mod-analyzer.ts";

describe("goModAnalyzer", () => {
  it.each([
    { path: "go.mod", want: true },
    { path: "go/src/app/go.mod", want: true },
    { path: "go/pkg/mod/example.com/a@v1.0.0/go.mod", want: false },
    { path: "srv/app/vendor/example.com/a/go.mod", want: false },
    { path: "usr/local/go/src/crypto/md5/_asm/go.mod", want: false },
    { path: "srv/app/testdata/go.mod", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(goModAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    { name: "one line", text: "require example.com/a v1.0.0\n", want: ["example.com/a v1.0.0"] },
    {
      name: "a block",
      text: "require (\n\texample.com/a v1.0.0\n\texample.com/b v0.0.0-20200101000000-0123456789ab // indirect\n)\n",
      want: ["example.com/a v1.0.0", "example.com/b v0.0.0-20200101000000-0123456789ab"],
    },
    { name: "quotes", text: 'require "example.com/a" v1.0.0\n', want: ["example.com/a v1.0.0"] },
    {
      name: "no blank before the bracket",
      text: "require(\nexample.com/a v1.0.0\n)\n",
      want: ["example.com/a v1.0.0"],
    },
    {
      name: "replaced in all versions",
      text: "require example.com/a v1.0.0\nreplace example.com/a => example.com/b v2.0.0\n",
      want: ["example.com/b v2.0.0"],
    },
    {
      name: "replaced in one version",
      text: "replace example.com/a v1.0.0 => example.com/b v2.0.0\nrequire example.com/a v1.0.0\n",
      want: ["example.com/b v2.0.0"],
    },
    {
      name: "another version is not replaced",
      text: "replace (\n\texample.com/a v1.1.0 => example.com/b v2.0.0\n)\nrequire example.com/a v1.0.0\n",
      want: ["example.com/a v1.0.0"],
    },
    { name: "replaced by a folder", text: "require example.com/a v1.0.0\nreplace example.com/a => ../a\n", want: [] },
    {
      name: "excluded and retracted say nothing",
      text: "exclude example.com/a v1.0.0\nretract (\n\tv1.0.0\n\t[v1.1.0, v1.2.0]\n)\n",
      want: [],
    },
    {
      name: "other directives",
      text: "module example.com/x // x\ngo 1.22\ntoolchain go1.22.3\ngodebug default=go1.21\ntool example.com/t\nignore (\n\t./a\n)\n",
      want: [],
    },
    { name: "Go's own", text: "module std\nrequire golang.org/x/net v0.1.0\n", want: [] },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(goModAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it("lines that are no directives are one problem, and the rest counts", () => {
    const text = "<<<<<<< HEAD\nrequire a\nrequire example.com/a v1.0.0\n=======\n";
    expect(analyzeText(goModAnalyzer, text)).toEqual({
      packages: ["example.com/a v1.0.0"],
      problems: ["ENTRY_MALFORMED"],
    });
  });
});
