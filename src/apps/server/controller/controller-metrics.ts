// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { RunningImage } from "#database";

/** What the controller counts. */
export interface ControllerMetrics {
  readonly leading: Gauge;
  readonly rejudgeSeconds: Histogram;
  readonly events: Counter<"reason">;
  readonly reports: Counter<"kind" | "result">;
  readonly webhookRepairs: Counter<"kind">;
  /** Counts what runs now. */
  showRunning(images: Iterable<RunningImage>): void;
  /** Another replica counts from now on. */
  forgetRunning(): void;
}

const UNGATED = ["static-pod", "excluded-namespace", "older-than-gate", "no-record"] as const;
const OUTCOMES = ["allow", "deny", "undecided", "unjudged"] as const;

/** The metrics of the controller, registered in the process's registry; those of what runs are set by the leader only. */
export function createControllerMetrics(registry: Registry): ControllerMetrics {
  const registers = [registry];
  const running = new Gauge({
    name: "haechi_running_images",
    help: "Images that workloads of the cluster run, by what admission would say now; only the leading controller sets it",
    labelNames: ["outcome"],
    registers,
  });
  const neverAdmitted = new Gauge({
    name: "haechi_running_never_admitted",
    help: "Running images that never passed the gate, by the reason; only the leading controller sets it",
    labelNames: ["reason"],
    registers,
  });
  return {
    leading: new Gauge({
      name: "haechi_controller_leading",
      help: "1 in the replica whose controller works, else 0",
      registers,
    }),
    rejudgeSeconds: new Histogram({
      name: "haechi_rejudge_seconds",
      help: "Time that one round of judging what runs again took",
      buckets: [0.01, 0.1, 0.5, 2, 10, 60, 300],
      registers,
    }),
    events: new Counter({
      name: "haechi_workload_events_total",
      help: "Events on workloads whose image came to be denied or allowed again",
      labelNames: ["reason"],
      registers,
    }),
    reports: new Counter({
      name: "haechi_reports_written_total",
      help: "Report objects that were written or removed, by kind and result",
      labelNames: ["kind", "result"],
      registers,
    }),
    webhookRepairs: new Counter({
      name: "haechi_webhook_repairs_total",
      help: "Times that a webhook configuration was not as it should be and was put right, by kind",
      labelNames: ["kind"],
      registers,
    }),
    showRunning(images) {
      const outcomes = new Map<string, number>(OUTCOMES.map((each) => [each, 0]));
      const reasons = new Map<string, number>(UNGATED.map((each) => [each, 0]));
      for (const { verdict, standing } of images) {
        const outcome = verdict?.outcome ?? "unjudged";
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (standing !== "admitted" && standing !== "pending") {
          reasons.set(standing, (reasons.get(standing) ?? 0) + 1);
        }
      }
      for (const [outcome, count] of outcomes) {
        running.set({ outcome }, count);
      }
      for (const [reason, count] of reasons) {
        neverAdmitted.set({ reason }, count);
      }
    },
    forgetRunning() {
      running.reset();
      neverAdmitted.reset();
    },
  };
}
