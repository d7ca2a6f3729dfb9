// SPDX-License-Identifier: Apache-2.0
import { processEnvironment } from "#configuration";
import { renderStartFailure } from "./render-start-failure.ts";
import { readServerArguments } from "./server-arguments.ts";
import { startServer } from "./start-server.ts";

const startedAt = performance.now();
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // once: a second Ctrl-C ends the process at once, which loses nothing acknowledged
  process.once(signal, () => stopping.abort(new Error(`received ${signal}`)));
}

let language: "en" | "ko" = "en";
try {
  const options = readServerArguments(process.argv.slice(2), processEnvironment(), process.cwd());
  if ("help" in options) {
    process.stdout.write(options.help);
  } else {
    ({ language } = options.configuration);
    await startServer({
      configuration: options.configuration,
      print: (text) => void process.stdout.write(text),
      startedAt,
      stopping: stopping.signal,
    });
  }
} catch (error) {
  process.stderr.write(renderStartFailure(error, language));
  process.exitCode = 2;
}
