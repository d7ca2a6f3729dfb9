// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../repository.ts";

/** One broken rule of `.dependency-cruiser.mjs`. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** What dependency-cruiser saw. */
export interface Cruise {
  readonly violations: readonly Violation[];
  /** Paths of our own modules that were read, relative to the folder. */
  readonly sources: readonly string[];
}

interface CruiserOutput {
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
  readonly modules: readonly {
    readonly source: string;
    readonly coreModule?: boolean;
    readonly couldNotResolve?: boolean;
    readonly dependencyTypes?: readonly string[];
  }[];
}

/** Runs dependency-cruiser with the rules of this repository over folders below `baseFolder`; `tsConfig` gives the paths of imports. */
export function cruise(baseFolder: string, folders: readonly string[], tsConfig = "tsconfig.json"): Cruise {
  const program = join(REPOSITORY, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const rules = join(REPOSITORY, ".dependency-cruiser.mjs");
  const args = ["--config", rules, "--ts-config", tsConfig, "--output-type", "json", ...folders];
  const run = spawnSync(process.execPath, [program, ...args], {
    cwd: baseFolder,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  let output: CruiserOutput;
  try {
    output = JSON.parse(run.stdout) as CruiserOutput;
  } catch (error) {
    throw new Error(`dependency-cruiser did not answer with JSON: ${run.stderr.slice(0, 2_000)}`, { cause: error });
  }
  return {
    violations: output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    sources: output.modules
      .filter((each) => each.coreModule !== true && each.couldNotResolve !== true)
      .map((each) => each.source)
      .filter((source) => !source.includes("node_modules/") && /\.(ts|tsx|mjs)$/.test(source)),
  };
}
