// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { digestOf } from "#base";
import { scanPermissions } from "./scan-permissions.ts";

const dataDir = mkdtempSync(join(tmpdir(), "haechi-permissions-"));
const layoutDir = join(dataDir, "registry");
const advisoryFile = join(dataDir, "cache.sqlite");
mkdirSync(layoutDir);
writeFileSync(join(layoutDir, "blob"), "blob");
writeFileSync(join(dataDir, "secret.key"), "secret");
writeFileSync(advisoryFile, "advisories");

afterAll(() => {
  rmSync(dataDir, { recursive: true });
});

it.each([
  { name: "reads a blob", code: `fs.readFileSync(${JSON.stringify(join(layoutDir, "blob"))})`, isAllowed: true },
  { name: "reads the advisories", code: `fs.readFileSync(${JSON.stringify(advisoryFile)})`, isAllowed: true },
  {
    name: "reads the secret key",
    code: `fs.readFileSync(${JSON.stringify(join(dataDir, "secret.key"))})`,
    isAllowed: false,
  },
  { name: "reads other files", code: 'fs.readFileSync("/etc/passwd")', isAllowed: false },
  {
    name: "writes a blob",
    code: `fs.writeFileSync(${JSON.stringify(join(layoutDir, "blob"))}, "x")`,
    isAllowed: false,
  },
  { name: "starts a program", code: 'require("node:child_process").execSync("true")', isAllowed: false },
  {
    name: "starts a thread",
    code: 'new (require("node:worker_threads").Worker)("", { eval: true })',
    isAllowed: false,
  },
])("a scan process $name: $isAllowed", ({ code, isAllowed }) => {
  const permissions = scanPermissions({ digest: digestOf("x"), layoutDir, advisoryFile });
  const { status, stderr } = spawnSync(process.execPath, [...permissions, "--eval", code], {
    encoding: "utf8",
    env: {},
  });
  expect({ isAllowed: status === 0, isDenied: stderr.includes("ERR_ACCESS_DENIED") }).toEqual({
    isAllowed,
    isDenied: !isAllowed,
  });
});

it("what was found in layers may be written beside nothing else, and only for images of ours", () => {
  const cacheDir = join(dataDir, "cache");
  mkdirSync(cacheDir);
  const permissions = scanPermissions({
    digest: digestOf("x"),
    layoutDir,
    advisoryFile,
    layerCache: { folder: cacheDir, maxBytes: 1 },
  });
  for (const [path, isAllowed] of [
    [join(cacheDir, "layer"), true],
    [join(dataDir, "cache-of-others"), false],
    [join(layoutDir, "blob"), false],
  ] as const) {
    const code = `fs.writeFileSync(${JSON.stringify(path)}, "x")`;
    const { status } = spawnSync(process.execPath, [...permissions, "--eval", code], { encoding: "utf8", env: {} });
    expect([path, status === 0]).toEqual([path, isAllowed]);
  }
});
