// SPDX-License-Identifier: Apache-2.0
export { type LiveAdvisories, openLiveAdvisories } from "./live-advisories.ts";
export { type AdvisoryUpdates, startAdvisoryUpdates } from "./start-advisory-updates.ts";
export { withDatabaseInUse } from "./with-database-in-use.ts";
