// SPDX-License-Identifier: Apache-2.0
import { LIMITS, type Limits } from "#base";
import { findHeredocs } from "./find-heredocs.ts";
import { findStages } from "./find-stages.ts";
import { findSyntax } from "./find-syntax.ts";
import type { Dockerfile, DockerfileFault, Heredoc, Instruction } from "./instruction.ts";
import { splitFlags } from "./split-flags.ts";

/** Instructions of the Dockerfile reference. */
const INSTRUCTIONS: ReadonlySet<string> = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);
const WITH_HEREDOCS: ReadonlySet<string> = new Set(["ADD", "COPY", "RUN"]);
const WITH_EXEC_FORM: ReadonlySet<string> = new Set([
  "ADD",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "RUN",
  "SHELL",
  "VOLUME",
  "HEALTHCHECK",
]);

/**
 * Reads a Dockerfile by the rules of BuildKit's parser: directives at the top, the escape character, comments and empty lines
 * within an instruction, here-documents, ONBUILD. What is wrong is in `faults`; never throws.
 */
export function parseDockerfile(
  text: string,
  limits: Pick<Limits, "maxDockerfileBytes" | "maxDockerfileInstructions"> = LIMITS,
): Dockerfile {
  const taken = text.slice(0, limits.maxDockerfileBytes);
  const reader = new DockerfileReader(taken, limits.maxDockerfileInstructions);
  if (text.length > limits.maxDockerfileBytes) {
    reader.faults.push({ line: 1, code: "tooLarge", text: `more than ${limits.maxDockerfileBytes} characters` });
  }
  reader.readAll();
  const stages = findStages(reader.instructions);
  if (stages.length === 0) {
    const code = reader.instructions.length === 0 ? "empty" : "noFrom";
    reader.faults.push({ line: 1, code, text: "" });
  }
  const { escape, instructions, comments, faults } = reader;
  const syntax = findSyntax(taken);
  return { escape, instructions, stages, comments, faults, ...(syntax === undefined ? {} : { syntax }) };
}

class DockerfileReader {
  escape: "\\" | "`" = "\\";
  readonly instructions: Instruction[] = [];
  readonly comments: { readonly line: number; readonly text: string }[] = [];
  readonly faults: DockerfileFault[] = [];
  readonly #lines: readonly string[];
  readonly #maxInstructions: number;
  #next = 0;
  #stage = -1;

  constructor(text: string, maxInstructions: number) {
    // A byte order mark is not part of the first word.
    this.#lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
    this.#maxInstructions = maxInstructions;
  }

  readAll(): void {
    this.#readDirectives();
    while (this.#next < this.#lines.length) {
      if (this.instructions.length >= this.#maxInstructions) {
        // the empty end of the last line is no further instruction
        const next = this.#lines.findIndex((line, index) => index >= this.#next && /^\s*[^\s#]/.test(line));
        if (next !== -1) {
          this.faults.push({
            line: next + 1,
            code: "tooLarge",
            text: `more than ${this.#maxInstructions} instructions`,
          });
        }
        return;
      }
      this.#readInstruction();
    }
  }

  /** Comments of the form `name=value` at the very top; the first line that is none ends them. */
  #readDirectives(): void {
    for (const [index, line] of this.#lines.entries()) {
      const directive = /^\s*#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S.*?)\s*$/.exec(line);
      if (directive === null) {
        return;
      }
      if (directive[1]?.toLowerCase() === "escape" && directive[2] === "`") {
        this.escape = "`";
      }
      this.comments.push({ line: index + 1, text: line.replace(/^\s*#/, "").trim() });
      this.#next = index + 1;
    }
  }

  #readInstruction(): void {
    const line = this.#next + 1;
    const first = this.#lines[this.#next] ?? "";
    if (this.#skipComment(first)) {
      return;
    }
    const text = this.#readLogicalLine();
    const instruction = this.#parse(text.trim(), line, true);
    if (instruction !== undefined) {
      this.instructions.push(instruction);
    }
  }

  #skipComment(text: string): boolean {
    if (/^\s*#/.test(text)) {
      this.comments.push({ line: this.#next + 1, text: text.replace(/^\s*#/, "").trim() });
    } else if (text.trim() !== "") {
      return false;
    }
    this.#next += 1;
    return true;
  }

  /** Lines up to the first that the escape character does not continue; a break is kept, so that places can be told. */
  #readLogicalLine(): string {
    const parts: string[] = [];
    const continued = this.escape === "`" ? /`[ \t]*$/ : /\\[ \t]*$/;
    while (this.#next < this.#lines.length) {
      const text = this.#lines[this.#next] ?? "";
      if (parts.length > 0 && (/^\s*#/.test(text) || text.trim() === "")) {
        // Comments and (with a warning) empty lines do not end an instruction.
        if (text.trim() !== "") {
          this.comments.push({ line: this.#next + 1, text: text.replace(/^\s*#/, "").trim() });
        }
        parts.push("");
        this.#next += 1;
        continue;
      }
      this.#next += 1;
      if (!continued.test(text)) {
        parts.push(text);
        break;
      }
      parts.push(text.replace(continued, ""));
    }
    // A joined line is one for a shell: what looked like a break is a blank.
    return parts.join(JOINED);
  }

  #parse(source: string, line: number, mayTrigger: boolean): Instruction | undefined {
    const [, word = "", rest = ""] = /^((?:\\\n|\S)+)\s*([\s\S]*)$/.exec(source) ?? [];
    const spelling = word.replaceAll(JOINED, "");
    const name = spelling.toUpperCase();
    if (!INSTRUCTIONS.has(name)) {
      this.faults.push({ line, code: "unknownInstruction", text: spelling.slice(0, 60) });
      return undefined;
    }
    const { flags, text } = name === "ONBUILD" ? { flags: [], text: rest.trim() } : splitFlags(rest);
    if (text === "") {
      this.faults.push({ line, code: "noArguments", text: name });
    }
    if (name === "FROM") {
      this.#stage += 1;
    } else if (this.#stage < 0 && name !== "ARG") {
      this.faults.push({ line, code: "beforeFrom", text: name });
    }
    const heredocs = WITH_HEREDOCS.has(name) ? this.#readHeredocs(text, line) : [];
    const words = WITH_EXEC_FORM.has(name)
      ? execForm(name === "HEALTHCHECK" ? text.replace(/^CMD\s+/i, "") : text)
      : undefined;
    const trigger = name === "ONBUILD" && mayTrigger ? this.#parse(text, line, false) : undefined;
    return {
      name,
      spelling,
      line,
      text,
      flags,
      heredocs,
      stage: this.#stage,
      ...(words === undefined ? {} : { words }),
      ...(trigger === undefined ? {} : { trigger }),
    };
  }

  /** `<<EOF`, `<<-EOF`, `<<"EOF"`; not `<<<`, which is a word of a shell. */
  #readHeredocs(text: string, line: number): readonly Heredoc[] {
    const heredocs: Heredoc[] = [];
    for (const { name, isIndented } of findHeredocs(text)) {
      const content: string[] = [];
      const start = this.#next;
      while (this.#next < this.#lines.length && !this.#endsHeredoc(name, isIndented)) {
        content.push(this.#lines[this.#next] ?? "");
        this.#next += 1;
      }
      if (this.#next >= this.#lines.length) {
        this.faults.push({ line, code: "heredocOpen", text: name });
      }
      this.#next += 1;
      heredocs.push({ name, content: content.join("\n"), line: start + 1 });
    }
    return heredocs;
  }

  #endsHeredoc(name: string, isIndented: boolean): boolean {
    const text = this.#lines[this.#next] ?? "";
    return (isIndented ? text.replace(/^\t+/, "") : text) === name;
  }
}

/** Between lines that were joined; shells take it for a blank, and it tells the place of what follows. */
const JOINED = "\\\n";

function execForm(text: string): readonly string[] | undefined {
  const joined = text.replaceAll(JOINED, " ").trim();
  if (!joined.startsWith("[")) {
    return undefined;
  }
  try {
    const words: unknown = JSON.parse(joined);
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : undefined;
  } catch {
    // Docker takes what is no JSON for the shell form.
    return undefined;
  }
}
