// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import type { Command, CommandOption } from "./command.ts";
import { GLOBAL_OPTIONS } from "./parse-command.ts";

/** The help of one command: usage, arguments, options, examples. */
export function renderCommandHelp(command: Command, translate: Translate, program: string = "haechi"): string {
  const words = command.arguments.map((argument) => {
    const name = argument.isRepeated ? `${argument.name}…` : argument.name;
    return argument.isRequired ? name : `[${name}]`;
  });
  const sections = [
    translate(command.summary),
    `${translate("cli.help.usage")}\n  ${program} ${[command.name, ...words].join(" ")} [${translate("cli.help.options")}]`,
    section(
      translate("cli.help.arguments"),
      command.arguments.map((argument) => [argument.name, translate(argument.description)]),
    ),
    section(
      translate("cli.help.optionsTitle"),
      [...command.options, ...GLOBAL_OPTIONS].map((option) => [optionSpelling(option), optionText(option, translate)]),
    ),
    command.examples.length === 0
      ? ""
      : `${translate("cli.help.examples")}\n${command.examples.map((each) => `  ${each.replaceAll(/\bhaechi (?=[a-z])/g, `${program} `)}`).join("\n")}`,
    command.exitCodes === undefined ? "" : translate(command.exitCodes),
  ];
  return `${sections.filter((each) => each !== "").join("\n\n")}\n`;
}

/** The list of all commands. */
export function renderOverview(commands: readonly Command[], translate: Translate, program: string = "haechi"): string {
  return `${[
    translate("cli.help.about"),
    `${translate("cli.help.usage")}\n  ${program} ${translate("cli.help.commandWord")} [${translate("cli.help.options")}]`,
    section(
      translate("cli.help.commands"),
      commands.map((command) => [command.name, translate(command.summary)]),
    ),
    translate("cli.help.more", { program }),
  ].join("\n\n")}\n`;
}

/** How an option is written, e.g. `-f, --format FORMAT`. */
function optionSpelling(option: CommandOption): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.kind === "flag" ? "" : ` ${option.value ?? "VALUE"}`;
  return `${short}--${option.name}${value}`;
}

function optionText(option: CommandOption, translate: Translate): string {
  const choices = option.choices === undefined ? "" : ` (${option.choices.join(", ")})`;
  const preset = option.default === undefined ? "" : ` [${translate("cli.help.default", { value: option.default })}]`;
  return `${translate(option.description)}${choices}${preset}`;
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) {
    return "";
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  return `${title}\n${rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join("\n")}`;
}
