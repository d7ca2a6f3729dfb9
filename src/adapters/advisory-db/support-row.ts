// SPDX-License-Identifier: Apache-2.0
import { type SupportPeriod, UNKNOWN_TIME } from "#advisories";
import type { Shard } from "./open-shard.ts";
import type { StoredRecord } from "./stored-record.ts";

/** The row of a release of a distribution. */
export function toSupportRow(
  key: { readonly scope: string; readonly name: string },
  period: Omit<SupportPeriod, "source">,
  source: string,
): StoredRecord {
  const { release, until, extendedUntil } = period;
  const body = {
    release,
    ...(until === undefined ? {} : { until }),
    ...(extendedUntil === undefined ? {} : { extendedUntil }),
  };
  return { ...key, id: "support", source, variant: "", modified: UNKNOWN_TIME, body: JSON.stringify(body) };
}

/** The period of a row. */
export function supportOfRecord(record: StoredRecord, shard: Pick<Shard, "malformed" | "sources">): SupportPeriod {
  let body: Partial<SupportPeriod> | null = null;
  try {
    body = JSON.parse(record.body) as Partial<SupportPeriod> | null;
  } catch {
    // refused below like any other wrong shape
  }
  const { release, until, extendedUntil } = body ?? {};
  if (
    typeof release !== "string" ||
    ![until, extendedUntil].every((day) => day === undefined || typeof day === "string")
  ) {
    throw shard.malformed(record);
  }
  const attribution = shard.sources().find((each) => each.source === record.source)?.attribution ?? record.source;
  return {
    release,
    ...(until === undefined ? {} : { until }),
    ...(extendedUntil === undefined ? {} : { extendedUntil }),
    source: attribution.split(",", 1)[0] ?? attribution,
  };
}
