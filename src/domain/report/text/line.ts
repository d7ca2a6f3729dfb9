// SPDX-License-Identifier: Apache-2.0
import { visibleText } from "#messages";

/** How a span is shown when colours are on (ECMA-48, SGR). */
export type Tone = "plain" | "strong" | "faint" | "critical" | "high" | "medium" | "low" | "good";

/** A piece of a line. The text may hold anything: it is made visible when the line is written. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

export type Line = readonly Span[];

const SGR: Readonly<Record<Tone, string>> = {
  plain: "",
  strong: "1",
  faint: "2",
  critical: "1;31",
  high: "31",
  medium: "33",
  low: "36",
  good: "1;32",
};

/**
 * The lines as text, each ended by a line feed. The only place that writes a line of the table: every span goes
 * through `visibleText` here, so that no caller can forget it, and the only escape sequences are ours.
 */
export function writeLines(lines: readonly Line[], hasColor: boolean): string {
  return lines
    .map(
      (line) =>
        `${line
          .map((span) => writeSpan(span, hasColor))
          .join("")
          .trimEnd()}\n`,
    )
    .join("");
}

/** A line of one span. */
export function lineOf(text: string, tone: Tone = "plain"): Line {
  return [{ text, tone }];
}

/** The lines with spaces before them. */
export function indented(lines: readonly Line[], columns: number): readonly Line[] {
  return lines.map((line) => (line.length === 0 ? line : [{ text: " ".repeat(columns) }, ...line]));
}

function writeSpan({ text, tone = "plain" }: Span, hasColor: boolean): string {
  const visible = visibleText(text);
  const code = SGR[tone];
  return hasColor && code !== "" && visible !== "" ? `\u001b[${code}m${visible}\u001b[0m` : visible;
}
