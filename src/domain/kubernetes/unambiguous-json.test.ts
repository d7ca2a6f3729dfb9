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
  { name: "a key twice, apart from its colon", text: '{"a" :1,"a"\n:1}', problem: "a key occurs twice in one object" },
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

const UNREAD = [
  ["a", "list"],
  ["b", "list"],
];

it.each([
  { name: "leaves out what nobody reads", text: '{"a":{"list":[{"x":[1]}],"y":1}}', value: { a: { list: [], y: 1 } } },
  {
    name: "leaves out several, between characters of several bytes",
    text: '{"ü":"ü","a":{"list":["ü"]},"b":{"list":[2],"z":"ü"}}',
    value: { ü: "ü", a: { list: [] }, b: { list: [], z: "ü" } },
  },
  { name: "reads a list that lies elsewhere", text: '{"c":{"list":[1]}}', value: { c: { list: [1] } } },
  { name: "reads a list that lies deeper", text: '{"a":{"b":{"list":[1]}}}', value: { a: { b: { list: [1] } } } },
  {
    name: "reads a list below a name that stands apart from its colon",
    text: '{"a":{"y":1},"c" :{"list":[1]}}',
    value: { a: { y: 1 }, c: { list: [1] } },
  },
  { name: "reads what is no list", text: '{"a":{"list":{"x":[1]}}}', value: { a: { list: { x: [1] } } } },
  { name: "is not misled by a text", text: '{"a":"{\\"list\\":[1]}"}', value: { a: '{"list":[1]}' } },
  {
    name: "is not misled by the end of a name",
    text: '{"a":{"\\"list":[1],"xlist":[2]}}',
    value: { a: { '"list': [1], xlist: [2] } },
  },
  {
    name: "is not misled by brackets in texts",
    text: '{"a":{"list":["]}",{"]":"\\"]"}],"y":1}}',
    value: { a: { list: [], y: 1 } },
  },
])("$name", ({ text, value }) => {
  expect(parseUnambiguousJson(Buffer.from(text), 9, UNREAD)).toEqual({ value });
});

it.each([
  { name: "such a list twice", text: '{"a":{"list":[1],"list":[2]}}', problem: "a key occurs twice in one object" },
  {
    name: "a key twice beside such a list",
    text: '{"a":{"list":[{"x":1}],"y":1,"y":2}}',
    problem: "a key occurs twice in one object",
  },
  { name: "depth in such a list", text: '{"a":{"list":[[[1]]]}}', problem: "nested deeper than 4" },
  { name: "such a list without an end", text: '{"a":{"list":[1}}', problem: "not valid JSON" },
  { name: "such a list that an object ends", text: '{"a":{"list":[1},"y":[]}}', problem: "not valid JSON" },
])("refuses $name", ({ text, problem }) => {
  expect(parseUnambiguousJson(Buffer.from(text), 4, UNREAD)).toEqual({ problem });
});

it("leaves out nothing else, whatever is in the list", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (before, item, after) => {
      const text = JSON.stringify({ before, a: { before, list: [item], after }, after });
      const value: unknown = JSON.parse(JSON.stringify({ before, a: { before, list: [], after }, after }));
      expect(parseUnambiguousJson(Buffer.from(text), 99, UNREAD)).toEqual({ value });
    }),
  );
});
