// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REPOSITORY } from "../repository.ts";

// A linter that has lost its type information, or a rule that was renamed, reports success. Each rule that we rely on must
// fire on a line that breaks it.

const SHAPE = 'type Shape = "a" | "b";';

const CANARIES: readonly { readonly rule: string; readonly path: string; readonly code: string }[] = [
  {
    rule: "typescript(no-floating-promises)",
    path: "src/apps/a.ts",
    code: "async function a(): Promise<void> {} a();",
  },
  {
    rule: "typescript(no-misused-promises)",
    path: "src/apps/b.ts",
    code: "[1].forEach(async () => { await Promise.resolve(); });",
  },
  {
    rule: "typescript(switch-exhaustiveness-check)",
    path: "src/apps/c.ts",
    code: `${SHAPE} export function c(s: Shape): number { switch (s) { case "a": return 1; } return 0; }`,
  },
  { rule: "typescript(no-explicit-any)", path: "src/apps/d.ts", code: "export function d(x: any): void { void x; }" },
  { rule: "typescript(only-throw-error)", path: "src/apps/e.ts", code: 'export function e(): void { throw "text"; }' },
  {
    rule: "typescript(prefer-promise-reject-errors)",
    path: "src/apps/f.ts",
    code: 'export function f(): Promise<void> { return Promise.reject("text"); }',
  },
  {
    rule: "typescript(restrict-template-expressions)",
    path: "src/apps/g.ts",
    code: "export function g(x: object): string { return `${x}`; }",
  },
  { rule: "import(no-default-export)", path: "src/apps/h.ts", code: "export default 1;" },
  { rule: "unicorn(prefer-node-protocol)", path: "src/apps/i.ts", code: 'import { join } from "path"; join("a");' },
  { rule: "eslint(no-console)", path: "src/apps/j.ts", code: 'console.log("a");' },
  {
    rule: "eslint(no-param-reassign)",
    path: "src/apps/k.ts",
    code: "export function k(x: number): number { x = 1; return x; }",
  },
  { rule: "eslint(eqeqeq)", path: "src/apps/l.ts", code: "export function l(x: number): boolean { return x == 1; }" },
  { rule: "eslint(curly)", path: "src/apps/m.ts", code: "export function m(x: number): void { if (x > 1) void x; }" },
  { rule: "eslint(func-style)", path: "src/apps/n.ts", code: "export const n = () => 1;" },
  {
    rule: "eslint(no-restricted-properties)",
    path: "src/domain/x/o.ts",
    code: "export function o(): number { return Date.now(); }",
  },
  {
    rule: "eslint(no-restricted-properties)",
    path: "src/domain/x/p.ts",
    code: "export function p(): number { return Math.random(); }",
  },
  {
    rule: "eslint(no-restricted-globals)",
    path: "src/domain/x/q.ts",
    code: "export function q(): void { setTimeout(q, 1); }",
  },
  {
    rule: "eslint(no-restricted-imports)",
    path: "src/domain/x/r.ts",
    code: 'import { randomBytes } from "node:crypto"; export function r(): Buffer { return randomBytes(1); }',
  },
  {
    rule: "node(no-process-env)",
    path: "src/apps/s.ts",
    code: 'export function s(): unknown { return process.env["HOME"]; }',
  },
  {
    rule: "eslint(no-restricted-imports)",
    path: "src/apps/t.ts",
    code: 'import { env } from "node:process"; export function t(): unknown { return env["HOME"]; }',
  },
  { rule: "unicorn(filename-case)", path: "src/apps/someName.ts", code: "export const u = 1;" },
  {
    rule: "vitest(no-restricted-vi-methods)",
    path: "src/apps/v.test.ts",
    code: 'import { vi } from "vitest"; vi.mock("node:fs");',
  },
  {
    rule: "vitest(no-focused-tests)",
    path: "src/apps/w.test.ts",
    code: 'import { it } from "vitest"; it.only("w", () => {});',
  },
  {
    rule: "typescript(consistent-type-imports)",
    path: "src/apps/x.ts",
    code: 'import { Stats } from "node:fs"; export type X = Stats;',
  },
  {
    rule: "eslint(max-params)",
    path: "src/apps/y.ts",
    code: "export function y(a: 1, b: 1, c: 1, d: 1, e: 1): void { void [a, b, c, d, e]; }",
  },
];

describe("the linter", () => {
  const reported = new Map<string, Set<string>>();
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "haechi-lint-"));
    copyFileSync(join(REPOSITORY, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    copyFileSync(join(REPOSITORY, "tsconfig.json"), join(folder, "tsconfig.json"));
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    for (const { path, code } of CANARIES) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${code}\n`);
    }
    const oxlint = join(REPOSITORY, "node_modules/.bin/oxlint");
    const run = spawnSync(oxlint, ["--type-aware", "--format", "json", "src"], { cwd: folder, encoding: "utf8" });
    const { diagnostics } = JSON.parse(run.stdout) as {
      readonly diagnostics: readonly { readonly code: string; readonly filename: string; readonly severity: string }[];
    };
    for (const { code, filename, severity } of diagnostics) {
      if (severity === "error") {
        reported.set(filename, (reported.get(filename) ?? new Set()).add(code));
      }
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(CANARIES)("$rule fires on $path", ({ rule, path }) => {
    expect([...(reported.get(path) ?? [])]).toContain(rule);
  });
});
