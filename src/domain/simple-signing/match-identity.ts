// SPDX-License-Identifier: Apache-2.0
import { type ImageReference, parseImageReference, renderImageReference } from "#oci";
import type { GpgIdentity } from "#signatures";

/**
 * Whether the signed reference is what the requirement asks of the image (containers-policy.json(5), "signedIdentity").
 * Both are compared in their normal form; a signed text that is no reference matches nothing. An image that was asked
 * for by tag and digest is compared by its tag: its digest is compared with the signed one anyway.
 */
export function matchesIdentity(identity: GpgIdentity, image: ImageReference, signedText: string): boolean {
  const signed = tryParse(signedText);
  if (signed === undefined) {
    return false;
  }
  switch (identity.type) {
    case "matchExact":
      return isSameExactly(toAsked(image), signed);
    case "matchRepoDigestOrExact":
      return matchesRepoDigestOrExact(toAsked(image), signed);
    case "matchRepository":
      return nameOf(image) === nameOf(signed);
    case "exactReference":
      return isSameExactly(toWritten(tryParse(identity.reference)), signed);
    case "exactRepository":
      return nameOf(tryParse(identity.repository)) === nameOf(signed);
    case "remapIdentity":
      return matchesRepoDigestOrExact(remap(toAsked(image), identity), signed);
    default:
      return false;
  }
}

type Named = Pick<ImageReference, "registry" | "repository" | "tag" | "digest">;

/** What the image goes by: the tag, implied or not, or only the digest where no tag was written. */
function toAsked({ registry, repository, tag, digest }: ImageReference): Named {
  return tag === undefined
    ? { registry, repository, ...(digest === undefined ? {} : { digest }) }
    : { registry, repository, tag };
}

/** A reference that somebody wrote down says only what is written: an implied `latest` is no tag. */
function toWritten(reference: ImageReference | undefined): Named | undefined {
  if (reference === undefined || !reference.isTagImplied) {
    return reference;
  }
  return { registry: reference.registry, repository: reference.repository };
}

function isSameExactly(asked: Named | undefined, signed: ImageReference): boolean {
  const written = toWritten(signed);
  return (
    asked !== undefined &&
    written !== undefined &&
    !isNameOnly(asked) &&
    !isNameOnly(written) &&
    renderImageReference(asked) === renderImageReference(written)
  );
}

function matchesRepoDigestOrExact(asked: Named | undefined, signed: ImageReference): boolean {
  if (asked === undefined || signed.isTagImplied) {
    return false;
  }
  return asked.tag === undefined && asked.digest !== undefined
    ? nameOf(asked) === nameOf(signed)
    : isSameExactly(asked, signed);
}

/**
 * Replaces the prefix where it covers whole components of the name; a name that it does not cover stays as it is, and
 * one that is no normal name afterwards matches nothing.
 */
function remap(
  asked: Named,
  { prefix, signedPrefix }: Extract<GpgIdentity, { readonly type: "remapIdentity" }>,
): Named | undefined {
  const name = nameOf(asked) ?? "";
  if (name !== prefix && !name.startsWith(`${prefix}/`)) {
    return asked;
  }
  const remapped = `${signedPrefix}${name.slice(prefix.length)}`;
  const parsed = tryParse(remapped);
  return parsed === undefined || nameOf(parsed) !== remapped
    ? undefined
    : { ...asked, registry: parsed.registry, repository: parsed.repository };
}

function isNameOnly({ tag, digest }: Named): boolean {
  return tag === undefined && digest === undefined;
}

function nameOf(reference: Named | undefined): string | undefined {
  return reference && `${reference.registry}/${reference.repository}`;
}

function tryParse(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch {
    // not a reference: matches nothing
    return undefined;
  }
}
