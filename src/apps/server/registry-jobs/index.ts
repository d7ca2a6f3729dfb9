// SPDX-License-Identifier: Apache-2.0
export { type RegistryJobs, startRegistryJobs } from "./start-registry-jobs.ts";
