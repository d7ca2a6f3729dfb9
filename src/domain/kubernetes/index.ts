// SPDX-License-Identifier: Apache-2.0
export type { AdmissionRequest, ParsedReview } from "./admission-request.ts";
export { parseAdmissionReview } from "./parse-admission-review.ts";
export { buildPinPatch, type JsonPatchOperation, type Pin, readOriginalImages } from "./pin-patch.ts";
export { type PodImage, readPodImages } from "./pod-images.ts";
export type { AdmissionAnswer, RefusalCause } from "./render-admission-review.ts";
export { renderAdmissionReview } from "./render-admission-review.ts";
export { recognizeWorkload, type WorkloadKind, type WorkloadRecognition } from "./workload-kinds.ts";
