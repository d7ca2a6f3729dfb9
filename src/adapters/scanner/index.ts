// SPDX-License-Identifier: Apache-2.0
export { ScanError, type ScanErrorCode } from "./errors.ts";
export type { ScanImageOptions, ScanProgress } from "./scan-image.ts";
export { hostPlatform, scanImage } from "./scan-image.ts";
export type { ScannedImage } from "./scan-manifest.ts";
