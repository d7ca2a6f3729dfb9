// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** What Kubernetes takes as a CRD's schema: JSON Schema with a type at every node and without references ("structural"). */
export interface StructuralSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly "x-kubernetes-preserve-unknown-fields"?: true;
  readonly "x-kubernetes-list-type"?: "atomic" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly CelRule[];
}

/** A rule in CEL (Kubernetes, "Validation rules"). */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
}

/** What is added to a node that its zod schema cannot say. `path` has `[]` for elements and `{}` for values of a record. */
export type SchemaOverlay = (path: string) => Partial<StructuralSchema>;

interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
}

/** Any value. Kubernetes has no word for "text or object". */
const ANYTHING: StructuralSchema = { "x-kubernetes-preserve-unknown-fields": true };

/**
 * The `spec` of the kind, as people write it, of a zod schema of whole objects. Unknown fields are kept, not pruned: a
 * check that was misspelt must reach the webhook and the parser, which refuse it, and not vanish in silence.
 */
export function structuralSpec(schema: z.ZodType, kind: string, overlay: SchemaOverlay): StructuralSchema {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" }) as JsonSchema;
  const object = (json.oneOf ?? json.anyOf ?? [json]).find((each) => each.properties?.["kind"]?.const === kind);
  const spec = object?.properties?.["spec"];
  if (spec === undefined) {
    throw new Error(`no schema of the kind ${kind} with a spec`);
  }
  return convert(spec, "spec", overlay);
}

function convert(json: JsonSchema, path: string, overlay: SchemaOverlay): StructuralSchema {
  const alternatives = json.anyOf ?? json.oneOf;
  if (alternatives !== undefined) {
    const [only, ...others] = alternatives.filter((each) => each.type !== "null");
    if (only === undefined || others.length > 0) {
      return { ...ANYTHING, ...overlay(path), ...described(json) };
    }
    const schema = { ...convert(only, path, overlay), ...described(json) };
    return others.length < alternatives.length - 1 ? { ...schema, nullable: true } : schema;
  }
  // what the schema says of itself comes before notes that were made for fields of other places
  return { ...convertType(json, path, overlay), ...overlay(path), ...described(json) };
}

/** What a schema says that has no bounds. */
function isBound([, value]: readonly [string, unknown]): boolean {
  return Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER && Math.abs(Number(value)) !== Number.MAX_VALUE;
}

function described({ description }: JsonSchema): Pick<StructuralSchema, "description"> {
  return description === undefined ? {} : { description };
}

function convertType(json: JsonSchema, path: string, overlay: SchemaOverlay): StructuralSchema {
  switch (json.type) {
    case "object":
      return convertObject(json, path, overlay);
    case "array":
      return {
        type: "array",
        ...pick(json, ["minItems", "maxItems"]),
        "x-kubernetes-list-type": "atomic",
        items: convert(json.items ?? {}, `${path}[]`, overlay),
      };
    case "string":
      if (json.format === "date-time") {
        // the API server knows the format, and says so in a shorter sentence than the pattern's
        return { type: "string", format: json.format };
      }
      return { type: "string", ...enumOf(json), ...pick(json, ["pattern", "minLength", "maxLength"]) };
    case "integer":
    case "number": {
      const isInteger = json.type === "integer";
      const bounds = pick(json, ["minimum", "maximum"]);
      return {
        type: json.type,
        ...(isInteger ? { format: "int64" } : {}),
        ...Object.fromEntries(Object.entries(bounds).filter(isBound)),
      };
    }
    case "boolean":
      return { type: "boolean", ...enumOf(json) };
    default:
      return ANYTHING;
  }
}

function convertObject(json: JsonSchema, path: string, overlay: SchemaOverlay): StructuralSchema {
  if (json.properties === undefined || Object.keys(json.properties).length === 0) {
    const values = json.additionalProperties;
    return typeof values === "object" && Object.keys(values).length > 0
      ? { type: "object", additionalProperties: convert(values, `${path}{}`, overlay) }
      : { type: "object", ...ANYTHING };
  }
  const properties = Object.entries(json.properties).map(
    ([name, value]) => [name, convert(value, `${path}.${name}`, overlay)] as const,
  );
  return {
    type: "object",
    ...(json.required === undefined || json.required.length === 0 ? {} : { required: json.required }),
    ...ANYTHING,
    properties: Object.fromEntries(properties),
  };
}

function enumOf(json: JsonSchema): Pick<StructuralSchema, "enum"> {
  const values = json.const === undefined ? json.enum : [json.const];
  return values === undefined ? {} : { enum: values };
}

function pick<K extends keyof JsonSchema & keyof StructuralSchema>(
  json: JsonSchema,
  keys: readonly K[],
): Pick<StructuralSchema, K> {
  return Object.fromEntries(
    keys.filter((key) => json[key] !== undefined).map((key) => [key, json[key]]),
  ) as unknown as Pick<StructuralSchema, K>;
}
