// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockInstall } from "./install-lock.ts";
import { isAbandoned, processMark } from "./process-mark.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-mark-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Of a process that had our number before us: the first of a container that was killed and started again. */
function markOfEarlierLife(): string {
  return processMark().replace(/[0-9a-f]{12}$/, (random) =>
    random.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
  );
}

describe("what a process leaves behind", () => {
  it("is not abandoned while it runs", () => {
    expect(isAbandoned(processMark(), folder)).toBe(false);
  });

  it("is abandoned when another process has its number now", () => {
    expect(isAbandoned(markOfEarlierLife(), folder)).toBe(true);
  });

  it("does not keep its successor from installing", () => {
    writeFileSync(join(folder, ".install.lock"), markOfEarlierLife());
    lockInstall(folder)[Symbol.dispose]();
    expect(readdirSync(folder)).toEqual([]);
  });
});
