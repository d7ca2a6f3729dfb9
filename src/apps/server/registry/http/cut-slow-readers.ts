// SPDX-License-Identifier: Apache-2.0
import type { Server } from "node:http";
import { Server as TlsServer } from "node:https";
import type { Socket } from "node:net";

/** In one round: as little as whoever dribbles an upload may send in a minute (`steadyBody`). */
const LEAST_BYTES = 64 * 1024;
/** The system takes what is written in strides of a third of its buffer, so that an honest reader seems to rest in between. */
const STRIDE_BYTES = 2 * 1024 * 1024;

export interface SlowReaderOptions {
  /** A client takes at least 64 KiB of what is on its way to it in this time. */
  readonly readMs: number;
  /** Told of each connection before it is cut. */
  readonly onSlow: (socket: Socket) => void;
}

/**
 * Cuts the connections of clients that read their answers so slowly that they only hold connections, files and memory: a byte now and then
 * never counts as idle. Called before the server listens; ends with it.
 */
export function cutSlowReaders(server: Server | TlsServer, { readMs, onSlow }: SlowReaderOptions): void {
  const readers = new Map<Socket, ReadDebt>();
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    readers.set(socket, new ReadDebt());
    socket.once("close", () => readers.delete(socket));
  });
  const timer = setInterval(() => {
    for (const [socket, debt] of readers) {
      const waitingBytes = socket.writableLength;
      if (debt.isTooSlow({ waitingBytes, takenBytes: socket.bytesWritten - waitingBytes })) {
        onSlow(socket);
        socket.destroy();
      }
    }
  }, readMs);
  timer.unref();
  server.once("close", () => clearInterval(timer));
}

/** How far a client is behind the least speed, as of the rounds in which something waited for it. */
export class ReadDebt {
  #taken = 0;
  #bytes = 0;

  /** Once in each round. A write counts as taken when all of it was, so what waits may be taken for the most part. */
  isTooSlow({ waitingBytes, takenBytes }: { readonly waitingBytes: number; readonly takenBytes: number }): boolean {
    this.#bytes = waitingBytes === 0 ? 0 : Math.max(0, this.#bytes + LEAST_BYTES - (takenBytes - this.#taken));
    this.#taken = takenBytes;
    return this.#bytes > waitingBytes + STRIDE_BYTES;
  }
}
