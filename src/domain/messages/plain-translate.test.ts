// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { CATALOGUE, type MessageId } from "./catalogue.ts";
import { createPlainTranslate, isPlainMessage } from "./plain-translate.ts";
import { createTranslate } from "./translate.ts";

/** What `haechi verify` can say: `src/apps/cli/verify/main.ts` renders with nothing else. */
const QUICK = Object.keys(CATALOGUE.en).filter((id) =>
  /^(?:verify|signature|cli\.(?:verify|error|help|option|seeHelp|unknownCommand|scan\.(?:as|namespace|format|written|plainHttp|caFile|username|passwordStdin)))(?:\.|$)/.test(
    id,
  ),
) as MessageId[];

describe("createPlainTranslate", () => {
  it("renders everything that `haechi verify` can say as the full formatter does", () => {
    const values = { message: "a\u001b[31mb", name: "n", program: "p", command: "c", file: "f", time: "t", value: "v" };
    expect(QUICK.length).toBeGreaterThan(80);
    for (const language of ["en", "ko"] as const) {
      const plain = createPlainTranslate(language);
      const full = createTranslate(language);
      for (const id of QUICK) {
        expect(isPlainMessage(CATALOGUE[language][id]), `${language} ${id}`).toBe(true);
        expect(plain(id, values)).toBe(full(id, values));
      }
    }
  });

  it.each([
    { message: "{n, plural, one {#} other {#}}", want: false },
    { message: "it''s", want: false },
    { message: "<b>x</b>", want: false },
    { message: "{a} and {b}", want: true },
    { message: "", want: true },
  ])("“$message” is plain: $want", ({ message, want }) => {
    expect(isPlainMessage(message)).toBe(want);
  });
});
