// SPDX-License-Identifier: Apache-2.0

/** The image that reads the file in the place of the builder. */
export interface SyntaxDirective {
  readonly image: string;
  readonly line: number;
}

/**
 * What `# syntax=…` names, as `DetectSyntax` of BuildKit's parser finds it: among the directives at the top, also below `#!`; or
 * written as `// syntax=…`; or as a member of JSON, for files of other languages.
 */
export function findSyntax(text: string): SyntaxDirective | undefined {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const start = lines[0]?.startsWith("#!") === true ? 1 : 0;
  return findDirective(lines, start, "#") ?? findDirective(lines, start, "//") ?? findMember(text);
}

function findDirective(lines: readonly string[], start: number, mark: "#" | "//"): SyntaxDirective | undefined {
  for (let at = start; at < lines.length; at += 1) {
    const line = (lines[at] ?? "").trim();
    const [, name, value = ""] =
      (line.startsWith(mark)
        ? /^([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S.*)$/.exec(line.slice(mark.length).trimStart())
        : null) ?? [];
    if (name === undefined) {
      return undefined;
    }
    if (name.toLowerCase() === "syntax") {
      // what follows the name of the image is for it to read
      return { image: value.split(/\s/, 1)[0] ?? "", line: at + 1 };
    }
  }
  return undefined;
}

function findMember(text: string): SyntaxDirective | undefined {
  if (!/^\ufeff?\s*\{/.test(text)) {
    return undefined;
  }
  try {
    const { syntax } = JSON.parse(text.replace(/^\ufeff/, "")) as { readonly syntax?: unknown };
    return typeof syntax === "string" ? { image: syntax.trim().split(/\s/, 1)[0] ?? "", line: 1 } : undefined;
  } catch {
    // no JSON: then nobody takes it for some
    return undefined;
  }
}
