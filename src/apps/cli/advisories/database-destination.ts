// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type LayoutTarget, openLayoutTarget, writeLayoutArchive } from "#advisory-db";
import type { Digest } from "#base";
import type { RepositoryClient } from "#image-source";
import { type ImageSource, parseImageReference } from "#oci";
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { registryAccess } from "../registry-access.ts";
import { type DatabaseLocation, DEFAULT_TAG } from "./database-locations.ts";

/** Where a database is put as an artifact. */
export interface DatabaseDestination extends AsyncDisposable {
  readonly target: LayoutTarget | RepositoryClient;
  readonly tag: string;
  /** For people: where it can be fetched from afterwards, without the digest. */
  readonly name: string;
  /** What the tag names now. */
  openPrevious(): Promise<ImageSource | undefined>;
  /** Writes the archive, of those that are one. */
  complete(): Promise<void>;
}

/** Opens a registry, a layout folder, or an archive to be written. Throws `UsageError` for a place with a digest. */
export async function openDestination(
  place: DatabaseLocation,
  invocation: Invocation,
  context: CommandContext,
): Promise<DatabaseDestination> {
  if (place.pinned !== undefined) {
    throw new UsageError("ARGUMENT_INVALID", "what is written gets its digest from its content: name a tag instead");
  }
  const tag = place.tag ?? DEFAULT_TAG;
  const { openImageSource, openRepository } = await import("#image-source");
  if (place.kind === "registry") {
    const reference = parseImageReference(place.location.slice("docker://".length));
    const name = `docker://${reference.registry}/${reference.repository}`;
    const { bearerToken, ...access } = await registryAccess(place.location, invocation, context);
    const target = await openRepository(reference, { ...access, scopes: ["pull", "push"] });
    return {
      target,
      tag,
      name,
      openPrevious: async () => {
        const found = await target.findDigest(tag, context.signal);
        const reading = { ...access, ...(bearerToken === undefined ? {} : { bearerToken }), signal: context.signal };
        return found === undefined ? undefined : await openImageSource(`${name}:${tag}`, reading);
      },
      complete: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
    };
  }
  const path = resolve(place.path ?? "");
  if (place.kind === "archive") {
    const work = await mkdtemp(join(dirname(path), ".haechi-export-"));
    return {
      target: openLayoutTarget(work),
      tag,
      name: `oci-archive:${path}`,
      openPrevious: () => Promise.resolve(undefined),
      complete: () => writeLayoutArchive(work, path),
      [Symbol.asyncDispose]: () => rm(work, { recursive: true, force: true }),
    };
  }
  const target = openLayoutTarget(path);
  return {
    target,
    tag,
    name: `oci:${path}`,
    openPrevious: async () => {
      try {
        return await openImageSource(`oci:${path}:${tag}`, { signal: context.signal });
      } catch {
        // an empty layout, or one without that tag: there is nothing to build on
        return undefined;
      }
    },
    complete: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** `NAME@DIGEST`, which can be fetched without trusting anybody's signature. */
export function pinnedName(destination: DatabaseDestination, digest: Digest): string {
  return `${destination.name}@${digest}`;
}
