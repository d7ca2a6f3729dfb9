// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";
import { resetPassword } from "./reset-password.ts";
import { restore } from "./restore.ts";
import { rotateKey } from "./rotate-key.ts";

const RUNS: Readonly<Record<string, NonNullable<Command["run"]>>> = {
  "admin reset-password": resetPassword,
  "admin rotate-key": rotateKey,
  "admin restore": restore,
};

/** The commands, with those that open the database made runnable: only this program loads it, `haechi scan` starts without. */
export function withAdministration(commands: readonly Command[]): readonly Command[] {
  return commands.map((command) => {
    const run = RUNS[command.name];
    return run === undefined ? command : { ...command, run };
  });
}
