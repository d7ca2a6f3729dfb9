// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { Observation } from "#packages";
import { findSecrets, toSecretObservation } from "#secrets";
import type { CheckRule } from "../check-rule.ts";
import { DOCKERFILE_CHECK, DOCKERFILE_CHECKS } from "../checks/dockerfile-checks.ts";
import { type IgnoredRules, readIgnoreComments } from "./ignore-comments.ts";
import type { DockerfileFault } from "./instruction.ts";
import { type DockerfileLintOptions, LintContext } from "./lint-context.ts";
import { parseDockerfile } from "./parse-dockerfile.ts";
import { checkBaseImages } from "./rules/base-image-rules.ts";
import { checkCopies } from "./rules/copy-rules.ts";
import { checkInstructions } from "./rules/instruction-rules.ts";
import { checkLabels } from "./rules/label-rules.ts";
import { checkPackages } from "./rules/package-rules.ts";
import { checkRegistries } from "./rules/registry-rules.ts";
import { checkSecretVariables } from "./rules/secret-rules.ts";
import { checkShell } from "./rules/shell-rules.ts";
import { checkUsers } from "./rules/user-rules.ts";

/** What was noticed about a Dockerfile, and what its comments tell to leave out. */
export interface DockerfileLint {
  /** Sorted by line and rule. */
  readonly observations: readonly Observation[];
  readonly ignored: readonly { readonly observation: Observation; readonly reason: string }[];
  /** False when it could not be built as it is; what was noticed holds all the same. */
  readonly isWellFormed: boolean;
}

const CHECKS = [
  checkBaseImages,
  checkRegistries,
  checkInstructions,
  checkLabels,
  checkCopies,
  checkUsers,
  checkShell,
  checkPackages,
  checkSecretVariables,
];

const FAULTS: Readonly<Record<DockerfileFault["code"], CheckRule>> = {
  unknownInstruction: DOCKERFILE_CHECK.parseUnknown,
  noArguments: DOCKERFILE_CHECK.parseArguments,
  heredocOpen: DOCKERFILE_CHECK.parseHeredoc,
  beforeFrom: DOCKERFILE_CHECK.parseStart,
  noFrom: DOCKERFILE_CHECK.parseStart,
  empty: DOCKERFILE_CHECK.parseStart,
  tooLarge: DOCKERFILE_CHECK.parseUnknown,
};

/** What is to be said about a Dockerfile, without what its comments tell to leave out. Pure; never throws for bad content. */
export function lintDockerfile(text: string, options: DockerfileLintOptions = {}): readonly Observation[] {
  return examineDockerfile(text, options).observations;
}

/** The same with what was left out, and why. */
export function examineDockerfile(text: string, options: DockerfileLintOptions = {}): DockerfileLint {
  const file = parseDockerfile(text);
  const context = new LintContext(file, options);
  for (const { code, line, text: name } of file.faults) {
    context.report(FAULTS[code], line, { line: String(line), name });
  }
  for (const check of CHECKS) {
    check(context);
  }
  const ignored = readIgnoreComments(file);
  for (const { line, rules, reason } of ignored) {
    if (reason === "") {
      context.report(DOCKERFILE_CHECK.ignoreReason, line, { rules: rules.join(", ") });
    }
  }
  const secrets = findSecrets(Buffer.from(text)).secrets.map(toSecretObservation);
  const all = withoutRepetitions([...context.observations, ...secrets]).toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || compareText(a.rule, b.rule),
  );
  return {
    observations: all.filter((each) => reasonOf(each, ignored) === undefined),
    ignored: all.flatMap((observation) => {
      const reason = reasonOf(observation, ignored);
      return reason === undefined ? [] : [{ observation, reason }];
    }),
    isWellFormed: file.faults.length === 0,
  };
}

const HADOLINT_NUMBERS = new Map(DOCKERFILE_CHECKS.map(({ id, hadolint = "" }) => [id, hadolint.split(", ")]));

function reasonOf({ rule, line = 0 }: Observation, ignored: readonly IgnoredRules[]): string | undefined {
  const names = [rule, ...(HADOLINT_NUMBERS.get(rule) ?? [])];
  return ignored.find(({ rules, from, to }) => from <= line && line <= to && rules.some((name) => names.includes(name)))
    ?.reason;
}

/** One line with five packages is told once. */
function withoutRepetitions(observations: readonly Observation[]): readonly Observation[] {
  const told = new Set<string>();
  return observations.filter(({ rule, line, params, excerpt }) => {
    const key = JSON.stringify([rule, line, params, excerpt]);
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  });
}
