// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { processEnvironment, readClientEnvironment, readConfiguration } from "#configuration";
import type { Command } from "./command.ts";
import { readStandardInput } from "./read-standard-input.ts";
import { type CommandLine, runCli } from "./run-cli.ts";
import { createStandardStream } from "./standard-stream.ts";

/** Runs the command line that this process was started with, on its streams, and sets the exit code. */
export async function runProgram(
  commands: readonly Command[],
  createTranslate: CommandLine["createTranslate"],
  program: Pick<CommandLine, "program" | "prefersCluster"> = {},
): Promise<void> {
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort(new Error("interrupted")));
  process.once("SIGTERM", () => stopping.abort(new Error("terminated")));

  const [stdout, stderr] = [createStandardStream(1), createStandardStream(2)];
  const environment = readClientEnvironment(processEnvironment());
  let configuration: ReturnType<typeof readConfiguration> | undefined;
  try {
    process.exitCode = await runCli(
      process.argv.slice(2),
      {
        ...program,
        stdout: stdout.write,
        stderr: stderr.write,
        // the most that any command takes
        readStdin: () => readStandardInput(process.stdin, LIMITS.maxObjectsJsonBytes),
        readLine: () => readTypedLine(),
        createTranslate,
        isTerminal: stderr.isTerminal,
        hasColor: stdout.isTerminal && !environment.noColor,
        columns: stdout.columns ?? 120,
        environment,
        configuration: () => {
          configuration ??= readConfiguration({
            environment: processEnvironment(),
            flags: {},
            workingDir: process.cwd(),
          });
          return configuration;
        },
        now: () => new Date(),
        signal: stopping.signal,
      },
      commands,
    );
  } catch (error) {
    stderr.write(
      stopping.signal.aborted
        ? "haechi: interrupted\n"
        : `haechi: internal error, please report it\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 2;
  }
}

async function readTypedLine(): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) {
      return line;
    }
    return "";
  } finally {
    lines.close();
  }
}
