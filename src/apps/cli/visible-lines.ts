// SPDX-License-Identifier: Apache-2.0
import { visibleText } from "#messages";

/** The text as it may reach a terminal: line feeds stay, every other control character is shown instead of obeyed. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}
