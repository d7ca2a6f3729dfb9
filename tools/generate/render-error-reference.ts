// SPDX-License-Identifier: Apache-2.0
import { GENERATED_NOTE, renderTable } from "./markdown.ts";
import { type CodedErrorClass, readCodedErrors } from "./read-coded-errors.ts";

/** The reference of error codes, one section for each class. */
export function renderErrorReference(classes: readonly CodedErrorClass[] = readCodedErrors()): string {
  const sections = classes.map(({ name, description, module, codes }) => {
    const hasStatus = codes.some((each) => each.httpStatus !== undefined);
    const rows = codes.map((each) => [
      `\`${each.code}\``,
      ...(hasStatus ? [each.httpStatus ?? ""] : []),
      each.description,
    ]);
    const head = ["Code", ...(hasStatus ? ["HTTP status"] : []), "When"];
    return `## ${name}\n\n${description}${description === "" ? "" : " "}(\`${module}\`)\n\n${renderTable(head, rows)}`;
  });
  return `# Error codes

${GENERATED_NOTE}

Every expected failure has a stable code: it is in log lines (\`code\`), in JSON answers and behind every message. Verdicts
(\`allow\`, \`deny\`, \`undecided\`) are results, not errors; their reason codes are part of the policy guide.

${sections.join("\n\n")}
`;
}
