// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";
import type { Observation } from "#packages";

/**
 * One thing that is checked. What is shown to people are the messages `check.<id>` and `check.<id>.advice`; `HC` is about
 * images, `HD` about Dockerfiles.
 */
export interface CheckRule {
  readonly id: string;
  readonly severity: Severity;
  /** In English, without a full stop. */
  readonly title: string;
  /** The number that hadolint gives to what is most alike; several of them between `, `. */
  readonly hadolint?: string;
}

/** Texts of foreign files are shown up to here. */
const MAX_SHOWN = 160;

/** The observation that a rule was broken. */
export function observe(
  { id, severity, title }: CheckRule,
  place: {
    readonly line?: number;
    readonly excerpt?: string;
    readonly params?: Readonly<Record<string, string>>;
    readonly severity?: Severity;
  } = {},
): Observation {
  const { line, excerpt, params } = place;
  return {
    kind: "configuration",
    rule: id,
    severity: place.severity ?? severity,
    title,
    ...(line === undefined ? {} : { line }),
    ...(excerpt === undefined ? {} : { excerpt: shorten(excerpt) }),
    ...(params === undefined ? {} : { params: shortenAll(params) }),
  };
}

function shortenAll(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, shorten(value)]));
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
