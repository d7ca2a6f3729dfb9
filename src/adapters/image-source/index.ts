// SPDX-License-Identifier: Apache-2.0
export { ImageSourceError, type ImageSourceErrorCode } from "./errors.ts";
export { findRegistryUrl } from "./find-registry-url.ts";
export { type ImageRepository, openImageRepository } from "./open-image-repository.ts";
export type { ImageSourceOptions } from "./open-image-source.ts";
export { openImageSource } from "./open-image-source.ts";
export { openRepository } from "./open-repository.ts";
export { fetchManifest } from "./registry/fetch-manifest.ts";
export type { FetchedManifest } from "./registry/fetched-manifest.ts";
export type { RegistryOptions } from "./registry/registry-options.ts";
export type { RepositoryClient } from "./repository-client.ts";
