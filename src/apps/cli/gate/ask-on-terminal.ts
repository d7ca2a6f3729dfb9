// SPDX-License-Identifier: Apache-2.0
import type { CommandContext } from "../command.ts";

/** One line of the terminal, without its end. */
export async function askOnTerminal(context: CommandContext): Promise<string> {
  return (await (context.readLine ?? context.readStdin)()).split(/\r?\n/, 1).join("").trim();
}
