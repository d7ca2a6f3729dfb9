// SPDX-License-Identifier: Apache-2.0
import type { AdvisoryDatabaseInfo } from "#advisories";
import type { ScanRecord, ScanStore } from "#database";

/**
 * The scans with the advisory database that their findings are those of. A report that a newer database does not concern is not made
 * again; whoever reads it is told of that database, as a new scan would tell.
 */
export function withDatabaseInUse<Store extends ScanStore>(store: Store, info: () => AdvisoryDatabaseInfo): Store {
  function apply(record: ScanRecord): ScanRecord {
    const inUse = info();
    return record.report === undefined ||
      record.databaseDigest !== inUse.digest ||
      record.report.database.digest === inUse.digest
      ? record
      : { ...record, report: { ...record.report, database: inUse } };
  }
  return {
    ...store,
    async find(digest) {
      const record = await store.find(digest);
      return record === undefined ? undefined : apply(record);
    },
    async findMany(digests) {
      const records = await store.findMany(digests);
      return new Map([...records].map(([digest, record]) => [digest, apply(record)]));
    },
  };
}
