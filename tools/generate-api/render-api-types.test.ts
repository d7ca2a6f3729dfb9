// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { renderApiTypes } from "./render-api-types.ts";

it("schemas become types, operations members with query, body and result", () => {
  const text = renderApiTypes({
    components: {
      schemas: {
        Kind: { type: "string", enum: ["a", "b"] },
        Thing: {
          type: "object",
          properties: {
            kind: { $ref: "#/components/schemas/Kind" },
            sizes: { type: "array", items: { type: "integer" }, description: "in bytes" },
            "not-a-word": { type: "string" },
            maybe: { anyOf: [{ type: "boolean" }, { type: "null" }] },
            counts: { type: "object", additionalProperties: { type: "number" } },
          },
          required: ["kind", "sizes"],
        },
      },
    },
    paths: {
      "/things": {
        get: {
          parameters: [{ name: "limit", in: "query", schema: { type: "integer" } }],
          responses: { "200": { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } } },
        },
        delete: { responses: { "204": {} } },
      },
    },
  });
  expect(text).toContain('export type Kind = "a" | "b";');
  expect(text).toContain("  readonly kind: Kind;\n  /** in bytes */\n  readonly sizes: readonly number[];\n");
  expect(text).toContain('  readonly "not-a-word"?: string;\n');
  expect(text).toContain(
    "  readonly maybe?: boolean | null;\n  readonly counts?: { readonly [key: string]: number };\n",
  );
  expect(text).toContain('"GET /things": {\n    query: { limit?: number };\n    body: undefined;\n    result: Thing;');
  expect(text).toContain(
    '"DELETE /things": {\n    query: Record<string, never>;\n    body: undefined;\n    result: undefined;',
  );
});
