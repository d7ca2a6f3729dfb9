// SPDX-License-Identifier: Apache-2.0
export type { AdmissionRequest, ParsedReview } from "./admission-request.ts";
export { type ControllerReference, isControllerOf, readControllerReference } from "./controller-reference.ts";
export { KubernetesError, type KubernetesErrorCode } from "./errors.ts";
export { parseAdmissionReview } from "./parse-admission-review.ts";
export { buildPinPatch, type JsonPatchOperation, type Pin, readOriginalImages } from "./pin-patch.ts";
export { isPinnedForm, type PinnedForm, pinReference } from "./pinned-reference.ts";
export {
  buildServiceAccountPatch,
  isMirrorPod,
  type PodTemplate,
  readPodTemplate,
  readPullSecretNames,
  serviceAccountOf,
} from "./pod-facts.ts";
export { type PodImage, readPodImages } from "./pod-images.ts";
export type { AdmissionAnswer, RefusalCause } from "./render-admission-review.ts";
export { renderAdmissionReview } from "./render-admission-review.ts";
export { parseWebhookAddress, type WebhookAddress } from "./webhook-address.ts";
export {
  buildWebhookConfigurations,
  type Webhook,
  type WebhookConfiguration,
  type WebhookConfigurationOptions,
  type WebhookRule,
} from "./webhook-configurations.ts";
export { recognizeWorkload, type WorkloadKind, type WorkloadRecognition } from "./workload-kinds.ts";
