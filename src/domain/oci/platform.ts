// SPDX-License-Identifier: Apache-2.0
import type { Descriptor, Platform } from "./manifest.ts";

/**
 * Whether a child of an index may be run. BuildKit marks attestations with the platform unknown/unknown, which no
 * runtime selects. Its annotation `vnd.docker.reference.type` is not asked: runtimes ignore it, so that a real image
 * which carries it would run and must be scanned.
 */
export function isRunnablePlatform(descriptor: Descriptor): boolean {
  return descriptor.platform?.os !== "unknown" || descriptor.platform.architecture !== "unknown";
}

/** Whether an image for `offered` runs where `wanted` is asked for; a wanted variant must be equal, an absent one fits all. */
export function isSamePlatform(offered: Platform, wanted: Platform): boolean {
  return (
    offered.os === wanted.os &&
    offered.architecture === wanted.architecture &&
    (wanted.variant === undefined || variantOf(offered) === wanted.variant)
  );
}

/** The platform as people write it, e.g. `linux/amd64`, `linux/arm/v7`. */
export function renderPlatform(platform: Platform): string {
  const variant = platform.variant === undefined ? "" : `/${platform.variant}`;
  return `${platform.os}/${platform.architecture}${variant}`;
}

/** containerd reads arm64 without a variant as v8, and arm as v7. */
function variantOf(platform: Platform): string | undefined {
  const implied: Readonly<Record<string, string>> = { arm64: "v8", arm: "v7" };
  return platform.variant ?? implied[platform.architecture];
}
