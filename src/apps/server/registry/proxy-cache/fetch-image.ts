// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { FetchedManifest, RepositoryClient } from "#image-source";
import type { Author, RegistryContent } from "../content/registry-content.ts";
import { type CopyCounts, ImageCopy } from "../copy/image-copy.ts";
import { createRemoteSource } from "../copy/remote-source.ts";
import { selectChildren } from "./select-children.ts";

export interface FetchImageOptions {
  readonly client: Pick<RepositoryClient, "readManifest" | "listReferrers" | "openBlob">;
  readonly content: RegistryContent;
  readonly repository: string;
  readonly manifest: FetchedManifest;
  readonly author: Author;
  readonly platforms: readonly string[];
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/** Stores an image of another registry with what is attached to it. Its images are listed, so that they are scanned. */
export async function fetchImage(
  options: FetchImageOptions,
): Promise<Pick<CopyCounts, "problems"> & { readonly images: readonly Digest[] }> {
  const { client, content, repository, manifest, platforms, ...rest } = options;
  const copy = new ImageCopy({
    ...rest,
    content,
    repository,
    source: createRemoteSource(client, { content, repository }),
    selectChildren: (index) => selectChildren(index, platforms),
  });
  await copy.copyImage(manifest);
  // before a tag leads to it, so that nobody finds it unsigned who could have found it signed
  await copy.copyAttached(manifest);
  return { problems: copy.counts.problems, images: await imagesBelow(content, repository, manifest.digest) };
}

async function imagesBelow(content: RegistryContent, repository: string, digest: Digest): Promise<readonly Digest[]> {
  const record = await content.findManifest(repository, digest);
  if (record?.kind !== "index") {
    return record?.kind === "image" ? [digest] : [];
  }
  const images: Digest[] = [];
  for (const reference of record.references) {
    const child = await content.findManifest(repository, reference.digest);
    if (child?.kind === "image") {
      images.push(child.digest);
    }
  }
  return images;
}
