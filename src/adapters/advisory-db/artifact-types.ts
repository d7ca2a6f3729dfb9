// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Descriptor } from "#oci";

/** `artifactType` of the manifest. */
export const DATABASE_ARTIFACT = "application/vnd.haechi.advisories.v2";
/** The config: the index document. */
export const INDEX_TYPE = "application/vnd.haechi.advisories.index.v2+json";
/** A shard: its SQLite file in zstd. */
export const SHARD_TYPE = "application/vnd.haechi.advisories.shard.v2.sqlite+zstd";
/** Changed rows from one shard to another: JSON lines in zstd. */
export const DELTA_TYPE = "application/vnd.haechi.advisories.delta.v2.jsonl+zstd";

/** On a shard's layer: name and content digest; on a delta's also the digest that it starts from. Hints: the index decides. */
export const SHARD_ANNOTATION = "dev.haechi.advisories.shard";
export const DIGEST_ANNOTATION = "dev.haechi.advisories.digest";
export const FROM_ANNOTATION = "dev.haechi.advisories.from";

/** A layer of the artifact, as its annotations call it. */
export interface DatabaseLayer {
  readonly descriptor: Descriptor;
  readonly shard: string;
  readonly digest: string;
  /** Of a delta. */
  readonly from?: string;
}

/** Where an artifact is put: `RepositoryClient` of `#image-source` fulfils it, and so does {@link import("./layout-target.ts").LayoutTarget}. */
export interface ArtifactTarget {
  pushBlob(bytes: Uint8Array, signal?: AbortSignal): Promise<{ readonly digest: Digest; readonly size: number }>;
  pushManifest(
    name: string,
    mediaType: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<{ readonly digest: Digest }>;
}
