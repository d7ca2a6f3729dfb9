// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { jsonFailure } from "./json-failure.ts";

function failureOf(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return jsonFailure(error);
  }
}

it.each([
  '{"password": hunter2}',
  `{"password": hunter2${"x".repeat(100)}}`,
  '{"password": "a" hunter2}',
  '"hunter2',
  "hunter2",
  '{"a":1}hunter2',
  '["hunter2\u0001"]',
  '["hunter2\\x"]',
  '{"a": "hunter2", , "b": hunter2}',
  "[hunter2, \n hunter2]",
])("no part of the text is told: %j", (text) => {
  const failure = failureOf(text);
  expect(failure).toMatch(/^not JSON: ./);
  expect(failure).not.toMatch(/hunt|ter2|password/);
});

it("the place is told where V8 says it", () => {
  expect(failureOf("{x:1}")).toBe(`not JSON: "Expected property name or '}' in JSON at position 1 (line 1 column 2)"`);
});
