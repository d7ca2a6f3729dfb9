// SPDX-License-Identifier: Apache-2.0
export { SbomError, type SbomErrorCode } from "./errors.ts";
export { packageUrlOf } from "./package-url.ts";
export { parseSbom } from "./parse-sbom.ts";
export { PROPERTIES } from "./property-names.ts";
export type { Sbom, SbomImage } from "./sbom-image.ts";
