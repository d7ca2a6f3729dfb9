// SPDX-License-Identifier: Apache-2.0
import type { Instruction } from "./instruction.ts";

/** The text of an instruction on one line. */
export function joinedText({ text }: Pick<Instruction, "text">): string {
  return text.replaceAll("\\\n", " ").trim();
}
