// SPDX-License-Identifier: Apache-2.0

import { visibleText } from "#messages";
import { displayWidth, fitEnd } from "./display-width.ts";
import type { Line, Span } from "./line.ts";

const GAP = 2;
/** No column but the last grows beyond this unless a table says otherwise; longer cells push the rest of their row to the right. */
const MAX_COLUMN = 40;
/** What the last cell gets on a line of its own, however narrow the terminal is. */
const MIN_LAST = 32;

/**
 * Lays rows out in columns that are aligned by display width. A last cell that does not fit into `width` (unlimited when
 * absent) goes to a line of its own, and is cut at its start only where that is too short as well: a path without
 * its beginning cannot be opened. Returns the lines of each row.
 */
export function layOutColumns(
  rows: readonly Line[],
  width?: number,
  maxColumn: number = MAX_COLUMN,
): readonly (readonly Line[])[] {
  // not `Math.max(...rows)`: the arguments of a call have to fit on the stack
  const columnCount = rows.reduce((most, row) => Math.max(most, row.length - 1), 0);
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.min(
      maxColumn,
      rows.reduce((widest, row) => Math.max(widest, widthOf(row[column])), 0),
    ),
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
  const room = Math.max(MIN_LAST, width - 2 * GAP);
  return [line, [{ text: " ".repeat(2 * GAP) }, { ...last, text: fitEnd(visibleText(last.text), room) }]];
}

function widthOf(cell: Span | undefined): number {
  return displayWidth(visibleText(cell?.text ?? ""));
}
