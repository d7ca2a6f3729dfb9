// SPDX-License-Identifier: Apache-2.0
import { CodedError, messageOf, redactText } from "#base";
import { ConfigurationError, processEnvironment } from "#configuration";
import { readServerArguments } from "./server-arguments.ts";
import { startServer } from "./start-server.ts";

const startedAt = performance.now();
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // once: a second Ctrl-C ends the process at once, which loses nothing acknowledged
  process.once(signal, () => stopping.abort(new Error(`received ${signal}`)));
}

try {
  const options = readServerArguments(process.argv.slice(2), processEnvironment(), process.cwd());
  if ("help" in options) {
    process.stdout.write(options.help);
  } else {
    await startServer({
      configuration: options.configuration,
      print: (text) => void process.stdout.write(text),
      startedAt,
      stopping: stopping.signal,
    });
  }
} catch (error) {
  const isExpected = error instanceof ConfigurationError || error instanceof CodedError;
  process.stderr.write(
    isExpected
      ? `haechi: ${redactText(messageOf(error))} (${String(error.code)})\n`
      : `haechi: internal error, please report it\n${redactText(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
  );
  process.exitCode = 2;
}
