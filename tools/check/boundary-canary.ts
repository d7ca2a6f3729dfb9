// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise } from "./cruise.ts";

/** For each rule a file that breaks it: what the file imports. A rule without a canary may have stopped matching anything. */
const CANARIES: Readonly<Record<string, { readonly file: string; readonly imports: string }>> = {
  "base-imports-nothing": { file: "src/base/canary.ts", imports: "node:fs" },
  "domain-imports-inward": { file: "src/domain/inward/canary.ts", imports: "#disk" },
  "domain-is-pure": { file: "src/domain/pure/canary.ts", imports: "node:net" },
  "domain-npm-allowlist": { file: "src/domain/npm/canary.ts", imports: "undici" },
  "adapters-do-not-start-programs": { file: "src/adapters/starter/canary.ts", imports: "../../apps/server/main.ts" },
  "adapters-do-not-know-each-other": { file: "src/adapters/friend/canary.ts", imports: "#disk" },
  "apps-do-not-know-each-other": { file: "src/apps/agent/canary.ts", imports: "../server/main.ts" },
  "enter-modules-through-index": { file: "src/apps/server/deep.ts", imports: "../../domain/shape/inner.ts" },
  "enter-base-through-index": { file: "src/apps/server/base.ts", imports: "../../base/inner.ts" },
  "enter-modules-through-index-from-outside": { file: "test/deep.ts", imports: "../src/domain/shape/inner.ts" },
  "nothing-in-src-imports-test": { file: "src/apps/server/test.ts", imports: "../../../test/support.ts" },
  "no-development-packages-in-src": { file: "src/apps/server/development.ts", imports: "fast-check" },
  "cli-does-not-load-the-server": { file: "src/apps/cli/canary.ts", imports: "#disk" },
  "console-is-apart": { file: "console/canary.ts", imports: "../src/domain/shape/index.ts" },
  "nothing-imports-the-console": { file: "src/apps/server/console.ts", imports: "../../../console/page.ts" },
  "no-cycles": { file: "src/apps/server/cycle.ts", imports: "./cycle-back.ts" },
  resolvable: { file: "src/apps/server/unresolvable.ts", imports: "#nowhere" },
};

/** What the canaries import; none of it breaks a rule by itself. */
const SURROUNDINGS: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    name: "canary",
    type: "module",
    imports: { "#shape": "./src/domain/shape/index.ts", "#disk": "./src/adapters/disk/index.ts" },
    dependencies: { undici: "1.0.0", zod: "1.0.0", pg: "1.0.0" },
    devDependencies: { "fast-check": "1.0.0" },
  }),
  "tsconfig.json": JSON.stringify({
    compilerOptions: { module: "nodenext", allowImportingTsExtensions: true, noEmit: true },
  }),
  "src/base/index.ts": 'export { inner } from "./inner.ts";',
  "src/base/inner.ts": 'export { createHash as inner } from "node:crypto";',
  "src/domain/shape/index.ts": 'export { inner } from "./inner.ts";',
  "src/domain/shape/inner.ts": 'export { inner } from "zod";',
  "src/adapters/disk/index.ts":
    'export { inner } from "pg"; export { inner as shape } from "#shape"; import "node:fs";',
  "src/apps/server/main.ts": 'export { inner } from "#disk";',
  "src/apps/server/cycle-back.ts": 'export * from "./cycle.ts";',
  "test/support.ts": "export const support = 1;",
  "console/page.ts": "export const page = 1;",
  ...Object.fromEntries(
    ["undici", "zod", "pg", "fast-check"].flatMap((name) => [
      [
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: "1.0.0", type: "module", main: "index.js" }),
      ],
      [`node_modules/${name}/index.js`, "export const inner = 1;"],
    ]),
  ),
};

/** The rules that did not fire on the file made to break them, the rules without such a file, and what fired by mistake. */
export function findDeafRules(ruleNames: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "haechi-canary-"));
  try {
    for (const [path, text] of Object.entries(SURROUNDINGS)) {
      write(join(folder, path), text);
    }
    for (const { file, imports } of Object.values(CANARIES)) {
      write(join(folder, file), `export * from ${JSON.stringify(imports)};\n`);
    }
    const { violations } = cruise(folder, ["src", "test", "console"]);
    const canaryFiles = new Set(Object.values(CANARIES).map((each) => each.file));
    return [
      ...ruleNames.filter((rule) => !(rule in CANARIES)).map((rule) => `${rule}: has no canary in boundary-canary.ts`),
      ...Object.keys(CANARIES)
        .filter((rule) => !ruleNames.includes(rule))
        .map((rule) => `${rule}: has a canary but is no rule any more`),
      ...Object.entries(CANARIES)
        .filter(
          ([rule, { file }]) => !violations.some((each) => each.rule === rule && [each.from, each.to].includes(file)),
        )
        .map(([rule, { file, imports }]) => `${rule}: did not notice that ${file} imports ${imports}`),
      ...violations
        .filter((each) => !canaryFiles.has(each.from) && !canaryFiles.has(each.to))
        .map((each) => `${each.rule}: fired on the innocent ${each.from} → ${each.to}`),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
