// SPDX-License-Identifier: Apache-2.0
export { retentionJob } from "./retention-parameters.ts";
export { retentionSchedule } from "./retention-schedule.ts";
export { retention } from "./retention-worker.ts";
