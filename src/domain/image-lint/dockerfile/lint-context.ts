// SPDX-License-Identifier: Apache-2.0
import type { Observation } from "#packages";
import { hideSecrets } from "#secrets";
import { type CheckRule, observe } from "../check-rule.ts";
import { type ShellCommand, splitCommands } from "../shell/split-commands.ts";
import type { BuildStage, Dockerfile, Instruction } from "./instruction.ts";
import type { LabelKind } from "./label-kind.ts";

/** What somebody may ask of a Dockerfile beyond what holds for all. */
export interface DockerfileLintOptions {
  /** Registries from which bases may come (`docker.io` for names without one, `*.example.com` for all below); all unless given. */
  readonly allowedRegistries?: readonly string[];
  /** Labels that the image must have, and of which kind their values are; none unless given. */
  readonly requiredLabels?: Readonly<Record<string, LabelKind>>;
  /** Whether labels that are not required are told. */
  readonly hasStrictLabels?: boolean;
}

/** The commands of a RUN, with the lines on which they stand. */
export interface RunScript {
  readonly instruction: Instruction;
  readonly commands: readonly ShellCommand[];
  /** Line of the first line of the script. */
  readonly line: number;
  readonly isHeredoc: boolean;
}

/** What rules read, and where they report. */
export class LintContext {
  readonly file: Dockerfile;
  readonly options: DockerfileLintOptions;
  readonly observations: Observation[] = [];
  readonly #scripts = new Map<Instruction, readonly RunScript[]>();

  constructor(file: Dockerfile, options: DockerfileLintOptions) {
    this.file = file;
    this.options = options;
  }

  /** The stage that the image is made of. */
  get finalStage(): BuildStage | undefined {
    return this.file.stages.at(-1);
  }

  report(check: CheckRule, line: number, params?: Readonly<Record<string, string>>): void {
    const shown = Object.entries(params ?? {}).map(([name, value]) => [name, hideSecrets(value)] as const);
    this.observations.push(
      observe(check, { line, ...(params === undefined ? {} : { params: Object.fromEntries(shown) }) }),
    );
  }

  /** Instructions of a stage, with those that ONBUILD triggers. */
  instructionsOf(stage: BuildStage, name?: string): readonly Instruction[] {
    const all = stage.instructions.flatMap((each) => (each.trigger === undefined ? [each] : [each, each.trigger]));
    return name === undefined ? all : all.filter((each) => each.name === name);
  }

  /** The stage and those of the file that it is built on, itself first. Only a stage above can be built on, so that this ends. */
  ancestryOf(stage: BuildStage): readonly BuildStage[] {
    const ancestry = [stage];
    for (let base = this.#baseOf(stage); base !== undefined; base = this.#baseOf(base)) {
      ancestry.push(base);
    }
    return ancestry;
  }

  #baseOf({ index, base }: BuildStage): BuildStage | undefined {
    return this.file.stages.slice(0, index).findLast(({ name }) => name === base.toLowerCase());
  }

  scriptsOf(stage: BuildStage): readonly RunScript[] {
    return this.instructionsOf(stage, "RUN").flatMap((each) => this.scriptsIn(each));
  }

  scriptsIn(instruction: Instruction): readonly RunScript[] {
    const known = this.#scripts.get(instruction);
    const scripts = known ?? readScripts(instruction);
    this.#scripts.set(instruction, scripts);
    return scripts;
  }

  lineOf(script: RunScript, command: ShellCommand): number {
    return script.line + command.line;
  }
}

function readScripts(instruction: Instruction): readonly RunScript[] {
  const { words, text, heredocs, line } = instruction;
  // A here-document alone is the script itself; behind a program it is what that program reads.
  const isScript = /^\d?<<-?["']?[A-Za-z_]/.test(text) || /^(?:\/bin\/)?(?:ba|da|a)?sh(?: -[a-z]+)*\s+<</.test(text);
  const own: RunScript = { instruction, commands: splitCommands(scriptText(words, text)), line, isHeredoc: false };
  return [
    own,
    ...(isScript ? heredocs : []).map((heredoc) => ({
      instruction,
      commands: splitCommands(heredoc.content),
      line: heredoc.line,
      isHeredoc: true,
    })),
  ];
}

/** `["sh", "-c", "…"]` has its script in the third word. */
function scriptText(words: readonly string[] | undefined, text: string): string {
  if (words === undefined) {
    return text;
  }
  const isShell = /(?:^|\/)(?:ba|da|a|z)?sh$/.test(words[0] ?? "") && /^-[a-z]*c$/.test(words[1] ?? "");
  return isShell ? (words[2] ?? "") : words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
