// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { CodedError, messageOf } from "#base";
import type { CommandContext } from "./command.ts";

/** Writes a result to the file, or to standard output when none was named. Throws `OUTPUT_UNWRITABLE`. */
export function writeOutput(text: string, file: string | undefined, context: CommandContext): void {
  if (file === undefined) {
    context.stdout(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CodedError("OUTPUT_UNWRITABLE", `cannot write the result: ${messageOf(error)}`, { cause: error });
  }
  context.stderr(`${context.translate("cli.scan.written", { file })}\n`);
}
