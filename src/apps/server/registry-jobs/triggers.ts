// SPDX-License-Identifier: Apache-2.0
import { externalScanTrigger } from "../registry/external-scan/index.ts";
import { replicationTrigger } from "../registry/replication/index.ts";
import type { JobTrigger } from "./job-trigger.ts";

/** Whose work begins with an event. */
export const TRIGGERS: readonly JobTrigger[] = [replicationTrigger, externalScanTrigger];
