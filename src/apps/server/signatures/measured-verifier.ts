// SPDX-License-Identifier: Apache-2.0
import { Counter, Histogram } from "prom-client";
import type { SignatureVerifier } from "#signatures";
import type { Telemetry } from "#telemetry";

/** The same verifier, which counts what it is asked for and how long that takes. */
export function measured(verifier: SignatureVerifier, { metrics }: Telemetry): SignatureVerifier {
  const registers = [metrics];
  const verifications = new Counter({
    name: "haechi_signature_verifications_total",
    help: "Requirements of policies that were verified, by kind and state of the result; kept results count as well.",
    labelNames: ["kind", "state"],
    registers,
  });
  const seconds = new Histogram({
    name: "haechi_signature_verification_seconds",
    help: "Time to verify all requirements for one manifest, kept results and waiting for trust services included.",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return {
    async verify(image, requirements, options) {
      const end = seconds.startTimer();
      try {
        const results = await verifier.verify(image, requirements, options);
        for (const [at, requirement] of requirements.entries()) {
          verifications.inc({ kind: requirement.kind, state: results[at]?.state ?? "unknown" });
        }
        return results;
      } finally {
        end();
      }
    },
    discover: (image, signal) => verifier.discover(image, signal),
    forget: (digest) => verifier.forget(digest),
  };
}
