// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { type ImageReference, parseImageReference } from "#oci";

/** How a pinned image is written: `name@digest`, or `name:tag@digest`. */
export type PinnedForm = "digest" | "tag-and-digest";

/**
 * The reference with the digest, in full form; `undefined` when the text is no reference, or names another digest
 * already. Without a tag there is none to write.
 */
export function pinReference(reference: string, digest: Digest, form: PinnedForm): string | undefined {
  const parsed = parse(reference);
  if (parsed === undefined || (parsed.digest !== undefined && parsed.digest !== digest)) {
    return undefined;
  }
  const { registry, repository, tag } = parsed;
  return form === "tag-and-digest" && tag !== undefined
    ? `${registry}/${repository}:${tag}@${digest}`
    : `${registry}/${repository}@${digest}`;
}

/** Whether the text is the reference as a gate would have pinned it to the digest, in either form. */
export function isPinnedForm(text: string, reference: string, digest: Digest): boolean {
  return (
    text === pinReference(reference, digest, "digest") || text === pinReference(reference, digest, "tag-and-digest")
  );
}

function parse(reference: string): ImageReference | undefined {
  try {
    return parseImageReference(reference);
  } catch {
    return undefined;
  }
}
