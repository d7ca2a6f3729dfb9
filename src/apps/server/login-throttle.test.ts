// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { LoginThrottle } from "./login-throttle.ts";

const START = Date.parse("2026-07-01T00:00:00Z");

function fail(throttle: LoginThrottle, times: number, name = "kim", address = "10.0.0.1"): void {
  let now = START;
  for (let attempt = 0; attempt < times; attempt += 1) {
    now += throttle.begin(name, address, new Date(now)) * 1_000;
    throttle.begin(name, address, new Date(now));
  }
}

describe("the login throttle", () => {
  it("lets five attempts pass and then asks for a wait, however many come at once", () => {
    const throttle = new LoginThrottle();
    const waits = Array.from({ length: 1_000 }, () => throttle.begin("kim", "10.0.0.1", new Date(START)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  });

  it("doubles the wait up to five minutes", () => {
    const throttle = new LoginThrottle();
    let now = START;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const wait = throttle.begin("kim", "10.0.0.1", new Date(now));
      if (wait > 0) {
        waits.push(wait);
        now += wait * 1_000;
        throttle.begin("kim", "10.0.0.1", new Date(now));
      }
    }
    expect(waits.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(Math.max(...waits)).toBe(300);
  });

  it("does not lock a name out for other addresses", () => {
    const throttle = new LoginThrottle();
    fail(throttle, 10);
    expect(throttle.begin("kim", "10.0.0.2", new Date(START))).toBe(0);
  });

  it("counts a whole IPv6 network as one address, in every spelling", () => {
    const throttle = new LoginThrottle();
    for (let host = 1; host <= 5; host += 1) {
      throttle.begin("kim", `2001:db8::${host}`, new Date(START));
    }
    expect(throttle.begin("kim", "2001:db8:0:0:1:2:3:4", new Date(START))).toBeGreaterThan(0);
    expect(throttle.begin("kim", "2001:db8:0:1::1", new Date(START))).toBe(0);
  });

  it("slows an address down that tries one password on many names", () => {
    const throttle = new LoginThrottle();
    const waits = Array.from({ length: 60 }, (_, index) => throttle.begin(`user${index}`, "10.0.0.1", new Date(START)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(50);
  });

  it("forgets a name after a success, but not the address", () => {
    const throttle = new LoginThrottle();
    for (let attempt = 0; attempt < 48; attempt += 1) {
      throttle.begin(`user${attempt}`, "10.0.0.1", new Date(START));
    }
    for (let login = 0; login < 20; login += 1) {
      expect(throttle.begin("own-account", "10.0.0.1", new Date(START))).toBe(0);
      throttle.succeed("own-account", "10.0.0.1");
    }
    throttle.begin("a", "10.0.0.1", new Date(START));
    throttle.begin("b", "10.0.0.1", new Date(START));
    expect(throttle.begin("c", "10.0.0.1", new Date(START))).toBeGreaterThan(0);
  });

  it("forgets failures after an hour", () => {
    const throttle = new LoginThrottle();
    fail(throttle, 4);
    const later = new Date(START + 61 * 60_000);
    throttle.begin("kim", "10.0.0.1", later);
    expect(throttle.begin("kim", "10.0.0.1", later)).toBe(0);
  });
});
