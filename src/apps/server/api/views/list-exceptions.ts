// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { PolicyException } from "#policy";
import type { ServerContext } from "../../context.ts";
import type { ExceptionBody, ExceptionState } from "../schemas/exceptions.ts";

const DAY_MS = 86_400_000;
const USES_OF_MS = 30 * DAY_MS;
/** Time enough to fix what it is about, or to ask again. */
const SOON_MS = 14 * DAY_MS;
const ORDER: readonly ExceptionState[] = ["expiring", "active", "requested", "expired"];

type Name = Pick<PolicyException, "name" | "namespace">;

/** Every exception that admission knows, what ends first at the top. */
export async function listExceptions(context: ServerContext): Promise<readonly ExceptionBody[]> {
  const { workloads } = context.database;
  const now = context.clock.now().getTime();
  const [uses, running] = await Promise.all([
    workloads.exceptionUses(new Date(now - USES_OF_MS)),
    workloads.countByException(),
  ]);
  const usesOf = new Map(uses.map((use) => [keyOf(use), use]));
  const runningOf = new Map(running.map((each) => [keyOf(each), each.images]));
  return context.judge.policies
    .current()
    .admission.exceptions.map((exception): ExceptionBody => {
      const use = usesOf.get(keyOf(exception));
      return {
        ...exception,
        state: stateOf(exception, now),
        uses: use?.uses ?? 0,
        ...(use === undefined ? {} : { lastUsedAt: use.lastUsedAt }),
        runningImages: runningOf.get(keyOf(exception)) ?? 0,
      };
    })
    .toSorted(
      (left, right) =>
        ORDER.indexOf(left.state) - ORDER.indexOf(right.state) ||
        Date.parse(left.until) - Date.parse(right.until) ||
        compareText(keyOf(left), keyOf(right)),
    );
}

function stateOf({ until, approver }: PolicyException, now: number): ExceptionState {
  const leftMs = Date.parse(until) - now;
  if (!(leftMs > 0)) {
    return "expired";
  }
  if (approver === undefined) {
    return "requested";
  }
  return leftMs < SOON_MS ? "expiring" : "active";
}

function keyOf({ namespace, name }: Name): string {
  return JSON.stringify([namespace ?? "", name]);
}
