// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Verdict } from "#policy";

/** The numbers that the registry keeps. */
export interface RegistryMetrics {
  countRequest(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  countDecision(outcome: Verdict["outcome"]): void;
  countLogin(result: "succeeded" | "failed" | "throttled"): void;
  countReceived(bytes: number): void;
  countSent(bytes: number): void;
  /** Requests being answered. */
  readonly running: Gauge;
}

/** Registers the metrics (`haechi_registry_*`); each registry object can have them once. */
export function createRegistryMetrics(registry: Registry): RegistryMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "haechi_registry_requests_total",
    help: "Requests answered by the registry.",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "haechi_registry_request_seconds",
    help: "Time from the request's headers to the end of the answer.",
    labelNames: ["route"],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
    registers,
  });
  const decisions = new Counter({
    name: "haechi_registry_decisions_total",
    help: "Verdicts that the pull gate acted on.",
    labelNames: ["outcome"],
    registers,
  });
  const logins = new Counter({
    name: "haechi_registry_logins_total",
    help: "Passwords checked; throttled ones were not looked at.",
    labelNames: ["result"],
    registers,
  });
  const received = new Counter({
    name: "haechi_registry_received_bytes",
    help: "Bytes of blobs and manifests received.",
    registers,
  });
  const sent = new Counter({ name: "haechi_registry_sent_bytes", help: "Bytes of answers sent.", registers });
  const running = new Gauge({ name: "haechi_registry_running_requests", help: "Requests being answered.", registers });
  return {
    countRequest({ method, route, status, seconds: elapsed }) {
      requests.inc({ method, route, status });
      seconds.observe({ route }, elapsed);
    },
    countDecision: (outcome) => decisions.inc({ outcome }),
    countLogin: (result) => logins.inc({ result }),
    countReceived: (bytes) => received.inc(bytes),
    countSent: (bytes) => sent.inc(bytes),
    running,
  };
}
