// SPDX-License-Identifier: Apache-2.0
import { COMMANDS } from "./commands/index.ts";
import { runProgram } from "./run-program.ts";

await runProgram(COMMANDS);
