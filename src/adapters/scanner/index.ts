// SPDX-License-Identifier: Apache-2.0
export { analyzerVersions, DEFAULT_SCANNERS, type Scanner } from "./default-analyzers.ts";
export { ScanError, type ScanErrorCode } from "./errors.ts";
export type { LayerCache } from "./layer-cache.ts";
export { openLayerCache } from "./open-layer-cache.ts";
export type { ScanImageOptions, ScanProgress } from "./scan-image.ts";
export { hostPlatform, scanImage } from "./scan-image.ts";
export type { ScannedImage } from "./scan-manifest.ts";
