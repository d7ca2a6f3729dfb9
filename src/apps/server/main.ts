// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from "node:v8";
import { processEnvironment } from "#configuration";
import { HEAP_GROWTH_FLAG } from "./heap-growth.ts";
import { renderStartFailure } from "./render-start-failure.ts";
import { readServerArguments } from "./server-arguments.ts";
import { startServer } from "./start-server.ts";

/** A part that failed while it started may have left timers and connections: they must not keep a process that serves nothing. */
const LEAVE_AFTER_FAILURE_MS = 5_000;

setFlagsFromString(HEAP_GROWTH_FLAG);

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
  setTimeout(() => process.exit(), LEAVE_AFTER_FAILURE_MS).unref();
}
