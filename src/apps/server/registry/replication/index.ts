// SPDX-License-Identifier: Apache-2.0
export { readableRules } from "./read-replication-rule.ts";
export { replicationJob, ruleOfJob } from "./replication-parameters.ts";
export { replicationSchedule } from "./replication-schedule.ts";
export { replicationTrigger } from "./replication-trigger.ts";
export { replication } from "./replication-worker.ts";
