// SPDX-License-Identifier: Apache-2.0
import { type ImageReference, parseImageReference } from "#oci";

/** One way to write an image; an image has several because `nginx` and `docker.io/library/nginx` are the same. */
export interface ImageSpelling {
  /** Registry with its port; absent in the short forms of Docker Hub. */
  readonly host?: string;
  /** The repository alone, and with tag, with digest, with both. */
  readonly paths: readonly string[];
  /** Those of `paths` that name the image in full, for exact names. */
  readonly fullPaths: readonly string[];
  /** Characters that the normalised spelling has more, so that short names count as specific as what they stand for. */
  readonly omitted: number;
}

const DOCKER_HUB_HOSTS: readonly string[] = ["docker.io", "index.docker.io", "registry-1.docker.io"];
const OFFICIAL = "library/";

/**
 * All spellings of the image that a reference names; empty when the reference is not one. They depend on the image
 * alone, not on how it was written, so nobody escapes an entry by writing the same image another way. `hostAliases` are
 * the names of one registry, the main one first.
 */
export function spellingsOf(reference: string, hostAliases: readonly string[]): readonly ImageSpelling[] {
  let parsed: ImageReference;
  try {
    parsed = parseImageReference(reference);
  } catch {
    return [];
  }
  const host = normalHost(parsed.registry);
  if (!DOCKER_HUB_HOSTS.includes(host)) {
    const aliases = [...new Set(hostAliases.map(normalHost))];
    const hosts = aliases.includes(host) ? aliases : [host];
    const mainLength = hosts[0]?.length ?? 0;
    return hosts
      .flatMap(withDefaultPort)
      .map((each) => spelling(parsed, each, parsed.repository, mainLength - each.length));
  }
  const repository = parsed.repository.includes("/") ? parsed.repository : OFFICIAL + parsed.repository;
  const names = repository.startsWith(OFFICIAL) ? [repository, repository.slice(OFFICIAL.length)] : [repository];
  const normalised = `docker.io/${repository}`.length;
  return names.flatMap((name) => [
    ...DOCKER_HUB_HOSTS.map((each) => spelling(parsed, each, name, normalised - `${each}/${name}`.length)),
    spelling(parsed, undefined, name, normalised - name.length),
  ]);
}

/** Clients connect to port 443 where none is written, and read `0443` as the same number. */
const DEFAULT_PORT = ":443";

/** The host as it is compared: in lower case, without the default port, and without zeros in front of another. */
function normalHost(host: string): string {
  const plain = host.toLowerCase().replace(/:0+(?=\d+$)/, ":");
  return plain.endsWith(DEFAULT_PORT) ? plain.slice(0, -DEFAULT_PORT.length) : plain;
}

/** A host without a port is the same registry with the default one, which names may write. */
function withDefaultPort(host: string): readonly string[] {
  return /:\d+$/.test(host) ? [host] : [host, `${host}${DEFAULT_PORT}`];
}

function spelling(
  reference: ImageReference,
  host: string | undefined,
  repository: string,
  omitted: number,
): ImageSpelling {
  const { tag, digest } = reference;
  let paths: string[];
  let fullPaths: string[];
  if (digest !== undefined) {
    // The digest decides what runs. A tag beside it is unproven, so `app:safe@sha256:…` is not an `app:safe`.
    fullPaths = [`${repository}@${digest}`, ...(tag === undefined ? [] : [`${repository}:${tag}@${digest}`])];
    paths = [repository, ...fullPaths];
  } else {
    const known = tag ?? "latest";
    fullPaths = [`${repository}:${known}`, ...(known === "latest" ? [repository] : [])];
    paths = [repository, `${repository}:${known}`];
  }
  return { ...(host === undefined ? {} : { host }), paths, fullPaths, omitted };
}
