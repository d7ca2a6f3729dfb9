// SPDX-License-Identifier: Apache-2.0
import { Counter } from "prom-client";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { eventually } from "../../../../test/support/eventually.ts";
import type { ForeignRegistry } from "../../../../test/support/foreign-registry.ts";
import { cleanScan, SCANNED, startGateReplica } from "../../../../test/support/remote-world.ts";
import { useForeignRegistry } from "../../../../test/support/use-foreign-registry.ts";
import { InlineScans } from "./inline-scans.ts";

let registry: ForeignRegistry;
const gate = useForeignRegistry((started) => {
  registry = started;
});

describe("two replicas", () => {
  it("scan an image once", async () => {
    const count = { scans: 0 };
    const { promise: hold, resolve: release } = Promise.withResolvers<void>();
    const first = await gate({ scan: cleanScan(count, hold) });
    const second = await gate({ scan: cleanScan(count, hold), database: first.database });
    const answers = [first, second].map(({ ask }) => ask(registry.reference("app:1")));
    await eventually(() => Promise.resolve(count.scans > 0 ? true : undefined), 10);
    release();
    expect((await Promise.all(answers)).map(({ verdict }) => verdict.outcome)).toEqual(["allow", "allow"]);
    expect(count.scans).toBe(1);
  });

  it("one goes on where the other died", async () => {
    const count = { scans: 0 };
    const never = new Promise<void>(() => undefined);
    const dying = await startGateReplica({ policies: [SCANNED], scan: cleanScan(count, never) });
    const second = await gate({ scan: cleanScan(count), database: dying.database });
    void dying.ask(registry.reference("app:1"));
    await eventually(() => Promise.resolve(count.scans === 1 ? true : undefined), 10);
    const asking = second.ask(registry.reference("app:1"));
    // as `kill -9` does it: nothing is given back, and its connection ends
    await dying.database[Symbol.asyncDispose]();
    expect((await asking).verdict.outcome).toBe("allow");
    expect(count.scans).toBe(2);
  });
});

it("a namespace that asks for more scans than anybody needs leaves room for the others", async () => {
  const order: string[] = [];
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  await using scans = new InlineScans({
    scans: { finish: () => Promise.resolve(true as never) },
    store: {
      claimScan: () => Promise.resolve("claimed"),
      keepScan: () => Promise.resolve(true),
      releaseScan: () => Promise.resolve(),
    },
    run: async ({ repository }) => {
      order.push(repository);
      await hold;
      return { state: "failed", message: "not this time" };
    },
    concurrency: 1,
    timeoutMs: 60_000,
    clock: { now: () => new Date() },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    counted: new Counter({ name: "scans", help: "-", labelNames: ["result"], registers: [] }),
  });
  function begin(party: string, at: number): boolean {
    const repository = `${party}-${at}`;
    const digest = digestOf(repository);
    return scans.begin({ registry: "r.example", repository, digest, who: "anonymous", options: {} }, party);
  }
  const begun = Array.from({ length: 101 }, (_, at) => begin("many", at));
  expect([begun.filter(Boolean).length, begun.at(-1), begin("few", 0)]).toEqual([100, false, true]);
  release();
  await scans.idle();
  expect(order.slice(0, 3)).toContain("few-0");
  expect([order.length, begin("many", 101)]).toEqual([101, true]);
});
