// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import { Agent, type AgentOptions, request } from "node:https";
import { messageOf } from "#base";
import type { Deadline } from "./deadline.ts";
import { KubeError } from "./errors.ts";
import type { KubeCredentials, KubeIdentity } from "./kube-credentials.ts";

/** One request; `path` begins with a slash and has its query. */
export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

/** Certificates are replaced about every hour; what still uses the one before the last is a watch, which begins anew. */
const MAX_AGENTS = 3;
/** Idle connections that are kept for the next request. */
const MAX_IDLE = 8;
/** An idle connection is closed after this time, before load balancers in front of API servers forget it. */
const IDLE_MS = 60_000;
const PROBE_MS = 15_000;

/** HTTPS to one API server with one identity, with connections that are kept open. It follows no redirect. */
export class KubeConnection implements Disposable {
  readonly #credentials: KubeCredentials;
  readonly #userAgent: string;
  /** The last one is in use; those before it have requests in flight, perhaps. */
  readonly #agents: { readonly tls: AgentOptions; readonly agent: Agent }[] = [];

  constructor(credentials: KubeCredentials, userAgent: string) {
    this.#credentials = credentials;
    this.#userAgent = userAgent;
  }

  get server(): string {
    return this.#credentials.server;
  }

  /** The answer as soon as its headers are there, whatever its status. Throws `UNREACHABLE`, and what ends the deadline. */
  async send(outgoing: KubeRequest, deadline: Deadline): Promise<IncomingMessage> {
    // an exec plugin of a kubeconfig may wait for ever
    const identity = await deadline.race(this.#credentials.current());
    const answer = await this.#sendWith(identity, outgoing, deadline);
    if (answer.statusCode !== 401) {
      return answer;
    }
    // A token that was replaced while we held the old one; 401 means that nothing was done.
    const renewed = await deadline.race(this.#credentials.renew(identity));
    if (renewed === identity) {
      return answer;
    }
    answer.destroy();
    return await this.#sendWith(renewed, outgoing, deadline);
  }

  [Symbol.dispose](): void {
    for (const { agent } of this.#agents) {
      agent.destroy();
    }
  }

  async #sendWith(identity: KubeIdentity, outgoing: KubeRequest, deadline: Deadline): Promise<IncomingMessage> {
    const first = await this.#attempt(identity, outgoing, deadline);
    if (!("isStale" in first)) {
      return first;
    }
    const second = await this.#attempt(identity, outgoing, deadline);
    if ("isStale" in second) {
      throw second.error;
    }
    return second;
  }

  /** `isStale`: the server had closed the idle connection that was taken, so that a request that changes nothing may be sent again. */
  #attempt(
    identity: KubeIdentity,
    { method, path, body, contentType }: KubeRequest,
    deadline: Deadline,
  ): Promise<IncomingMessage | { readonly isStale: true; readonly error: KubeError }> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.server}${path}`, {
        method,
        agent: identity.agent ?? this.#agentFor(identity.tls),
        headers: {
          ...identity.headers,
          accept: "application/json",
          "user-agent": this.#userAgent,
          ...(body === undefined ? {} : { "content-type": contentType ?? "application/json" }),
        },
      });
      deadline.onEnd = (error) => sent.destroy(error);
      sent.on("response", (answer) => {
        // Destroying the request alone would leave a reader of the answer with an error that says nothing.
        deadline.onEnd = (error) => answer.destroy(error);
        resolve(answer);
      });
      sent.on("error", (error: NodeJS.ErrnoException) => {
        if (deadline.error !== undefined) {
          reject(deadline.error);
          return;
        }
        const failure = unreachable(this.server, error);
        if (method === "GET" && sent.reusedSocket && error.code === "ECONNRESET") {
          resolve({ isStale: true, error: failure });
          return;
        }
        reject(failure);
      });
      sent.end(body);
    });
  }

  #agentFor(tls: AgentOptions): Agent {
    const last = this.#agents.at(-1);
    if (last?.tls === tls) {
      return last.agent;
    }
    const agent = new Agent({
      ...tls,
      keepAlive: true,
      keepAliveMsecs: PROBE_MS,
      maxFreeSockets: MAX_IDLE,
      timeout: IDLE_MS,
      minVersion: "TLSv1.2",
    });
    this.#agents.push({ tls, agent });
    if (this.#agents.length > MAX_AGENTS) {
      this.#agents.shift()?.agent.destroy();
    }
    return agent;
  }
}

/** A failure of the network; its text names the host and the system's reason, never a path or header. */
export function unreachable(server: string, error: unknown): KubeError {
  if (error instanceof KubeError) {
    return error;
  }
  const why = error instanceof AggregateError ? messageOf(error.errors[0]) : messageOf(error);
  return new KubeError("UNREACHABLE", `${server} cannot be reached: ${why}`, { cause: error });
}
