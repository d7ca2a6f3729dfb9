// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { openScanJob } from "./open-scan-job.ts";
import type { ScanRequestOptions } from "./scan-job.ts";
import type { Queries, StoreContext } from "./store-context.ts";

/**
 * Makes the scan of a digest pending: always when there is none yet, else only from the states that `from` names. An
 * earlier report stays. Returns whether it became pending now.
 */
export async function makeScanPending(
  context: Pick<StoreContext, "clusterId" | "clock">,
  queries: Queries,
  asked: { readonly digest: Digest; readonly from: "failed" | "any but running"; readonly options: ScanRequestOptions },
): Promise<boolean> {
  const { digest, from, options } = asked;
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
  const isPending = numInsertedOrUpdatedRows === 1n;
  if (isPending) {
    await openScanJob(context, queries, { digest, options });
  }
  return isPending;
}
