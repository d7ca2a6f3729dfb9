// SPDX-License-Identifier: Apache-2.0

/** How large conditions may be, and how much work their evaluation may be. */
export interface ConditionLimits {
  /** Conditions of one requirement. */
  readonly maxConditions: number;
  /** One expression, in UTF-16 units. */
  readonly maxExpressionLength: number;
  /** Nodes of its syntax tree after macros were expanded, and their nesting. */
  readonly maxNodes: number;
  readonly maxDepth: number;
  /** `all`, `exists`, `map` and `filter` inside each other. */
  readonly maxNestedLoops: number;
  /** Values in a statement: objects, lists, texts, numbers. */
  readonly maxValues: number;
  /**
   * Units of work for all statements and conditions of one verification; see `WorkMeter`. A million takes in the order of
   * a fifth of a second, and judging each of 100 000 packages of an inventory by two comparisons about as much.
   */
  readonly maxWork: number;
}

export const CONDITION_LIMITS: ConditionLimits = {
  maxConditions: 32,
  maxExpressionLength: 4_096,
  maxNodes: 1_000,
  maxDepth: 48,
  maxNestedLoops: 3,
  maxValues: 2_000_000,
  maxWork: 4_000_000,
};
