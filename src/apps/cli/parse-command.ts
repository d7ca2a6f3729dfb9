// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";
import { messageOf } from "#base";
import type { Command, CommandOption, Invocation } from "./command.ts";
import { UsageError } from "./errors.ts";

/** Options that every command takes. */
export const GLOBAL_OPTIONS: readonly CommandOption[] = [
  { name: "help", short: "h", kind: "flag", description: "cli.option.help" },
  { name: "lang", kind: "text", value: "LANG", choices: ["en", "ko"], description: "cli.option.lang" },
];

/** The command that the words begin with (more words before fewer), and the words after it. */
export function selectCommand(
  argv: readonly string[],
  commands: readonly Command[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const length of [3, 2, 1]) {
    const name = argv.slice(0, length).join(" ");
    const command = commands.find((each) => each.name === name);
    if (command !== undefined && argv.length >= length) {
      return { command, rest: argv.slice(length) };
    }
  }
  return undefined;
}

/** Checks words and options against the command's table; throws UsageError. `--help` skips the check of arguments. */
export function parseInvocation(command: Command, argv: readonly string[]): Invocation {
  const options = [...command.options, ...GLOBAL_OPTIONS];
  const { values, positionals } = parseWords(argv, options);
  for (const option of options) {
    checkChoices(option, values[option.name]);
  }
  if (values["help"] !== true) {
    checkArguments(command, positionals);
  }
  return {
    arguments: positionals,
    text: (name) => {
      const value = values[name];
      return typeof value === "string" ? value : options.find((option) => option.name === name)?.default;
    },
    list: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    flag: (name) => values[name] === true,
  };
}

type ParsedValues = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function parseWords(
  argv: readonly string[],
  options: readonly CommandOption[],
): { readonly values: ParsedValues; readonly positionals: readonly string[] } {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        options.map((option) => [
          option.name,
          {
            type: option.kind === "flag" ? ("boolean" as const) : ("string" as const),
            multiple: option.kind === "list",
            ...(option.short === undefined ? {} : { short: option.short }),
          },
        ]),
      ),
    });
  } catch (error) {
    const [firstSentence = ""] = messageOf(error).split(". ");
    throw new UsageError(
      "OPTION_INVALID",
      firstSentence.replace(/^\w/, (letter) => letter.toLowerCase()),
      {
        cause: error,
      },
    );
  }
}

function checkChoices(option: CommandOption, value: ParsedValues[string]): void {
  if (option.choices === undefined || value === undefined || typeof value === "boolean") {
    return;
  }
  for (const each of typeof value === "string" ? [value] : value) {
    if (!option.choices.includes(String(each))) {
      throw new UsageError(
        "OPTION_INVALID",
        `--${option.name} takes one of ${option.choices.join(", ")}, found "${String(each)}"`,
      );
    }
  }
}

function checkArguments(command: Command, words: readonly string[]): void {
  const missing = command.arguments.find((argument, index) => argument.isRequired && words[index] === undefined);
  if (missing !== undefined) {
    throw new UsageError("ARGUMENT_INVALID", `${missing.name} is missing`);
  }
  const takesMany = command.arguments.some((argument) => argument.isRepeated);
  const extra = words[command.arguments.length];
  if (!takesMany && extra !== undefined) {
    throw new UsageError("ARGUMENT_INVALID", `unexpected "${extra}"`);
  }
}
