// SPDX-License-Identifier: Apache-2.0
import { type Digest, parseDigest } from "#base";
import type { ListenAddress } from "#configuration";
import type { ManifestRecord } from "#database";
import type { Judgement, ServerContext } from "../../context.ts";
import { ApiError } from "../errors.ts";

/** A page does not wait longer for services that know of signatures; until then they are undecided. */
const PATIENCE_MS = 2_000;

/** A stored image as the console names it: `team/app:1.0` or `team/app@sha256:…`. */
export interface StoredImage {
  readonly record: ManifestRecord;
  readonly tag?: string;
}

/** The stored image of that name; throws `IMAGE_UNKNOWN`. */
export async function findImage(context: ServerContext, name: string): Promise<StoredImage> {
  const at = name.indexOf("@");
  const colon = at === -1 ? name.lastIndexOf(":") : -1;
  const [repository, tag, digest] =
    at === -1
      ? [name.slice(0, colon), name.slice(colon + 1), undefined]
      : [name.slice(0, at), undefined, parseDigest(name.slice(at + 1))];
  if (repository !== "" && digest !== undefined) {
    const record = await context.database.registry.findManifest(repository, { digest });
    if (record !== undefined) {
      return { record };
    }
  } else if (repository !== "" && tag !== undefined && tag !== "" && colon > 0) {
    const record = await context.database.registry.findManifest(repository, { tag });
    if (record !== undefined) {
      return { record, tag };
    }
  }
  throw new ApiError("IMAGE_UNKNOWN", `no such image: ${name}`);
}

/**
 * What people take it for: an index of which nothing is an image (a list of signatures, as clients without the referrers
 * API keep it) is an artifact, although it is stored as an index.
 */
export async function shownKind(
  context: ServerContext,
  record: Pick<ManifestRecord, "kind" | "repository" | "references">,
): Promise<ManifestRecord["kind"]> {
  if (record.kind !== "index" || record.references.length === 0) {
    return record.kind;
  }
  const children = await Promise.all(
    record.references.map(({ digest }) => context.database.registry.findManifest(record.repository, { digest })),
  );
  return children.every((child) => child?.kind === "artifact") ? "artifact" : record.kind;
}

/** The images that can run: the image itself, or the children of an index that are images and refer to nothing else. */
export async function findPlatforms(
  context: ServerContext,
  record: ManifestRecord,
): Promise<readonly ManifestRecord[]> {
  if (record.kind !== "index") {
    return [record];
  }
  const children = record.references.filter((reference) => reference.kind === "manifest");
  const records = await Promise.all(
    children.map((child) => context.database.registry.findManifest(record.repository, { digest: child.digest })),
  );
  // An attestation child has `unknown/unknown` as its platform: it says something about an image and runs nowhere.
  return records.filter(
    (child) => child?.kind === "image" && child.subject === undefined && child.platform !== "unknown/unknown",
  ) as readonly ManifestRecord[];
}

/** An image as it is judged: with the tag by which it was asked for, if any. */
export interface NamedImage {
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest: Digest;
}

/** The reference by which clients of this registry ask for the image. */
export function referenceOf(context: ServerContext, { repository, tag, digest }: NamedImage): string {
  const name = `${registryName(context)}/${repository}`;
  return tag === undefined ? `${name}@${digest}` : `${name}:${tag}`;
}

/** The judgement on a stored image, for the reference by which clients of this registry ask for it. */
export async function judgeImage(context: ServerContext, image: NamedImage): Promise<Judgement> {
  const { repository, digest } = image;
  const reference = referenceOf(context, image);
  return await context.judge.judge({ reference, repository, digest, timeoutMs: PATIENCE_MS });
}

/** The name by which clients reach the registry: the first configured one, else where it listens. */
export function registryName(context: ServerContext): string {
  const { registry, listen } = context.configuration;
  const address = listen.registry ?? listen.registryPublic;
  return registry.names[0] ?? (address === undefined ? "" : hostAndPort(address));
}

function hostAndPort({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
