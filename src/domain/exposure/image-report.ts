// SPDX-License-Identifier: Apache-2.0
import { listOf, recordOf, type Severity } from "#base";
import { OciError, parseImageReference, renderImageReference } from "#oci";
import type { PatchState } from "./exposure-report.ts";

/** What a report of `haechi scan --format json` says about an image, as far as exposure asks. */
export interface ImageReport {
  /** In full form, without a digest that stands beside a tag. */
  readonly reference: string;
  readonly digests: readonly string[];
  /** Whether everything could be looked at, vulnerabilities included. */
  readonly isComplete: boolean;
  /** Vulnerabilities with a fix, by severity. */
  readonly fixable: Readonly<Partial<Record<Severity, number>>>;
  /** Servers for remote access that are installed (checks HC008 and HC009). */
  readonly remoteServers: readonly string[];
}

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "negligible", "unknown"];
const REMOTE_SERVER_CHECKS: ReadonlySet<unknown> = new Set(["HC008", "HC009"]);
/** One image has a report for each platform. */
const MAX_PLATFORMS = 64;

/** Reads the JSON report of a scan; `undefined` when it is none. */
export function readImageReport(text: string): ImageReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // said by the answer
    return undefined;
  }
  const { reference, reports, schemaVersion } = recordOf(value);
  const platforms = listOf(reports).slice(0, MAX_PLATFORMS).map(recordOf);
  if (schemaVersion !== 1 || typeof reference !== "string" || platforms.length === 0) {
    return undefined;
  }
  const { digest } = recordOf(recordOf(value)["verdict"]);
  const fixable: Partial<Record<Severity, number>> = {};
  for (const finding of platforms.flatMap(({ findings }) => listOf(findings)).map(recordOf)) {
    const severity = SEVERITIES.find((each) => each === finding["severity"]);
    if (severity !== undefined && listOf(finding["fixedVersions"]).length > 0 && finding["state"] === "affected") {
      fixable[severity] = (fixable[severity] ?? 0) + 1;
    }
  }
  const servers = platforms
    .flatMap(({ otherFindings }) => listOf(otherFindings))
    .map(recordOf)
    .filter(({ rule }) => REMOTE_SERVER_CHECKS.has(rule))
    .map(({ params }) => recordOf(params)["program"]);
  return {
    reference: nameOf(reference),
    digests: [digest, ...platforms.map(({ image }) => recordOf(image)["digest"])].filter(isText),
    isComplete: platforms.every(isComplete),
    fixable,
    remoteServers: [...new Set(servers.filter(isText).map((each) => each.slice(0, 100)))].slice(0, MAX_SERVERS),
  };
}

const MAX_SERVERS = 20;

/** The report of an image: of its digest where it names one, else of its name and tag. */
export function reportOf(image: string, reports: readonly ImageReport[]): ImageReport | undefined {
  const [, digest] = image.split("@");
  const name = nameOf(image);
  return reports.find((each) => (digest === undefined ? each.reference === name : each.digests.includes(digest)));
}

/** Whether an image is patched, as far as the reports know. */
export function patchStateOf(image: string, reports: readonly ImageReport[]): PatchState {
  const report = reportOf(image, reports);
  if (report === undefined) {
    return { image, state: "unknown", fixable: {} };
  }
  const isOutdated = Object.values(report.fixable).some((count) => count > 0);
  return {
    image,
    state: isOutdated ? "outdated" : report.isComplete ? "current" : "incomplete",
    fixable: report.fixable,
  };
}

/** The worst severity with a fix. */
export function worstOf(fixable: PatchState["fixable"]): Severity {
  return SEVERITIES.find((each) => (fixable[each] ?? 0) > 0) ?? "unknown";
}

function isComplete({ inventory, coverageGaps, database }: Readonly<Record<string, unknown>>): boolean {
  return (
    recordOf(inventory)["status"] === "complete" &&
    listOf(coverageGaps).length === 0 &&
    recordOf(database)["isNotAsked"] !== true
  );
}

function nameOf(image: string): string {
  try {
    const { registry, repository, tag } = parseImageReference(image);
    return renderImageReference({ registry, repository, ...(tag === undefined ? {} : { tag }) });
  } catch (error) {
    if (!(error instanceof OciError)) {
      throw error;
    }
    // a layout or an archive: no Pod names its image so
    return image;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
