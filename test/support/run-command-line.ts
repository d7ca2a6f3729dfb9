// SPDX-License-Identifier: Apache-2.0
import { readClientEnvironment, readConfiguration } from "#configuration";
import { createTranslate } from "#messages";
import { COMMANDS } from "../../src/apps/cli/commands/index.ts";
import { runCli } from "../../src/apps/cli/run-cli.ts";

/** What a command line is run with, beside its words. */
export interface CommandLineSurroundings {
  /** Home, working and data folder. */
  readonly folder: string;
  /** Environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly readStdin?: () => Promise<string>;
  readonly now?: () => Date;
  /** Whether somebody could be asked; default false. */
  readonly isTerminal?: boolean;
}

/** Runs a command line in this process as `haechi` would, without a terminal, and returns what it wrote. */
export async function runCommandLine(
  argv: readonly string[],
  { folder, variables = {}, readStdin, now, isTerminal = false }: CommandLineSurroundings,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  let stdout = "";
  let stderr = "";
  const settings = Object.entries({ HAECHI_DATA_DIR: folder, ...variables }).filter(([name]) =>
    name.startsWith("HAECHI_"),
  );
  const code = await runCli(
    argv,
    {
      createTranslate,
      stdout: (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
      readStdin: readStdin ?? (() => Promise.resolve("")),
      isTerminal,
      hasColor: false,
      columns: 120,
      environment: readClientEnvironment({ HOME: folder, ...variables }),
      configuration: () =>
        readConfiguration({ environment: Object.fromEntries(settings), flags: {}, workingDir: folder }),
      now: now ?? (() => new Date()),
      signal: new AbortController().signal,
    },
    COMMANDS,
  );
  return { code, stdout, stderr };
}
