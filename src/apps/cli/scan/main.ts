// SPDX-License-Identifier: Apache-2.0
import { scanCommand } from "../commands/scan.ts";
import { runProgram } from "../run-program.ts";
import { createQuickTranslate } from "./quick-translate.ts";

// `haechi scan` as a program of its own, which `tools/bundle-programs.mjs` makes a few files of. Nothing waits here: the file
// is not a module of the kind that may.
void runProgram([scanCommand], createQuickTranslate);
