// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitJson } from "./split-json.ts";

async function split(
  text: string,
  options: { readonly step?: number; readonly maxBytes?: number; readonly elementsOf?: readonly string[] } = {},
) {
  const bytes = Buffer.from(text);
  const step = options.step ?? 3;
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += step) {
      yield await Promise.resolve(bytes.subarray(at, at + step));
    }
  }
  const parts: (readonly [string | undefined, unknown])[] = [];
  for await (const { key, json } of splitJson(chunks(), { maxBytes: 1_000, ...options })) {
    parts.push([key, json === undefined ? "too large" : (JSON.parse(json.toString()) as unknown)]);
  }
  return parts;
}

describe("splitJson", () => {
  it("cuts out the members of an object, and the elements of those arrays that are asked for", async () => {
    const text =
      '{ "title": "a [{\\"", "list" : [ {"a":[1,2]}, "x,]", 3 ], "other": [1, 2], "empty": [], "n": -1.5e3 }';
    expect(await split(text, { elementsOf: ["list", "empty"] })).toEqual([
      ["title", 'a [{"'],
      ["list", { a: [1, 2] }],
      ["list", "x,]"],
      ["list", 3],
      ["other", [1, 2]],
      ["n", -1500],
    ]);
  });

  it("cuts out the elements of an array", async () => {
    expect(await split('[{"a":1},[2],"3"]')).toEqual([
      [undefined, { a: 1 }],
      [undefined, [2]],
      [undefined, "3"],
    ]);
  });

  it.each(["{}", "[]", " [ ] "])("%s has no parts", async (text) => {
    expect(await split(text)).toEqual([]);
  });

  it("says that a part is too large, and goes on", async () => {
    const text = JSON.stringify({ a: "x".repeat(5_000), b: 1, list: ["y".repeat(2_000), 2] });
    expect(await split(text, { step: 64, elementsOf: ["list"] })).toEqual([
      ["a", "too large"],
      ["b", 1],
      ["list", "too large"],
      ["list", 2],
    ]);
  });

  it.each(["", "{", '{"a":1', '["a', '{"a":[1,2', "hello", '{"a":"b\\'])(
    "a document that ends in the middle throws: %s",
    async (text) => {
      await expect(split(text)).rejects.toThrow("ends in the middle");
    },
  );

  it("gives back what was written, whatever the pieces", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
        fc.integer({ min: 1, max: 20 }),
        async (value, step) => {
          expect(await split(JSON.stringify(value), { step, maxBytes: 1_000_000 })).toEqual(
            Object.entries(value).map(([key, each]) => [key, JSON.parse(JSON.stringify(each))]),
          );
        },
      ),
    );
  });

  it("never hangs on what is no JSON", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ a1') }), async (text) => {
        await split(text).catch((error: unknown) => expect(error).toBeInstanceOf(Error));
      }),
    );
  });
});
