// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { gemfileLockAnalyzer } from "./gemfile-lock-analyzer.ts";
import { gemspecAnalyzer } from "./gemspec-analyzer.ts";

describe("gemspecAnalyzer", () => {
  it.each([
    { path: "usr/lib/ruby/gems/3.1.0/specifications/a-1.0.gemspec", want: true },
    { path: "usr/lib/ruby/gems/3.1.0/specifications/default/a-1.0.gemspec", want: true },
    { path: "usr/lib/ruby/gems/3.1.0/gems/a-1.0/a.gemspec", want: false },
    { path: "srv/app/app.gemspec", want: false },
    { path: "specifications/x/a-1.0.gemspec", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(gemspecAnalyzer.wants(path)).toBe(want);
    expect(gemspecAnalyzer.ownsMatter?.(path)).toBe(want);
  });

  it.each([
    { name: "the stub line", text: "# stub: a 1.0 ruby lib\n", want: ["a 1.0"] },
    { name: "the stub line with a platform", text: "# stub: a 1.0 x86_64-linux lib\n", want: ["a 1.0"] },
    {
      name: "fields, with one licence",
      text: 'Gem::Specification.new do |spec|\n  spec.name = \'a\'\n  spec.version = Gem::Version.new("1.0")\n  spec.license = "MIT"\nend\n',
      want: ["a 1.0 [MIT]"],
    },
    {
      name: "several licences",
      text: '# stub: a 1.0 ruby lib\n  s.licenses = ["MIT".freeze, "Ruby".freeze]\n',
      want: ["a 1.0 [MIT, Ruby]"],
    },
    {
      name: "the stub line counts, and other fields do not",
      text: '# stub: a 1.0 ruby lib\n  s.name = "b"\n  s.required_ruby_version = "2"\n  s.rubygems_version = "3"\n',
      want: ["a 1.0"],
    },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(gemspecAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it.each([
    { name: "empty", text: "" },
    { name: "a version in code", text: 's.name = "a"\ns.version = A::VERSION\n' },
    { name: "interpolation stays text and is no name", text: 's.name = "a\\e[2J"\ns.version = "1"\n' },
  ])("$name is a problem", ({ text }) => {
    expect(analyzeText(gemspecAnalyzer, text)).toEqual({ packages: [], problems: ["ENTRY_MALFORMED"] });
  });
});

describe("gemfileLockAnalyzer", () => {
  it.each([
    { path: "Gemfile.lock", want: true },
    { path: "srv/gems.locked", want: true },
    { path: "usr/lib/ruby/gems/3.1.0/gems/a-1.0/Gemfile.lock", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(gemfileLockAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    {
      name: "a gem with what it needs",
      text: "GEM\n  remote: x\n  specs:\n    a (1.0)\n      b (>= 2)\n",
      want: ["a 1.0"],
    },
    {
      name: "platforms",
      text: "GEM\n  specs:\n    a (1.0-x86_64-linux)\n    a (1.0-java)\n    a (1.0)\n",
      want: ["a 1.0"],
    },
    { name: "from git", text: "GIT\n  remote: x\n  revision: abc\n  specs:\n    a (1.0)\n", want: ["a 1.0"] },
    {
      name: "folders",
      text: "PATH\n  remote: .\n  specs:\n    a (1.0)\n\nGEM\n  specs:\n    b (1.0)\n",
      want: ["b 1.0"],
    },
    { name: "checksums name them once more", text: "CHECKSUMS\n    a (1.0) sha256=0\n", want: [] },
    { name: "Windows line ends", text: "GEM\r\n  specs:\r\n    a (1.0)\r\n", want: ["a 1.0"] },
    { name: "no sections", text: "hello\n", want: [] },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(gemfileLockAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it("a gem without a version is a problem", () => {
    expect(analyzeText(gemfileLockAnalyzer, "GEM\n  specs:\n    a\n    b (1.0)\n")).toEqual({
      packages: ["b 1.0"],
      problems: ["ENTRY_MALFORMED"],
    });
  });
});
