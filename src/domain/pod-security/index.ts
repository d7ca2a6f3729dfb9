// SPDX-License-Identifier: Apache-2.0
export { judgePodSecurity, type PodSecurityLevel } from "./judge-pod-security.ts";
export {
  elementsOf,
  type Fields,
  fieldsOf,
  listOf,
  type Pod,
  type PodContainer,
  readPod,
  type UncheckedPod,
  UnreadableField,
} from "./read-pod.ts";
export type { PodSecurityControl, PodSecurityViolation } from "./violation.ts";
