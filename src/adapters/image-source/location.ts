// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest } from "#base";
import { type ImageReference, parseImageReference } from "#oci";
import { ImageSourceError } from "./errors.ts";

/** Where an image is, as read from a location text. */
export type ImageLocation =
  | { readonly kind: "registry"; readonly reference: ImageReference }
  /** The root of a file system. */
  | { readonly kind: "dir"; readonly path: string }
  | {
      readonly kind: "oci" | "oci-archive" | "docker-archive";
      readonly path: string;
      /** A tag or image name, when one was written. */
      readonly name?: string;
      readonly digest?: Digest;
    };

const FILE_SCHEMES = ["oci-archive:", "docker-archive:", "oci:"] as const;
const DIGEST_SUFFIX = /@(sha(?:256|512):[0-9a-f]+)$/;

/** Of what was typed wrongly, so that it is recognised. */
const MAX_QUOTED = 200;

/**
 * Reads `docker://REFERENCE`, `oci:FOLDER[:TAG|@DIGEST]`, `oci-archive:FILE[:TAG|@DIGEST]` or
 * `docker-archive:FILE[:REFERENCE]`, as skopeo writes them: the first colon ends the path, unless a digest does; and `dir:FOLDER`, the root of
 * a file system. Throws `LOCATION_INVALID`, or `REFERENCE_INVALID` of `#oci`.
 */
export function parseImageLocation(location: string): ImageLocation {
  if (location.startsWith("docker://")) {
    return { kind: "registry", reference: parseImageReference(location.slice("docker://".length)) };
  }
  if (location.startsWith("dir:") && location.length > "dir:".length) {
    return { kind: "dir", path: location.slice("dir:".length) };
  }
  const scheme = FILE_SCHEMES.find((each) => location.startsWith(each));
  if (scheme === undefined) {
    throw new ImageSourceError(
      "LOCATION_INVALID",
      `"${location.slice(0, MAX_QUOTED)}" does not say where the image is: write docker://REFERENCE for a registry, oci:FOLDER[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:REFERENCE] or dir:FOLDER; haechi scan also reads sbom:FILE and dockerfile:FILE`,
    );
  }
  const kind = scheme === "oci:" ? "oci" : scheme === "oci-archive:" ? "oci-archive" : "docker-archive";
  const rest = location.slice(scheme.length);
  const digest = kind === "docker-archive" ? undefined : DIGEST_SUFFIX.exec(rest)?.[1];
  const named = digest === undefined ? rest : rest.slice(0, -digest.length - 1);
  const colon = digest === undefined ? named.indexOf(":") : -1;
  const path = colon < 0 ? named : named.slice(0, colon);
  const name = colon < 0 ? undefined : named.slice(colon + 1);
  if (path === "" || name === "" || (digest !== undefined && !isDigest(digest))) {
    throw new ImageSourceError("LOCATION_INVALID", `expected a path after ${scheme} and a name after a second colon`);
  }
  return {
    kind,
    path,
    ...(name === undefined ? {} : { name }),
    ...(digest === undefined ? {} : { digest }),
  };
}
