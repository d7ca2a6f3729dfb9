// SPDX-License-Identifier: Apache-2.0
export { EXPOSURE_CHECKS, type ExposureCheck } from "./exposure-checks.ts";
export type { ExposureObject, ObjectName, UnreadObjects } from "./exposure-object.ts";
export type {
  ExposedSubject,
  ExposureFinding,
  ExposureReport,
  ExposureWay,
  PatchState,
  Reach,
  WayKind,
  WayNote,
  WayState,
} from "./exposure-report.ts";
export { type ImageReport, readImageReport } from "./image-report.ts";
export { type ExposureQuestion, judgeExposure } from "./judge-exposure.ts";
export { type ParsedManifests, parseManifests } from "./parse-manifests.ts";
export { type ReadObject, readExposureObject } from "./read-exposure-object.ts";
export type { ExposureEvidence } from "./recognize-registry.ts";
export { renderObjectName } from "./render-object-name.ts";
export { UNSUPPORTED_KINDS, type UnsupportedKind, unsupportedKindName } from "./unsupported-kinds.ts";
