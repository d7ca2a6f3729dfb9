// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { CATALOGUE, type MessageId } from "./catalogue.ts";
import { isMessageId } from "./is-message-id.ts";
import { placedProblemDetailText, problemDetail, problemDetailText } from "./problem-detail.ts";
import { createTranslate } from "./translate.ts";

const SOURCE = resolve(import.meta.dirname, "../..");
/** Where problems of inventories are made. */
const FOLDERS = "{domain/{packages,secrets,sbom,oci},adapters/{scanner,malware,image-source/root-folder}}/**/*.ts";
/** Calls and properties that hold the words of a problem, or of an error that becomes one. */
const CALLS = /(?:^|[.#])(?:addProblem|report|#report)$/;
const PROPERTIES: ReadonlySet<string> = new Set(["message", "problem", "reason"]);
const ERRORS: ReadonlySet<string> = new Set(["OciError", "InflateError", "MalwareError"]);
/** Words for problems of another kind: errors that end a scan, references, and parts of what is asked for whole below. */
const OTHERS =
  /^(?:expected (?:an image for|unix:|1 to)|manifest schema|invalid image reference|64 hexadecimal|not read: 7$|7: |pax header has 7$|(?:invalid manifest|the image configuration is not valid): 7|image configuration names 7$|it is no JSON object|the field "7"|7 more 7|it was replaced)/;
const PARTS = [
  "not read: more than 7 values",
  "not read: a key of more than 7 parts",
  "pax header has a record without a length",
  "pax header has a record of wrong length",
  "pax header has a record without a key",
  "pax header has a NUL in a name",
  "pax header has a number that is none",
  "image configuration names 7 layers, the manifest 7",
  "the image configuration is not valid: it is no JSON object",
  'the image configuration is not valid: the field "7" is missing',
  'the image configuration is not valid: the field "7" has a value that the specification does not allow',
  "header is not whole",
  ...["list", "media type", "sha256 or sha512 digest", "size"].map(
    (what) => `invalid manifest: layers.7: is not a ${what}`,
  ),
  ...["is too long", "is not an object", "is not text"].map((what) => `invalid manifest: layers.7: ${what}`),
  ...["packages", "problems", "observations"].map((what) => `7 more ${what} than the limit of 7 were left out`),
  'expected a package\'s name, version and release, found "7", "7", "7"',
];

/** A literal as it comes out, with 7 for whatever is filled in; both sides of a choice. */
function textsOf(node: ts.Node): readonly string[] {
  if (ts.isStringLiteralLike(node)) {
    return [node.text];
  }
  if (ts.isTemplateExpression(node)) {
    return [node.head.text + node.templateSpans.map(({ literal }) => `7${literal.text}`).join("")];
  }
  return ts.isConditionalExpression(node) ? [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)] : [];
}

function wordsIn(file: string): readonly string[] {
  const found: string[] = [];
  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node) && CALLS.test(node.expression.getText())) {
      found.push(...node.arguments.flatMap(textsOf));
    } else if (ts.isNewExpression(node) && ERRORS.has(node.expression.getText())) {
      found.push(...textsOf(node.arguments?.[1] ?? node));
    } else if (
      (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) &&
      PROPERTIES.has(node.name.getText()) &&
      node.initializer !== undefined
    ) {
      found.push(...textsOf(node.initializer));
    }
    ts.forEachChild(node, visit);
  }
  visit(ts.createSourceFile(file, readFileSync(join(SOURCE, file), "utf8"), ts.ScriptTarget.Latest, true));
  const words = found.filter((text) => text.includes(" ") && !OTHERS.test(text));
  // what a jar's problem is about stands before it: the file, or an archive in it
  const isJar = file.endsWith("jar-analyzer.ts");
  return isJar
    ? words.filter((text) => !/7/.test(text[0] ?? "") && !text.startsWith("the ")).flatMap(withSubject)
    : words;
}

function withSubject(text: string): readonly string[] {
  return /^names|zip archive|directory/.test(text) ? [`the file ${text}`, `"a!b" ${text}`] : [`"a!b" ${text}`];
}

const WORDS = [
  ...new Set([
    ...PARTS,
    ...globSync(FOLDERS, { cwd: SOURCE, exclude: ["**/*.test.ts"] })
      .toSorted()
      .flatMap(wordsIn),
  ]),
];

/** Words of Latin letters that are no names: three in a row are a sentence that nobody translated. */
const ENGLISH = /\b(?:is|are|has|was|the|of|than|not|which|that|an?|to|in|more)\b/i;
const BETWEEN_QUOTES = /"[^"]*"/g;

describe("problemDetail", () => {
  it("has looked at the sources", () => {
    expect(WORDS.length).toBeGreaterThan(100);
  });

  it.each(WORDS)("knows %j, and says it in Korean", (words) => {
    const { id, values } = problemDetail(words);
    expect(id).not.toBe("scan.detail.foreign");
    expect(createTranslate("en")(id, values)).toBe(words);
    const korean = problemDetailText(words, createTranslate("ko"));
    expect(korean).toMatch(/\p{Script=Hangul}/u);
    expect(korean.replaceAll(BETWEEN_QUOTES, "")).not.toMatch(ENGLISH);
  });

  it.each(Object.keys(CATALOGUE.en).filter((id): id is MessageId => isMessageId(id) && id.startsWith("scan.detail.")))(
    "%s is told apart from the others, and gives its values back",
    (id) => {
      const names = [...CATALOGUE.en[id].matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
      const values = Object.fromEntries(names.map((name, index) => [name, `value-${index}`]));
      expect(problemDetail(createTranslate("en")(id, values))).toEqual({ id, values });
    },
  );

  it("shows words that are not ours as they are, in every language", () => {
    expect(problemDetail("connect ECONNREFUSED 127.0.0.1:3310").id).toBe("scan.detail.foreign");
    expect(problemDetailText("connect ECONNREFUSED", createTranslate("ko"))).toBe("“connect ECONNREFUSED”");
    expect(problemDetailText("connect ECONNREFUSED", createTranslate("en"))).toBe("connect ECONNREFUSED");
  });

  it.each([
    { text: "is encrypted", want: "“is encrypted”" },
    { text: "a: b/c: tar archive is truncated", want: "a: b/c: tar 아카이브가 중간에 끊겼습니다." },
    { text: "tar archive is truncated", want: "tar 아카이브가 중간에 끊겼습니다." },
  ])("behind a path: $text", ({ text, want }) => {
    expect(placedProblemDetailText(text, createTranslate("ko"))).toBe(want);
    expect(placedProblemDetailText(text, createTranslate("en"))).toBe(text);
  });

  it("says the same in English as it was told, whatever stands in the values", () => {
    const piece = fc.oneof(fc.constantFrom(...WORDS, " is encrypted", " bytes", ": "), fc.string({ maxLength: 10 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const { id, values } = problemDetail(pieces.join(""));
        const template: string = CATALOGUE.en[id];
        expect(template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "")).toBe(pieces.join(""));
      }),
    );
    problemDetail("stanza at line ".repeat(100_000));
  });
});

describe("every code of a problem", () => {
  const codes = Object.keys(CATALOGUE.ko).filter(
    (id): id is MessageId => isMessageId(id) && /^scan\.problem\.[A-Z]/.test(id),
  );
  it.each(codes)("%s is a Korean sentence", (id) => {
    expect(createTranslate("ko")(id)).toMatch(/\p{Script=Hangul}.*니다\.$/u);
  });
});
