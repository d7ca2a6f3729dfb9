// SPDX-License-Identifier: Apache-2.0
import { Gauge } from "prom-client";
import type { Telemetry } from "#telemetry";
import type { GatePolicies, PolicySource } from "./context.ts";

const GATES: readonly (keyof GatePolicies)[] = ["registry", "admission"];

/** Registers what is in force: how many policies, which of them cannot be read, and the name of the whole state. */
export function registerPolicyMetrics({ metrics }: Pick<Telemetry, "metrics">, policies: PolicySource): void {
  const registers = [metrics];
  new Gauge({
    name: "haechi_policies_in_force",
    help: "Policies and exceptions of admission, by whether they can be read",
    labelNames: ["kind", "state"],
    registers,
    collect() {
      this.reset();
      const { documents, exceptions } = policies.current().admission;
      for (const kind of ["ImagePolicy", "ClusterImagePolicy"] as const) {
        const ofKind = documents.filter((each) => each.kind === kind);
        const unreadable = ofKind.filter(({ problem }) => problem !== undefined).length;
        this.set({ kind, state: "ok" }, ofKind.length - unreadable);
        this.set({ kind, state: "unreadable" }, unreadable);
      }
      this.set({ kind: "PolicyException", state: "ok" }, exceptions.length);
    },
  });
  new Gauge({
    name: "haechi_policy_generation_info",
    help: "1 for the state of the policies that each gate judges by; replicas with the same state say the same",
    labelNames: ["gate", "generation"],
    registers,
    collect() {
      this.reset();
      for (const gate of GATES) {
        this.set({ gate, generation: policies.current()[gate].generation }, 1);
      }
    },
  });
}
