// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parsePolicyDocuments } from "#policy";
import { ourKinds } from "./our-kinds.ts";
import { SECTIONS } from "./policy-examples.ts";
import { fieldsOf, renderPolicyReference } from "./render-policy-reference.ts";
import { schemaFields } from "./schema-fields.ts";
import { valueAt } from "./value-at.ts";

const EXAMPLES = SECTIONS.flatMap(({ title, examples }) =>
  examples.map((text, at) => ({ name: `${title}, example ${at + 1}`, text })),
);

describe("the reference of policies", () => {
  it.each(EXAMPLES)("$name is what the parser takes, without doubts", ({ text }) => {
    const parsed = parsePolicyDocuments(text, "example");
    expect(parsed.documents.length + parsed.exceptions.length).toBe(1);
    expect(parsed.warnings).toEqual([]);
  });

  it("every field of the schemas has a meaning", () => {
    const fields = ourKinds().flatMap(({ kind, spec }) =>
      schemaFields(spec, "spec").map((field) => ({ kind, ...field })),
    );
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter(({ meaning }) => meaning === "").map(({ kind, path }) => `${kind} ${path}`)).toEqual([]);
  });

  it("every field of the schemas stands in one section, where an example has it", () => {
    const sectionFields = SECTIONS.map((section) => ({
      section,
      paths: new Set(fieldsOf(section).map(({ path }) => path)),
    }));
    const missing = ourKinds()
      .filter(({ kind }) => kind !== "ImagePolicy")
      .flatMap(({ kind, spec }) =>
        schemaFields(spec, "spec")
          .filter(({ path }) => !/\.(?:anyOf|by|acceptVerdictsFrom)\[\]\./.test(path))
          .filter(({ path }) => {
            const sections = sectionFields
              .filter(({ section, paths }) => section.kind === kind && paths.has(path))
              .map(({ section }) => section);
            const examples = sections.flatMap((each) => each.examples.map((text): unknown => parse(text)));
            return sections.length !== 1 || examples.every((example) => valueAt(example, path).length === 0);
          })
          .map(({ path }) => `${kind} ${path}`),
      );
    expect(missing).toEqual([]);
  });

  it("no example of a field is cut: each is what it says when it is copied, or stands below", () => {
    const rows = renderPolicyReference()
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => / \| (?:`([^`]+)`|in the example below) \|$/.exec(line) ?? expect.fail(line));
    const shown = rows.flatMap(([, text]) => text ?? []);
    expect(shown.length).toBeGreaterThan(100);
    for (const text of shown) {
      expect(text).not.toContain("…");
      expect(Object.keys(parse(text.replaceAll("\\|", "|")) as object)).toHaveLength(1);
    }
  });

  it("says type, default and example of a field", () => {
    expect(renderPolicyReference()).toMatch(
      /\| `vulnerability.maxSeverity` \| none, negligible, low, medium, high, critical \| none \| The worst .* \| `maxSeverity: high` \|/,
    );
  });
});
