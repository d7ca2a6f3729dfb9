// SPDX-License-Identifier: Apache-2.0
import { Gauge } from "prom-client";
import type { AccessKeyRecord } from "#database";
import type { ServerContext } from "../context.ts";
import { standingOfKey } from "./key-standing.ts";

const EVERY_MS = 24 * 60 * 60_000;
/** A metric that is read each second must not cost a query each second. */
const COUNT_FOR_MS = 60_000;
const MAX_NAMED = 50;

/** Reminds of access keys whose secret is older than 90 days: a metric at all times, and a line of the log each day. */
export function startKeyReminder(
  context: Pick<ServerContext, "database" | "configuration" | "telemetry" | "clock">,
): Disposable {
  const { database, configuration, telemetry, clock } = context;
  const maxAgeMs = configuration.registry.keyMaxAgeMs;
  let counted: { readonly due: readonly AccessKeyRecord[]; readonly usable: number; readonly at: number } | undefined;

  async function count(): Promise<{ readonly due: readonly AccessKeyRecord[]; readonly usable: number }> {
    const now = clock.now();
    if (counted !== undefined && now.getTime() - counted.at < COUNT_FOR_MS) {
      return counted;
    }
    const keys = (await database.accessKeys.list()).map((key) => ({ key, ...standingOfKey(key, now, maxAgeMs) }));
    counted = {
      due: keys.filter(({ isRotationDue }) => isRotationDue).map(({ key }) => key),
      usable: keys.filter(({ state }) => state === "active").length,
      at: now.getTime(),
    };
    return counted;
  }

  new Gauge({
    name: "haechi_access_keys",
    help: "Usable access keys of the registry, and those among them whose secret is older than 90 days.",
    labelNames: ["state"],
    registers: [telemetry.metrics],
    async collect() {
      const { due, usable } = await count();
      this.set({ state: "usable" }, usable);
      this.set({ state: "rotation-due" }, due.length);
    },
  });

  async function remind(): Promise<void> {
    try {
      const { due } = await count();
      if (due.length > 0) {
        const keys = due.slice(0, MAX_NAMED).map(({ accessKey, accountName }) => `${accessKey} of ${accountName}`);
        telemetry.log.warn({ count: due.length, keys }, "access keys are older than 90 days and should be rotated");
      }
    } catch (error) {
      telemetry.log.warn({ err: error }, "cannot look for access keys that should be rotated");
    }
  }

  const timer = setInterval(() => void remind(), EVERY_MS);
  timer.unref();
  void remind();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
