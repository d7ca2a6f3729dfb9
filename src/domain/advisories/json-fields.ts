// SPDX-License-Identifier: Apache-2.0

/** A JSON object that somebody else wrote: nothing about its fields is known. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** The value if it is an object (not an array), else `undefined`. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The value if it is an array, else an empty one. */
export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value if it is a string that is not empty and not longer than `maxLength`, else `undefined`. */
export function textOf(value: unknown, maxLength: number): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= maxLength ? value : undefined;
}
