// SPDX-License-Identifier: Apache-2.0

import { visibleText } from "#messages";
import { displayWidth, fitEnd } from "./display-width.ts";
import type { Line, Span } from "./line.ts";

const GAP = 2;
/** No column but the last grows beyond this unless a table says otherwise; longer cells push the rest of their row to the right. */
const MAX_COLUMN = 40;
/** Below this the last column is not worth showing beside the others. */
const MIN_LAST = 32;

/**
 * Lays rows out in columns that are aligned by display width. The last cell is cut at its start to fit `width`
 * (unlimited when absent); where too little room is left it goes to a line of its own. Returns the lines of each row.
 */
export function layOutColumns(
  rows: readonly Line[],
  width?: number,
  maxColumn: number = MAX_COLUMN,
): readonly (readonly Line[])[] {
  const columnCount = Math.max(0, ...rows.map((row) => row.length - 1));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.min(maxColumn, Math.max(0, ...rows.map((row) => widthOf(row[column])))),
  );
  return rows.map((row) => layOutRow(row, widths, width));
}

function layOutRow(row: Line, widths: readonly number[], width: number | undefined): readonly Line[] {
  const line: Span[] = [];
  let used = 0;
  for (const [column, target] of widths.entries()) {
    const cell = row[column] ?? { text: "" };
    const padding = Math.max(0, target - widthOf(cell)) + GAP;
    line.push(cell, { text: " ".repeat(padding) });
    used += widthOf(cell) + padding;
  }
  const last = row.at(-1) ?? { text: "" };
  if (width === undefined || used + widthOf(last) <= width) {
    return [[...line, last]];
  }
  if (width - used >= MIN_LAST) {
    return [[...line, { ...last, text: fitEnd(visibleText(last.text), width - used) }]];
  }
  const room = Math.max(MIN_LAST, width - 2 * GAP);
  return [line, [{ text: " ".repeat(2 * GAP) }, { ...last, text: fitEnd(visibleText(last.text), room) }]];
}

function widthOf(cell: Span | undefined): number {
  return displayWidth(visibleText(cell?.text ?? ""));
}
