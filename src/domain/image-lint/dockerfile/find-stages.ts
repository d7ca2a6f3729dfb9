// SPDX-License-Identifier: Apache-2.0
import type { BuildStage, Instruction } from "./instruction.ts";
import { joinedText } from "./joined-text.ts";

/** The stages, with the names of their bases as far as defaults of ARG tell them. */
export function findStages(instructions: readonly Instruction[]): readonly BuildStage[] {
  const defaults = new Map<string, string>();
  const stages: { -readonly [Key in keyof BuildStage]: BuildStage[Key] }[] = [];
  const members: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.name === "FROM") {
      // here a joined line is no blank: a name may stand on two
      const [written = "", as = "", name = ""] = instruction.text.replaceAll("\\\n", "").trim().split(/\s+/);
      const platform = instruction.flags.find((flag) => flag.name === "platform")?.value;
      members.push([]);
      stages.push({
        index: stages.length,
        base: replaceVariables(written, defaults),
        written,
        line: instruction.line,
        instructions: members.at(-1) ?? [],
        ...(as.toLowerCase() === "as" && name !== "" ? { name: name.toLowerCase() } : {}),
        ...(platform === undefined ? {} : { platform }),
      });
    } else if (stages.length === 0 && instruction.name === "ARG") {
      for (const word of joinedText(instruction).split(/\s+/)) {
        const equals = word.indexOf("=");
        if (equals > 0) {
          defaults.set(word.slice(0, equals), word.slice(equals + 1).replaceAll(/^["']|["']$/g, ""));
        }
      }
    } else {
      members.at(-1)?.push(instruction);
    }
  }
  return stages;
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`; a name without a value stays as it is. */
function replaceVariables(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:\{([A-Za-z_][A-Za-z0-9_]{0,100})(?::?-([^{}]{0,200}))?\}|([A-Za-z_][A-Za-z0-9_]{0,100}))/g,
    (whole, braced: string | undefined, fallback: string | undefined, plain: string | undefined) =>
      values.get(braced ?? plain ?? "") ?? fallback ?? whole,
  );
}
