// SPDX-License-Identifier: Apache-2.0
import { PackageURL } from "packageurl-js";
import { isDigest } from "#base";
import type { StatedImage, StatedPackage, StatedProduct } from "#findings";
import { parseImageReference } from "#oci";

/** The package that a package URL names, or `undefined` when the text is none. An image is none either. */
export function toStatedPackage(purl: string): StatedPackage | undefined {
  const parsed = parsePurl(purl);
  if (parsed === undefined || parsed.type === "oci" || parsed.type === "docker") {
    return undefined;
  }
  const { type, namespace, name, version, qualifiers } = parsed;
  return {
    type,
    ...(namespace === undefined || namespace === null ? {} : { namespace }),
    name,
    ...(version === undefined || version === null ? {} : { version }),
    ...(qualifiers === undefined || qualifiers === null || Object.keys(qualifiers).length === 0
      ? {}
      : { qualifiers: { ...qualifiers } as Record<string, string> }),
  };
}

/**
 * The product that an identifier names: a package URL, a digest, or an image reference. Anything else is a product that nobody can
 * recognise, and its statements match nothing.
 */
export function toStatedProduct(id: string, parts: readonly StatedPackage[] | undefined): StatedProduct {
  const more = parts === undefined ? {} : { parts };
  if (/^pkg:/i.test(id)) {
    const parsed = parsePurl(id);
    const image = parsed === undefined ? undefined : imageOf(parsed);
    if (image !== undefined) {
      return { kind: "image", image, ...more };
    }
    const stated = toStatedPackage(id);
    return stated === undefined ? { kind: "unknown", id } : { kind: "package", package: stated, ...more };
  }
  const image = referenceOf(id);
  return image === undefined ? { kind: "unknown", id } : { kind: "image", image, ...more };
}

function parsePurl(purl: string): PackageURL | undefined {
  try {
    return purl.length <= 4_096 ? PackageURL.fromString(purl) : undefined;
  } catch {
    // not a package URL: the caller says what that means
    return undefined;
  }
}

/** `pkg:oci/NAME@sha256:…?repository_url=…&tag=…`: the digest decides where there is one. */
function imageOf({ type, name, namespace, version, qualifiers }: PackageURL): StatedImage | undefined {
  if (type !== "oci" && type !== "docker") {
    return undefined;
  }
  if (version !== undefined && version !== null && isDigest(version)) {
    return { digest: version };
  }
  const fields: Readonly<Record<string, string | null | undefined>> = qualifiers ?? {};
  const tag = fields["tag"] ?? (type === "docker" ? version : undefined);
  const address = type === "docker" ? [namespace, name].filter(Boolean).join("/") : fields["repository_url"];
  const repository = address === undefined || address === null ? undefined : repositoryOf(address);
  // an OCI package URL with a version that is no digest, or without an address, could be any image of that name
  if (repository === undefined || (type === "oci" && version !== undefined && version !== null)) {
    return undefined;
  }
  return { repository, ...(tag === undefined || tag === null ? {} : { tag }) };
}

function repositoryOf(address: string): string | undefined {
  const image = referenceOf(address);
  return image !== undefined && "repository" in image && image.tag === undefined ? image.repository : undefined;
}

/** A digest, or `registry/repository[:tag][@digest]`; web addresses are none. */
function referenceOf(text: string): StatedImage | undefined {
  if (isDigest(text)) {
    return { digest: text };
  }
  if (text.includes("://")) {
    return undefined;
  }
  try {
    const { registry, repository, tag, digest, isTagImplied } = parseImageReference(text);
    if (digest !== undefined) {
      return { digest };
    }
    const name = `${registry}/${repository}`;
    return { repository: name, ...(tag === undefined || isTagImplied ? {} : { tag }) };
  } catch {
    // no reference
    return undefined;
  }
}
