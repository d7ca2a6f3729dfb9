// SPDX-License-Identifier: Apache-2.0
import { Counter, Histogram } from "prom-client";
import type { Telemetry } from "#telemetry";

/** What became of a review. */
export type ReviewOutcome = "allow" | "deny" | "undecided" | "untouched" | "malformed";

export interface AdmissionMetrics {
  readonly reviews: Counter<"webhook" | "outcome">;
  readonly images: Counter<"outcome">;
  readonly undecided: Counter<"reason">;
  readonly seconds: Histogram<"webhook">;
}

export function createAdmissionMetrics({ metrics }: Telemetry): AdmissionMetrics {
  const registers = [metrics];
  return {
    reviews: new Counter({
      name: "haechi_admission_reviews_total",
      help: "Admission reviews, by webhook (admit, validate) and outcome; every one is counted.",
      labelNames: ["webhook", "outcome"],
      registers,
    }),
    images: new Counter({
      name: "haechi_admission_images_total",
      help: "Images judged at admission, by outcome of their verdict.",
      labelNames: ["outcome"],
      registers,
    }),
    undecided: new Counter({
      name: "haechi_admission_undecided_total",
      help: "Images about which admission could not tell, by the code of the reason.",
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
