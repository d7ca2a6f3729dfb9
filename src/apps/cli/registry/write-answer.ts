// SPDX-License-Identifier: Apache-2.0
import type { CommandContext, Invocation } from "../command.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";

/** Writes what a server answered: as JSON, or the table that `render` makes of it. */
export function writeAnswer(
  invocation: Invocation,
  context: CommandContext,
  answer: { readonly json: unknown; readonly render: () => string },
): void {
  const text =
    invocation.text("format") === "json"
      ? `${JSON.stringify(answer.json, undefined, 2)}\n`
      : visibleLines(answer.render());
  writeOutput(text, invocation.text("output"), context);
}
