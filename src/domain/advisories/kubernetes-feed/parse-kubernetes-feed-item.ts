// SPDX-License-Identifier: Apache-2.0
import type { Advisory, AffectedRange } from "../advisory.ts";
import { oneLine, safeUrl, timeOf, toAdvisory } from "../advisory-draft.ts";
import { severityOfCvss } from "../cvss-severity.ts";
import { objectOf, textOf } from "../json-fields.ts";
import type { ParsedRecords } from "../parsed-records.ts";

const VERSION = "v?(\\d{1,4}\\.\\d{1,4}(?:\\.\\d{1,4})?(?:-[\\w.]{1,32})?)";
const COMPONENT = /^[-*•]?\s{0,8}\*{0,2}`?([a-z][a-z0-9-]{2,40})`?\*{0,2}\s{0,4}:?\s{1,8}(.{1,200})$/i;

/**
 * Reads an item of the official CVE feed of Kubernetes (https://kubernetes.io/docs/reference/issues-security/official-cve-feed/,
 * a JSON Feed whose text is the issue). Versions stand in its sections "Affected Versions" and "Fixed Versions", one
 * component on a line: `kubelet v1.28.0 - v1.28.3`, `kube-apiserver <= v1.24.14`. An item in which no line is understood
 * is a problem.
 */
export function parseKubernetesFeedItem(value: unknown): ParsedRecords {
  const item = objectOf(value);
  const id = textOf(item?.["id"], 64);
  if (item === undefined || id === undefined || !/^CVE-\d{4}-\d{4,10}$/.test(id)) {
    return { problems: [{ message: "the item has no CVE id" }], skipped: {} };
  }
  if (item["status"] === "withdrawn") {
    return { id, problems: [], skipped: { withdrawn: 1 } };
  }
  const text = (textOf(item["content_text"], 1_000_000) ?? "").slice(0, 200_000);
  const fixes = linesOf(text, /fixed versions?/i).flatMap(({ component, rest }) =>
    [...rest.matchAll(new RegExp(VERSION, "g"))].map((match) => ({ component, version: match[1] ?? "" })),
  );
  const ranges = new Map<string, AffectedRange[]>();
  for (const { component, rest } of linesOf(text, /affected versions?/i)) {
    const own = fixes.filter((each) => each.component === component).map(({ version }) => full(version));
    const found = fromOn(rest, own) ?? toRange(rest);
    if (found !== undefined) {
      const known = ranges.get(component) ?? [];
      ranges.set(component, [...known, ...(Array.isArray(found) ? found : [withFix(found, own)])]);
    }
  }
  if (ranges.size === 0) {
    return { id, problems: [{ message: `${id}: no affected version is understood` }], skipped: {} };
  }
  const { vector, cvss } = scoreOf(text) ?? {};
  const modified = timeOf(item["date_modified"]) ?? timeOf(item["date_published"]);
  const advisories: readonly Advisory[] = [...ranges.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([component, stretches]) =>
      toAdvisory({
        id,
        ecosystem: "Kubernetes",
        packageName: component,
        ranges: apart(stretches),
        summary: oneLine(textOf(item["summary"], 10_000) ?? ""),
        ...(modified === undefined ? {} : { modified }),
        ...(cvss === undefined || vector === undefined
          ? {}
          : { severity: cvss.severity, severitySource: cvss.version, cvssVector: vector }),
        ...safeUrl(item["url"] ?? item["external_url"]),
      }),
    );
  return { id, advisories, problems: [], skipped: {} };
}

const VECTOR = /\bCVSS:(?:3\.[01]|4\.0)(?:\/[A-Za-z]{1,4}:[A-Za-z]{1,8}){6,40}/g;

/** The first vector that is one: issues have it in the text and in a link, and once with a letter that is wrong. */
function scoreOf(
  text: string,
): { readonly vector: string; readonly cvss: NonNullable<ReturnType<typeof severityOfCvss>> } | undefined {
  for (const [vector] of text.matchAll(VECTOR)) {
    const cvss = severityOfCvss(vector);
    if (cvss !== undefined) {
      return { vector, cvss };
    }
  }
  return undefined;
}

/** The lines about components in the sections whose heading fits. */
function linesOf(text: string, heading: RegExp): readonly { readonly component: string; readonly rest: string }[] {
  const found: { readonly component: string; readonly rest: string }[] = [];
  let isInside = false;
  for (const line of text.split("\n")) {
    const clean = line.slice(0, 400).replaceAll("\\", "").trim();
    const isHeading = /^(?:#|\*\*[^*]{1,80}\*\*:?$)/.test(clean) || /^[\w ]{3,40}:?$/.test(clean);
    if (isHeading && clean !== "") {
      isInside = heading.test(clean);
      continue;
    }
    const match = isInside ? COMPONENT.exec(clean) : null;
    if (match?.[1] !== undefined && match[2] !== undefined) {
      found.push({ component: match[1].toLowerCase(), rest: match[2] });
    }
  }
  return found;
}

function toRange(rest: string): AffectedRange | undefined {
  const between = new RegExp(`^[^\\dv<>=]{0,20}${VERSION}\\s{0,4}(?:-|–|to|through)\\s{0,4}${VERSION}`).exec(rest);
  if (between?.[1] !== undefined && between[2] !== undefined) {
    return { introduced: full(between[1]), lastAffected: full(between[2]) };
  }
  const bound = new RegExp(`^[^\\dv<>=]{0,20}(<=|<|≤|prior to|before)\\s{0,4}${VERSION}`).exec(rest);
  if (bound?.[2] !== undefined) {
    const isInclusive = bound[1] === "<=" || bound[1] === "≤";
    return isInclusive ? { introduced: "0", lastAffected: full(bound[2]) } : { introduced: "0", fixed: full(bound[2]) };
  }
  if (/^all versions/i.test(rest)) {
    return { introduced: "0" };
  }
  const one = new RegExp(`^[^\\dv<>=]{0,20}${VERSION}\\s{0,4}$`).exec(rest);
  return one?.[1] === undefined ? undefined : { introduced: full(one[1]), lastAffected: full(one[1]) };
}

/**
 * `>= v1.8.0 (including all later minor versions)`: one stretch for each minor release that got a fix, the first of them from
 * there on; what came after the last of them has it from its beginning. Without fixes all later versions are affected.
 */
function fromOn(rest: string, fixes: readonly string[]): AffectedRange[] | undefined {
  const introduced = new RegExp(`^[^\\dv<>=]{0,20}(?:>=|≥)\\s{0,4}${VERSION}`).exec(rest)?.[1];
  // an upper bound on the same line is something else
  if (introduced === undefined || /[<≤]/.test(rest)) {
    return undefined;
  }
  const sorted = [...new Set(fixes)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return sorted.length === 0
    ? [{ introduced: full(introduced) }]
    : sorted.map((fixed, index) => ({ introduced: minorAfter(sorted[index - 1]) ?? full(introduced), fixed }));
}

/**
 * `<= v1.28.0`, `<= v1.27.4`: each line is about its own minor release, and only the oldest of them reaches back to the first
 * version. Otherwise the line about 1.28 would hold the fix of 1.27, too.
 */
function apart(ranges: readonly AffectedRange[]): readonly AffectedRange[] {
  const bounds = ranges
    .flatMap((range) => (range.introduced === "0" ? (range.fixed ?? range.lastAffected ?? []) : []))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return ranges.map((range) => {
    const upper = range.fixed ?? range.lastAffected;
    const at = range.introduced === "0" && upper !== undefined ? bounds.indexOf(upper) : 0;
    const introduced = at > 0 ? minorAfter(bounds[at - 1]) : undefined;
    // two lines about one minor release stay as they are
    return introduced === undefined || !isNotAfter(introduced, upper ?? "") ? range : { ...range, introduced };
  });
}

function isNotAfter(a: string, b: string): boolean {
  return a.localeCompare(b, "en", { numeric: true }) <= 0;
}

/** The minor release after that of a fix: one in between that got none is affected, too. */
function minorAfter(fix: string | undefined): string | undefined {
  const [major, minor] = fix?.split(".") ?? [];
  return major === undefined || minor === undefined ? undefined : `${major}.${Number(minor) + 1}.0`;
}

/** The fix on the same minor release says more than the last version that is known to be affected. */
function withFix(range: AffectedRange, fixes: readonly string[]): AffectedRange {
  const minor = range.lastAffected?.split(".").slice(0, 2).join(".");
  const fix = fixes.find((each) => each.startsWith(`${minor ?? "?"}.`));
  return fix === undefined ? range : { introduced: range.introduced, fixed: fix };
}

function full(version: string): string {
  return /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
}
