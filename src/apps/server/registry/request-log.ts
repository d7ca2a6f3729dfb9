// SPDX-License-Identifier: Apache-2.0
import { redactUrl } from "#base";
import type { Telemetry } from "#telemetry";
import type { Exchange } from "./http/exchange.ts";

/** Of the reads that went well, one in this many is logged: a line for each costs more than the answer. */
const SAMPLE = 100;

/** Logs requests: everything that changes something or went wrong, and a sample of the rest. */
export class RequestLog {
  readonly #log: Telemetry["log"];
  #reads = 0;

  constructor(log: Telemetry["log"]) {
    this.#log = log;
  }

  finished(exchange: Exchange, durationMs: number): void {
    const { method } = exchange.request;
    const status = exchange.response.statusCode;
    const isQuiet = (method === "GET" || method === "HEAD") && status < 400;
    if (isQuiet) {
      this.#reads += 1;
      if (this.#reads % SAMPLE !== 1) {
        return;
      }
    }
    const line = {
      requestId: exchange.requestId,
      method,
      url: pathAndQuery(exchange),
      status,
      durationMs: Math.round(durationMs),
      actor: exchange.actor,
      remoteAddress: exchange.remoteAddress,
      userAgent: exchange.header("user-agent")?.slice(0, 200),
    };
    this.#log.info(line, "registry request");
  }

  /** What the client is not told. */
  failed(exchange: Exchange, error: unknown, text: string): void {
    this.#log.error(
      { requestId: exchange.requestId, method: exchange.request.method, url: pathAndQuery(exchange), err: error },
      text,
    );
  }

  /** The client went away, or one of both sides broke off. */
  brokenOff(exchange: Exchange, error: unknown): void {
    this.#log.info(
      { requestId: exchange.requestId, method: exchange.request.method, url: pathAndQuery(exchange), err: error },
      "registry request broke off",
    );
  }
}

/** Without the values of parameters that are not known to be harmless. */
function pathAndQuery(exchange: Exchange): string {
  const url = redactUrl(`http://registry.invalid${exchange.request.url ?? "/"}`.slice(0, 2_000));
  return url.replace("http://registry.invalid", "");
}
