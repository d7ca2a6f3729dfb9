// SPDX-License-Identifier: Apache-2.0
import { visibleText } from "#messages";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text out of images and feeds as character data or the value of a quoted attribute of XML and HTML. Characters that neither may
 * hold, or that nobody would see, become visible first; line feeds stay.
 */
export function escapeMarkup(text: string): string {
  return text
    .split("\n")
    .map((line) => visibleText(line).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character))
    .join("\n");
}
