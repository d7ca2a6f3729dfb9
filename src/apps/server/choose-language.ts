// SPDX-License-Identifier: Apache-2.0
import type { Language } from "#messages";

/** The language of an answer: asked for, else the first of `Accept-Language` that we speak, else the server's. */
export function chooseLanguage(
  asked: Language | undefined,
  acceptLanguage: string | undefined,
  fallback: Language,
): Language {
  if (asked !== undefined) {
    return asked;
  }
  const wanted = (acceptLanguage ?? "")
    .slice(0, 512)
    .split(",")
    .map((part, index) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const weight = parameters.map((each) => each.trim()).find((each) => each.startsWith("q="));
      return { language: tag.split("-")[0], weight: weight === undefined ? 1 : Number(weight.slice(2)), index };
    })
    .filter((each) => each.weight > 0)
    .toSorted((a, b) => b.weight - a.weight || a.index - b.index);
  const found = wanted.find((each) => each.language === "ko" || each.language === "en");
  return found === undefined ? fallback : found.language === "ko" ? "ko" : "en";
}
