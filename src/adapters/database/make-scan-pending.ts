// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Queries, StoreContext } from "./store-context.ts";

/**
 * Makes the scan of a digest pending: always when there is none yet, else only from the states that `from` names. An
 * earlier report stays. Returns whether it became pending now.
 */
export async function makeScanPending(
  context: Pick<StoreContext, "clusterId" | "clock">,
  queries: Queries,
  { digest, from }: { readonly digest: Digest; readonly from: "failed" | "any but running" },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await queries
    .insertInto("scan")
    .values({
      cluster_id: context.clusterId,
      digest,
      state: "pending",
      attempts: 0,
      requested_at: context.clock.now(),
    })
    .onConflict((conflict) =>
      conflict
        .column("digest")
        .doUpdateSet({
          state: "pending",
          attempts: 0,
          message: null,
          worker: null,
          requested_at: (row) => row.ref("excluded.requested_at"),
        })
        .where("scan.state", from === "failed" ? "=" : "!=", from === "failed" ? "failed" : "running"),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
