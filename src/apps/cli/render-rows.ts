// SPDX-License-Identifier: Apache-2.0

/** Lines of text in columns; the last column is as long as it is. */
export function renderRows(rows: readonly (readonly string[])[], indent: string = ""): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.slice(0, -1).entries()) {
      widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
    }
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, at) =>
        at === row.length - 1 ? cell : cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell))),
      );
      return `${indent}${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

/** Korean syllables take two columns of a terminal. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    width += /[ᄀ-ᇿ⺀-鿿가-힣＀-｠]/u.test(character) ? 2 : 1;
  }
  return width;
}
