// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chooseAdvisoryFile } from "./advisory-file.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-advisory-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const choose = (dataDir: string, file?: string) =>
  chooseAdvisoryFile({ dataDir, advisories: file === undefined ? {} : { file } }, async (cacheDir) =>
    join(cacheDir, "bundled"),
  );

describe("the advisory database to use", () => {
  it("is the bundled one while nothing was imported, even without a data folder", async () => {
    const dataDir = join(folder, "new");
    expect(await choose(dataDir)).toBe(join(dataDir, "cache/bundled"));
  });

  it("is the imported one, unless another one is configured", async () => {
    const imported = join(folder, "advisories");
    mkdirSync(imported);
    writeFileSync(join(imported, "index.json"), "");
    expect(await choose(folder)).toBe(imported);
    expect(await choose(folder, "/other")).toBe("/other");
  });

  it("is the single file of an older version, which then says what to do, and not the bundled one", async () => {
    const dataDir = join(folder, "old");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "advisories.sqlite"), "");
    expect(await choose(dataDir)).toBe(join(dataDir, "advisories.sqlite"));
  });

  it("is not the bundled one when it cannot be told whether something was imported", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expect(choose(file)).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining("ENOTDIR") as unknown,
    });
  });
});
