// SPDX-License-Identifier: Apache-2.0

/** One assignment; comments, empty lines and anything else are not. */
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;

/**
 * The variables of an os-release file and the numbers of the lines that are no assignment. os-release(5): a list of
 * shell-compatible assignments, in which a later one wins, without expansion or concatenation.
 */
export function parseOsRelease(text: string): {
  readonly variables: ReadonlyMap<string, string>;
  readonly badLines: readonly number[];
} {
  const variables = new Map<string, string>();
  const badLines: number[] = [];
  let lineNumber = 0;
  for (const line of text.split("\n")) {
    lineNumber += 1;
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) {
      continue;
    }
    const match = ASSIGNMENT.exec(trimmed);
    const value = unquote(match?.[2] ?? "");
    if (match?.[1] === undefined || value === undefined) {
      badLines.push(lineNumber);
    } else {
      variables.set(match[1], value);
    }
  }
  return { variables, badLines };
}

/** The value without its quotes and escapes, or `undefined` when the quotes do not fit. */
function unquote(written: string): string | undefined {
  const quote = written[0];
  if (quote !== '"' && quote !== "'") {
    // "must be enclosed in quotes if they include spaces, semicolons or other special characters"
    return /["'`$;&|<>()\s]/.test(written) ? undefined : written.replaceAll(/\\(.)/gs, "$1");
  }
  if (written.length < 2 || !written.endsWith(quote)) {
    return undefined;
  }
  const inner = written.slice(1, -1);
  if (quote === "'") {
    return inner.includes("'") ? undefined : inner;
  }
  // Within double quotes a backslash escapes $ " \ and the backtick; a bare double quote would end the value.
  const bare = inner.replaceAll(/\\./gs, "");
  return /["\\]/.test(bare) ? undefined : inner.replaceAll(/\\([$"\\`])/g, "$1");
}
