// SPDX-License-Identifier: Apache-2.0

/** The values of an object at a path of `schemaFields`; none where it has no such field. */
export function valueAt(object: unknown, path: string): readonly unknown[] {
  let found: readonly unknown[] = [object];
  for (const part of path.split(".")) {
    const name = part.replace(/(?:\[\]|\{\})+$/, "");
    found = found.flatMap((each) => {
      const value = fieldsOf(each)[name];
      return value === undefined ? [] : [value];
    });
    for (const step of part.slice(name.length).match(/\[\]|\{\}/g) ?? []) {
      found = found.flatMap((each) =>
        step === "[]" ? (Array.isArray(each) ? each : []) : Object.values(fieldsOf(each)),
      );
    }
  }
  return found;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
