// SPDX-License-Identifier: Apache-2.0

/** The part of JSON Schema that our zod schemas become. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
}

interface Operation {
  readonly operationId?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>
  >;
}

/** The part of an OpenAPI 3.1 document that types are made from. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

/** TypeScript for the schemas of the document, and an interface `Operations` from `METHOD /path` to query, body and result. */
export function renderApiTypes(document: OpenApiDocument): string {
  const schemas = Object.entries(document.components?.schemas ?? {}).map(([name, schema]) =>
    renderDeclaration(name, schema),
  );
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => renderOperation(`${method.toUpperCase()} ${path}`, operation)),
  );
  return [
    "// SPDX-License-Identifier: Apache-2.0",
    "// Made by tools/generate-api.ts from docs/reference/openapi.json. Do not edit.",
    "",
    ...schemas,
    "/** Every operation of the API by method and path. */",
    `export interface Operations {\n${operations.join("")}}`,
    "",
  ].join("\n");
}

function renderDeclaration(name: string, schema: JsonSchema): string {
  const isInterface = schema.type === "object" && schema.properties !== undefined;
  return isInterface
    ? `export interface ${name} ${renderType(schema, "")}\n`
    : `export type ${name} = ${renderType(schema, "")};\n`;
}

function renderOperation(key: string, operation: Operation): string {
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
  const members = query.map(
    ({ name, required, schema }) => `${name}${required === true ? "" : "?"}: ${renderType(schema, "    ")}`,
  );
  const body = operation.requestBody?.content["application/json"]?.schema;
  const success = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith("2"))?.[1];
  const result = success?.content?.["application/json"]?.schema;
  return [
    `  ${JSON.stringify(key)}: {\n`,
    `    query: ${members.length === 0 ? "Record<string, never>" : `{ ${members.join("; ")} }`};\n`,
    `    body: ${body === undefined ? "undefined" : renderType(body, "    ")};\n`,
    `    result: ${result === undefined ? "undefined" : renderType(result, "    ")};\n`,
    "  };\n",
  ].join("");
}

function renderType(schema: JsonSchema, indent: string): string {
  if (schema.$ref !== undefined) {
    return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  }
  if (schema.const !== undefined) {
    return JSON.stringify(schema.const);
  }
  if (schema.enum !== undefined) {
    return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((each) => renderType(each, indent)).join(" | ");
  }
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return renderArray(renderType(schema.items ?? {}, indent));
    case "object":
      return renderObject(schema, indent);
    default:
      return "unknown";
  }
}

function renderArray(item: string): string {
  return /^\w+$/.test(item) ? `readonly ${item}[]` : `ReadonlyArray<${item}>`;
}

function renderObject(schema: JsonSchema, indent: string): string {
  if (schema.properties === undefined) {
    const value =
      typeof schema.additionalProperties === "object" ? renderType(schema.additionalProperties, indent) : "unknown";
    return `{ readonly [key: string]: ${value} }`;
  }
  const inner = `${indent}  `;
  const members = Object.entries(schema.properties).map(([name, each]) => {
    const comment = each.description === undefined ? "" : `${inner}/** ${each.description} */\n`;
    const mark = schema.required?.includes(name) === true ? "" : "?";
    return `${comment}${inner}readonly ${propertyName(name)}${mark}: ${renderType(each, inner)};\n`;
  });
  return `{\n${members.join("")}${indent}}`;
}

/** A name that is no identifier has to be quoted. */
function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
