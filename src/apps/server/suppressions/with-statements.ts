// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { ScanRecord, ScanStore } from "#database";
import { applySuppressions, type SuppressionStatement } from "#findings";

/**
 * The scans as everybody reads them: with what the server's statements clear moved aside. What is stored stays whole, so
 * that another statement counts at once, without a scan. Statements name images by digest here, or packages: a name in our
 * registry is chosen by whoever pushes.
 */
export function withStatements<Store extends ScanStore>(
  store: Store,
  statements: () => readonly SuppressionStatement[],
  clock: Clock,
): Store {
  function apply(record: ScanRecord): ScanRecord {
    const inForce = statements();
    return record.report === undefined || inForce.length === 0
      ? record
      : { ...record, report: applySuppressions(record.report, inForce, { now: clock.now() }) };
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
