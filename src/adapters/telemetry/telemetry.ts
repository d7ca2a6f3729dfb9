// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Registry } from "prom-client";

/** Logs and metrics, passed to whoever needs them; nothing is global. */
export interface Telemetry {
  /** JSON lines on stderr. Bindings of a request: `requestId`. */
  readonly log: Logger;
  /** Metric registry of this process; names are `haechi_<area>_<what>_{total,seconds,bytes}`. */
  readonly metrics: Registry;
}
