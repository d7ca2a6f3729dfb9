// SPDX-License-Identifier: Apache-2.0
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import { hasOpenMode, isPipedDownload, isUnverifiedDownload, programOf } from "../../shell/risky-commands.ts";
import type { ShellCommand } from "../../shell/split-commands.ts";
import type { BuildStage, Instruction } from "../instruction.ts";
import { joinedText } from "../joined-text.ts";
import type { LintContext, RunScript } from "../lint-context.ts";

const USELESS: ReadonlySet<string> = new Set(
  "ssh vim nano emacs shutdown reboot halt service systemctl ps free top htop kill mount ifconfig less man".split(" "),
);
const BASH_WORDS: ReadonlySet<string> = new Set([
  "[[",
  "source",
  "function",
  "declare",
  "pushd",
  "popd",
  "shopt",
  "mapfile",
]);

/** What is checked about the commands of RUN, whatever they install. */
export function checkShell(context: LintContext): void {
  for (const stage of context.file.stages) {
    let shell: readonly string[] = ["/bin/sh", "-c"];
    for (const instruction of context.instructionsOf(stage)) {
      if (instruction.name === "SHELL") {
        shell = instruction.words ?? shell;
      } else if (instruction.name === "RUN") {
        checkFlags(context, instruction);
        for (const script of context.scriptsIn(instruction)) {
          checkScript(context, script, shell);
        }
      }
    }
    checkDownloaders(context, stage);
  }
}

function checkFlags(context: LintContext, instruction: Instruction): void {
  for (const { name, value } of instruction.flags) {
    if ((name === "security" && value === "insecure") || (name === "network" && value === "host")) {
      context.report(DOCKERFILE_CHECK.insecureBuild, instruction.line, { flag: `--${name}=${value}` });
    }
  }
  const socket = /\/(?:var\/)?run\/(?:docker|containerd\/containerd|crio\/crio|podman\/podman)\.sock/.exec(
    joinedText(instruction) + instruction.flags.map(({ value }) => value).join(" "),
  );
  if (socket !== null) {
    context.report(DOCKERFILE_CHECK.dockerSocket, instruction.line, { path: socket[0] });
  }
}

function checkScript(context: LintContext, script: RunScript, shell: readonly string[]): void {
  const { commands, instruction } = script;
  const piped = isPipedDownload(commands);
  if (piped !== undefined) {
    context.report(DOCKERFILE_CHECK.pipedDownload, instruction.line, { program: piped });
  }
  for (const command of commands) {
    checkCommand(context, script, command, shell);
  }
  const isBash =
    /(?:^|\/)(?:bash|zsh|ash|ksh)$/.test(shell[0] ?? "") ||
    /^#!.*(?:bash|zsh)/.test(instruction.heredocs[0]?.content ?? "");
  const hasPipefail =
    shell.some((word) => word.includes("pipefail")) ||
    commands.some(({ words }) => words[0] === "set" && words.some((word) => word.includes("pipefail")));
  if (
    !hasPipefail &&
    !/pwsh|powershell|cmd/i.test(shell[0] ?? "") &&
    commands.some(({ operator }) => operator === "|")
  ) {
    context.report(DOCKERFILE_CHECK.pipefail, instruction.line);
  }
  const bashWord = commands.find(({ words }) => BASH_WORDS.has(words[0] ?? ""));
  if (!isBash && !/bash/.test(instruction.words?.[0] ?? "") && bashWord !== undefined) {
    context.report(DOCKERFILE_CHECK.bashOnly, context.lineOf(script, bashWord), { program: bashWord.words[0] ?? "" });
  }
  if (
    script.isHeredoc &&
    commands.length > 1 &&
    !commands.some(isSetE) &&
    !shell.some((word) => /^-[a-z]*e/.test(word))
  ) {
    context.report(DOCKERFILE_CHECK.heredocWithoutSet, script.line);
  }
}

function isSetE({ words }: ShellCommand): boolean {
  return words[0] === "set" && words.some((word) => /^-[a-z]*e/.test(word) || word === "errexit");
}

function checkCommand(context: LintContext, script: RunScript, command: ShellCommand, shell: readonly string[]): void {
  const line = context.lineOf(script, command);
  const program = programOf(command);
  const { words } = command;
  if ((words[0] ?? "").endsWith("sudo")) {
    context.report(DOCKERFILE_CHECK.sudo, line);
  }
  if (USELESS.has(program)) {
    context.report(DOCKERFILE_CHECK.uselessCommand, line, { program });
  }
  if (program === "cd" && words.length === 2) {
    context.report(DOCKERFILE_CHECK.cdInsteadOfWorkdir, line, { path: words[1] ?? "" });
  }
  if (program === "ln" && words.at(-1) === "/bin/sh") {
    context.report(DOCKERFILE_CHECK.shellLink, line);
  }
  if (program === "apt-key") {
    context.report(DOCKERFILE_CHECK.aptKey, line);
  }
  if (
    program === "useradd" &&
    isHighNumber(words) &&
    !words.some((word) => /^-[a-zA-Z]*l|^--no-log-init$/.test(word))
  ) {
    context.report(DOCKERFILE_CHECK.useraddHigh, line);
  }
  if (
    program === "wget" &&
    !words.some((word) => /^(?:--progress|-q|-nv|-[a-zA-Z]*q|--quiet|--no-verbose|-o|-a|--show-progress)/.test(word))
  ) {
    context.report(DOCKERFILE_CHECK.wgetProgress, line);
  }
  if (hasOpenMode(command)) {
    context.report(DOCKERFILE_CHECK.openMode, line);
  }
  if (isUnverifiedDownload(command)) {
    context.report(DOCKERFILE_CHECK.unverifiedDownload, line, { program });
  }
  const removed =
    program === "rm" && words.some((word) => /^-[a-zA-Z]*[rR]/.test(word))
      ? words.find((word) => /^\$(?:\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z_][A-Za-z0-9_]*)\/(?:\*|$)/.test(word))
      : undefined;
  if (removed !== undefined && shell.length > 0) {
    context.report(DOCKERFILE_CHECK.removeVariable, line, { command: `rm -r ${removed}` });
  }
}

function isHighNumber(words: readonly string[]): boolean {
  const at = words.findIndex((word) => /^(?:-[a-zA-Z]*u|--uid)$/.test(word));
  const value =
    at < 0
      ? /^(?:--uid=|-u)(\d+)$/.exec(words.find((word) => /^(?:--uid=|-u)\d+$/.test(word)) ?? "")?.[1]
      : words[at + 1];
  return /^\d{6,}$/.test(value ?? "");
}

function checkDownloaders(context: LintContext, stage: BuildStage): void {
  const scripts = context.scriptsOf(stage);
  function firstOf(name: string): number | undefined {
    for (const script of scripts) {
      const command = script.commands.find((each) => programOf(each) === name);
      if (command !== undefined) {
        return context.lineOf(script, command);
      }
    }
    return undefined;
  }
  const [wget, curl] = [firstOf("wget"), firstOf("curl")];
  if (wget !== undefined && curl !== undefined) {
    context.report(DOCKERFILE_CHECK.twoDownloaders, Math.max(wget, curl));
  }
}
