// SPDX-License-Identifier: Apache-2.0
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { sql } from "kysely";
import type { Digest } from "#base";
import type { ForeignReport, ForeignReportStore } from "./foreign-report.ts";
import type { Queries, StoreContext } from "./store-context.ts";
import type { ServerEvent } from "./stores.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Far more than a report that is accepted. */
const MAX_REPORT_BYTES = 256 * 1024 * 1024;

/** See {@link ForeignReportStore}. */
export function createForeignReportStore(
  context: StoreContext & { readonly notify: (queries: Queries, event: ServerEvent) => Promise<void> },
): ForeignReportStore {
  const { db, clusterId, clock, notify } = context;
  return {
    async put({ digest, scanner, report }) {
      const values = { report: await compress(Buffer.from(JSON.stringify(report))), fetched_at: clock.now() };
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("foreign_report")
          .values({ cluster_id: clusterId, digest, scanner, ...values })
          .onConflict((conflict) => conflict.columns(["digest", "scanner"]).doUpdateSet(values))
          .execute();
        await notify(transaction, { type: "scan-changed", digest, state: "done" });
      });
    },

    async findMany(digests) {
      const found = new Map<Digest, ForeignReport[]>();
      if (digests.length === 0) {
        return found;
      }
      const rows = await db
        .selectFrom("foreign_report")
        .selectAll()
        .where("digest", "in", [...digests])
        .orderBy("scanner")
        .execute();
      for (const row of rows) {
        const json = await decompress(row.report, { maxOutputLength: MAX_REPORT_BYTES });
        const digest = row.digest as Digest;
        const report: ForeignReport = {
          digest,
          scanner: row.scanner,
          report: JSON.parse(json.toString("utf8")) as unknown,
          fetchedAt: row.fetched_at.toISOString(),
        };
        found.set(digest, [...(found.get(digest) ?? []), report]);
      }
      return found;
    },

    async has(digest, scanner) {
      const row = await db
        .selectFrom("foreign_report")
        .select("digest")
        .where("digest", "=", digest)
        .where("scanner", "=", scanner)
        .executeTakeFirst();
      return row !== undefined;
    },

    async removeOf(scanner) {
      await db.deleteFrom("foreign_report").where("scanner", "=", scanner).execute();
    },

    async prune(limit) {
      const { numAffectedRows } = await sql`
        delete from foreign_report where (digest, scanner) in (
          select f.digest, f.scanner from foreign_report f
          where not exists (select 1 from manifest m where m.digest = f.digest) limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0n);
    },
  };
}
