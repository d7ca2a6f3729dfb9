// SPDX-License-Identifier: Apache-2.0
export { OciError, type OciErrorCode } from "./errors.ts";
export { HAECHI_REGISTRY_AUDIENCE } from "./haechi-registry-audience.ts";
export { parseImageConfig } from "./image-config.ts";
export type { ImageReference } from "./image-reference.ts";
export { parseImageReference, renderImageReference } from "./image-reference.ts";
export type { ContentErrorCode, FileVisitor, ImageSource } from "./image-source.ts";
export { type JsonLimits, parseJsonDocument } from "./json-document.ts";
export type {
  Descriptor,
  HistoryEntry,
  ImageConfig,
  ImageIndex,
  ImageManifest,
  Manifest,
  Platform,
} from "./manifest.ts";
export type { LayerCompression } from "./media-types.ts";
export {
  DOCKER_CONFIG,
  DOCKER_LAYER,
  DOCKER_LAYER_GZIP,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  isImageConfig,
  layerCompression,
  MANIFEST_MEDIA_TYPES,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_LAYER_ZSTD,
  OCI_MANIFEST,
  ROOT_FILESYSTEM,
} from "./media-types.ts";
export { parseManifest } from "./parse-manifest.ts";
export { isRunnablePlatform, isSamePlatform, renderPlatform } from "./platform.ts";
export type { TarEntry, TarEntryKind } from "./tar/tar-entry.ts";
export type { TarProblem, TarReader, TarReaderOptions } from "./tar/tar-reader.ts";
export { createTarReader } from "./tar/tar-reader.ts";
