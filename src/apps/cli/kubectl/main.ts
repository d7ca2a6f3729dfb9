// SPDX-License-Identifier: Apache-2.0
import { createTranslate } from "#messages";
import { COMMANDS } from "../commands/index.ts";
import { runProgram } from "../run-program.ts";

// `kubectl haechi …`: the same commands, which take the cluster of the current context where nothing else is said.
await runProgram(COMMANDS, createTranslate, { program: "kubectl haechi", prefersCluster: true });
