// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A link of a Markdown file to a file or heading that does not exist. */
export interface BrokenLink {
  readonly line: number;
  readonly target: string;
}

/** The relative links of a Markdown file that lead nowhere; addresses of the web are not followed. */
export function findBrokenLinks(file: string): readonly BrokenLink[] {
  const text = withoutCode(readFileSync(file, "utf8"));
  return text.split("\n").flatMap((content, index) =>
    [...content.matchAll(/\]\(<?([^()\s>]+)>?(?:\s+"[^"]*")?\)/g)]
      .map((match) => match[1] ?? "")
      .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target) && !isThere(file, target))
      .map((target) => ({ line: index + 1, target })),
  );
}

function isThere(file: string, target: string): boolean {
  const [path = "", fragment] = target.split("#", 2);
  const absolute = path === "" ? file : join(dirname(file), decodeURIComponent(path));
  if (!existsSync(absolute)) {
    return false;
  }
  return fragment === undefined || !absolute.endsWith(".md") || anchorsOf(readFileSync(absolute, "utf8")).has(fragment);
}

/** The anchors that code hosts make of headings: lower case, punctuation dropped, blanks to hyphens. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...withoutCode(text).matchAll(/^#{1,6}\s+(.*)$/gm)].map((match) => match[1] ?? "");
  return new Set(
    headings.map((heading) =>
      heading
        .trim()
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(/\s/g, "-"),
    ),
  );
}

/** Code blocks emptied, so that lines keep their numbers. */
function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ""));
}
