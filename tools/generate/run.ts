// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { REPOSITORY } from "../repository.ts";
import { GENERATED_FILES } from "./generated-files.ts";

// `npm run generate` writes every generated file; with --check it writes nothing and fails when one would change.

const isCheck = process.argv.includes("--check");
for (const { path, render } of GENERATED_FILES) {
  try {
    const wanted = await render();
    const absolute = join(REPOSITORY, path);
    const found = existsSync(absolute) ? readFileSync(absolute, "utf8") : undefined;
    if (found === wanted) {
      continue;
    }
    if (isCheck) {
      fail(`${path}: ${found === undefined ? "is missing" : `differs from line ${firstDifference(found, wanted)} on`}`);
    } else {
      mkdirSync(dirname(absolute), { recursive: true });
      writeFileSync(absolute, wanted);
      console.log(`wrote ${path}`);
    }
  } catch (error) {
    fail(`${path}: could not be generated: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fail(text: string): void {
  console.error(text);
  process.exitCode = 1;
}

function firstDifference(a: string, b: string): number {
  const [linesA, linesB] = [a.split("\n"), b.split("\n")];
  const index = linesA.findIndex((line, at) => line !== linesB[at]);
  return (index === -1 ? linesA.length : index) + 1;
}
