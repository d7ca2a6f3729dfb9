// SPDX-License-Identifier: Apache-2.0

/** An object of a document that somebody else wrote. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object; one without fields when it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The objects of a list; nothing when the value is no list. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** The text of a field; `undefined` when it is none, or empty. */
export function textOf(fields: Fields, key: string): string | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What names map to in a list of `{name, value}`; of a name that occurs twice the first counts. */
export function propertiesOf(value: unknown): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const each of Array.isArray(value) ? value : []) {
    const fields = fieldsOf(each);
    const name = textOf(fields, "name");
    const text = textOf(fields, "value");
    if (name !== undefined && text !== undefined && !properties.has(name)) {
      properties.set(name, text);
    }
  }
  return properties;
}
