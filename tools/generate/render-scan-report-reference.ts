// SPDX-License-Identifier: Apache-2.0
import { loadScanJsonSchema } from "#report";
import { GENERATED_NOTE, renderTable } from "./markdown.ts";

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
}

/** `docs/reference/scan-report.md`: the fields of the JSON report. */
export async function renderScanReportReference(): Promise<string> {
  const rows = fieldsOf((await loadScanJsonSchema()) as Schema, "");
  return `# The JSON report of \`haechi scan\`

${GENERATED_NOTE}

What \`haechi scan --format json\` writes; as a JSON Schema in [scan-report.schema.json](scan-report.schema.json). \`?\` marks what may be
absent. The same image, database and policy give the same bytes. A secret is never in it.

${renderTable(["field", "type", "meaning"], rows)}
`;
}

function fieldsOf(schema: Schema, path: string): readonly (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const isOptional = schema.required?.includes(name) !== true;
    const own = `${path}${name}`;
    const inner = field.items ?? field;
    const below = field.items === undefined ? own : `${own}[]`;
    const shape = inner.anyOf?.find(({ properties }) => properties !== undefined) === undefined ? inner : undefined;
    return [
      [`\`${own}${isOptional ? "?" : ""}\``, typeOf(field), field.description ?? inner.description ?? ""],
      ...(shape === undefined ? [] : fieldsOf(shape, `${below}.`)),
    ];
  });
}

function typeOf(schema: Schema): string {
  if (schema.items !== undefined) {
    return `list of ${typeOf(schema.items)}`;
  }
  if (schema.enum !== undefined) {
    return schema.enum.map((each) => `\`${each}\``).join(" ");
  }
  if (schema.const !== undefined) {
    return `\`${JSON.stringify(schema.const)}\``;
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.every(({ properties }) => properties !== undefined)
      ? "as in findings or otherFindings"
      : schema.anyOf.map(typeOf).join(" or ");
  }
  return typeof schema.additionalProperties === "object"
    ? `map of ${typeOf(schema.additionalProperties)}`
    : (schema.type ?? "any");
}
