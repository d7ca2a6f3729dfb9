// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { AuditStore } from "#database";

/** A client that is refused tries again and again: that is one entry in this time. */
const REPEAT_MS = 10 * 60_000;
const MAX_PREFIXES = 10_000;
const ACTOR = "haechi";

/** Writes into the audit log that a quota is reached; never throws. What is written there is told to webhooks. */
export function createQuotaReport(options: {
  readonly audit: Pick<AuditStore, "append">;
  readonly clock: Clock;
}): (prefix: string) => void {
  const { audit, clock } = options;
  const told = new Map<string, number>();
  return (prefix) => {
    const now = clock.now();
    if (now.getTime() - (told.get(prefix) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) {
      return;
    }
    if (told.size >= MAX_PREFIXES) {
      told.clear();
    }
    told.set(prefix, now.getTime());
    const target = prefix === "" ? "*" : prefix;
    // whoever pushes is told in any case; an entry that is not written is made by the next refusal
    audit
      .append({ actor: ACTOR, action: "quota-reached", target, requestId: "", at: now.toISOString() })
      .catch(() => told.delete(prefix));
  };
}
