// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { analyzeText } from "../../../../test/support/analyze-text.ts";
import { condaAnalyzer } from "./conda-analyzer.ts";
import { condaEnvironmentAnalyzer } from "./conda-environment-analyzer.ts";
import { condaLockAnalyzer } from "./conda-lock-analyzer.ts";

describe("condaAnalyzer", () => {
  it.each([
    { path: "opt/conda/conda-meta/openssl-3.0.12-h0.json", want: true },
    { path: "conda-meta/a.json", want: true },
    { path: "opt/conda/conda-meta/history", want: false },
    { path: "opt/conda/conda-meta/x/a.json", want: false },
  ])("wants $path: $want", ({ path, want }) => {
    expect(condaAnalyzer.wants(path)).toBe(want);
  });

  it.each([
    {
      name: "a record",
      text: '{"name":"openssl","version":"3.0.12","build":"h0","license":"Apache-2.0","files":["bin/openssl"]}',
      want: ["openssl 3.0.12 [Apache-2.0]"],
      problems: [],
    },
    { name: "no version", text: '{"name":"openssl"}', want: [], problems: ["ENTRY_MALFORMED"] },
    { name: "cut off", text: '{"name":', want: [], problems: ["FILE_MALFORMED"] },
  ])("$name", ({ text, want, problems }) => {
    expect(analyzeText(condaAnalyzer, text)).toEqual({ packages: want, problems });
  });
});

describe("condaEnvironmentAnalyzer", () => {
  it("takes what is pinned, of Conda and of pip", () => {
    const text = `name: app
channels:
  - conda-forge
dependencies:
  - python=3.11.5=h0_0
  - conda-forge::OpenSSL=3.0.12
  - numpy==1.26.0
  - scipy>=1.0
  - pandas=2.*
  - pip
  - pip:
      - Foo_Bar==1.0
      - baz>=2
`;
    const { packages, problems } = condaEnvironmentAnalyzer.analyze({ path: "x", bytes: Buffer.from(text) });
    expect(problems).toEqual([]);
    expect(packages.map(({ type, name, version }) => `${type} ${name} ${version}`)).toEqual([
      "conda python 3.11.5",
      "conda openssl 3.0.12",
      "conda numpy 1.26.0",
      "pypi foo-bar 1.0",
    ]);
  });
});

describe("condaEnvironmentAnalyzer on files of other programs", () => {
  it.each([
    { name: "a list", text: "- a\n- b\n" },
    { name: "not YAML", text: "<environment/>\n" },
    { name: "other keys", text: "name: production\nurl: https://example.com\n" },
  ])("$name says nothing", ({ text }) => {
    expect(analyzeText(condaEnvironmentAnalyzer, text)).toEqual({ packages: [], problems: [] });
  });
});

describe("condaLockAnalyzer", () => {
  it("takes packages of Conda and of pip once, without development", () => {
    const text = `version: 1
metadata:
  platforms:
  - linux-64
package:
- name: openssl
  version: 3.0.12
  manager: conda
  platform: linux-64
  dependencies:
    libgcc: '>=12'
  hash:
    md5: x
  category: main
- name: openssl
  version: 3.0.12
  manager: conda
  platform: osx-64
  category: main
- name: Foo_Bar
  version: '1.0'
  manager: pip
  category: main
- name: pytest
  version: '8.0'
  manager: conda
  category: dev
`;
    const { packages, problems } = condaLockAnalyzer.analyze({ path: "x", bytes: Buffer.from(text) });
    expect(problems).toEqual([]);
    expect(packages.map(({ type, name, version }) => `${type} ${name} ${version}`)).toEqual([
      "conda openssl 3.0.12",
      "pypi foo-bar 1.0",
    ]);
  });
});
