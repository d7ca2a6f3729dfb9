// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest } from "#base";
import { OciError } from "./errors.ts";

/** An image reference in the normal form of distribution: `nginx` is `docker.io/library/nginx`, tag `latest` implied. */
export interface ImageReference {
  /** As the user wrote it. */
  readonly raw: string;
  /** Host with optional port, e.g. `docker.io`, `registry.example:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** e.g. `library/nginx`. */
  readonly repository: string;
  /** As written, or `latest` when neither tag nor digest was written; absent when there is only a digest. */
  readonly tag?: string;
  /** Beside a tag, the digest decides what is meant. */
  readonly digest?: Digest;
  /** True when `tag` is the implied `latest`. */
  readonly isTagImplied: boolean;
}

const MAX_REFERENCE_LENGTH = 4_096;
const MAX_REPOSITORY_LENGTH = 255;
const MAX_PORT = 65_535;

const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]{2,45}\])$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const IMAGE_ID = /^[0-9a-f]{64}$/;

/**
 * The reference in the text. Throws `OciError` with code `REFERENCE_INVALID` for anything that docker and containerd
 * would refuse too (grammar: distribution `reference`, at most 255 characters of repository, 128 of tag).
 */
export function parseImageReference(text: string): ImageReference {
  if (text.length === 0 || text.length > MAX_REFERENCE_LENGTH) {
    throw invalid(text, `expected 1 to ${MAX_REFERENCE_LENGTH} characters, found ${text.length}`);
  }
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : readDigest(text, text.slice(at + 1));
  const { name, tag } = splitTag(text, at < 0 ? text : text.slice(0, at));
  if (IMAGE_ID.test(name)) {
    throw invalid(text, "64 hexadecimal characters are an image id, not a repository");
  }
  const { registry, repository } = splitRegistry(text, name);
  return {
    raw: text,
    registry,
    repository,
    ...(tag !== undefined ? { tag } : digest === undefined ? { tag: "latest" } : {}),
    ...(digest === undefined ? {} : { digest }),
    isTagImplied: tag === undefined && digest === undefined,
  };
}

/** The reference in full form, e.g. `docker.io/library/nginx:1.27@sha256:…`; parsing it gives an equal reference. */
export function renderImageReference(reference: Omit<ImageReference, "raw" | "isTagImplied">): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

function readDigest(text: string, digest: string): Digest {
  if (!isDigest(digest)) {
    throw invalid(text, "expected sha256: or sha512: and lower-case hexadecimal characters after @");
  }
  return digest;
}

function splitTag(text: string, rest: string): { readonly name: string; readonly tag?: string } {
  const colon = rest.lastIndexOf(":");
  if (colon < 0 || colon < rest.lastIndexOf("/")) {
    return { name: rest };
  }
  const tag = rest.slice(colon + 1);
  if (!TAG.test(tag)) {
    throw invalid(text, "a tag has 1 to 128 letters, digits, '_', '.' and '-', and begins with none of the last two");
  }
  return { name: rest.slice(0, colon), tag };
}

/** The first component is a host when it cannot be a path of Docker Hub (distribution, `splitDockerDomain`). */
function splitRegistry(text: string, name: string): { readonly registry: string; readonly repository: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first.toLowerCase() === "localhost" || first !== first.toLowerCase();
  const registry = isHost ? readHost(text, first) : "docker.io";
  const path = isHost ? name.slice(slash + 1) : name;
  const repository = registry === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  if (repository.length > MAX_REPOSITORY_LENGTH) {
    throw invalid(text, `the repository is longer than ${MAX_REPOSITORY_LENGTH} characters`);
  }
  if (!path.split("/").every((component) => PATH_COMPONENT.test(component))) {
    throw invalid(text, "a repository has lower-case letters and digits, separated by '/', '.', '_', '__' or '-'");
  }
  return { registry, repository };
}

function readHost(text: string, host: string): string {
  const [, name = "", port] = /^(.*?)(?::([0-9]{1,5}))?$/.exec(host) ?? [];
  if (!HOST.test(name) || Number(port ?? 1) > MAX_PORT) {
    throw invalid(text, "expected a host name or address with an optional port before the first '/'");
  }
  // Hosts compare without case, so that a policy for example.com also holds for EXAMPLE.com. A single label is a host
  // only by its capitals: it must keep them, or it would turn into a path of Docker Hub.
  const isSingleLabel = !/[.:]/.test(host) && host.toLowerCase() !== "localhost";
  const registry = isSingleLabel ? host : host.toLowerCase();
  return registry === "index.docker.io" ? "docker.io" : registry;
}

function invalid(text: string, why: string): OciError {
  return new OciError("REFERENCE_INVALID", `invalid image reference: ${why}`, {
    details: { reference: text.slice(0, 256) },
  });
}
