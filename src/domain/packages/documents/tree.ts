// SPDX-License-Identifier: Apache-2.0

/** An object as JSON, TOML or YAML gave it. Only own members are looked at: a key named `__proto__` is a key like any other. */
export type Tree = Readonly<Record<string, unknown>>;

/** Whether the value is an object with members, not a list, a date or null. */
export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The member of that name; `undefined` also when the value is no object. */
export function memberOf(value: unknown, key: string): unknown {
  return isTree(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The member of that name when it is text. */
export function textOf(value: unknown, key: string): string | undefined {
  const member = memberOf(value, key);
  return typeof member === "string" ? member : undefined;
}

/** The members of an object; none of what is no object. */
export function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isTree(value) ? Object.entries(value) : [];
}

/** The elements of a list; none of what is no list. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
