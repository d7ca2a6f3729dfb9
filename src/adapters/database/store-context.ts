// SPDX-License-Identifier: Apache-2.0
import type { Kysely, Transaction } from "kysely";
import type { Clock } from "#base";
import type { Schema } from "./schema.ts";

/** What every store works with. */
export interface StoreContext {
  readonly db: Kysely<Schema>;
  readonly clusterId: string;
  readonly clock: Clock;
}

/** A query builder, inside or outside of a transaction. */
export type Queries = Kysely<Schema> | Transaction<Schema>;
