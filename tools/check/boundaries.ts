// SPDX-License-Identifier: Apache-2.0
import { globSync } from "node:fs";
import { REPOSITORY } from "../repository.ts";
import { findDeafRules } from "./boundary-canary.ts";
import { cruise } from "./cruise.ts";

// Checks the import rules of .dependency-cruiser.mjs, that every source file was really read (with a compiler that it
// does not know, dependency-cruiser reads nothing and reports success), and that every rule still fires on its canary.

/** The console resolves #messages by its own tsconfig, as its bundler does. */
const PARTS = [
  { folders: ["src", "bin", "test", "tools", "bench"], tsConfig: "tsconfig.json" },
  { folders: ["console"], tsConfig: "console/tsconfig.json" },
];
const RULES_FILE = new URL("../../.dependency-cruiser.mjs", import.meta.url);
const { default: configuration } = (await import(RULES_FILE.href)) as {
  readonly default: { readonly forbidden: readonly { readonly name: string; readonly comment: string }[] };
};
const rules = configuration.forbidden;

const cruises = PARTS.map(({ folders, tsConfig }) => cruise(REPOSITORY, folders, tsConfig));
const violations = cruises.flatMap((each) => each.violations);
const problems: string[] = violations.map(({ rule, from, to }) => {
  const comment = rules.find((each) => each.name === rule)?.comment ?? "";
  return `${from} → ${to}\n    ${rule}: ${comment}`;
});

const read = new Set(cruises.flatMap((each) => each.sources));
const unread = globSync("{src,test,tools,bench,console}/**/*.{ts,tsx}", {
  cwd: REPOSITORY,
  exclude: (path) => /node_modules|testdata|(^|\/)dist$/.test(path),
}).filter((path) => !read.has(path));
problems.push(...unread.map((path) => `${path}: was not read by dependency-cruiser, so no rule was applied to it`));

problems.push(...findDeafRules(rules.map((rule) => rule.name)).map((text) => `canary: ${text}`));

const distinct = new Set(problems);
if (distinct.size > 0) {
  console.error(`${[...distinct].join("\n")}\n${distinct.size} boundary problem(s)`);
  process.exitCode = 1;
} else {
  console.log(`${read.size} files, ${rules.length} rules, all of them alive`);
}
