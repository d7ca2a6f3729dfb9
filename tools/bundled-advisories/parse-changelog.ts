// SPDX-License-Identifier: Apache-2.0

/** One entry of a Debian changelog. */
export interface ChangelogEntry {
  readonly source: string;
  readonly version: string;
  /** The distributions it was uploaded to, e.g. `bookworm-security`. */
  readonly distributions: readonly string[];
  /** The change items: a bullet with its continuation lines on one line. A nested bullet starts with its parents' text. */
  readonly items: readonly string[];
  /** RFC 3339 in UTC; absent when the trailer is malformed. */
  readonly date?: string;
}

const HEADING = /^(\S+) \(([^)\s]+)\)((?: [\w.+-]+)+);/;
const TRAILER = /^ -- .*> {2}(\S.*)$/;
const AUTHOR = /^ {2}\[ .* \]$/;
const BULLET = /^( {2,})[*+-]+ ?(.*)$/;

/** Reads a changelog (deb-changelog(5)), newest entry first as in the file. Lines that do not fit are left out. */
export function parseChangelog(text: string): readonly ChangelogEntry[] {
  const entries: ChangelogEntry[] = [];
  let open: { source: string; version: string; distributions: string[]; lines: string[] } | undefined;
  for (const line of text.split("\n")) {
    const heading = HEADING.exec(line);
    const trailer = TRAILER.exec(line);
    if (heading !== null) {
      const [, source = "", version = "", distributions = ""] = heading;
      open = { source, version, distributions: distributions.trim().split(" "), lines: [] };
    } else if (trailer !== null && open !== undefined) {
      const { lines, ...head } = open;
      const time = Date.parse((trailer[1] ?? "").replace(/\s*\(.*\)$/, ""));
      entries.push({
        ...head,
        items: itemsOf(lines),
        ...(Number.isNaN(time) ? {} : { date: `${new Date(time).toISOString().slice(0, 19)}Z` }),
      });
      open = undefined;
    } else {
      open?.lines.push(line);
    }
  }
  return entries;
}

function itemsOf(lines: readonly string[]): readonly string[] {
  const items: { readonly indent: number; text: string; readonly prefix: string }[] = [];
  for (const line of lines) {
    const bullet = BULLET.exec(line);
    const last = items.at(-1);
    if (bullet !== null) {
      const indent = bullet[1]?.length ?? 0;
      const parent = items.findLast((each) => each.indent < indent);
      // a parent further up that a shallower bullet has closed cannot be found: findLast meets that bullet first
      const prefix = parent === undefined ? "" : `${parent.prefix}${parent.text} » `;
      items.push({ indent, text: bullet[2] ?? "", prefix });
    } else if (line.trim() === "") {
      continue;
    } else if (last === undefined || AUTHOR.test(line)) {
      // text without a bullet is no parent of what follows
      items.push({ indent: Number.POSITIVE_INFINITY, text: line.trim(), prefix: "" });
    } else {
      last.text += ` ${line.trim()}`;
    }
  }
  return items.map(({ prefix, text }) => prefix + text);
}
