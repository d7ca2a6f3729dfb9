// SPDX-License-Identifier: Apache-2.0
export { integrityCheck } from "./check-integrity.ts";
export { garbageCollector } from "./collect-garbage.ts";
export { collectionSchedule } from "./collection-schedule.ts";
export { type DamageRecord, type DamageReport, imagesOf, openDamageRecord } from "./damage-record.ts";
export { registerStorageMetrics } from "./storage-metrics.ts";
export { readStorageUsage, type StorageUsage } from "./storage-usage.ts";
