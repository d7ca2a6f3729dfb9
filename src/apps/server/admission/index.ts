// SPDX-License-Identifier: Apache-2.0
export { currentCaBundle } from "./admission-certificates.ts";
export { startAdmission } from "./start-admission.ts";
