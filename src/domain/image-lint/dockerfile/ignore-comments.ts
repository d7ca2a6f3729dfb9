// SPDX-License-Identifier: Apache-2.0
import type { Dockerfile } from "./instruction.ts";

/** Rules that a comment turns off. */
export interface IgnoredRules {
  /** Ids of ours, or hadolint's numbers. */
  readonly rules: readonly string[];
  /** Behind `--`, or behind `#` as hadolint wants it; empty when there is none. */
  readonly reason: string;
  /** Of the comment. */
  readonly line: number;
  /** Lines for which it holds: from below the comment, so that one may be about another comment, but none about itself. */
  readonly from: number;
  readonly to: number;
}

const COMMENT =
  /^(?:haechi|hadolint)\s+(global\s+)?ignore\s*=\s*([A-Za-z0-9_-]+(?:\s*,\s*[A-Za-z0-9_-]+)*)\s*(?:(?:--|#)\s*(.*))?$/;

/**
 * Comments such as `# haechi ignore=HD010,DL3008 -- why`: they hold for the instruction that follows, with `global` for the whole
 * file. Comments that are written for hadolint count as well.
 */
export function readIgnoreComments({ comments, instructions }: Dockerfile): readonly IgnoredRules[] {
  return comments.flatMap(({ line, text }) => {
    const match = COMMENT.exec(text.slice(0, 1_000));
    if (match === null) {
      return [];
    }
    const [, global, names = "", reason = ""] = match;
    const rules = names.split(",").map((name) => name.trim());
    const base = { rules, reason: reason.trim(), line };
    if (global !== undefined) {
      return [{ ...base, from: 0, to: Number.MAX_SAFE_INTEGER }];
    }
    const at = instructions.findIndex((instruction) => instruction.line > line);
    const [next, after] = [instructions[at], instructions[at + 1]];
    return next === undefined ? [] : [{ ...base, from: line + 1, to: (after?.line ?? Number.MAX_SAFE_INTEGER) - 1 }];
  });
}
