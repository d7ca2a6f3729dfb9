// SPDX-License-Identifier: Apache-2.0

/** One step of a JSON pointer (RFC 6901): `~` and `/` are written `~0` and `~1`. */
export function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The value that a pointer without escapes leads to through own members of objects; `undefined` when there is none. */
export function at(root: unknown, pointer: string): unknown {
  let value = root;
  const keys = pointer.split("/");
  for (let step = 1; step < keys.length; step += 1) {
    const key = keys[step] ?? "";
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      return undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
