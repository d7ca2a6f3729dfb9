// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const GRACE_MS = 5_000;

/**
 * Closes the connections of a server that is stopping. `closeIdleConnections` leaves those alone that never sent a
 * request, and browsers open such ones in advance: without this a stop would wait for their time-out.
 */
export class ConnectionDrain {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #busy = new Map<Socket, number>();
  #isDraining = false;

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
    });
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1);
      response.once("close", () => {
        const left = (this.#busy.get(socket) ?? 1) - 1;
        if (left === 0) {
          this.#busy.delete(socket);
          if (this.#isDraining) {
            socket.destroySoon();
          }
        } else {
          this.#busy.set(socket, left);
        }
      });
    });
  }

  /** Closes what waits for nothing now, and everything else when the grace is over. */
  begin(): void {
    this.#isDraining = true;
    for (const socket of this.#open) {
      if (!this.#busy.has(socket)) {
        socket.destroy();
      }
    }
    setTimeout(() => this.#server.closeAllConnections(), GRACE_MS).unref();
  }
}
