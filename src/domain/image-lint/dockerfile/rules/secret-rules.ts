// SPDX-License-Identifier: Apache-2.0
import { isSecretVariable } from "#secrets";
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import type { LintContext } from "../lint-context.ts";
import { splitPairs } from "../split-pairs.ts";

/** What is checked about ENV and ARG: values of both are written into the image. */
export function checkSecretVariables(context: LintContext): void {
  for (const { name, text, line } of context.file.instructions) {
    if (name !== "ENV" && name !== "ARG") {
      continue;
    }
    // An ARG without a value is filled while building and read from the history all the same.
    const pairs = name === "ARG" ? argumentsOf(text) : splitPairs(text).pairs;
    for (const pair of pairs) {
      if (isSecretVariable(pair.name, pair.value)) {
        context.report(DOCKERFILE_CHECK.secretVariable, line, { instruction: name, name: pair.name });
      }
    }
  }
}

function argumentsOf(text: string): readonly { readonly name: string; readonly value: string }[] {
  const { pairs, isLegacy } = splitPairs(text);
  if (!isLegacy && pairs.length > 0) {
    return pairs;
  }
  return text
    .replaceAll("\\\n", " ")
    .split(/\s+/)
    .map((word) => ({
      name: word.split("=", 1)[0] ?? "",
      value: word.includes("=") ? word.slice(word.indexOf("=") + 1) : "given",
    }));
}
