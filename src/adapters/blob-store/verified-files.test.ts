// SPDX-License-Identifier: Apache-2.0
import { Stats } from "node:fs";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { VerifiedFiles } from "./verified-files.ts";

const DIGEST = digestOf("a");
const MINUTE = 60_000;

describe("a verified file", () => {
  it.each([
    { name: "is trusted at once", afterMs: 0, file: {}, want: true },
    { name: "is trusted for ten minutes", afterMs: 10 * MINUTE - 1, file: {}, want: true },
    { name: "is not trusted after ten minutes", afterMs: 10 * MINUTE, file: {}, want: false },
    { name: "is not trusted when the clock went back", afterMs: -1, file: {}, want: false },
    { name: "is not trusted when its change time moved", afterMs: 0, file: { ctimeMs: 2 }, want: false },
    { name: "is not trusted when another file took its place", afterMs: 0, file: { ino: 2 }, want: false },
  ])("$name", ({ afterMs, file, want }) => {
    let now = 1_000_000_000;
    const files = new VerifiedFiles({ now: () => new Date(now) });
    expect(files.has(DIGEST, stats({}))).toBe(false);
    files.add(DIGEST, stats({}));
    now += afterMs;
    expect(files.has(DIGEST, stats(file))).toBe(want);
  });
});

function stats(values: Partial<Stats>): Stats {
  return Object.assign(
    Object.create(Stats.prototype) as Stats,
    { dev: 1, ino: 1, size: 1, mtimeMs: 1, ctimeMs: 1 },
    values,
  );
}
