// SPDX-License-Identifier: Apache-2.0
export { createTelemetry } from "./create-telemetry.ts";
export type { Telemetry } from "./telemetry.ts";
