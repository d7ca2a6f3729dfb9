// SPDX-License-Identifier: Apache-2.0
import { type CheckRule, DOCKERFILE_CHECKS, IMAGE_CHECKS } from "#image-lint";
import { CATALOGUE, isMessageId } from "#messages";
import { GENERATED_NOTE, renderTable } from "./markdown.ts";

/** The reference of what is checked about images and Dockerfiles, by id. */
export function renderImageCheckReference(): string {
  return `# Image and Dockerfile checks

${GENERATED_NOTE}

What it is for and how to turn one off: [the guide](../guides/en/image-checks.md). Words in braces are filled in.

## Images

${renderTable(["Check", "Severity", "What", "What to do"], IMAGE_CHECKS.map(rowOf))}

## Dockerfiles

The number beside is that of the rule of hadolint that is most alike; comments for it count for ours.

${renderTable(
  ["Check", "hadolint", "Severity", "What", "What to do"],
  DOCKERFILE_CHECKS.map((check) => {
    const [id = "", ...rest] = rowOf(check);
    return [id, check.hadolint ?? "", ...rest];
  }),
)}
`;
}

function rowOf({ id, severity }: CheckRule): readonly string[] {
  return [id, severity, textOf(`check.${id}`), textOf(`check.${id}.advice`)];
}

/** As in the catalogue, without the quotes of ICU messages around braces. */
function textOf(id: string): string {
  return isMessageId(id) ? CATALOGUE.en[id].replaceAll(/'([{}])'?/g, "$1").replaceAll("<", "&lt;") : "";
}
