// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PROGRAM = join(import.meta.dirname, "test-totals.ts");

function fileOf(...statuses: readonly string[]): object {
  return {
    name: "a.test.ts",
    status: "passed",
    assertionResults: statuses.map((status, at) => ({ fullName: `test ${at}`, status })),
  };
}

describe("test-totals", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "haechi-totals-"));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    {
      name: "all passed",
      success: true,
      files: [fileOf("passed", "passed")],
      line: "2 passed, 0 failed, 0 skipped",
      exit: 0,
    },
    {
      name: "one failed",
      success: false,
      files: [fileOf("passed", "failed")],
      line: "1 passed, 1 failed, 0 skipped",
      exit: 1,
    },
    {
      name: "one skipped is a failure",
      success: true,
      files: [fileOf("passed", "skipped")],
      line: "1 passed, 0 failed, 1 skipped",
      exit: 1,
    },
    {
      name: "pending and todo count as skipped",
      success: true,
      files: [fileOf("passed", "pending", "todo")],
      line: "1 passed, 0 failed, 2 skipped",
      exit: 1,
    },
    { name: "no test at all is a failure", success: true, files: [], line: "0 passed, 0 failed, 0 skipped", exit: 1 },
    {
      name: "a file that does not load is a failure",
      success: false,
      files: [
        fileOf("passed"),
        { name: "b.test.ts", status: "failed", message: "no such module", assertionResults: [] },
      ],
      line: "1 passed, 1 failed, 0 skipped",
      exit: 1,
    },
    {
      name: "an error outside of tests is a failure",
      success: false,
      files: [fileOf("passed")],
      line: "1 passed, 0 failed, 0 skipped",
      exit: 1,
    },
  ])("$name", ({ success, files, line, exit }) => {
    const path = join(folder, "report.json");
    writeFileSync(path, JSON.stringify({ success, testResults: files }));
    const run = spawnSync(process.execPath, [PROGRAM, path], { encoding: "utf8" });
    expect(run.stdout.trimEnd().split("\n").at(-1)).toBe(line);
    expect(run.status).toBe(exit);
  });
});
