// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Closes the connections of a server (HTTP or HTTPS) that is stopping. `closeIdleConnections` leaves those alone that
 * never sent a request, and browsers and load balancers open such ones in advance: without this a stop would wait for
 * their time-out. Made after the server's own listeners were added and before it listens.
 */
export class ConnectionDrain {
  readonly #server: Server;
  readonly #graceMs: number;
  /** By their ends, which a TLS connection shares with the one that it lies in. */
  readonly #open = new Map<string, Socket>();
  readonly #busy = new Map<string, number>();
  #isDraining = false;

  /**
   * Requests in flight may finish within `graceMs`. From `leaving` on each connection ends with its next answer: whoever
   * keeps it open would go on sending requests here, and the last one could meet a closed door.
   */
  constructor(server: Server, graceMs: number, leaving?: AbortSignal) {
    this.#server = server;
    this.#graceMs = graceMs;
    if (leaving !== undefined) {
      // before the listeners that answer
      server.prependListener("request", (_request, response) => {
        if (leaving.aborted) {
          response.setHeader("connection", "close");
        }
      });
    }
    server.on("connection", (socket: Socket) => this.#watch(socket));
    server.on("secureConnection", (socket: Socket) => this.#watch(socket));
    const track = (request: IncomingMessage, response: ServerResponse): void => this.#track(request, response);
    server.on("request", track);
    if (server.listenerCount("checkContinue") > 0) {
      // A listener of this event alone would take over what Node answers by itself.
      server.on("checkContinue", track);
    }
  }

  /** Closes what waits for nothing now, and everything else when the grace is over. */
  begin(): void {
    this.#isDraining = true;
    for (const [ends, socket] of this.#open) {
      if (!this.#busy.has(ends)) {
        socket.destroy();
      }
    }
    setTimeout(() => this.#server.closeAllConnections(), this.#graceMs).unref();
  }

  /** Takes no new connections, drains those that are open, and resolves when the last one is closed. */
  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.begin();
    await closed;
  }

  #watch(socket: Socket): void {
    const ends = endsOf(socket);
    this.#open.set(ends, socket);
    socket.once("close", () => {
      if (this.#open.get(ends) === socket) {
        this.#open.delete(ends);
      }
    });
  }

  #track({ socket }: IncomingMessage, response: ServerResponse): void {
    const ends = endsOf(socket);
    this.#busy.set(ends, (this.#busy.get(ends) ?? 0) + 1);
    response.once("close", () => {
      const left = (this.#busy.get(ends) ?? 1) - 1;
      if (left > 0) {
        this.#busy.set(ends, left);
        return;
      }
      this.#busy.delete(ends);
      if (this.#isDraining) {
        socket.destroySoon();
      }
    });
  }
}

/** Asked for with every request, and found out by calls into the system. */
const ENDS = new WeakMap<Socket, string>();

function endsOf(socket: Socket): string {
  let ends = ENDS.get(socket);
  if (ends === undefined) {
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    ends = [remoteAddress, remotePort, localAddress, localPort].join(" ");
    ENDS.set(socket, ends);
  }
  return ends;
}
