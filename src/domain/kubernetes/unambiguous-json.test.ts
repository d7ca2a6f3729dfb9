// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseUnambiguousJson } from "./unambiguous-json.ts";

function parse(text: string, maxDepth = 64): unknown {
  return parseUnambiguousJson(Buffer.from(text), maxDepth);
}

it("gives back any JSON", () => {
  fc.assert(
    fc.property(fc.json(), fc.boolean(), (text, isIndented) => {
      const value: unknown = JSON.parse(text);
      const written = isIndented ? JSON.stringify(value, undefined, 2) : text;
      expect(parse(written)).toEqual({ value: JSON.parse(written) });
    }),
  );
});

it("refuses any key that is written twice", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.jsonValue()), { minLength: 1 }), fc.nat(), (members, at) => {
      const again = members[at % members.length];
      const text = [...members, again]
        .map((member) => `${JSON.stringify(member?.[0])}:${JSON.stringify(member?.[1])}`)
        .join();
      expect(parse(`[{"a":{${text}}}]`)).toHaveProperty("problem");
    }),
  );
});

it.each([
  { name: "a key twice", text: '{"a":1,"a":1}', problem: "a key occurs twice in one object" },
  {
    name: "a key twice in other letters",
    text: String.raw`{"a":1,"\u0061":1}`,
    problem: "a key occurs twice in one object",
  },
  { name: "__proto__ twice", text: '{"__proto__":1,"__proto__":2}', problem: "a key occurs twice in one object" },
  { name: "too deep", text: "[[[[]]]]", problem: "nested deeper than 3" },
  { name: "an end that is missing", text: '{"a":', problem: "not valid JSON" },
])("refuses $name", ({ text, problem }) => {
  expect(parse(text, 3)).toEqual({ problem });
});

it.each(['{"a:b":"c:d"}', String.raw`{"\"":"\\"}`, '{"__proto__":{"a":1}}', '"{[:"', "[[[]]]"])(
  "accepts %s",
  (text) => {
    expect(parse(text, 3)).toHaveProperty("value");
  },
);

it("refuses bytes that are not UTF-8", () => {
  expect(parseUnambiguousJson(Buffer.from([0x22, 0xc0, 0x80, 0x22]), 3)).toEqual({ problem: "not valid UTF-8" });
});
