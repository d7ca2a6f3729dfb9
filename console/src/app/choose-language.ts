// SPDX-License-Identifier: Apache-2.0
import type { Language } from "#messages";

/** The stored language, else the first of the browser's that we speak, else English. */
export function chooseLanguage(stored: string | null, browser: readonly string[]): Language {
  const wanted = [stored ?? "", ...browser].map((tag) => tag.toLowerCase().split("-")[0]);
  return wanted.find((tag) => tag === "ko" || tag === "en") === "ko" ? "ko" : "en";
}
