// SPDX-License-Identifier: Apache-2.0
import { type CelValue, celList, celMap } from "@bufbuild/cel";

/**
 * The values of a parsed JSON document as CEL reads them, or `undefined` for more than `maxValues`. Made once, since the
 * library would otherwise copy an object at each access, and would take an object with a key "constructor" for a class.
 * The parser of the document has bounded its depth.
 */
export function toConditionData(value: unknown, maxValues: number): CelValue | undefined {
  let values = 0;

  function convert(each: unknown): CelValue {
    values += 1;
    if (values > maxValues) {
      return null;
    }
    if (Array.isArray(each)) {
      return celList(each.map(convert));
    }
    if (typeof each === "object" && each !== null) {
      return celMap(new Map(Object.entries(each).map(([key, item]) => [key, convert(item)])));
    }
    return typeof each === "string" || typeof each === "number" || typeof each === "boolean" ? each : null;
  }

  const converted = convert(value);
  return values > maxValues ? undefined : converted;
}
