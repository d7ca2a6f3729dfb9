// SPDX-License-Identifier: Apache-2.0
import type { NewRegistryJob } from "#database";
import type { ServerContext } from "../context.ts";

/** Work that is done at certain times, as its rule says it. */
export interface PlannedJob {
  /** Names the rule among all, e.g. `replication/nightly`. */
  readonly name: string;
  /** Five fields of cron, see `previousTime` of `#registry`. */
  readonly cron?: string;
  /** Instead of `cron`: so often. */
  readonly everyMs?: number;
  /** e.g. `Asia/Seoul`; default UTC. */
  readonly timeZone?: string;
  readonly job: NewRegistryJob;
}

/** Lists what is planned at the moment. */
export type JobSchedule = (context: ServerContext) => Promise<readonly PlannedJob[]>;
