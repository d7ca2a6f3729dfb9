// SPDX-License-Identifier: Apache-2.0
import { quote } from "#base";
import { SuppressionError } from "./errors.ts";

const MAX_TEXT_LENGTH = 64 * 1024;

/** A JSON object that somebody else wrote: nothing about its fields is known. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** Reads the fields of one VEX document; whatever is not as it must be is an error that names the file and the place. */
export class VexFields {
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  fail(place: string, message: string): never {
    throw new SuppressionError("VEX_INVALID", `${this.origin}: ${place === "" ? "the document" : place} ${message}`);
  }

  object(value: unknown, place: string): JsonObject {
    const object = this.optionalObject(value, place);
    return object ?? this.fail(place, "is missing; expected an object");
  }

  optionalObject(value: unknown, place: string): JsonObject | undefined {
    if (value === undefined) {
      return undefined;
    }
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : this.fail(place, `must be an object, found ${quote(value)}`);
  }

  /** The elements of an array; none when it is absent. */
  list(value: unknown, place: string): readonly unknown[] {
    if (value === undefined) {
      return [];
    }
    return Array.isArray(value) ? value : this.fail(place, `must be a list, found ${quote(value)}`);
  }

  text(value: unknown, place: string): string {
    return this.optionalText(value, place) ?? this.fail(place, "is missing; expected a text");
  }

  optionalText(value: unknown, place: string): string | undefined {
    if (value === undefined) {
      return undefined;
    }
    return typeof value === "string" && value !== "" && value.length <= MAX_TEXT_LENGTH
      ? value
      : this.fail(place, `must be a text that is not empty, found ${quote(value)}`);
  }

  texts(value: unknown, place: string): readonly string[] {
    return this.list(value, place).map((each, index) => this.text(each, `${place}[${index}]`));
  }

  oneOf<Word extends string>(value: unknown, words: readonly Word[], place: string): Word {
    const text = this.text(value, place);
    return (
      words.find((word) => word === text) ??
      this.fail(place, `must be one of ${words.join(", ")}, found ${quote(text)}`)
    );
  }

  /** RFC 3339. */
  optionalTime(value: unknown, place: string): string | undefined {
    const text = this.optionalText(value, place);
    if (text === undefined) {
      return undefined;
    }
    const isTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text);
    return isTime && !Number.isNaN(Date.parse(text))
      ? text
      : this.fail(place, `must be a time as in RFC 3339, found ${quote(text)}`);
  }
}
