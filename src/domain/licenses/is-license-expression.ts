// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { parseExpression } from "./parse-expression.ts";

/** Whether a text is an expression of SPDX with licences of its list, such as `MIT OR Apache-2.0`. Never throws. */
export function isLicenseExpression(text: string): boolean {
  return text.length <= LIMITS.maxFieldLength && parseExpression(text) !== undefined;
}
