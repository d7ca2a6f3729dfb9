// SPDX-License-Identifier: Apache-2.0
export { renderJobNote } from "./job-note.ts";
export { type RegistryJobs, startRegistryJobs } from "./start-registry-jobs.ts";
