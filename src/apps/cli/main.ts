// SPDX-License-Identifier: Apache-2.0
import { createTranslate } from "#messages";
import { COMMANDS } from "./commands/index.ts";
import { runProgram } from "./run-program.ts";

await runProgram(COMMANDS, createTranslate);
