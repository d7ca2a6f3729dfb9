// SPDX-License-Identifier: Apache-2.0

export type { WrittenFile } from "./archive/archive-file.ts";
export { type ArchiveSource, sourceOfRepository } from "./archive/archive-source.ts";
export type { ArchivedImage, ImageArchive } from "./archive/archived-image.ts";
export { isArchiveProblem, openImageArchive } from "./archive/open-image-archive.ts";
export { type ArchiveFormat, type ArchivePlan, type ImageToArchive, planImageArchive } from "./archive/plan-archive.ts";
export { type PushedImage, pushArchivedImage } from "./archive/push-archived-image.ts";
export { writeImageArchive } from "./archive/write-image-archive.ts";
export { ImageSourceError, type ImageSourceErrorCode } from "./errors.ts";
export { findRegistryUrl } from "./find-registry-url.ts";
export { listRepositories } from "./list-repositories.ts";
export { type ImageRepository, openImageRepository } from "./open-image-repository.ts";
export type { ImageSourceOptions } from "./open-image-source.ts";
export { openImageSource } from "./open-image-source.ts";
export { openRepository } from "./open-repository.ts";
export { fetchManifest } from "./registry/fetch-manifest.ts";
export type { FetchedManifest } from "./registry/fetched-manifest.ts";
export type { RegistryOptions } from "./registry/registry-options.ts";
export type { RepositoryClient } from "./repository-client.ts";
