// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the range from which the system takes the local ports of outgoing connections and of `listen(0)` (Linux: 32768 and up):
 * a port of that range that is free now may be taken a moment later by anybody's connection.
 */
const FIRST = 12_000;
const PAST_LAST = 32_000;
const TRIES = 200;

const given = new Set<number>();

/** TCP ports of the loopback address that nobody listens on and that this process gave to nobody yet. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries === TRIES) {
      throw new Error(`no ${count} free ports after ${TRIES} tries`);
    }
    const port = randomInt(FIRST, PAST_LAST);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      ports.push(port);
    }
  }
  return ports;
}

/** One of `freePorts`. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
