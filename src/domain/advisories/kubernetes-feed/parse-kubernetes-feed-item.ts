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
    const range = toRange(rest);
    if (range !== undefined) {
      ranges.set(component, [...(ranges.get(component) ?? []), withFix(range, component, fixes)]);
    }
  }
  if (ranges.size === 0) {
    return { id, problems: [{ message: `${id}: no affected version is understood` }], skipped: {} };
  }
  const vector = /\bCVSS:(?:3\.[01]|4\.0)(?:\/[A-Za-z]{1,4}:[A-Za-z]{1,8}){6,40}/.exec(text)?.[0];
  const cvss = vector === undefined ? undefined : severityOfCvss(vector);
  const modified = timeOf(item["date_modified"]) ?? timeOf(item["date_published"]);
  const advisories: readonly Advisory[] = [...ranges.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([component, stretches]) =>
      toAdvisory({
        id,
        ecosystem: "Kubernetes",
        packageName: component,
        ranges: stretches,
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

/** The fix on the same minor release says more than the last version that is known to be affected. */
function withFix(
  range: AffectedRange,
  component: string,
  fixes: readonly { readonly component: string; readonly version: string }[],
): AffectedRange {
  const minor = range.lastAffected?.split(".").slice(0, 2).join(".");
  const fix = fixes.find((each) => each.component === component && full(each.version).startsWith(`${minor ?? "?"}.`));
  return fix === undefined ? range : { introduced: range.introduced, fixed: full(fix.version) };
}

function full(version: string): string {
  return /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
}
