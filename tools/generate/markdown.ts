// SPDX-License-Identifier: Apache-2.0

/** The line under the title of each generated page. */
export const GENERATED_NOTE = "<!-- Generated from the source by `npm run generate`; do not edit. -->";

/** A table in Markdown; `|` and line breaks in cells are escaped. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [renderRow(head), `|${head.map(() => " --- |").join("")}`, ...rows.map(renderRow)].join("\n");
}

function renderRow(cells: readonly string[]): string {
  return `| ${cells.map((text) => text.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}
