// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge, Histogram } from "prom-client";
import type { Telemetry } from "#telemetry";

/** What became of a review. */
export type ReviewOutcome = "allow" | "deny" | "undecided" | "untouched" | "malformed";

export interface AdmissionMetrics {
  readonly reviews: Counter<"webhook" | "outcome">;
  readonly images: Counter<"outcome">;
  readonly workloads: Counter<"outcome">;
  readonly undecided: Counter<"reason" | "failure">;
  readonly passes: Counter<"as">;
  readonly refusedCallers: Counter<"reason">;
  readonly seconds: Histogram<"webhook">;
}

export function createAdmissionMetrics({ metrics }: Pick<Telemetry, "metrics">): AdmissionMetrics {
  const registers = [metrics];
  return {
    reviews: new Counter({
      name: "haechi_admission_reviews_total",
      help: "Admission reviews, by webhook (admit, validate, admit/trust, admit/va, policies) and outcome; every one is counted, dry runs too.",
      labelNames: ["webhook", "outcome"],
      registers,
    }),
    images: new Counter({
      name: "haechi_admission_images_total",
      help: "Images judged at admission, by outcome of their verdict. Each image of an object counts once: in the webhook that judges first; in the one that validates only what it refuses. Once more when the API server asks again because another webhook changed the object. Dry runs do not count.",
      labelNames: ["outcome"],
      registers,
    }),
    workloads: new Counter({
      name: "haechi_admission_workloads_total",
      help: "Pods and templates judged by the rules of policies for workloads, by outcome; counted like images.",
      labelNames: ["outcome"],
      registers,
    }),
    undecided: new Counter({
      name: "haechi_admission_undecided_total",
      help: "Images about which admission could not tell, by the code of the reason and by what became of them: admission.failure, or deny for what the scanner cannot judge. Counted like haechi_admission_images_total.",
      labelNames: ["reason", "failure"],
      registers,
    }),
    passes: new Counter({
      name: "haechi_admission_passes_total",
      help: "Images that passed although their verdict alone would have held them back: known (admission.failure allowIfKnown), owner (admitted before with the same owner), failure (admission.failure allow). Counted like haechi_admission_images_total.",
      labelNames: ["as"],
      registers,
    }),
    refusedCallers: new Counter({
      name: "haechi_admission_callers_refused_total",
      help: "Requests that were not answered because of who asked: no-certificate, untrusted-certificate, other-name.",
      labelNames: ["reason"],
      registers,
    }),
    seconds: new Histogram({
      name: "haechi_admission_review_seconds",
      help: "Time from the whole request to the answer.",
      labelNames: ["webhook"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}

/** Tells how long the serving certificate is good for; below zero it is past its time. */
export function measureCertificate({ metrics }: Pick<Telemetry, "metrics">, leftSeconds: () => number): void {
  new Gauge({
    name: "haechi_admission_certificate_expiry_seconds",
    help: "Seconds until the serving certificate of the webhooks ends.",
    registers: [metrics],
    collect() {
      this.set(leftSeconds());
    },
  });
}
