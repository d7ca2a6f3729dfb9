// SPDX-License-Identifier: Apache-2.0
import { elementsOf, type Fields, fieldsOf, listOf, UnreadableField } from "#pod-security";
import { readLabels } from "./label-selector.ts";

const MAX_PORT = 65_535;

/** The `spec` of an object; without one there is nothing to judge. Throws UnreadableField, as all of these. */
export function specOf(object: Fields): Fields {
  if (object["spec"] === undefined || object["spec"] === null) {
    throw new UnreadableField("spec");
  }
  return fieldsOf(object["spec"], "spec");
}

/** Empty when it is not set. */
export function textOf(fields: Fields, name: string, place: string): string {
  const value = fields[name] ?? "";
  if (typeof value !== "string") {
    throw new UnreadableField(`${place}.${name}`);
  }
  return value;
}

/** Nothing when it is not set; null counts as not set. */
export function textsOf(fields: Fields, name: string, place: string): readonly string[] {
  const list = elementsOf(fields[name], `${place}.${name}`);
  if (list.some((each) => typeof each !== "string")) {
    throw new UnreadableField(`${place}.${name}`);
  }
  return list as readonly string[];
}

/** 0 when it is not set. */
export function portOf(fields: Fields, name: string, place: string): number {
  const value = fields[name] ?? 0;
  if (!isPort(value)) {
    throw new UnreadableField(`${place}.${name}`);
  }
  return value;
}

/** A number, or the name of a port; `undefined` when it is not set. */
export function portOrNameOf(fields: Fields, name: string, place: string): number | string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "string" || isPort(value)) {
    // YAML writers put numbers in quotes; the API server takes them for names, which cannot be all digits
    return typeof value === "string" && /^[0-9]{1,5}$/.test(value) ? Number(value) : value;
  }
  throw new UnreadableField(`${place}.${name}`);
}

/** The addresses that a status names: IP addresses and host names. */
export function addressesOf(list: unknown, place: string, names: readonly string[]): readonly string[] {
  return listOf(list, place).flatMap((each) =>
    names.map((name) => textOf(each, name, place)).filter((text) => text !== ""),
  );
}

/** Annotations of an object. */
export function annotationsOf(object: Fields): ReadonlyMap<string, string> {
  return readLabels(fieldsOf(object["metadata"], "metadata")["annotations"], "metadata.annotations");
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_PORT;
}
