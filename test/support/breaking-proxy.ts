// SPDX-License-Identifier: Apache-2.0
import { type AddressInfo, connect, createServer } from "node:net";

/** A way to a server on this machine that breaks. */
export interface BreakingProxy extends AsyncDisposable {
  /** `host:port`. */
  readonly host: string;
  /** How often it broke. */
  readonly breaks: number;
  /** From now on, so many connections are cut after so many bytes in a direction. */
  breakAfter(bytes: number, options: { readonly of: "sent" | "received"; readonly times: number }): void;
}

/** Passes bytes to `host:port` until it is told to break. */
export async function startBreakingProxy(target: string): Promise<BreakingProxy> {
  const { hostname, port } = new URL(`http://${target}`);
  let left = 0;
  let afterBytes = 0;
  let direction: "sent" | "received" = "sent";
  let breaks = 0;
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    const counts = { sent: 0, received: 0 };
    function cut(): void {
      client.destroy();
      upstream.destroy();
    }
    function count(of: "sent" | "received", bytes: number): void {
      counts[of] += bytes;
      if (left > 0 && of === direction && counts[of] > afterBytes) {
        left--;
        breaks++;
        cut();
      }
    }
    client.on("data", (chunk: Buffer) => count("sent", chunk.length));
    upstream.on("data", (chunk: Buffer) => count("received", chunk.length));
    client.pipe(upstream);
    upstream.pipe(client);
    for (const socket of [client, upstream]) {
      socket.on("error", cut);
      socket.on("close", cut);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get breaks() {
      return breaks;
    },
    breakAfter(bytes, { of, times }) {
      afterBytes = bytes;
      direction = of;
      left = times;
    },
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
