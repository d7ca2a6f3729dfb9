// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import type { PlatformJudgement } from "./platform-judgement.ts";
import type { Reason } from "./verdict.ts";

const DAY_MS = 86_400_000;

/**
 * Whether fixes still come for the distribution of an image. An image without a distribution has nothing that could end; that its
 * distribution cannot be told is a gap of the report.
 */
export function judgeSupport(report: ScanReport, effect: "deny" | "warn", now: Date): PlatformJudgement {
  const { distribution } = report.inventory;
  if (distribution === undefined) {
    return { reasons: [] };
  }
  const { support } = report;
  if (support === undefined) {
    const name = [distribution.id, distribution.versionId].filter((part) => part !== undefined).join(" ");
    const unknown: Reason = {
      code: "END_OF_LIFE_UNKNOWN",
      effect: effect === "deny" ? "undecided" : "warn",
      params: { distribution: name },
    };
    return { reasons: [unknown] };
  }
  const { release, until = "", extendedUntil = "" } = support;
  if (until === "") {
    // supported, and the vendor has not yet said how long
    return { reasons: [] };
  }
  const endMs = endOfDay(until);
  if (now.getTime() < endMs) {
    return { reasons: [], validUntilMs: endMs };
  }
  const extendedMs = extendedUntil === "" ? Number.NaN : endOfDay(extendedUntil);
  const isExtended = now.getTime() < extendedMs;
  const ended: Reason = {
    code: "END_OF_LIFE",
    effect: isExtended ? "warn" : effect,
    params: { release, until, extendedUntil: isExtended ? extendedUntil : "" },
  };
  return isExtended ? { reasons: [ended], validUntilMs: extendedMs } : { reasons: [ended] };
}

/** The first instant after the day; a day that cannot be read is not a number, which no time is before. */
function endOfDay(day: string): number {
  return Date.parse(`${day.slice(0, 10)}T00:00:00Z`) + DAY_MS;
}
