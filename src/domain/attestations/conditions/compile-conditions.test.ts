// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InTotoStatement } from "../in-toto-statement.ts";
import { compileConditions } from "./compile-conditions.ts";
import { CONDITION_LIMITS } from "./condition-limits.ts";

function statementOf(predicate: unknown): InTotoStatement {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "a", digest: { sha256: "00" } }],
    predicateType: "https://example.test/p",
    predicate,
  };
}

function evaluate(texts: readonly string[], predicate: unknown, units: number = CONDITION_LIMITS.maxWork): string {
  return compileConditions(texts).evaluate(statementOf(predicate), { left: units }).state;
}

describe("conditions that are no conditions", () => {
  it.each([
    { name: "no expression", text: "" },
    { name: "a slip", text: "predicate.a ==" },
    { name: "too long", text: `predicate.a == "${"x".repeat(5000)}"` },
    { name: "deeper than the parser can go", text: `${"(".repeat(2000)}true${")".repeat(2000)}` },
    { name: "nested too deep", text: `predicate${"[0]".repeat(60)}` },
    { name: "too many parts", text: `1 in [${"1,".repeat(1100)}1]` },
    { name: "four loops inside each other", text: "[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))" },
    { name: "a pattern out of data", text: "'a'.matches(predicate.pattern)" },
    { name: "a message", text: "google.protobuf.Struct{} == predicate" },
    { name: "a function that only we call", text: "@turn()" },
  ])("$name is refused", ({ text }) => {
    expect(() => compileConditions([text])).toThrow(expect.objectContaining({ code: "CONDITION_INVALID" }));
  });

  it("more of them than allowed are refused", () => {
    expect(() => compileConditions(Array.from({ length: 33 }, () => "true"))).toThrow(/at most 32/);
  });
});

describe("what a condition answers", () => {
  it.each([
    { name: "a field that is not there is undecided", text: "predicate.missing == 1", want: "undecided" },
    { name: "an unknown name is undecided", text: "nothing == 1", want: "undecided" },
    { name: "there is no clock", text: "now == 1", want: "undecided" },
    { name: "a text is no answer", text: "'true'", want: "undecided" },
    { name: "a number is no answer", text: "1", want: "undecided" },
    { name: "null is no answer", text: "null", want: "undecided" },
    { name: "what Object brings along is not there", text: "predicate.toString != ''", want: "undecided" },
    { name: "the prototype is not there", text: "has(predicate.__proto__)", want: "false" },
    {
      name: "an object with a constructor is an object",
      text: "predicate.odd.constructor.name == 'Map'",
      want: "true",
    },
    { name: "false", text: "predicate.builder.id == 'x'", want: "false" },
    { name: "true", text: "predicate.builder.id == 'https://b'", want: "true" },
    { name: "a number", text: "predicate.list.size() == 3 && predicate.list[1].n == 2", want: "true" },
    { name: "all", text: "predicate.list.all(x, x.n > 0)", want: "true" },
    { name: "all, not", text: "predicate.list.all(x, x.n > 1)", want: "false" },
    { name: "all, with an error", text: "predicate.list.all(x, x.m > 1)", want: "undecided" },
    { name: "exists", text: "predicate.list.exists(x, x.n == 3)", want: "true" },
    { name: "exists_one", text: "predicate.list.exists_one(x, x.n == 3)", want: "true" },
    { name: "map and filter", text: "predicate.list.filter(x, x.n > 1).map(x, x.n) == [2, 3]", want: "true" },
    { name: "filter in map", text: "predicate.list.map(x, [1].filter(y, y == x.n).size()) == [1, 0, 0]", want: "true" },
    { name: "map with a filter", text: "predicate.list.map(x, x.n < 3, x.n * 2.0) == [2, 4]", want: "true" },
    {
      name: "a list that was mapped is not changed",
      text: "(predicate.list.map(x, 1) + [2]).size() == 4",
      want: "true",
    },
    { name: "the statement", text: "statement.predicateType == 'https://example.test/p'", want: "true" },
    { name: "a pattern, unanchored as CEL says", text: "predicate.builder.id.matches('b$')", want: "true" },
    { name: "a time", text: "timestamp(predicate.at) < timestamp('2026-11-22T00:00:00Z')", want: "true" },
  ])("$name: $want", ({ text, want }) => {
    const predicate = JSON.parse(
      '{"builder":{"id":"https://b"},"list":[{"n":1},{"n":2},{"n":3}],"odd":{"constructor":{"name":"Map"}},"at":"2026-01-01T00:00:00Z"}',
    ) as unknown;
    expect(evaluate([text], predicate)).toBe(want);
  });

  it("all must hold, and false counts more than undecided", () => {
    expect(evaluate(["true", "true"], {})).toBe("true");
    expect(evaluate(["true", "predicate.a"], {})).toBe("undecided");
    expect(evaluate(["predicate.a", "false"], {})).toBe("false");
  });

  it("none of them are true of anything", () => {
    expect(evaluate([], null)).toBe("true");
  });
});

describe("hostile work", () => {
  const list = Array.from({ length: 3000 }, (_, index) => ({ n: index, text: "x".repeat(100) }));
  it.each([
    { name: "loops over a list of 3000 in each other", text: "predicate.all(a, predicate.all(b, a.n + b.n >= 0.0))" },
    {
      name: "loops that end at their first turn",
      text: "predicate.all(a, predicate.all(c, predicate.exists(b, true)))",
    },
    { name: "lists compared in a loop", text: "predicate.all(a, predicate == predicate)" },
    { name: "looking into a list in a loop", text: "predicate.all(a, !('x' in predicate))" },
    { name: "building lists in a loop", text: "predicate.all(a, predicate.map(b, b.n).size() == 3000)" },
    {
      name: "a list added to itself again and again",
      text: `[predicate]${".map(a, a + a)".repeat(20)}[0].all(a, true)`,
    },
    { name: "patterns in loops", text: "predicate.all(a, predicate.all(b, b.text.matches('(x+x+)+y')) || true)" },
    { name: "an exceeded loop under a negation", text: "!predicate.all(a, predicate.all(b, a.n + b.n >= 0.0))" },
    { name: "an exceeded loop beside true", text: "predicate.all(a, predicate.all(b, a.n + b.n >= 0.0)) || true" },
  ])("$name is undecided", ({ text }) => {
    expect(evaluate([text], list, 400_000)).toBe("undecided");
  });

  it("an inventory of 100 000 packages can be judged by two comparisons each", () => {
    const packages = Array.from({ length: 100_000 }, (_, index) => ({ name: `p${index}`, license: "MIT" }));
    expect(evaluate(["predicate.packages.all(p, p.license != 'AGPL-3.0' && p.name != 'x')"], { packages })).toBe(
      "true",
    );
  });

  it("a mapped list of 100 000 can be read again", () => {
    const packages = Array.from({ length: 100_000 }, (_, index) => index);
    expect(evaluate(["predicate.map(p, p + 1.0).exists(p, p == 100000.0)"], packages)).toBe("true");
  });

  it("a statement of more values than allowed is undecided", () => {
    const conditions = compileConditions(["true"], { ...CONDITION_LIMITS, maxValues: 100 });
    expect(conditions.evaluate(statementOf(list), { left: 1000 }).state).toBe("undecided");
  });

  it("statements share the work", () => {
    const conditions = compileConditions(["predicate.all(a, a.n >= 0.0)"]);
    const work = { left: 20_000 };
    expect(conditions.evaluate(statementOf(list), work).state).toBe("true");
    expect(conditions.evaluate(statementOf(list), work).state).toBe("undecided");
  });

  it("whatever the predicate is, there is an answer", () => {
    const conditions = compileConditions(["predicate.a.b == 1", "predicate.all(x, x == x)", "predicate.matches('^a')"]);
    fc.assert(
      fc.property(fc.jsonValue(), (predicate) => {
        expect(["false", "undecided"]).toContain(conditions.evaluate(statementOf(predicate), { left: 10_000 }).state);
      }),
    );
  });
});
