// SPDX-License-Identifier: Apache-2.0
import type { ImageDetail, ImagePlatform, Session } from "../../api/generated/api.ts";
import { isLoopback } from "../../lib/is-loopback.ts";

export const IMAGE_TABS = ["verdict", "signatures", "findings", "packages", "layers"] as const;

export type ImageTab = (typeof IMAGE_TABS)[number];

/** Rows of one page of findings or packages. */
export const CONTENTS_PAGE_SIZE = 50;

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
