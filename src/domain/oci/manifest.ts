// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** An operating system and architecture (OCI image-spec, image-index.md, "platform"). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

/** Points at content by media type, digest and size in bytes (OCI image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: Platform;
  readonly artifactType?: string;
  /** It carries the content itself (`data`), which we never use, but clients may. */
  readonly isEmbedded?: true;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One image (or artifact) for one platform; layers are ordered from the base up. */
export interface ImageManifest {
  readonly kind: "image";
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A list of manifests, usually one for each platform. */
export interface ImageIndex {
  readonly kind: "index";
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

export type Manifest = ImageManifest | ImageIndex;

/** The part of an image configuration that we read (OCI image-spec, config.md). */
export interface ImageConfig {
  readonly platform: Platform;
  /** RFC 3339, as written by the builder: a claim, not a fact. */
  readonly created?: string;
  /** Digests of the inflated layers, in the order of the manifest's layers. */
  readonly diffIds: readonly Digest[];
  readonly user?: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** `NAME=value` each, as written. */
  readonly env: readonly string[];
  /** Such as `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly workingDir?: string;
  /** The test of HEALTHCHECK; `["NONE"]` turns off that of a base image. */
  readonly healthcheck?: readonly string[];
  /** Triggers of ONBUILD. */
  readonly onBuild: readonly string[];
  /** Instructions, oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** One entry of an image's history: an instruction of its Dockerfile, as the builder wrote it down. */
export interface HistoryEntry {
  readonly createdBy: string;
  /** It brought no layer. */
  readonly isEmptyLayer: boolean;
  /** RFC 3339. */
  readonly created?: string;
  readonly comment?: string;
}
