// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "./repository.ts";

// `npm run soak [-- FILTER…]`: all tests with the long form of their rounds (`rounds()` in test/support/rounds.ts) and an
// hour for each. Takes long; give it a filter to soak one part, such as `npm run soak -- crash`.

const TIMEOUT_MS = "3600000";
const vitest = spawn(
  process.execPath,
  [
    join(REPOSITORY, "node_modules/vitest/vitest.mjs"),
    "run",
    `--testTimeout=${TIMEOUT_MS}`,
    `--hookTimeout=${TIMEOUT_MS}`,
    ...process.argv.slice(2),
  ],
  { cwd: REPOSITORY, stdio: "inherit", env: { ...process.env, HAECHI_SOAK: "1" } },
);
vitest.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
