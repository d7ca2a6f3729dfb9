// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Account, AccountStore } from "#database";
import { PasswordCheck } from "./password-check.ts";

const ALICE: Account = {
  id: "1",
  name: "alice",
  role: "VIEWER",
  mustChangePassword: false,
  kind: "person",
  grants: [],
};

interface Bench {
  readonly check: PasswordCheck;
  readonly verified: string[];
  /** Lets verifications that wait go on. */
  readonly open: () => void;
  now: number;
}

describe("a password check", () => {
  it("verifies once, then remembers for a minute", async () => {
    const bench = createBench();
    bench.open();
    const credentials = { name: "alice", password: "right" };
    expect(bench.check.recall(credentials)).toBeUndefined();
    expect(await bench.check.check(credentials)).toMatchObject({ account: ALICE });
    expect(bench.check.recall(credentials)).toMatchObject({ account: ALICE });
    expect(bench.check.recall({ name: "alice", password: "other" })).toBeUndefined();
    expect(bench.check.recall({ name: "alic", password: "eright" })).toBeUndefined();
    bench.now += 60_000;
    expect(bench.check.recall(credentials)).toBeUndefined();
  });

  it("never remembers a wrong one, and does the work for an unknown name too", async () => {
    const bench = createBench();
    bench.open();
    expect(await bench.check.check({ name: "alice", password: "wrong" })).toBe("wrong");
    expect(await bench.check.check({ name: "nobody", password: "right" })).toBe("wrong");
    expect(bench.check.recall({ name: "nobody", password: "right" })).toBeUndefined();
    expect(bench.verified).toEqual(["wrong", "right"]);
  });

  it("checks the same credentials that arrive together once", async () => {
    const bench = createBench();
    const credentials = { name: "alice", password: "right" };
    const answers = [1, 2, 3].map(() => bench.check.check(credentials));
    expect(bench.check.isChecking(credentials)).toBe(true);
    bench.open();
    expect(await Promise.all(answers)).toMatchObject([{ account: ALICE }, { account: ALICE }, { account: ALICE }]);
    expect(bench.verified).toEqual(["right"]);
    expect(bench.check.isChecking(credentials)).toBe(false);
  });

  it("lets only so many wait, and goes on when they are done", async () => {
    const bench = createBench();
    const answers = Array.from({ length: 60 }, (_, index) =>
      bench.check.check({ name: "alice", password: `guess ${index}` }),
    );
    bench.open();
    const results = await Promise.all(answers);
    expect(results.filter((each) => each === "busy")).toHaveLength(8);
    expect(await bench.check.check({ name: "alice", password: "right" })).toMatchObject({ account: ALICE });
  });
});

function createBench(): Bench {
  const gate = Promise.withResolvers<void>();
  const verified: string[] = [];
  const accounts: Pick<AccountStore, "findByName"> = {
    findByName: async (name) => Promise.resolve(name === "alice" ? { ...ALICE, passwordHash: "hash" } : undefined),
  };
  const bench: Bench = {
    verified,
    open: () => gate.resolve(),
    now: 0,
    check: new PasswordCheck({
      accounts: accounts as AccountStore,
      verify: async (password, hash) => {
        verified.push(password);
        await gate.promise;
        return { isValid: hash === "hash" && password === "right" };
      },
      clock: { now: () => new Date(bench.now) },
    }),
  };
  return bench;
}
