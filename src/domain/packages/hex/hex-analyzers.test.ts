// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { erlangReleaseAnalyzer } from "./erlang-release-analyzer.ts";
import { hexMetadataAnalyzer } from "./hex-metadata-analyzer.ts";
import { mixLockAnalyzer } from "./mix-lock-analyzer.ts";
import { rebarLockAnalyzer } from "./rebar-lock-analyzer.ts";

describe("mixLockAnalyzer", () => {
  it.each([
    {
      name: "a package of hex",
      line: '  "plug": {:hex, :plug, "1.14.0", "ba4f", [:mix], [{:mime, "~> 1.0", [hex: :mime, repo: "hexpm"]}], "hexpm", "bf02"},',
      want: ["plug 1.14.0"],
    },
    {
      name: "under another name",
      line: '  "app": {:hex, :other_package, "1.0.0", "00", [:mix]},',
      want: ["other_package 1.0.0"],
    },
    { name: "a name in quotes", line: '  "a": {:hex, :"a-b", "1.0.0", "00"},', want: ["a-b 1.0.0"] },
    {
      name: "from git",
      line: '  "a": {:git, "https://example.com/a.git", "0123abc", [tag: "v1"]},',
      want: ["a 0123abc"],
    },
    { name: "the frame", line: "}", want: [] },
  ])("$name", ({ line, want }) => {
    expect(analyzeText(mixLockAnalyzer, `%{\n${line}\n}\n`)).toEqual({ packages: want, problems: [] });
  });

  it("an entry of another kind is a problem, and the rest counts", () => {
    const text = '%{\n  "a": {:path, "x"},\n  "b": {:hex, :b, "1.0.0", "00"},\n}\n';
    expect(analyzeText(mixLockAnalyzer, text)).toEqual({ packages: ["b 1.0.0"], problems: ["ENTRY_MALFORMED"] });
  });
});

describe("rebarLockAnalyzer", () => {
  it("takes packages of hex, whatever their application is named, and commits of git", () => {
    const text = `{"1.2.0",
[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0},
 {<<"app">>,{pkg,<<"other">>,<<"1.0.0">>},1},
 {<<"g">>,{git,"https://example.com/g.git",{ref,"00"}},0}]}.
[
{pkg_hash,[
 {<<"cowboy">>, <<"865D">>}]}
].
`;
    expect(analyzeText(rebarLockAnalyzer, text)).toEqual({
      packages: ["cowboy 2.9.0", "other 1.0.0", "g 00"],
      problems: [],
    });
  });
});

describe("hexMetadataAnalyzer", () => {
  it("takes name, version and licences", () => {
    const text = `{<<"links">>,[{<<"GitHub">>,<<"https://example.com">>}]}.
{<<"name">>,<<"plug">>}.
{<<"version">>,<<"1.14.0">>}.
{<<"licenses">>,[<<"Apache-2.0">>,<<"MIT">>]}.
{<<"requirements">>,
 [[{<<"name">>,<<"mime">>},
   {<<"version">>,<<"9">>}]]}.
`;
    expect(analyzeText(hexMetadataAnalyzer, text)).toEqual({
      packages: ["plug 1.14.0 [Apache-2.0, MIT]"],
      problems: [],
    });
  });

  it("no version is a problem", () => {
    expect(analyzeText(hexMetadataAnalyzer, '{<<"name">>,<<"plug">>}.\n').problems).toEqual(["ENTRY_MALFORMED"]);
  });
});

describe("erlangReleaseAnalyzer", () => {
  it.each([
    { path: "app/lib/plug-1.14.0/ebin/plug.app", want: true },
    { path: "lib/plug-1.14.0/ebin/plug.app", want: true },
    { path: "app/lib/plug-1.14.0/ebin/mime.app", want: false },
    { path: "app/_build/prod/lib/plug/ebin/plug.app", want: false },
    { path: "usr/lib/erlang/lib/ssl-10.9/ebin/ssl.app", want: false },
    { path: "app/lib/elixir-1.15.0/ebin/elixir.app", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(erlangReleaseAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    {
      name: "a version",
      text: '{application,plug,\n [{description,"x"},\n  {vsn,"1.14.0"}]}.\n',
      want: ["plug 1.14.0"],
      problems: [],
    },
    { name: "no version", text: "{application,plug,[]}.", want: [], problems: ["ENTRY_MALFORMED"] },
  ])("$name", ({ text, want, problems }) => {
    const path = "app/lib/plug-1.14.0/ebin/plug.app";
    expect(analyzeText(erlangReleaseAnalyzer, text, path)).toEqual({ packages: want, problems });
  });
});
