// SPDX-License-Identifier: Apache-2.0
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { flagOf, readConfiguration, SETTINGS, variableOf } from "#configuration";
import { parseAdmissionReview, readPodImages, recognizeWorkload } from "#kubernetes";
import { parsePolicyDocuments } from "#policy";
import { parseIgnoreFile } from "#suppressions";
import { COMMANDS } from "../../src/apps/cli/commands/index.ts";
import { parseInvocation, selectCommand } from "../../src/apps/cli/parse-command.ts";
import { REPOSITORY } from "../repository.ts";
import { findBrokenLinks } from "./broken-links.ts";

// The guides may name only what exists: whoever types what they say must not be told that there is no such option.

const GUIDES = globSync("docs/guides/{en,ko}/*.md", { cwd: REPOSITORY }).sort();
const PAGES = ["README.md", "ARCHITECTURE.md", "docs/guides/glossary.md", ...GUIDES];

interface Fence {
  readonly language: string;
  readonly text: string;
}

function readPage(path: string): string {
  return readFileSync(join(REPOSITORY, path), "utf8");
}

function fencesOf(path: string, ...languages: readonly string[]): readonly Fence[] {
  return [...readPage(path).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .map(([, language = "", text = ""]) => ({ language, text }))
    .filter((fence) => languages.includes(fence.language));
}

/** The command lines of a page: of its shell blocks, and those that stand in a sentence in full. */
function commandsOf(path: string): readonly string[] {
  const inBlocks = fencesOf(path, "sh").flatMap((fence) => fence.text.split("\n"));
  const inSentences = [...readPage(path).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map((match) => match[1] ?? "");
  return [...inBlocks, ...inSentences.filter((text) => /^(npx haechi|npm start)\b/.test(text))];
}

/** The words after `npx haechi` or `npm start --`; shell syntax ends them. */
function wordsAfter(program: RegExp, line: string): readonly string[] | undefined {
  const rest = program.exec(line.replace(/\s#\s.*$/, ""))?.[1];
  return rest
    ?.split(/\s(?:\|\||&&|\||2>|>)(?:\s|$)/)[0]
    ?.trim()
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "…");
}

/** What is wrong with a command line of a guide, or nothing. */
function findFault(line: string): string | undefined {
  const start = wordsAfter(/\bnpm start --(?=\s)(.*)$/, line);
  const words = start === undefined ? wordsAfter(/\bnpx haechi(?=\s)(.*)$/, line) : ["server", ...start];
  if (words === undefined || words.length === 0) {
    return undefined;
  }
  if (words[0] === "server") {
    const known = new Set(["config", "help", ...SETTINGS.map((setting) => flagOf(setting.key))]);
    return words.find((word) => word.startsWith("--") && !known.has(word.slice(2)));
  }
  const selected = selectCommand(words, COMMANDS);
  if (selected === undefined) {
    return `no command ${words.join(" ")}`;
  }
  try {
    parseInvocation(selected.command, [...selected.rest, "--help"]);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Fields of policies that look like settings. */
const POLICY_FIELDS = ["scan.required", "scan.maxAge", "scan.unsupported", "scan.acceptVerdictsFrom"];

/** Values of the chart look like settings, too. */
function chartValues(): readonly string[] {
  return Object.entries(readChartValues()).flatMap(([group, value]) =>
    isTree(value) ? Object.keys(value).map((key) => `${group}.${key}`) : [],
  );
}

function readChartValues(): Readonly<Record<string, unknown>> {
  return parse(readPage("deploy/helm/haechi/values.yaml")) as Readonly<Record<string, unknown>>;
}

/** Paths of given values that the chart has no default for, since it does not know them. */
function unknownValues(given: unknown, known: unknown): readonly string[] {
  if (!isTree(given)) {
    return [];
  }
  return Object.entries(given).flatMap(([key, value]) =>
    isTree(known) && key in known ? unknownValues(value, known[key]).map((path) => `${key}.${path}`) : [key],
  );
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function findUnknownSettings(text: string): readonly string[] {
  const known = new Set([...POLICY_FIELDS, ...chartValues(), ...SETTINGS.map((setting) => setting.key)]);
  const groups = new Set(SETTINGS.map((setting) => setting.key.split(".")[0] ?? ""));
  return [...text.matchAll(/`([a-z]+\.[a-zA-Z]+)(?:: [^`]*)?`/g)]
    .map((match) => match[1] ?? "")
    .filter(
      (name) => groups.has(name.split(".")[0] ?? "") && !known.has(name) && !/\.(?:ts|md|json|sqlite)$/.test(name),
    );
}

function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)#.*$/gm, "").replaceAll(/\n+/g, "\n");
}

describe.each(PAGES)("%s", (path) => {
  it("has no link that leads nowhere", () => {
    expect(findBrokenLinks(join(REPOSITORY, path))).toEqual([]);
  });

  it("names only commands and options that exist", () => {
    const faults = commandsOf(path).flatMap((line) => {
      const fault = findFault(line);
      return fault === undefined ? [] : [`${line}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  it("names only settings, variables and files that exist", () => {
    const source = globSync("src/**/*.ts", { cwd: REPOSITORY })
      .filter((file) => file.startsWith("src/adapters/configuration/"))
      .map(readPage)
      .join("\n");
    const variables = new Set(SETTINGS.map((setting) => variableOf(setting.key)));
    const unknown = [...readPage(path).matchAll(/\bHAECHI_[A-Z_]*[A-Z]\b/g)]
      .map(([name]) => name)
      .filter((name) => !variables.has(name) && !source.includes(`"${name}"`));
    expect([...unknown, ...findUnknownSettings(readPage(path))]).toEqual([]);
    const files = [...readPage(path).matchAll(/`((?:src|test|tools|docs|bench|console|bin)\/[\w./-]+\.\w+)`/g)];
    expect(files.map((match) => match[1] ?? "").filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
  });

  it("shows policies and settings that are accepted, and reviews that can be read", () => {
    for (const { text } of fencesOf(path, "yaml")) {
      if (text.startsWith("apiVersion: haechi.dev/")) {
        const { documents, exceptions } = parsePolicyDocuments(text, path);
        expect([...documents, ...exceptions]).toHaveLength(1);
      } else if (text.startsWith("ignore:")) {
        expect(parseIgnoreFile(text, path)).not.toEqual([]);
      } else if (text.startsWith("# values.yaml\n")) {
        expect(unknownValues(parse(text), readChartValues())).toEqual([]);
      } else {
        expect(text).toMatch(/^# haechi\.yaml\n/);
        assertConfiguration(text);
      }
    }
    for (const { text } of fencesOf(path, "json").filter((fence) => fence.text.includes("AdmissionReview"))) {
      const review = parseAdmissionReview(Buffer.from(text));
      const request = "request" in review ? review.request : expect.fail(review.problem);
      const recognized = recognizeWorkload(request);
      expect(recognized.state === "workload" && readPodImages(recognized.workload, request.object)).toHaveLength(1);
    }
  });
});

function assertConfiguration(text: string): void {
  const folder = mkdtempSync(join(tmpdir(), "haechi-guides-"));
  try {
    writeFileSync(join(folder, "haechi.yaml"), text);
    expect(() => readConfiguration({ environment: {}, flags: {}, workingDir: folder })).not.toThrow();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the two languages", () => {
  const [english, korean] = ["en", "ko"].map((language) =>
    GUIDES.filter((path) => path.startsWith(`docs/guides/${language}/`)).map((path) => basename(path)),
  );

  it("have the same guides", () => {
    expect(korean).toEqual(english);
    expect(english?.length).toBeGreaterThan(5);
  });

  it.each(english ?? [])("%s shows the same commands and files in both", (name) => {
    const [ours, theirs] = ["en", "ko"].map((language) =>
      fencesOf(`docs/guides/${language}/${name}`, "sh", "yaml", "json").map((fence) =>
        withoutComments(fence.text)
          .replace(/^language: \w+$/m, "language: …")
          // why somebody ignores a finding is written for people
          .replaceAll(/^( +reason:) .*$/gm, "$1 …"),
      ),
    );
    expect(theirs).toEqual(ours);
  });
});

describe("the check itself", () => {
  it.each([
    { line: "npx haechi scan oci:x --fail-on high", isWrong: false },
    { line: "npx haechi scan oci:x --fail-onn high", isWrong: true },
    { line: "npx haechi scan oci:x --format xml", isWrong: true },
    { line: "npx haechi skan oci:x", isWrong: true },
    { line: "cat a | npx haechi db import x --ecosystem npm || exit 1 # why", isWrong: false },
    { line: "DATABASE_URL=x npx haechi server --listen-console 127.0.0.1:1", isWrong: false },
    { line: "npm start -- --listen-consle 127.0.0.1:1", isWrong: true },
  ])("$line: wrong is $isWrong", ({ line, isWrong }) => {
    expect(findFault(line) !== undefined).toBe(isWrong);
  });

  it("tells values that the chart does not know", () => {
    const known = { gate: { replicas: 3, names: [] } };
    expect(unknownValues({ gate: { replicas: 5, names: ["a"] } }, known)).toEqual([]);
    expect(unknownValues({ gate: { replica: 5 }, other: { x: 1 } }, known)).toEqual(["gate.replica", "other"]);
  });
});
