// SPDX-License-Identifier: Apache-2.0

/** Names and values of ENV, LABEL or ARG. */
export interface Pairs {
  readonly pairs: readonly { readonly name: string; readonly value: string }[];
  /** `NAME value`, where the rest of the line is the value. */
  readonly isLegacy: boolean;
}

/** Splits the text of an instruction into pairs; variables stay as they are. One pass. */
export function splitPairs(source: string): Pairs {
  const text = source.replaceAll("\\\n", " ").trim();
  const legacy = /^([^\s="']+)\s+([\s\S]+)$/.exec(text);
  if (legacy !== null) {
    return { pairs: [{ name: legacy[1] ?? "", value: legacy[2] ?? "" }], isLegacy: true };
  }
  const pairs = splitWords(text).flatMap(({ word, equals }) =>
    equals < 0 ? [] : [{ name: word.slice(0, equals), value: word.slice(equals + 1) }],
  );
  return { pairs, isLegacy: false };
}

/** Words without their quotes and escapes, and where the first `=` outside of quotes is. */
function splitWords(text: string): readonly { readonly word: string; readonly equals: number }[] {
  const words: { word: string; equals: number }[] = [];
  let word = "";
  let equals = -1;
  let quote = "";
  function end(): void {
    if (word !== "") {
      words.push({ word, equals });
    }
    word = "";
    equals = -1;
  }
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (letter === "\\" && quote !== "'") {
      at += 1;
      word += text[at] ?? "";
    } else if (quote === "" ? letter === '"' || letter === "'" : letter === quote) {
      quote = quote === "" ? letter : "";
    } else if (quote === "" && /\s/.test(letter)) {
      end();
    } else {
      equals = quote === "" && letter === "=" && equals < 0 ? word.length : equals;
      word += letter;
    }
  }
  end();
  return words;
}
