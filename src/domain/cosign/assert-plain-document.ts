// SPDX-License-Identifier: Apache-2.0

const MAX_DEPTH = 16;
const MAX_VALUES = 20_000;

/**
 * Throws for a document that must not reach the generated protobuf readers. They hand whatever stands in a field of bytes
 * to `Buffer.from`, for which `{"length": 4294967295}` is a wish for as much memory; no message of these formats has a
 * field of that name. Nesting and the number of values are bounded in the same walk.
 */
export function assertPlainDocument(document: unknown): void {
  const values: unknown[] = [document];
  const depths: number[] = [0];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (typeof value !== "object" || value === null) {
      continue;
    }
    if (!Array.isArray(value) && Object.hasOwn(value, "length")) {
      throw new Error("document has an object that looks like a buffer");
    }
    const depth = (depths[at] ?? 0) + 1;
    for (const item of Object.values(value)) {
      values.push(item);
      depths.push(depth);
    }
    if (depth > MAX_DEPTH || values.length > MAX_VALUES) {
      throw new Error("document is nested too deeply or has too many values");
    }
  }
}
