// SPDX-License-Identifier: Apache-2.0
export { createRemoteImages, type RemoteImagesOptions } from "./create-remote-images.ts";
export { RemoteImageError, type RemoteImageErrorCode } from "./errors.ts";
export { problemOf } from "./image-problem.ts";
export type {
  RemoteFacts,
  RemoteImage,
  RemoteImages,
  RemoteNeeds,
  RemoteRepository,
  RemoteTrust,
} from "./remote-images.ts";
