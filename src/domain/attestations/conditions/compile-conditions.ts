// SPDX-License-Identifier: Apache-2.0
import { type CelValue, celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { messageOf } from "#base";
import { AttestationError } from "../errors.ts";
import type { InTotoStatement } from "../in-toto-statement.ts";
import { boundExpression } from "./bound-expression.ts";
import { toConditionData } from "./condition-data.ts";
import { CONDITION_LIMITS, type ConditionLimits } from "./condition-limits.ts";
import { meteredFunctions } from "./metered-functions.ts";
import { WorkMeter } from "./work-meter.ts";

/** `false`: the condition at `index` is not true. `undecided`: it has no answer for this statement. */
export type ConditionOutcome =
  | { readonly state: "true" }
  | { readonly state: "false" | "undecided"; readonly index: number; readonly message: string };

/** Conditions of one requirement, ready to be asked. */
export interface CompiledConditions {
  readonly count: number;
  /** Whether all are true of the statement; the first that is not decides, and `false` comes before `undecided`. `work` is shared by statements. */
  evaluate(statement: InTotoStatement, work: { left: number }): ConditionOutcome;
}

type Evaluate = (data: Record<string, CelValue>) => unknown;

/**
 * CEL expressions over `predicate` and `statement`, compiled. Throws `CONDITION_INVALID` with the place of the mistake.
 * There is no clock and nothing else to ask. `matches` finds a pattern anywhere in a text, as CEL says: anchor it.
 */
export function compileConditions(
  texts: readonly string[],
  limits: ConditionLimits = CONDITION_LIMITS,
): CompiledConditions {
  if (texts.length > limits.maxConditions) {
    throw new AttestationError("CONDITION_INVALID", `expected at most ${limits.maxConditions} conditions`);
  }
  const meter = new WorkMeter();
  const env = celEnv({ funcs: meteredFunctions(meter) });
  const conditions = texts.map((text): Evaluate => {
    try {
      return plan(env, boundExpression(parseExpression(text, limits), limits));
    } catch (error) {
      const quoted = JSON.stringify(text.slice(0, 200));
      throw new AttestationError("CONDITION_INVALID", `condition ${quoted}: ${messageOf(error)}`, { cause: error });
    }
  });
  return {
    count: conditions.length,
    evaluate(statement, work): ConditionOutcome {
      if (conditions.length === 0) {
        return { state: "true" };
      }
      const data = toConditionData(statement, limits.maxValues);
      const predicate = toConditionData(statement.predicate, limits.maxValues);
      if (data === undefined || predicate === undefined) {
        return { state: "undecided", index: 0, message: `statement has more than ${limits.maxValues} values` };
      }
      meter.fill(work.left);
      const outcomes = conditions.map((evaluate, index) =>
        outcomeOf(evaluate({ statement: data, predicate }), index, meter),
      );
      work.left = meter.left;
      return (
        outcomes.find((outcome) => outcome.state === "false") ??
        outcomes.find((outcome) => outcome.state === "undecided") ?? { state: "true" }
      );
    },
  };
}

function parseExpression(text: string, limits: ConditionLimits): Parameters<typeof boundExpression>[0] {
  if (text.length > limits.maxExpressionLength) {
    throw new AttestationError("CONDITION_INVALID", `longer than ${limits.maxExpressionLength} characters`);
  }
  const { expr } = parse(text);
  if (expr === undefined) {
    throw new AttestationError("CONDITION_INVALID", "expected an expression");
  }
  return expr;
}

function outcomeOf(value: unknown, index: number, meter: WorkMeter): ConditionOutcome {
  if (meter.isExceeded) {
    // whatever came out rests on loops that were cut short
    return { state: "undecided", index, message: "takes too much work for this statement" };
  }
  if (typeof value === "boolean") {
    return value ? { state: "true" } : { state: "false", index, message: "is not true of this statement" };
  }
  return isCelError(value)
    ? { state: "undecided", index, message: `cannot be evaluated: ${value.message.slice(0, 200)}` }
    : { state: "undecided", index, message: "expected an answer of true or false" };
}
