// SPDX-License-Identifier: Apache-2.0

/** The beginning of a text that follows an instruction. */
export interface HeredocStart {
  readonly name: string;
  /** `<<-`: tabs before the end do not count. */
  readonly isIndented: boolean;
}

/**
 * The here-documents that an instruction begins, as `heredocsFromLine` of BuildKit's parser finds them: words that begin so, outside of
 * quotes and `${…}`. Whoever saw more or other ones would take instructions for their content. One pass.
 */
export function findHeredocs(text: string): readonly HeredocStart[] {
  return splitWords(text).flatMap((word) => {
    const [, dash, written = ""] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
    const name = written.replaceAll(/["'\\]/g, "");
    return name === "" ? [] : [{ name, isIndented: dash === "-" }];
  });
}

/** Words with their quotes and escapes; what joins two lines is nothing. */
function splitWords(source: string): readonly string[] {
  const text = source.replaceAll("\\\n", "");
  const words: string[] = [];
  let quote = "";
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (letter === "\\" && quote !== "'") {
      at += 1;
    } else if (quote === "" ? letter === '"' || letter === "'" : letter === quote) {
      quote = quote === "" ? letter : "";
    } else if (quote === "" && letter === "{" && text[at - 1] === "$") {
      depth += 1;
    } else if (quote === "" && letter === "}" && depth > 0) {
      depth -= 1;
    } else if (quote === "" && depth === 0 && /\s/.test(letter)) {
      words.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...words, text.slice(start)];
}
