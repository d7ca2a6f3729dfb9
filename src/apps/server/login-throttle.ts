// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from "node:net";

const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const FORGET_AFTER_MS = 60 * 60_000;
/** Enough for a large site; an attacker who fills it pushes out only the oldest entries. */
const MAX_ENTRIES = 20_000;

interface Failures {
  count: number;
  lastAt: number;
}

/**
 * Slows down guessing. Each name from each address has five free failures, then a wait that doubles from one second to
 * five minutes; so has each address over all names, with ten times as many (one password tried on many names). A name
 * is never blocked for everybody: an attacker elsewhere cannot lock the administrator out.
 */
export class LoginThrottle {
  readonly #failures = new Map<string, Failures>();

  /**
   * Counts an attempt as failed and returns 0, or returns the seconds until the next one is allowed. It counts before
   * the password is checked, so that a thousand guesses sent at once are not all free.
   */
  begin(name: string, address: string, now: Date): number {
    const waitMs = Math.max(...keysOf(name, address).map(([key, free]) => this.#waitMs(key, free, now.getTime())));
    if (waitMs === 0) {
      this.#count(name, address, now);
    }
    return Math.ceil(waitMs / 1_000);
  }

  /** A success clears the name at the address, and only this attempt of the address: one own account must not reset it. */
  succeed(name: string, address: string): void {
    const [[ownKey], [addressKey]] = keysOf(name, address);
    this.#failures.delete(ownKey);
    const failures = this.#failures.get(addressKey);
    if (failures !== undefined) {
      failures.count -= 1;
    }
  }

  #count(name: string, address: string, now: Date): void {
    for (const [key] of keysOf(name, address)) {
      const known = this.#failures.get(key);
      const isStale = known === undefined || now.getTime() - known.lastAt > FORGET_AFTER_MS;
      this.#failures.delete(key);
      this.#failures.set(key, { count: isStale ? 1 : known.count + 1, lastAt: now.getTime() });
    }
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MAX_ENTRIES) {
        break;
      }
      this.#failures.delete(oldest);
    }
  }

  #waitMs(key: string, free: number, now: number): number {
    const failures = this.#failures.get(key);
    if (failures === undefined || failures.count < free) {
      return 0;
    }
    const doublings = Math.min(failures.count - free, 20);
    const wait = Math.min(FIRST_WAIT_MS * 2 ** doublings, LONGEST_WAIT_MS);
    return Math.max(0, failures.lastAt + wait - now);
  }
}

function keysOf(name: string, address: string): readonly [readonly [string, number], readonly [string, number]] {
  const from = networkOf(address);
  return [
    [`${from} ${name.toLowerCase()}`, FREE_FAILURES],
    [from, FREE_FAILURES * 10],
  ];
}

/** One IPv6 customer owns at least a /64: the whole of it is one address here. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith("::ffff:")) {
    return address;
  }
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const all =
    tail === undefined ? groups : [...groups, ...Array<string>(8 - groups.length - last.length).fill("0"), ...last];
  return `${all.slice(0, 4).join(":")}::/64`;
}
