// SPDX-License-Identifier: Apache-2.0
export { applySuppressions, expiredStatements, type SuppressionContext, type SuppressionStatement } from "#findings";
export { SuppressionError, type SuppressionErrorCode } from "./errors.ts";
export { parseIgnoreFile } from "./ignore-file/parse-ignore-file.ts";
export { packageUrlBase, packageUrlOf } from "./package-url.ts";
export { parseAttestedVex, VEX_PREDICATE_TYPES } from "./parse-attested-vex.ts";
export { parseVex, type VexDocument, type VexOrigin } from "./parse-vex.ts";
export { renderCsafVex } from "./render/render-csaf-vex.ts";
export { renderCycloneDxVex } from "./render/render-cyclonedx-vex.ts";
export { renderOpenVex } from "./render/render-openvex.ts";
export type { VexAuthorship } from "./render/vex-claims.ts";
export { toStatedPackage, toStatedProduct } from "./stated-product.ts";
