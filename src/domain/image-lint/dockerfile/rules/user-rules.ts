// SPDX-License-Identifier: Apache-2.0
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import type { BuildStage } from "../instruction.ts";
import { joinedText } from "../joined-text.ts";
import type { LintContext } from "../lint-context.ts";

/** Bases whose images set a user that is not root. */
const NON_ROOT_BASE = /(?:^|[:/_-])(?:nonroot|rootless|unprivileged)(?:$|[:/@_-])|^cgr\.dev\//;

/** What is checked about USER: who the container runs as (S3-036). */
export function checkUsers(context: LintContext): void {
  const { finalStage } = context;
  if (finalStage === undefined) {
    return;
  }
  const last = userOf(context, finalStage);
  if (last === undefined) {
    if (!NON_ROOT_BASE.test(originOf(context, finalStage).base)) {
      context.report(DOCKERFILE_CHECK.noUser, finalStage.line);
    }
  } else if (/^(?:root|0+)(?::.*)?$/.test(last.user)) {
    context.report(DOCKERFILE_CHECK.lastUserRoot, last.line, { user: last.user });
  }
}

/** The last USER of a stage, or of the stage that it is built on. */
function userOf(context: LintContext, stage: BuildStage): { readonly user: string; readonly line: number } | undefined {
  for (let each: BuildStage | undefined = stage; each !== undefined; each = parentOf(context, each)) {
    const last = each.instructions.findLast(({ name }) => name === "USER");
    if (last !== undefined) {
      return { user: joinedText(last).replaceAll(/["']/g, ""), line: last.line };
    }
  }
  return undefined;
}

function originOf(context: LintContext, stage: BuildStage): BuildStage {
  let origin = stage;
  for (let each: BuildStage | undefined = stage; each !== undefined; each = parentOf(context, each)) {
    origin = each;
  }
  return origin;
}

/** Only a stage above can be built on, so that this ends. */
function parentOf({ file }: LintContext, stage: BuildStage): BuildStage | undefined {
  return file.stages.slice(0, stage.index).findLast(({ name }) => name === stage.base.toLowerCase());
}
