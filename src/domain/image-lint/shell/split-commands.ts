// SPDX-License-Identifier: Apache-2.0

/** A simple command of a shell: words without their quotes, and what stands between it and the one before. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** `""` for the first. */
  readonly operator: "" | "&&" | "||" | "|" | ";" | "&" | "(";
  /** Assignments before the words, `NAME=value`. */
  readonly assignments: readonly string[];
  /** Lines before it, counted from 0 in the text that was split. */
  readonly line: number;
}

/** What may be before a command. */
const KEYWORDS: ReadonlySet<string> = new Set([
  "then",
  "else",
  "do",
  "if",
  "elif",
  "while",
  "until",
  "!",
  "{",
  "time",
  "exec",
]);
const MAX_COMMANDS = 2_000;

/**
 * The simple commands of a shell script, as far as they can be told without a parser of the whole grammar: what is in quotes or in
 * `$( )` is part of a word. One pass; never throws.
 */
export function splitCommands(text: string): readonly ShellCommand[] {
  const splitter = new CommandSplitter();
  let index = 0;
  while (index < text.length && splitter.commands.length < MAX_COMMANDS) {
    index = splitter.read(text, index);
  }
  splitter.endCommand(";");
  return splitter.commands;
}

class CommandSplitter {
  readonly commands: ShellCommand[] = [];
  #words: string[] = [];
  #word = "";
  #hasWord = false;
  #operator: ShellCommand["operator"] = "";
  #line = 0;
  #startLine = 0;

  /** Reads what begins at the index; returns where the next begins. */
  read(text: string, index: number): number {
    const letter = text[index] as string;
    switch (letter) {
      case "\\":
        return this.#readEscape(text, index);
      case "'":
      case '"':
        return this.#readQuoted(text, index, letter);
      case "$":
        return text[index + 1] === "(" || text[index + 1] === "{"
          ? this.#readNested(text, index)
          : this.#add("$", index);
      case "#":
        return this.#hasWord ? this.#add("#", index) : endOfLine(text, index);
      case "\n":
        this.endCommand(";");
        this.#line += 1;
        return index + 1;
      case " ":
      case "\t":
      case "\r":
        this.#endWord();
        return index + 1;
      case ";":
      case "(":
      case ")":
        this.endCommand(letter === "(" ? "(" : ";");
        return index + 1;
      case "&":
      case "|":
        return this.#readOperator(text, index, letter);
      default:
        return this.#add(letter, index);
    }
  }

  endCommand(operator: ShellCommand["operator"]): void {
    this.#endWord();
    if (this.#words.length > 0) {
      const words = this.#words;
      let start = 0;
      while (start < words.length && KEYWORDS.has(words[start] as string)) {
        start += 1;
      }
      const firstWord = words.findIndex((word, at) => at >= start && !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
      const end = firstWord < 0 ? words.length : firstWord;
      this.commands.push({
        assignments: words.slice(start, end),
        words: words.slice(end),
        operator: this.#operator,
        line: this.#startLine,
      });
      this.#words = [];
    }
    this.#operator = operator;
  }

  #add(text: string, index: number): number {
    if (!this.#hasWord && this.#words.length === 0) {
      this.#startLine = this.#line;
    }
    this.#word += text;
    this.#hasWord = true;
    return index + text.length;
  }

  #endWord(): void {
    if (this.#hasWord) {
      this.#words.push(this.#word);
      this.#word = "";
      this.#hasWord = false;
    }
  }

  #readEscape(text: string, index: number): number {
    const next = text[index + 1];
    if (next === "\n") {
      this.#line += 1;
      return index + 2;
    }
    this.#add(next ?? "", index);
    return index + 2;
  }

  #readQuoted(text: string, index: number, quote: string): number {
    let at = index + 1;
    let value = "";
    while (at < text.length && text[at] !== quote) {
      if (quote === '"' && text[at] === "\\") {
        at += 1;
      }
      this.#line += text[at] === "\n" ? 1 : 0;
      value += text[at] ?? "";
      at += 1;
    }
    this.#add(value, index);
    this.#hasWord = true;
    return at + 1;
  }

  /** `$( )` and `${ }` with what they hold, up to the bracket that closes them. */
  #readNested(text: string, index: number): number {
    const [open, close] = text[index + 1] === "(" ? ["(", ")"] : ["{", "}"];
    let depth = 0;
    let at = index + 1;
    for (; at < text.length; at += 1) {
      depth += text[at] === open ? 1 : text[at] === close ? -1 : 0;
      this.#line += text[at] === "\n" ? 1 : 0;
      if (depth === 0) {
        break;
      }
    }
    this.#add(text.slice(index, at + 1), index);
    return at + 1;
  }

  #readOperator(text: string, index: number, letter: "&" | "|"): number {
    const isRedirection =
      letter === "&" && (text[index - 1] === ">" || text[index + 1] === ">" || text[index - 1] === "<");
    if (isRedirection) {
      return this.#add("&", index);
    }
    if (text[index + 1] === letter) {
      this.endCommand(letter === "&" ? "&&" : "||");
      return index + 2;
    }
    this.endCommand(letter);
    return letter === "|" && text[index + 1] === "&" ? index + 2 : index + 1;
  }
}

function endOfLine(text: string, index: number): number {
  const end = text.indexOf("\n", index);
  return end < 0 ? text.length : end;
}
