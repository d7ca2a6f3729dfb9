// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { GENERATED_NOTE, renderTable } from "../markdown.ts";
import { noteOf } from "./field-notes.ts";
import { ourKinds } from "./our-kinds.ts";
import { type ReferenceSection, SECTIONS } from "./policy-examples.ts";
import { type SchemaField, schemaFields } from "./schema-fields.ts";
import { valueAt } from "./value-at.ts";

/** Characters of an example that fit a table; none is cut, since people copy them. */
const MAX_EXAMPLE = 100;

const INTRODUCTION =
  "The kinds of `haechi.dev/v1`. Fields that are not listed are refused. What they are for and how they work together: " +
  "[policies](../guides/en/policies.md); tools: [policy tools](../guides/en/policy-tools.md); the older spellings: " +
  "[moving from Portieris](../guides/en/moving-from-portieris.md). In a cluster: " +
  "`kubectl explain clusterimagepolicies.spec.repositories.policy`.";

/** The reference of policies: each field with type, default, meaning and an example, from the schemas that the parser uses. */
export function renderPolicyReference(): string {
  const parts = ["# Policies: every field", GENERATED_NOTE, INTRODUCTION, ...SECTIONS.map(renderSection)];
  return `${parts.join("\n\n")}\n`;
}

/** The fields that the section is about, in the order of the schema. */
export function fieldsOf(section: ReferenceSection): readonly SchemaField[] {
  const kind = ourKinds().find((each) => each.kind === section.kind);
  const all = kind === undefined ? [] : schemaFields(kind.spec, "spec");
  return all.filter(({ path }) => !isRepeated(path) && section.fields.some((field) => belongsTo(path, field)));
}

/** Fields that have a section of their own for what is below them. */
const HEADS: readonly string[] = ["spec.repositories", "spec.repositories[].policy", "spec.workload"];

/** A field that is named and what is below it; with a dot at the end, only what is below it. */
function belongsTo(path: string, field: string): boolean {
  if (field.endsWith(".")) {
    return path.startsWith(field);
  }
  return path === field || (!HEADS.includes(field) && (path.startsWith(`${field}.`) || path.startsWith(`${field}[]`)));
}

/** Methods are described once, where they stand by themselves. */
function isRepeated(path: string): boolean {
  return /\.(?:anyOf|by|acceptVerdictsFrom)\[\]\./.test(path);
}

function renderSection(section: ReferenceSection): string {
  const objects = section.examples.map((text): unknown => parse(text));
  const rows = fieldsOf(section).map(({ path, type, isRequired, meaning }) => [
    `\`${shorten(path)}\``,
    type,
    noteOf(path).default ?? (isRequired ? "required" : "—"),
    meaning,
    renderExample(path, objects),
  ]);
  const table = renderTable(["field", "type", "default", "meaning", "example"], rows);
  const blocks = section.examples.map((text) => `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``);
  return [`## ${section.title}`, section.text, table, ...blocks].join("\n\n");
}

/** As it stands under `policy:`; what is above it is said once, by the title. */
function shorten(path: string): string {
  return path.replace(/^spec\.repositories\[\]\.policy\./, "").replace(/^spec\./, "");
}

function renderExample(path: string, objects: readonly unknown[]): string {
  const [value] = objects.flatMap((object) => valueAt(object, path));
  if (value === undefined) {
    throw new Error(`no example has the field ${path}`);
  }
  const name = (path.split(".").at(-1) ?? "").replaceAll(/\[\]|\{\}/g, "");
  const text = stringify({ [name]: value }, { collectionStyle: "flow", lineWidth: 0 })
    .trim()
    .replaceAll(/\s*\n\s*/g, " ")
    .replace(/^\{ (.*) \}$/, "$1");
  return text.length <= MAX_EXAMPLE && means(text, { [name]: value }) ? `\`${text}\`` : "in the example below";
}

/** A text of several lines, as a key has, is another one when it stands on one. */
function means(text: string, value: object): boolean {
  try {
    return isDeepStrictEqual(parse(text, { logLevel: "silent" }), value);
  } catch {
    return false;
  }
}
