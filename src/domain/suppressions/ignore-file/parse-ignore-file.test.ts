// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { assert, describe, expect, it } from "vitest";
import { CATALOGUE, createTranslate, explainError } from "#messages";
import { SuppressionError } from "../errors.ts";
import { type IgnoreFileProblem, renderIgnoreFileProblem } from "./ignore-file-problem.ts";
import { parseIgnoreFile } from "./parse-ignore-file.ts";

function problemsOf(text: string): string {
  try {
    parseIgnoreFile(text, "f.yaml");
  } catch (error) {
    if (error instanceof SuppressionError) {
      return error.message;
    }
    throw error;
  }
  return "";
}

function explained(text: string, language: "en" | "ko"): string {
  try {
    parseIgnoreFile(text, "f.yaml");
  } catch (error) {
    assert(error instanceof SuppressionError);
    return explainError(error, createTranslate(language));
  }
  return "";
}

function entry(lines: string): string {
  return `ignore:\n  - ${lines.split("\n").join("\n    ")}\n`;
}

describe("parseIgnoreFile", () => {
  it.each([
    { name: "no reason", text: entry("id: CVE-1\npermanent: true"), problem: 'f.yaml:2: "reason" is missing' },
    { name: "no end", text: entry("id: CVE-1\nreason: x"), problem: '"until" is missing' },
    { name: "permanent false", text: entry("id: CVE-1\nreason: x\npermanent: false"), problem: '"until" is missing' },
    {
      name: "both ends",
      text: entry("id: CVE-1\nreason: x\npermanent: true\nuntil: 2027-01-31"),
      problem: 'has "until" and',
    },
    {
      name: "a day that no calendar has",
      text: entry("id: CVE-1\nreason: x\nuntil: 2027-02-31"),
      problem: "must be a day",
    },
    {
      name: "another order of the day",
      text: entry("id: CVE-1\nreason: x\nuntil: 31.1.2027"),
      problem: "must be a day",
    },
    { name: "a number as day", text: entry("id: CVE-1\nreason: x\nuntil: 2027"), problem: "must be a day" },
    { name: "nothing named", text: entry("reason: x\npermanent: true"), problem: "names nothing" },
    {
      name: "an empty reason",
      text: entry("id: CVE-1\nreason: ''\npermanent: true"),
      problem: "must be a text that is not empty",
    },
    {
      name: "an id that is a number",
      text: entry("id: 7\nreason: x\npermanent: true"),
      problem: '"id" must be a text',
    },
    {
      name: "an unknown field",
      text: entry("id: CVE-1\nreson: x\npermanent: true"),
      problem: 'f.yaml:3: unknown field "reson"',
    },
    {
      name: "an unknown kind",
      text: entry("id: x\nkind: bug\nreason: x\npermanent: true"),
      problem: '"kind" must be one of',
    },
    {
      name: "a broken package URL",
      text: entry("package: 'pkg:'\nreason: x\npermanent: true"),
      problem: "is not a package URL",
    },
    {
      name: "a package of a secret",
      text: entry("kind: secret\npackage: a\nreason: x\npermanent: true"),
      problem: "is for vulnerabilities",
    },
    { name: "a list of ids", text: entry("id: [a, b]\nreason: x\npermanent: true"), problem: "must be a single value" },
    {
      name: "a key twice",
      text: entry("id: a\nid: b\nreason: x\npermanent: true"),
      problem: "Map keys must be unique",
    },
    { name: "an unknown root", text: "ignored: []", problem: 'unknown field "ignored"' },
    { name: "a list at the root", text: "- id: CVE-1", problem: 'expected "ignore:"' },
    { name: "two documents", text: "ignore: []\n---\nignore: []", problem: "holds 2 documents" },
    { name: "no YAML", text: "ignore: [", problem: "f.yaml:1" },
    {
      name: "entries that are texts, as in .trivyignore",
      text: "ignore:\n  - CVE-2024-1",
      problem: "expected an entry",
    },
    { name: "nesting without end", text: "[".repeat(200_000), problem: "f.yaml" },
  ])("refuses $name", ({ text, problem }) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it("tells each in English as the messages do", () => {
    const names = ["what", "count", "field", "fields", "kind", "kinds", "found"];
    const params = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
    const ids = Object.keys(CATALOGUE.en).filter((id) => id.startsWith("ignoreFile."));
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids as IgnoreFileProblem["id"][]) {
      expect(renderIgnoreFileProblem({ place: "f", id, params })).toBe(`f: ${createTranslate("en")(id, params)}`);
    }
  });

  it.each([
    { text: entry("id: CVE-1"), want: ['f.yaml:2: "reason"이 없습니다.', 'f.yaml:2: "until"이 없습니다.'] },
    { text: entry("id: a\nreson: x\nreason: x\npermanent: true"), want: ['f.yaml:3: 알 수 없는 필드 "reson"입니다.'] },
    { text: "ignore: [", want: ["f.yaml:1: YAML 문법이 올바르지 않습니다."] },
  ])("tells $text in Korean", ({ text, want }) => {
    const lines = explained(text, "ko").split("\n");
    expect(lines).toHaveLength(want.length);
    for (const [index, line] of lines.entries()) {
      expect(line).toContain(want[index]);
    }
    expect(explained(text, "en")).toBe(problemsOf(text));
  });

  it("lists every problem at once", () => {
    expect(problemsOf("ignore:\n  - id: a\n  - path: b\n").split("\n")).toHaveLength(4);
  });

  it("reads entries", () => {
    const text = `
# comments are fine
ignore:
  - id: CVE-2024-1234
    package: openssl*
    path: /usr/lib/*
    reason: not reachable
    until: 2027-01-31
  - package: pkg:npm/%40scope/name@1.2.3
    reason: test only
    until: 2027-01-31T12:00:00+09:00
  - id: aws-access-key-id
    kind: secret
    path: app/fixtures/*
    reason: an example
    permanent: true
  - id: HC001
    reason: needed
    permanent: true
`;
    expect(parseIgnoreFile(text, "f.yaml")).toEqual([
      {
        by: "ignoreFile",
        origin: "f.yaml:4",
        ids: ["CVE-2024-1234"],
        kinds: ["vulnerability"],
        status: "ignored",
        justification: "not reachable",
        until: "2027-01-31T23:59:59Z",
        packageName: "openssl*",
        path: "usr/lib/*",
      },
      {
        by: "ignoreFile",
        origin: "f.yaml:9",
        kinds: ["vulnerability"],
        status: "ignored",
        justification: "test only",
        until: "2027-01-31T12:00:00+09:00",
        package: { type: "npm", namespace: "@scope", name: "name", version: "1.2.3" },
      },
      {
        by: "ignoreFile",
        origin: "f.yaml:12",
        ids: ["aws-access-key-id"],
        kinds: ["secret"],
        status: "ignored",
        justification: "an example",
        path: "app/fixtures/*",
      },
      { by: "ignoreFile", origin: "f.yaml:17", ids: ["HC001"], status: "ignored", justification: "needed" },
    ]);
  });

  it.each(["", "# nothing yet", "ignore:", "ignore: []"])("takes an empty file: %j", (text) => {
    expect(parseIgnoreFile(text, "f.yaml")).toEqual([]);
  });

  it("answers every text with statements or a SuppressionError", () => {
    const sample = entry("id: CVE-1\nreason: x\nuntil: 2027-01-31");
    fc.assert(
      fc.property(
        fc.nat(sample.length),
        fc.string({ maxLength: 12, unit: "grapheme" }),
        fc.nat(6),
        (at, insert, cut) => {
          const text = sample.slice(0, at) + insert + sample.slice(at + cut);
          problemsOf(text);
        },
      ),
    );
  });
});
