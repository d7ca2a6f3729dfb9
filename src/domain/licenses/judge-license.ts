// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { categoryOf, type LicenseCategory, mildest, strictest } from "./license-category.ts";
import { normalizeLicense } from "./normalize-license.ts";
import { type Expression, parseExpression } from "./parse-expression.ts";

/** What a licence text of a package amounts to. */
export interface JudgedLicense {
  /** As an expression of SPDX where it is one. */
  readonly expression: string;
  readonly category: LicenseCategory;
  /** Ids of licences that must be kept to; of a choice, all that can be chosen. */
  readonly ids: readonly string[];
  /** Whether the licences of the list may be escaped by choosing another one. */
  canAvoid(ids: ReadonlySet<string>): boolean;
}

/** Judges a licence as a package names it: an expression of SPDX, or one of the names that are in use. Never throws. */
export function judgeLicense(text: string): JudgedLicense {
  const expression = normalizeLicense(text.slice(0, LIMITS.maxFieldLength));
  const tree = parseExpression(expression);
  if (tree === undefined) {
    return {
      expression,
      // What only begins like a known licence may go on with anything.
      category: /^[A-Za-z0-9.+-]+$/.test(expression) ? categoryOf(expression) : "unknown",
      ids: [expression],
      canAvoid: (ids) => !ids.has(expression.toLowerCase()),
    };
  }
  return {
    expression,
    category: judge(tree),
    ids: [...new Set(idsOf(tree))],
    canAvoid: (ids) => canAvoid(tree, ids),
  };
}

function judge(node: Expression): LicenseCategory {
  if ("license" in node) {
    return categoryOf(node.license, node.exception);
  }
  const [left, right] = [judge(node.left), judge(node.right)];
  return node.conjunction === "or" ? mildest(left, right) : strictest(left, right);
}

function idsOf(node: Expression): readonly string[] {
  return "license" in node ? [node.license] : [...idsOf(node.left), ...idsOf(node.right)];
}

function canAvoid(node: Expression, ids: ReadonlySet<string>): boolean {
  if ("license" in node) {
    return !ids.has(node.license.toLowerCase());
  }
  const [left, right] = [canAvoid(node.left, ids), canAvoid(node.right, ids)];
  return node.conjunction === "or" ? left || right : left && right;
}
