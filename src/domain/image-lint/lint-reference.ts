// SPDX-License-Identifier: Apache-2.0
import type { ImageConfig, ImageReference } from "#oci";
import type { ImageObservation } from "#packages";
import { observe } from "./check-rule.ts";
import { IMAGE_CHECK } from "./checks/image-checks.ts";

const BASE_NAME = "org.opencontainers.image.base.name";
const BASE_DIGEST = "org.opencontainers.image.base.digest";
const LATEST = "latest";

/**
 * What the name says by which somebody asks for an image: that of the tag `latest`, written or implied, means another image at any time.
 * It belongs to whoever asked, not to the image: what is kept by digest must not hold it.
 */
export function lintReference(reference: ImageReference): readonly ImageObservation[] {
  return reference.tag === LATEST && reference.digest === undefined
    ? [observe(IMAGE_CHECK.latestTag, { params: { image: reference.raw } })]
    : [];
}

/** What the label says about the base: a claim, like all that stands in a configuration. */
export function lintBaseName({ labels }: ImageConfig): readonly ImageObservation[] {
  const image = labels[BASE_NAME] ?? "";
  const [named = ""] = image.split("@", 1);
  const last = named.slice(named.lastIndexOf("/") + 1);
  const tag = last.includes(":") ? last.slice(last.indexOf(":") + 1) : LATEST;
  const isPinned = image.includes("@") || (labels[BASE_DIGEST] ?? "") !== "";
  return last === "" || last === "scratch" || isPinned || tag !== LATEST
    ? []
    : [observe(IMAGE_CHECK.latestBase, { params: { image } })];
}
