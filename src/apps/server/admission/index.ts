// SPDX-License-Identifier: Apache-2.0
export { startAdmission } from "./start-admission.ts";
