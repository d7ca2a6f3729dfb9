// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../repository.ts";

// `npm run check [-- STEP…]`: every check that needs no running program, each with its time. All steps run even when one
// fails, so that one round shows everything there is to mend.

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What to run when it fails, if a command can mend it. */
  readonly remedy?: string;
}

const STEPS: readonly Step[] = [
  { name: "format", command: ["biome", "ci", "--colors=off", "--max-diagnostics=50"], remedy: "npm run format" },
  { name: "types", command: ["tsc", "-p", "."] },
  ...(existsSync(join(REPOSITORY, "console/tsconfig.json"))
    ? [{ name: "types of the console", command: ["tsc", "-p", "console"] } as const]
    : []),
  { name: "lint", command: ["oxlint", "--type-aware", "--format=unix"] },
  { name: "boundaries", command: ["node", "tools/check/boundaries.ts"] },
  { name: "house rules", command: ["node", "tools/check/house-rules.ts"] },
  { name: "messages", command: ["node", "tools/check/messages.ts"] },
  { name: "unused code", command: ["knip", "--no-progress", "--no-config-hints"] },
  { name: "generated files", command: ["node", "tools/generate/run.ts", "--check"], remedy: "npm run generate" },
  { name: "generated API", command: ["node", "tools/generate-api.ts", "--check"], remedy: "npm run generate" },
  { name: "licences", command: ["node", "tools/check/licences.ts", "--check"], remedy: "npm run generate" },
];

const wanted = new Set(process.argv.slice(2));
const steps = STEPS.filter((step) => wanted.size === 0 || wanted.has(step.name));
const started = performance.now();
const failed: string[] = [];
for (const step of steps) {
  const before = performance.now();
  const { code, output } = await run(step.command);
  const time = `${((performance.now() - before) / 1000).toFixed(1)} s`;
  console.log(`${code === 0 ? "ok    " : "FAILED"}  ${time.padStart(7)}  ${step.name}`);
  if (code !== 0) {
    failed.push(step.name);
    console.log(
      `${output.trimEnd()}\n${step.remedy === undefined ? "" : `        this may mend it: ${step.remedy}\n`}`,
    );
  }
}
const total = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  failed.length === 0
    ? `all ${steps.length} checks passed in ${total} s`
    : `failed in ${total} s: ${failed.join(", ")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function run([program, ...args]: readonly [string, ...string[]]): Promise<{ code: number; output: string }> {
  const path = `${join(REPOSITORY, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program === "node" ? process.execPath : program, args, {
      cwd: REPOSITORY,
      env: { ...process.env, PATH: path, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }));
  });
}
