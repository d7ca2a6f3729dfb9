// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { layOutColumns } from "./columns.ts";
import type { Line } from "./line.ts";
import { writeLines } from "./line.ts";

const PATH = "usr/src/app/node_modules/lodash/package.json";

function laidOut(rows: readonly (readonly string[])[], width?: number): string {
  const lines = rows.map((row): Line => row.map((text) => ({ text })));
  return writeLines(layOutColumns(lines, width).flat(), false);
}

describe("layOutColumns", () => {
  it("a last cell that does not fit is not cut while a line of its own has room for it", () => {
    expect(laidOut([["lodash", "4.17.15", PATH]], 60)).toBe(`lodash  4.17.15\n    ${PATH}\n`);
    expect(laidOut([["lodash", "4.17.15", PATH]], 40)).toBe(
      "lodash  4.17.15\n    …pp/node_modules/lodash/package.json\n",
    );
  });

  it("what fits stays beside the others, and without a width everything does", () => {
    const beside = `lodash  4.17.15  ${PATH}\n`;
    expect(laidOut([["lodash", "4.17.15", PATH]], beside.length - 1)).toBe(beside);
    expect(laidOut([["lodash", "4.17.15", PATH]])).toBe(beside);
  });
});
