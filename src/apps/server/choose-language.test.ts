// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { chooseLanguage } from "./choose-language.ts";

it.each([
  { name: "what was asked for wins", asked: "en" as const, header: "ko", want: "en" },
  { name: "the browser's first language that we speak", header: "fr-FR,fr;q=0.9,ko-KR;q=0.8,en;q=0.5", want: "ko" },
  { name: "a higher weight wins over the order", header: "en;q=0.3,ko;q=0.9", want: "ko" },
  { name: "a weight of zero is a refusal", header: "ko;q=0,en", want: "en" },
  { name: "no header is the server's language", header: undefined, want: "ko" },
  { name: "a language that we do not speak is the server's", header: "fr", want: "ko" },
  { name: "nonsense is the server's", header: ",;=;q=x,;q=", want: "ko" },
])("$name", ({ asked, header, want }) => {
  expect(chooseLanguage(asked, header, "ko")).toBe(want);
});
