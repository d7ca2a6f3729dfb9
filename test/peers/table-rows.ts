// SPDX-License-Identifier: Apache-2.0

/** The rows of the table of a Markdown text with this number, without its head. */
export function tableRows(markdown: string, table: number): readonly string[] {
  const tables: string[][] = [];
  let isInside = false;
  for (const line of markdown.split("\n")) {
    const isRow = line.startsWith("| ");
    if (isRow && !isInside) {
      tables.push([]);
    }
    if (isRow) {
      tables.at(-1)?.push(line);
    }
    isInside = isRow;
  }
  return tables[table]?.slice(2) ?? [];
}
