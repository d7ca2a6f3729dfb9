// SPDX-License-Identifier: Apache-2.0
import type { ImageDetail, ImagePlatform, ScanJob, ScanSummary, Session } from "../../api/generated/api.ts";
import { isLoopback } from "../../lib/is-loopback.ts";

const IMAGE_TABS = [
  "verdict",
  "signatures",
  "findings",
  "secrets",
  "configuration",
  "licenses",
  "malware",
  "packages",
  "layers",
] as const;

export type ImageTab = (typeof IMAGE_TABS)[number];

/** Rows of one page of findings or packages. */
export const CONTENTS_PAGE_SIZE = 50;

/** The kinds of findings that have a tab of their own, beside vulnerabilities. */
export const OBSERVATION_TABS = [
  { tab: "secrets", kind: "secret" },
  { tab: "configuration", kind: "configuration" },
  { tab: "licenses", kind: "license" },
  { tab: "malware", kind: "malware" },
] as const;

/** The tabs of an image: malware only where something was found, as most servers have no scanner for it. */
export function shownTabs(platform: ImagePlatform | undefined): readonly ImageTab[] {
  return IMAGE_TABS.filter((tab) => tab !== "malware" || (platform?.scan?.malware ?? 0) > 0);
}

/** How far a scan is, 0 to 1; absent while nobody knows. */
export function progressOf({ doneBytes, totalBytes }: ScanJob): number | undefined {
  return totalBytes === 0 ? undefined : Math.min(1, doneBytes / totalBytes);
}

/** The scans of an image that are not over. */
export function openJobs(image: Pick<ImageDetail, "platforms">): readonly ScanJob[] {
  return image.platforms.flatMap(({ job }) => (job !== undefined && job.finishedAt === undefined ? [job] : []));
}

/** Which sentence says how long the distribution is supported, on a day. */
export function supportMessage(
  { until, extendedUntil }: NonNullable<ScanSummary["support"]>,
  today: string,
):
  | "console.image.supportUntil"
  | "console.image.supportExtended"
  | "console.image.supportEnded"
  | "console.image.supportOnlyExtended"
  | undefined {
  if (until === undefined) {
    return undefined;
  }
  const isSupported = today <= until;
  if (extendedUntil === undefined || extendedUntil <= until) {
    return isSupported ? "console.image.supportUntil" : "console.image.supportEnded";
  }
  if (isSupported) {
    return "console.image.supportExtended";
  }
  return today <= extendedUntil ? "console.image.supportOnlyExtended" : "console.image.supportEnded";
}

/** The tab that an address names; the verdict for anything else. */
export function readImageTab(value: unknown): ImageTab {
  return IMAGE_TABS.find((tab) => tab === value) ?? "verdict";
}

/** The platform that an address names by digest, else the first. */
export function selectPlatform(image: ImageDetail, digest: string | undefined): ImagePlatform | undefined {
  return image.platforms.find((platform) => platform.digest === digest) ?? image.platforms[0];
}

/** Whether a scan told less than everything: then "no findings" must not read as "clean". */
export function isIncomplete(platform: ImagePlatform): boolean {
  const { scan } = platform;
  return scan !== undefined && (scan.status !== "complete" || scan.coverageGaps.length > 0 || scan.problems.length > 0);
}

/** Whether the role may ask for a new scan; the server decides again. */
export function mayRescan(role: Session["role"] | undefined): boolean {
  return role === "ADMIN" || role === "IMAGE_UPLOADER";
}

/** How people name the image: `team/app:1.0`, or with the digest where there is no tag. */
export function imageTitle(image: Pick<ImageDetail, "repository" | "tag" | "digest">): string {
  return image.tag === undefined ? `${image.repository}@${image.digest}` : `${image.repository}:${image.tag}`;
}

/** The command that pulls the image with docker. */
export function pullCommand(registry: string, image: Pick<ImageDetail, "repository" | "tag" | "digest">): string {
  return `docker pull ${registry}/${imageTitle(image)}`;
}

/** The command that pulls an artifact with oras; it tries TLS unless told otherwise. */
export function artifactPullCommand(
  registry: string,
  artifact: Pick<ImageDetail, "repository" | "tag" | "digest">,
): string {
  return `oras pull ${isLoopback(registry) ? "--plain-http " : ""}${registry}/${imageTitle(artifact)}`;
}
