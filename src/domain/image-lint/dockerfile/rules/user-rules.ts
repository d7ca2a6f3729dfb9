// SPDX-License-Identifier: Apache-2.0
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import type { BuildStage } from "../instruction.ts";
import { joinedText } from "../joined-text.ts";
import type { LintContext } from "../lint-context.ts";

/** Bases whose images set a user that is not root. */
const NON_ROOT_BASE = /(?:^|[:/_-])(?:nonroot|rootless|unprivileged)(?:$|[:/@_-])|^cgr\.dev\//;

/** What is checked about USER: who the container runs as. */
export function checkUsers(context: LintContext): void {
  const { finalStage } = context;
  if (finalStage === undefined) {
    return;
  }
  const last = userOf(context, finalStage);
  if (last === undefined) {
    if (!NON_ROOT_BASE.test(context.ancestryOf(finalStage).at(-1)?.base ?? "")) {
      context.report(DOCKERFILE_CHECK.noUser, finalStage.line);
    }
  } else if (/^(?:root|0+)(?::.*)?$/.test(last.user)) {
    context.report(DOCKERFILE_CHECK.lastUserRoot, last.line, { user: last.user });
  } else if (!/^[0-9]+(?::|$)/.test(last.user) && !last.user.includes("$")) {
    context.report(DOCKERFILE_CHECK.userByName, last.line, { user: last.user });
  }
}

/** The last USER of a stage, or of the stage that it is built on. */
function userOf(context: LintContext, stage: BuildStage): { readonly user: string; readonly line: number } | undefined {
  for (const each of context.ancestryOf(stage)) {
    const last = each.instructions.findLast(({ name }) => name === "USER");
    if (last !== undefined) {
      return { user: joinedText(last).replaceAll(/["']/g, ""), line: last.line };
    }
  }
  return undefined;
}
