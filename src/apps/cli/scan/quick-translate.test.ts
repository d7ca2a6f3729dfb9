// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { CATALOGUE, createTranslate, type MessageId } from "#messages";
import { createQuickTranslate } from "./quick-translate.ts";

const IDS = Object.keys(CATALOGUE.en) as MessageId[];

describe("createQuickTranslate", () => {
  it.each(["en", "ko"] as const)("says in %s what the full formatter says, of every message", (language) => {
    const quick = createQuickTranslate(language);
    const full = createTranslate(language);
    for (const id of IDS) {
      const names = [...CATALOGUE[language][id].matchAll(/\{(\w+)/g)].map(([, name]) => name ?? "");
      const texts = Object.fromEntries(names.map((name) => [name, `a\u001b[31mb <${name}>`]));
      const numbers = Object.fromEntries(names.map((name) => [name, 12_345]));
      // a plural of a text is an error, which the formatter logs
      for (const values of CATALOGUE[language][id].includes(", plural,") ? [numbers] : [texts, numbers]) {
        expect(`${id}: ${quick(id, values)}`).toBe(`${id}: ${full(id, values)}`);
      }
    }
  });

  it.each([
    { name: "an unknown id", id: "reason.NOBODY_WROTE_THIS" as MessageId },
    { name: "a message without its value", id: "cli.scan.written" as const },
  ])("says of $name what the full formatter says", ({ id }) => {
    expect(createQuickTranslate("en")(id)).toBe(createTranslate("en")(id));
    expect(createQuickTranslate("en")(id, {})).toBe(createTranslate("en")(id, {}));
  });
});
