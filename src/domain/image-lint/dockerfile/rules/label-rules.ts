// SPDX-License-Identifier: Apache-2.0
import type { CheckRule } from "../../check-rule.ts";
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import type { Instruction } from "../instruction.ts";
import { isOfKind, type LabelKind } from "../label-kind.ts";
import type { LintContext } from "../lint-context.ts";
import { splitPairs } from "../split-pairs.ts";

/** What is told of a value that is not of its kind; every text is a text. */
const CHECK_OF: Readonly<Record<Exclude<LabelKind, "text">, CheckRule>> = {
  url: DOCKERFILE_CHECK.labelUrl,
  rfc3339: DOCKERFILE_CHECK.labelTime,
  spdx: DOCKERFILE_CHECK.labelLicense,
  hash: DOCKERFILE_CHECK.labelHash,
  semver: DOCKERFILE_CHECK.labelVersion,
  email: DOCKERFILE_CHECK.labelEmail,
};

/** What the annotations of the OCI image specification say about their values; they hold where nothing else is required. */
const OCI_LABELS = new Map<string, LabelKind>([
  ["org.opencontainers.image.created", "rfc3339"],
  ["org.opencontainers.image.url", "url"],
  ["org.opencontainers.image.source", "url"],
  ["org.opencontainers.image.documentation", "url"],
  ["org.opencontainers.image.licenses", "spdx"],
]);
const BASE_DIGEST = "org.opencontainers.image.base.digest";

/** What is checked about LABEL: names, values, and the labels that somebody asked for. */
export function checkLabels(context: LintContext): void {
  for (const stage of context.file.stages) {
    for (const instruction of context.instructionsOf(stage, "LABEL")) {
      checkInstruction(context, instruction);
    }
  }
  checkMissing(context);
}

function checkInstruction(context: LintContext, instruction: Instruction): void {
  const { pairs, isLegacy } = splitPairs(instruction.text);
  const { line } = instruction;
  const required = new Map(Object.entries(context.options.requiredLabels ?? {}));
  if (isLegacy) {
    context.report(DOCKERFILE_CHECK.legacyPair, line, { instruction: "LABEL", name: pairs[0]?.name ?? "" });
  }
  for (const { name, value } of pairs) {
    if (!name.includes("$") && !/^[a-z0-9](?:[a-z0-9._/-]{0,250}[a-z0-9])?$/.test(name)) {
      context.report(DOCKERFILE_CHECK.labelName, line, { name });
    }
    if (context.options.hasStrictLabels === true && !required.has(name)) {
      context.report(DOCKERFILE_CHECK.labelSuperfluous, line, { name });
    }
    // what a variable holds is known to the build only
    const broken = value.includes("$") ? undefined : brokenBy(name, value, required.get(name));
    if (broken !== undefined) {
      context.report(broken, line, { name });
    }
  }
}

function brokenBy(name: string, value: string, required: LabelKind | undefined): CheckRule | undefined {
  if (value === "") {
    return DOCKERFILE_CHECK.emptyLabel;
  }
  if (required === undefined && name === BASE_DIGEST) {
    return /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(value) ? undefined : DOCKERFILE_CHECK.labelDigest;
  }
  const kind = required ?? OCI_LABELS.get(name) ?? "text";
  return kind === "text" || isOfKind(kind, value) ? undefined : CHECK_OF[kind];
}

/** The image has the labels of the final stage, and of the stages that it is built on. */
function checkMissing(context: LintContext): void {
  const { finalStage } = context;
  if (finalStage === undefined) {
    return;
  }
  const present = new Set(
    context
      .ancestryOf(finalStage)
      .flatMap(({ instructions }) => instructions.filter(({ name }) => name === "LABEL"))
      .flatMap(({ text }) => splitPairs(text).pairs.map(({ name }) => name)),
  );
  for (const name of Object.keys(context.options.requiredLabels ?? {})) {
    if (!present.has(name)) {
      context.report(DOCKERFILE_CHECK.labelMissing, finalStage.line, { name });
    }
  }
}
