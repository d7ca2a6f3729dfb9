// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { chooseLanguage } from "./choose-language.ts";

it.each([
  { stored: "ko", browser: ["en-US"], want: "ko" },
  { stored: "en", browser: ["ko-KR"], want: "en" },
  { stored: null, browser: ["ko-KR", "en-US"], want: "ko" },
  { stored: null, browser: ["fr-FR", "ko"], want: "ko" },
  { stored: "<script>", browser: ["en-GB"], want: "en" },
  { stored: null, browser: [], want: "en" },
])("stored $stored and browser $browser give $want", ({ stored, browser, want }) => {
  expect(chooseLanguage(stored, browser)).toBe(want);
});
