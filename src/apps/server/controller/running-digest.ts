// SPDX-License-Identifier: Apache-2.0
import { type Digest, parseDigest } from "#base";
import { parseImageReference } from "#oci";

/**
 * The manifest digest of what a container runs: that of the pod's own reference when it names one (nothing else can run
 * then), else what the kubelet says in `imageID`. A bare `sha256:…` there is the digest of an image configuration, as
 * docker's image ids are, and names no manifest; empty, nothing was pulled yet. Then nobody knows.
 */
export function digestOfRunningImage(reference: string, imageId: string | undefined): Digest | undefined {
  const pinned = digestIn(reference);
  if (pinned !== undefined || imageId === undefined) {
    return pinned;
  }
  const withoutScheme = imageId.replace(/^docker-pullable:\/\//, "");
  // `docker://sha256:…` and every other scheme name something that is no manifest.
  return withoutScheme.includes("://") ? undefined : digestIn(withoutScheme);
}

function digestIn(text: string): Digest | undefined {
  const at = text.indexOf("@");
  if (at < 1) {
    return undefined;
  }
  const digest = parseDigest(text.slice(at + 1));
  if (digest === undefined) {
    return undefined;
  }
  try {
    return parseImageReference(text).digest;
  } catch {
    // Not a reference, so it names no manifest either.
    return undefined;
  }
}
