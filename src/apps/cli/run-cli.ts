// SPDX-License-Identifier: Apache-2.0
import { CodedError, redactText } from "#base";
import type { Language, Translate } from "#messages";
import { explainError } from "#messages";
import type { Command, CommandContext, ExitCode } from "./command.ts";
import { UsageError } from "./errors.ts";
import { parseInvocation, selectCommand } from "./parse-command.ts";
import { renderCommandHelp, renderOverview } from "./render-help.ts";

/** What a command line is run with. */
export interface CommandLine extends Omit<CommandContext, "language" | "translate"> {
  readonly createTranslate: (language: Language) => Translate;
}

/**
 * Runs one command line (without program names) and returns its exit code. Known failures become one line on stderr; bugs
 * are thrown. A command without `run` only shows its help.
 */
export async function runCli(
  argv: readonly string[],
  base: CommandLine,
  commands: readonly Command[],
): Promise<ExitCode> {
  const language = chosenLanguage(argv) ?? base.environment.language;
  const translate = base.createTranslate(language);
  const context: CommandContext = { ...base, language, translate, readStdin: readOnce(base.readStdin) };
  const words = chosenLanguage(argv) === undefined ? argv : withoutLanguage(argv);
  if (words.length === 0 || words[0] === "help" || words[0] === "--help" || words[0] === "-h") {
    const named = selectCommand(words.slice(1), commands);
    const group = commandsOfGroup(words.slice(1), commands);
    context.stdout(
      named === undefined
        ? renderOverview(group.length > 0 ? group : commands, translate, base.program)
        : renderCommandHelp(named.command, translate, base.program),
    );
    return words.length === 0 ? 2 : 0;
  }
  try {
    return await runSelected(words[0] === "--version" ? ["version"] : words, context, commands);
  } catch (error) {
    if (!(error instanceof CodedError)) {
      throw error;
    }
    const program = base.program ?? "haechi";
    context.stderr(`${program}: ${redactText(explainError(error, translate))} (${String(error.code)})\n`);
    if (error instanceof UsageError) {
      const named = selectCommand(words, commands);
      const topic = named === undefined ? `${program} help` : `${program} help ${named.command.name}`;
      context.stderr(`${translate("cli.seeHelp", { command: topic })}\n`);
    }
    return 2;
  }
}

async function runSelected(
  words: readonly string[],
  context: CommandContext,
  commands: readonly Command[],
): Promise<ExitCode> {
  const selected = selectCommand(words, commands);
  if (selected === undefined) {
    const isHelp = words.at(-1) === "--help" || words.at(-1) === "-h";
    const sameGroup = commandsOfGroup(isHelp ? words.slice(0, -1) : words, commands);
    if (sameGroup.length > 0) {
      context.stdout(renderOverview(sameGroup, context.translate, context.program));
      return isHelp ? 0 : 2;
    }
    throw new UsageError("COMMAND_UNKNOWN", context.translate("cli.unknownCommand", { name: words.join(" ") }));
  }
  const invocation = parseInvocation(selected.command, selected.rest);
  if (invocation.flag("help") || selected.command.run === undefined) {
    context.stdout(renderCommandHelp(selected.command, context.translate, context.program));
    return 0;
  }
  return await selected.command.run(invocation, context);
}

/** The commands below words such as `registry settings`. */
function commandsOfGroup(words: readonly string[], commands: readonly Command[]): readonly Command[] {
  return commands.filter((command) => command.name.startsWith(`${words.join(" ")} `));
}

/** Standard input ends when it was read; a command that reaches a registry twice asks for the password twice. */
function readOnce(read: () => Promise<string>): () => Promise<string> {
  let reading: Promise<string> | undefined;
  return () => (reading ??= read());
}

/** `--lang` counts wherever it stands, so that even the help of a wrong command comes in the language asked for. */
function chosenLanguage(argv: readonly string[]): Language | undefined {
  const index = argv.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const word = argv[index];
  const value = word === "--lang" ? argv[index + 1] : word?.slice("--lang=".length);
  if (word === undefined) {
    return undefined;
  }
  if (value === "en" || value === "ko") {
    return value;
  }
  return undefined;
}

/** A language that was understood is taken out, so that the command may stand behind it; a wrong one stays and is refused by the parser. */
function withoutLanguage(argv: readonly string[]): readonly string[] {
  return argv.filter((word, index) => word !== "--lang" && !word.startsWith("--lang=") && argv[index - 1] !== "--lang");
}
