// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest } from "#base";
import { parseImageReference } from "#oci";
import { UsageError } from "../errors.ts";

/** The tag of a database that nobody named otherwise: the format of its contents. A layout also lists what is attached to it. */
export const DEFAULT_TAG = "v2";

/** Where a database lies or goes as an artifact. */
export interface DatabaseLocation {
  /** `docker://…`, `oci:…`, `oci-archive:…`. */
  readonly location: string;
  readonly kind: "registry" | "layout" | "archive";
  /** Folder or file of a layout. */
  readonly path?: string;
  readonly tag?: string;
  /** The location ends in `@sha256:…`: nothing else is accepted. */
  readonly pinned?: Digest;
}

/** Whether a word is the location of an artifact and not a file or folder with data. */
export function isArtifactLocation(text: string): boolean {
  return /^(?:docker:\/\/|oci:|oci-archive:)/.test(text);
}

/** Reads a location; a reference by itself is one of a registry. Throws `UsageError`. */
export function parseDatabaseLocation(text: string): DatabaseLocation {
  const location = isArtifactLocation(text) ? text : `docker://${text}`;
  if (location.startsWith("docker://")) {
    const { digest } = parseImageReference(location.slice("docker://".length));
    if (digest !== undefined) {
      return { location, kind: "registry", pinned: digest };
    }
    // what nobody wrote would be `latest`
    const isTagged = location.slice(location.lastIndexOf("/")).includes(":");
    const tagged = isTagged ? location : `${location}:${DEFAULT_TAG}`;
    return { location: tagged, kind: "registry", tag: tagged.slice(tagged.lastIndexOf(":") + 1) };
  }
  const kind = location.startsWith("oci:") ? "layout" : "archive";
  const rest = location.slice(location.indexOf(":") + 1);
  const digest = /@(sha(?:256|512):[0-9a-f]+)$/.exec(rest)?.[1];
  const named = digest === undefined ? rest : rest.slice(0, -digest.length - 1);
  const colon = digest === undefined ? named.indexOf(":") : -1;
  const path = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (path === "" || tag === "" || (digest !== undefined && !isDigest(digest))) {
    throw new UsageError(
      "ARGUMENT_INVALID",
      `"${text.slice(0, 200)}" is not the place of a database: write docker://REFERENCE, oci:FOLDER[:TAG] or oci-archive:FILE[:TAG]`,
    );
  }
  if (digest !== undefined && isDigest(digest)) {
    return { location, kind, path, pinned: digest };
  }
  return { location: tag === undefined ? `${location}:${DEFAULT_TAG}` : location, kind, path, tag: tag ?? DEFAULT_TAG };
}
