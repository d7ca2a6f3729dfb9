// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseManifests } from "#exposure";
import { rounds } from "../../../test/support/rounds.ts";

const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
const LIMITS = { maxObjectsJsonBytes: 10_000, maxObjectsYamlBytes: 1_000, maxKubeObjects: 20 };

it.each<{ readonly name: string; readonly text: string; readonly problem: string }>([
  { name: "broken YAML", text: "a: [", problem: "document 1 is not valid YAML" },
  { name: "a template of helm", text: "{{- if .Values.x }}\nkind: Pod\n{{- end }}\n", problem: "not valid YAML" },
  { name: "one key twice", text: "kind: Pod\nkind: Service\n", problem: "not valid YAML" },
  { name: "aliases that multiply", text: bomb(), problem: "not valid YAML" },
  { name: "too much YAML", text: `# ${"x".repeat(2_000)}`, problem: "YAML larger than 1000 bytes" },
  { name: "too much of anything", text: JSON.stringify({ a: "x".repeat(20_000) }), problem: "larger than 10000 bytes" },
  {
    name: "too many objects",
    text: JSON.stringify({ kind: "List", items: Array.from({ length: 30 }, () => POD) }),
    problem: "more than 20 objects",
  },
  { name: "lists without end", text: nested(30), problem: "lists within lists" },
])("$name is a problem", ({ text, problem }) => {
  expect(parseManifests(text, LIMITS).problems.join()).toContain(problem);
});

it("nesting to the bottom of the stack is a problem, and no crash", () => {
  expect(parseManifests(`a: ${"[".repeat(100_000)}`).problems).toHaveLength(1);
  expect(parseManifests(`{"kind":"List","items":${"[".repeat(200_000)}${"]".repeat(200_000)}}`).problems).toHaveLength(
    1,
  );
});

it("a bad document does not hide the others", () => {
  const { objects, problems } = parseManifests("kind: A\n---\na: b: c\n---\n---\nkind: B\n");
  expect(objects).toEqual([{ kind: "A" }, { kind: "B" }]);
  expect(problems).toHaveLength(1);
});

it.each<{ readonly name: string; readonly text: string }>([
  { name: "kubectl get -o json", text: JSON.stringify({ apiVersion: "v1", kind: "List", items: [POD, POD] }) },
  {
    name: "the API itself",
    text: JSON.stringify({ apiVersion: "v1", kind: "PodList", items: [{ metadata: { name: "a" } }, POD] }),
  },
  { name: "a list of objects", text: JSON.stringify([POD, POD]) },
  {
    name: "YAML",
    text: "apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- *a\n",
  },
  {
    name: "a flow mapping",
    text: "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: a}}, {apiVersion: v1, kind: Pod, metadata: {name: a}}]}",
  },
])("reads $name", ({ text }) => {
  expect(parseManifests(text)).toEqual({ objects: [POD, POD], problems: [] });
});

it("an empty list has no objects", () => {
  expect(parseManifests('{"kind":"List","items":null}')).toEqual({ objects: [], problems: [] });
  expect(parseManifests("")).toEqual({ objects: [], problems: [] });
});

it("never throws, whatever the text", () => {
  const piece = fc.constantFrom(
    "a",
    ": ",
    "\n",
    "- ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "&x ",
    "*x",
    "---\n",
    "kind: List",
    "items:",
    "!!js/function ",
    "\t",
    "|\n",
    "\u0000",
    "é",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 60 }).map((parts) => parts.join("")),
      ),
      (text) => {
        expect(parseManifests(text, LIMITS).problems.length).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: rounds({ short: 500, long: 30_000 }) },
  );
});

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let at = 1; at < 9; at += 1) {
    lines.push(`a${at}: &a${at} [${Array.from({ length: 9 }, () => `*a${at - 1}`).join(", ")}]`);
  }
  return lines.join("\n");
}

function nested(depth: number): string {
  let list: object = POD;
  for (let at = 0; at < depth; at += 1) {
    list = { kind: "List", items: [list] };
  }
  return JSON.stringify(list);
}
