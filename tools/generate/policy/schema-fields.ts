// SPDX-License-Identifier: Apache-2.0
import { noteOf } from "./field-notes.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/** One field that people write. */
export interface SchemaField {
  /** `[]` for elements, `{}` for values of a record. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** Empty when neither schema nor notes say it. */
  readonly meaning: string;
}

/** Every field below the node, in the order of the schema. */
export function schemaFields(schema: StructuralSchema, path: string): readonly SchemaField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const own = `${path}.${name}`;
    const field: SchemaField = {
      path: own,
      type: typeOf(child),
      isRequired: schema.required?.includes(name) === true,
      meaning: child.description ?? noteOf(own).meaning ?? "",
    };
    return [field, ...below(child, own)];
  });
}

function below(schema: StructuralSchema, path: string): readonly SchemaField[] {
  if (schema.items !== undefined) {
    return [...schemaFields(schema.items, `${path}[]`), ...below({ ...schema.items, properties: {} }, `${path}[]`)];
  }
  return schema.additionalProperties === undefined
    ? schemaFields(schema, path)
    : schemaFields(schema.additionalProperties, `${path}{}`);
}

function typeOf(schema: StructuralSchema): string {
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => (value === "" ? '""' : String(value))).join(", ");
  }
  if (schema.items !== undefined) {
    return `list of ${schema.items.type ?? "values"}s`;
  }
  if (schema.additionalProperties !== undefined) {
    return "map of lists";
  }
  return schema.type ?? "text or object";
}
