// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server on loopback that a test can cut while others still reach the server. */
export interface CuttableLink extends AsyncDisposable {
  readonly port: number;
  /** Breaks every connection, and lets no new one through until `mend`. */
  cut(): void;
  /** Lets new connections through, and keeps those that are open, but passes no byte any more: what a dead network looks like. */
  freeze(): void;
  mend(): void;
}

export async function openCuttableLink(target: number): Promise<CuttableLink> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let isFrozen = false;
  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  }
  const server = createServer((client) => {
    keep(client);
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target, "127.0.0.1");
    keep(upstream);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("data", (bytes) => {
        if (!isFrozen) {
          to.write(bytes);
        }
      });
      from.on("close", () => to.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  function drop(): void {
    for (const socket of sockets) {
      socket.destroy();
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      drop();
    },
    freeze() {
      isFrozen = true;
    },
    mend() {
      isCut = false;
      isFrozen = false;
      // what was frozen has lost bytes
      drop();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      drop();
      await closed;
    },
  };
}
