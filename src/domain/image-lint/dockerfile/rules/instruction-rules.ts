// SPDX-License-Identifier: Apache-2.0

import type { CheckRule } from "../../check-rule.ts";
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import type { BuildStage, Instruction } from "../instruction.ts";
import { joinedText } from "../joined-text.ts";
import type { LintContext } from "../lint-context.ts";
import { splitPairs } from "../split-pairs.ts";

const AT_MOST_ONCE: Readonly<Record<string, CheckRule>> = {
  CMD: DOCKERFILE_CHECK.severalCommands,
  ENTRYPOINT: DOCKERFILE_CHECK.severalEntrypoints,
  HEALTHCHECK: DOCKERFILE_CHECK.severalHealthchecks,
};

/** Folders that belong to the system, and sockets through which a container steers its machine. */
const SENSITIVE_VOLUME =
  /^\/(?:$|(?:bin|boot|dev|etc|lib|lib64|proc|sbin|sys|usr|root)(?:\/.*)?$|var\/?$|(?:var\/)?run\/(?:docker|containerd|crio|podman).*)/;

/** What is checked about single instructions and how often they occur. */
export function checkInstructions(context: LintContext): void {
  for (const stage of context.file.stages) {
    checkCounts(context, stage);
    for (const instruction of context.instructionsOf(stage)) {
      checkInstruction(context, instruction);
    }
  }
  const { finalStage } = context;
  if (finalStage !== undefined && !finalStage.instructions.some(({ name }) => name === "HEALTHCHECK")) {
    context.report(DOCKERFILE_CHECK.noHealthcheck, finalStage.line);
  }
  checkCase(context);
}

function checkCounts(context: LintContext, stage: BuildStage): void {
  for (const [name, check] of Object.entries(AT_MOST_ONCE)) {
    for (const { line } of stage.instructions.filter((each) => each.name === name).slice(1)) {
      context.report(check, line);
    }
  }
  for (const [index, { name, line, heredocs, flags }] of stage.instructions.entries()) {
    const before = stage.instructions[index - 1];
    if (
      name === "RUN" &&
      before?.name === "RUN" &&
      heredocs.length + before.heredocs.length === 0 &&
      JSON.stringify(flags) === JSON.stringify(before.flags)
    ) {
      context.report(DOCKERFILE_CHECK.consecutiveRuns, line);
    }
  }
}

function checkInstruction(context: LintContext, instruction: Instruction): void {
  const { name, line, words, trigger } = instruction;
  const text = joinedText(instruction);
  switch (name) {
    case "WORKDIR":
      if (!/^["']?(?:\/|\$|[A-Za-z]:[\\/])/.test(text)) {
        context.report(DOCKERFILE_CHECK.relativeWorkdir, line, { path: text });
      }
      break;
    case "EXPOSE":
      checkPorts(context, text, line);
      break;
    case "CMD":
    case "ENTRYPOINT":
      if (words === undefined && text !== "") {
        context.report(DOCKERFILE_CHECK.jsonForm, line, { name });
      }
      break;
    case "MAINTAINER":
      context.report(DOCKERFILE_CHECK.maintainer, line);
      break;
    case "ONBUILD":
      if (trigger !== undefined && ["FROM", "MAINTAINER", "ONBUILD"].includes(trigger.name)) {
        context.report(DOCKERFILE_CHECK.onBuildTrigger, line, { name: trigger.name });
      }
      break;
    case "VOLUME":
      for (const path of words ?? text.split(/\s+/)) {
        if (SENSITIVE_VOLUME.test(path)) {
          context.report(DOCKERFILE_CHECK.sensitiveVolume, line, { path });
        }
      }
      break;
    case "ENV":
      checkEnv(context, instruction);
      break;
    default:
      break;
  }
}

function checkPorts(context: LintContext, text: string, line: number): void {
  for (const exposed of text.split(/\s+/)) {
    if (exposed.includes("$")) {
      continue;
    }
    const [range = "", protocol = "tcp"] = exposed.split("/", 2);
    const ports = range.split("-");
    const isValid = ports.length <= 2 && ports.every((port) => /^[0-9]{1,5}$/.test(port) && Number(port) <= 65_535);
    if (!isValid || !/^(?:tcp|udp|sctp)$/i.test(protocol)) {
      context.report(DOCKERFILE_CHECK.invalidPort, line, { port: exposed });
    } else if (range === "22" || range === "2222") {
      context.report(DOCKERFILE_CHECK.sshPort, line, { port: exposed });
    }
  }
}

function checkEnv(context: LintContext, instruction: Instruction): void {
  const { pairs, isLegacy } = splitPairs(instruction.text);
  if (isLegacy) {
    const name = pairs[0]?.name ?? "";
    context.report(DOCKERFILE_CHECK.legacyPair, instruction.line, { instruction: "ENV", name });
  }
  const made = new Set<string>();
  for (const { name, value } of pairs) {
    for (const match of value.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]{0,100})/g)) {
      if (made.has(match[1] ?? "")) {
        context.report(DOCKERFILE_CHECK.envRefersToItself, instruction.line, { name: match[1] ?? "" });
      }
    }
    made.add(name);
  }
}

/** BuildKit's rule: all in upper or all in lower case. */
function checkCase(context: LintContext): void {
  const { instructions } = context.file;
  const lower = instructions.filter(({ spelling }) => spelling === spelling.toLowerCase()).length;
  const isLower = lower > instructions.length / 2;
  for (const { spelling, line } of instructions) {
    if (spelling !== (isLower ? spelling.toLowerCase() : spelling.toUpperCase())) {
      context.report(DOCKERFILE_CHECK.mixedCase, line, { name: spelling });
    }
  }
}
