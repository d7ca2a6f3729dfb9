// SPDX-License-Identifier: Apache-2.0
import { CREDENTIAL_WORDS, SECRET_RULES, type SecretRule } from "#secrets";
import { GENERATED_NOTE, renderTable } from "./markdown.ts";

/** The reference of secret rules, by id. */
export function renderSecretRuleReference(): string {
  const rows = SECRET_RULES.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((rule) => [
    `\`${rule.id}\``,
    rule.vendor,
    CREDENTIAL_WORDS[rule.credential],
    rule.severity,
    whereOf(rule),
  ]);
  return `# Secret rules

${GENERATED_NOTE}

The ${SECRET_RULES.length} rules by which Haechi finds secrets in files, variables and the history of images. What is done with them and what is left
out: [the guide](../guides/en/secrets.md).

${renderTable(["Rule", "Whose", "What", "Severity", "Where"], rows)}
`;
}

function whereOf({ files, isGeneric }: SecretRule): string {
  if (files === undefined) {
    return "anywhere";
  }
  return isGeneric === true ? "files of settings, variables" : "files of that program";
}
