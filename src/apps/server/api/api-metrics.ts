// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What the API role counts. */
export interface ApiMetrics {
  readonly requests: Counter<"method" | "route" | "status">;
  readonly seconds: Histogram<"method" | "route">;
  readonly logins: Counter<"result">;
  readonly streams: Gauge;
}

/** The metrics of the API, registered in the process's registry. `route` is the pattern, never the address asked for. */
export function createApiMetrics(registry: Registry): ApiMetrics {
  const registers = [registry];
  return {
    requests: new Counter({
      name: "haechi_api_requests_total",
      help: "Answered requests of the console and API listener",
      labelNames: ["method", "route", "status"],
      registers,
    }),
    seconds: new Histogram({
      name: "haechi_api_request_seconds",
      help: "Time from a request's arrival to its answer",
      labelNames: ["method", "route"],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    logins: new Counter({
      name: "haechi_api_password_checks_total",
      help: "Checked passwords, by result",
      labelNames: ["result"],
      registers,
    }),
    streams: new Gauge({
      name: "haechi_api_event_streams",
      help: "Consoles that listen to live events now",
      registers,
    }),
  };
}
