// SPDX-License-Identifier: Apache-2.0
import { createPlainTranslate } from "#messages";
import { verifyCommand } from "../commands/verify.ts";
import { runProgram } from "../run-program.ts";

// `haechi verify` as a program of its own, which `tools/bundle-programs.mjs` makes one file of: gates and builds call it for
// every image, and it starts in a third of the time. Nothing waits here: the file is not a module of the kind that may.
void runProgram([verifyCommand], createPlainTranslate);
