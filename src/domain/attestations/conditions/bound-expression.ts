// SPDX-License-Identifier: Apache-2.0
import type { parse } from "@bufbuild/cel";
import { AttestationError } from "../errors.ts";
import type { ConditionLimits } from "./condition-limits.ts";
import { APPEND, RANGE, TURN } from "./metered-functions.ts";

/** A node of the syntax tree. */
export type Expression = NonNullable<ReturnType<typeof parse>["expr"]>;

type Call = Extract<Expression["exprKind"], { case: "callExpr" }>["value"];
type Comprehension = Extract<Expression["exprKind"], { case: "comprehensionExpr" }>["value"];

interface Place {
  readonly depth: number;
  readonly loops: number;
}

/**
 * The same expression with a bound on its loops: every turn asks the meter, and lists grow in place. Throws
 * `CONDITION_INVALID` for a tree beyond the limits, and for what would evade the count: patterns that come out of data,
 * and messages of protocol buffers. The parser has already bounded the recursion by the length of the text.
 */
export function boundExpression(expression: Expression, limits: ConditionLimits): Expression {
  let nodes = 0;

  function walk(node: Expression, place: Place): Expression {
    nodes += 1;
    if (nodes > limits.maxNodes || place.depth > limits.maxDepth) {
      throw invalid(`expression has more than ${limits.maxNodes} parts or is nested deeper than ${limits.maxDepth}`);
    }
    const below = { ...place, depth: place.depth + 1 };
    const { exprKind } = node;
    switch (exprKind.case) {
      case "callExpr":
        return { ...node, exprKind: { case: "callExpr", value: walkCall(exprKind.value, below) } };
      case "comprehensionExpr":
        return { ...node, exprKind: { case: "comprehensionExpr", value: walkLoop(exprKind.value, below) } };
      case "selectExpr": {
        const { operand } = exprKind.value;
        const value = { ...exprKind.value, ...(operand === undefined ? {} : { operand: walk(operand, below) }) };
        return { ...node, exprKind: { case: "selectExpr", value } };
      }
      case "listExpr": {
        const elements = exprKind.value.elements.map((each) => walk(each, below));
        return { ...node, exprKind: { case: "listExpr", value: { ...exprKind.value, elements } } };
      }
      case "structExpr":
        return { ...node, exprKind: { case: "structExpr", value: walkMap(exprKind.value, below) } };
      case "identExpr":
      case "constExpr":
        return node;
      case undefined:
      default:
        throw invalid("expression has a part that is not supported");
    }
  }

  function walkCall(call: Call, place: Place): Call {
    if (call.function === "matches" && call.args.at(-1)?.exprKind.case !== "constExpr") {
      throw invalid("expected the pattern of matches to be a text in quotes");
    }
    const args = call.args.map((each) => walk(each, place));
    return { ...call, args, ...(call.target === undefined ? {} : { target: walk(call.target, place) }) };
  }

  function walkMap(map: Extract<Expression["exprKind"], { case: "structExpr" }>["value"], place: Place): typeof map {
    if (map.messageName !== "") {
      throw invalid(`messages such as ${map.messageName.slice(0, 100)} are not supported`);
    }
    const entries = map.entries.map((entry) => ({
      ...entry,
      ...(entry.value === undefined ? {} : { value: walk(entry.value, place) }),
      keyKind:
        entry.keyKind.case === "mapKey"
          ? { case: "mapKey" as const, value: walk(entry.keyKind.value, place) }
          : entry.keyKind,
    }));
    return { ...map, entries };
  }

  function walkLoop(loop: Comprehension, outside: Place): Comprehension {
    const inside = { ...outside, loops: outside.loops + 1 };
    if (inside.loops > limits.maxNestedLoops) {
      throw invalid(`more than ${limits.maxNestedLoops} loops inside each other`);
    }
    const { accuInit, iterRange, loopCondition, loopStep, result } = loop;
    if (!accuInit || !iterRange || !loopCondition || !loopStep || !result) {
      throw invalid("loop is incomplete");
    }
    return {
      ...loop,
      accuInit: walk(accuInit, outside),
      iterRange: call(RANGE, [walk(iterRange, outside)]),
      // false ends the loop at once; the meter remembers why, and the outcome is thrown away
      loopCondition: call("_&&_", [call(TURN, []), walk(loopCondition, inside)]),
      loopStep: walk(toAppend(loopStep, loop.accuVar), inside),
      result: walk(result, outside),
    };
  }

  return walk(expression, { depth: 0, loops: 0 });
}

/** `accu + [x]`, as `map` and `filter` are expanded, becomes an append; `@result` is no name that a text can spell. */
function toAppend(step: Expression, accuVar: string): Expression {
  if (step.exprKind.case !== "callExpr" || !accuVar.startsWith("@")) {
    return step;
  }
  const { value } = step.exprKind;
  const [first, second, third] = value.args;
  if (value.function === "_?_:_" && first !== undefined && second !== undefined && third !== undefined) {
    return withCall(step, { ...value, args: [first, toAppend(second, accuVar), third] });
  }
  const isAccumulator = first?.exprKind.case === "identExpr" && first.exprKind.value.name === accuVar;
  const items = second?.exprKind.case === "listExpr" ? second.exprKind.value.elements : [];
  const [item] = items;
  return value.function === "_+_" && isAccumulator && first !== undefined && item !== undefined && items.length === 1
    ? withCall(step, { ...value, function: APPEND, args: [first, item] })
    : step;
}

function withCall(node: Expression, value: Call): Expression {
  return { ...node, exprKind: { case: "callExpr", value } };
}

function call(name: string, args: Expression[]): Expression {
  return {
    $typeName: "cel.expr.Expr",
    id: 0n,
    exprKind: { case: "callExpr", value: { $typeName: "cel.expr.Expr.Call", function: name, args } },
  };
}

function invalid(message: string): AttestationError {
  return new AttestationError("CONDITION_INVALID", message);
}
