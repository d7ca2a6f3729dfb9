// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** One server behind the balancer. */
export interface Backend {
  readonly name: string;
  readonly port: number;
  /** Whether it wants new connections; throwing or false: no. */
  readonly isReady: () => Promise<boolean>;
}

/** A connection that a backend broke off while the client still wanted it. */
export interface CutConnection {
  readonly backend: string;
  /** Whether the client had said something and waited for the answer. */
  readonly wasWaiting: boolean;
}

interface State {
  readonly backend: Backend;
  isReady: boolean;
  connections: number;
}

const PROBE_INTERVAL_MS = 50;

/**
 * What a Service does, on loopback: passes TCP connections on to backends in turn. A backend that says it is not ready
 * gets no new connections and keeps its old ones, as with EndpointSlices. One that refuses a connection is out at once.
 */
export class TcpBalancer implements AsyncDisposable {
  readonly #server: Server;
  readonly #states = new Map<string, State>();
  readonly #cut: CutConnection[] = [];
  readonly #clients = new Set<Socket>();
  readonly #stopping = new AbortController();
  #probing: Promise<void> = Promise.resolve();
  #next = 0;
  #port = 0;

  private constructor() {
    this.#server = createServer((client) => this.#pass(client));
  }

  static async start(): Promise<TcpBalancer> {
    const balancer = new TcpBalancer();
    balancer.#server.listen(0, "127.0.0.1");
    await once(balancer.#server, "listening");
    const address = balancer.#server.address();
    balancer.#port = typeof address === "object" && address !== null ? address.port : 0;
    balancer.#probing = balancer.#probe();
    return balancer;
  }

  get port(): number {
    return this.#port;
  }

  get cut(): readonly CutConnection[] {
    return this.#cut;
  }

  add(backend: Backend): void {
    this.#states.set(backend.name, { backend, isReady: false, connections: 0 });
  }

  remove(name: string): void {
    this.#states.delete(name);
  }

  /** Which backends get new connections now. */
  get ready(): readonly string[] {
    return [...this.#states.values()].filter((each) => each.isReady).map((each) => each.backend.name);
  }

  /** How many connections each backend got so far. */
  connectionsOf(name: string): number {
    return this.#states.get(name)?.connections ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const client of this.#clients) {
      client.destroy();
    }
    await closed;
    await this.#probing;
  }

  async #probe(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await Promise.all(
        [...this.#states.values()].map(async (state) => {
          state.isReady = await state.backend.isReady().catch(() => false);
        }),
      );
      await new Promise((resolve) => {
        setTimeout(resolve, PROBE_INTERVAL_MS);
      });
    }
  }

  #pass(client: Socket): void {
    this.#clients.add(client);
    client.once("close", () => this.#clients.delete(client));
    client.on("error", () => client.destroy());
    client.setNoDelay(true);
    this.#connect(client);
  }

  #connect(client: Socket): void {
    const ready = [...this.#states.values()].filter((each) => each.isReady);
    const state = ready[this.#next++ % Math.max(1, ready.length)];
    if (state === undefined) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: state.backend.port, host: "127.0.0.1" });
    const onRefused = (): void => {
      state.isReady = false;
      this.#connect(client);
    };
    upstream.once("error", onRefused);
    upstream.once("connect", () => {
      upstream.off("error", onRefused);
      state.connections += 1;
      this.#join(client, upstream, state);
    });
  }

  #join(client: Socket, upstream: Socket, state: State): void {
    let isWaiting = false;
    client.on("data", () => {
      isWaiting = true;
    });
    upstream.on("data", () => {
      isWaiting = false;
    });
    let isBroken = false;
    upstream.once("error", () => {
      isBroken = true;
    });
    upstream.once("close", () => {
      // closed in order with nothing owed is how HTTP ends an idle connection
      if (!client.destroyed && (isBroken || isWaiting)) {
        this.#cut.push({ backend: state.backend.name, wasWaiting: isWaiting });
      }
      if (isBroken) {
        client.resetAndDestroy();
      } else {
        client.end();
      }
    });
    client.once("close", () => upstream.destroy());
    upstream.setNoDelay(true);
    client.pipe(upstream);
    upstream.pipe(client);
  }
}
