// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { composerAnalyzer } from "./composer-analyzer.ts";
import { composerLockAnalyzer } from "./composer-lock-analyzer.ts";

const PACKAGES = [
  { name: "Vendor/A", version: "v1.0.0", license: ["MIT"] },
  { name: "v/b", version: "dev-main", license: "BSD" },
];

describe("composerAnalyzer", () => {
  it.each([
    { path: "srv/app/vendor/composer/installed.json", want: true },
    { path: "srv/app/libs/composer/installed.json", want: true },
    { path: "srv/app/vendor/x/installed.json", want: false },
    { path: "srv/xcomposer/installed.json", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(composerAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    { name: "Composer 2", text: JSON.stringify({ packages: PACKAGES, dev: true, "dev-package-names": ["v/b"] }) },
    { name: "Composer 1", text: JSON.stringify(PACKAGES) },
  ])("$name", ({ text }) => {
    expect(analyzeText(composerAnalyzer, text)).toEqual({
      packages: ["vendor/a v1.0.0 [MIT]", "v/b dev-main [BSD]"],
      problems: [],
    });
  });

  it.each([
    { name: "not JSON", text: "<?php", problem: "FILE_MALFORMED" },
    { name: "no packages", text: "{}", problem: "FILE_MALFORMED" },
    { name: "an entry that is text", text: '["a"]', problem: "ENTRY_MALFORMED" },
    { name: "no version", text: '[{"name":"a/b"}]', problem: "ENTRY_MALFORMED" },
  ])("$name is a problem", ({ text, problem }) => {
    expect(analyzeText(composerAnalyzer, text)).toEqual({ packages: [], problems: [problem] });
  });
});

describe("composerLockAnalyzer", () => {
  it.each([
    { path: "composer.lock", want: true },
    { path: "srv/app/vendor/a/b/composer.lock", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(composerLockAnalyzer.wants(path)).toBe(want);
  });

  it("leaves development packages out", () => {
    const text = JSON.stringify({ packages: PACKAGES.slice(0, 1), "packages-dev": PACKAGES.slice(1) });
    expect(analyzeText(composerLockAnalyzer, text)).toEqual({ packages: ["vendor/a v1.0.0 [MIT]"], problems: [] });
  });
});
