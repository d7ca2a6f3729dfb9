// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { cargoLockAnalyzer } from "./cargo-lock-analyzer.ts";

const REGISTRY = 'source = "registry+https://github.com/rust-lang/crates.io-index"';

describe("cargoLockAnalyzer", () => {
  it.each([
    { path: "Cargo.lock", want: true },
    { path: "root/.cargo/registry/src/index.crates.io-0/a-1.0.0/Cargo.lock", want: false },
    { path: "srv/app/vendor/a/Cargo.lock", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(cargoLockAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    { name: "a crate", text: `[[package]]\nname = "a"\nversion = "1.0.0"\n${REGISTRY}\n`, want: ["a 1.0.0"] },
    { name: "the project", text: '[[package]]\nname = "a"\nversion = "1.0.0"\n', want: [] },
    {
      name: "from git",
      text: '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "git+https://example.com/a#0"\n',
      want: ["a 1.0.0"],
    },
    {
      name: "old files with a root",
      text: `[root]\nname = "x"\nversion = "1.0.0"\n\n[[package]]\nname = "a"\nversion = "1.0.0"\n${REGISTRY}\n\n[metadata]\n"checksum a 1.0.0 (x)" = "0"\n`,
      want: ["a 1.0.0"],
    },
    { name: "no packages", text: "version = 4\n", want: [] },
  ])("$name", ({ text, want }) => {
    expect(analyzeText(cargoLockAnalyzer, text)).toEqual({ packages: want, problems: [] });
  });

  it.each([
    { name: "a merge conflict", text: "<<<<<<< HEAD\n", problem: "FILE_MALFORMED" },
    { name: "no version", text: `[[package]]\nname = "a"\n${REGISTRY}\n`, problem: "ENTRY_MALFORMED" },
    {
      name: "an escape sequence",
      text: `[[package]]\nname = "a\\u001b"\nversion = "1"\n${REGISTRY}\n`,
      problem: "ENTRY_MALFORMED",
    },
  ])("$name is a problem", ({ text, problem }) => {
    expect(analyzeText(cargoLockAnalyzer, text)).toEqual({ packages: [], problems: [problem] });
  });
});
