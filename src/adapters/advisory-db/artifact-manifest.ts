// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS, type Limits } from "#base";
import { type Descriptor, type ImageSource, OCI_MANIFEST, parseManifest } from "#oci";
import {
  DATABASE_ARTIFACT,
  type DatabaseLayer,
  DELTA_TYPE,
  DIGEST_ANNOTATION,
  FROM_ANNOTATION,
  INDEX_TYPE,
  SHARD_ANNOTATION,
  SHARD_TYPE,
} from "./artifact-types.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { type IndexDocument, parseIndexDocument } from "./index-document.ts";

/** A database as it lies in a registry or layout. */
export interface DatabaseArtifact {
  readonly manifest: Digest;
  /** As it lies there; what was signed leads to these bytes. */
  readonly indexBytes: Uint8Array;
  readonly index: IndexDocument;
  readonly shards: readonly DatabaseLayer[];
  readonly deltas: readonly DatabaseLayer[];
}

/** Reads manifest and index of a database. Throws `ADVISORY_SOURCE_MALFORMED` for another kind of image, and as `parseIndexDocument`. */
export async function readDatabaseArtifact(
  source: ImageSource,
  signal?: AbortSignal,
  limits: Pick<Limits, "maxAdvisoryIndexBytes"> = LIMITS,
): Promise<DatabaseArtifact> {
  const manifest = parseManifest(source.root.bytes, source.root.mediaType);
  if (manifest.kind !== "image" || manifest.config.mediaType !== INDEX_TYPE) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_SOURCE_MALFORMED",
      `${source.location} is no advisory database but ${manifest.artifactType ?? manifest.mediaType}`,
    );
  }
  if (manifest.config.size > limits.maxAdvisoryIndexBytes) {
    throw new AdvisoryDatabaseError("ADVISORY_SOURCE_LIMIT_EXCEEDED", `the index of ${source.location} is too large`);
  }
  const parts: Buffer[] = [];
  for await (const chunk of await source.openBlob(manifest.config, signal)) {
    parts.push(Buffer.from(chunk));
  }
  const indexBytes = Buffer.concat(parts);
  return {
    manifest: source.root.digest,
    indexBytes,
    index: parseIndexDocument(indexBytes, source.location),
    shards: manifest.layers.flatMap((layer) => toLayer(layer, SHARD_TYPE)),
    deltas: manifest.layers.flatMap((layer) => toLayer(layer, DELTA_TYPE)).filter((layer) => layer.from !== undefined),
  };
}

function toLayer(descriptor: Descriptor, mediaType: string): readonly DatabaseLayer[] {
  const shard = descriptor.annotations?.[SHARD_ANNOTATION];
  const digest = descriptor.annotations?.[DIGEST_ANNOTATION];
  const from = descriptor.annotations?.[FROM_ANNOTATION];
  return descriptor.mediaType === mediaType && shard !== undefined && digest !== undefined
    ? [{ descriptor, shard, digest, ...(from === undefined ? {} : { from }) }]
    : [];
}

/** The manifest as bytes; equal databases packed by the same program are equal bytes. */
export function renderArtifactManifest(
  config: { readonly digest: Digest; readonly size: number },
  layers: readonly DatabaseLayer[],
  date: string,
): Uint8Array {
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: DATABASE_ARTIFACT,
    config: { mediaType: INDEX_TYPE, digest: config.digest, size: config.size },
    layers: layers.map(({ descriptor, shard, digest, from }) => ({
      mediaType: descriptor.mediaType,
      digest: descriptor.digest,
      size: descriptor.size,
      annotations: {
        [SHARD_ANNOTATION]: shard,
        [DIGEST_ANNOTATION]: digest,
        ...(from === undefined ? {} : { [FROM_ANNOTATION]: from }),
      },
    })),
    annotations: {
      // of the data, not of the packing
      ...(date === "" ? {} : { "org.opencontainers.image.created": date }),
      "org.opencontainers.image.title": "Haechi advisory database",
    },
  };
  return Buffer.from(JSON.stringify(manifest));
}
