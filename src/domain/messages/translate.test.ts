// SPDX-License-Identifier: Apache-2.0
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { describe, expect, it } from "vitest";
import { CATALOGUE, createTranslate, isMessageId, type MessageId } from "#messages";

/** The names of the values that an ICU message needs, branches of plurals and selections included. */
function placeholders(message: string): readonly string[] {
  const names = new Set<string>();
  function visit(elements: readonly MessageFormatElement[]): void {
    for (const element of elements) {
      if (element.type !== TYPE.literal && element.type !== TYPE.pound) {
        names.add(element.value);
      }
      if (element.type === TYPE.plural || element.type === TYPE.select) {
        for (const option of Object.values(element.options)) {
          visit(option.value);
        }
      }
    }
  }
  visit(parse(message));
  return [...names].sort();
}

describe("the catalogue", () => {
  const ids = Object.keys(CATALOGUE.en) as MessageId[];

  it("has messages", () => {
    expect(ids.length).toBeGreaterThan(100);
  });

  it.each(ids)("%s has the same placeholders in both languages and can be formatted", (id) => {
    const names = placeholders(CATALOGUE.en[id]);
    expect(placeholders(CATALOGUE.ko[id])).toEqual(names);
    const values = Object.fromEntries(names.map((name) => [name, 1]));
    for (const language of ["en", "ko"] as const) {
      expect(createTranslate(language)(id, values)).not.toBe(id);
    }
  });
});

describe("createTranslate", () => {
  it("makes control characters of values visible, so that an image cannot act on a terminal", () => {
    const text = createTranslate("en")("cli.unknownCommand", { name: "\u001b[2Jx\u202e" });
    expect(text).toContain("\\u{1b}[2Jx\\u{202e}");
    expect(text).not.toContain("\u001b");
  });

  it("speaks the language", () => {
    expect(createTranslate("ko")("server.stopped")).toBe("종료했습니다.");
  });
});

it("isMessageId does not take names of the prototype", () => {
  expect(isMessageId("server.stopped")).toBe(true);
  expect(isMessageId("toString")).toBe(false);
});
