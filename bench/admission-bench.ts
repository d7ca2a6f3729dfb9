// SPDX-License-Identifier: Apache-2.0
import { askAdmission, podReview } from "../test/support/admission-client.ts";
import { pullManifest } from "../test/support/registry-client.ts";
import { buildAllowedImage, pushImage, startBenchServer } from "./bench-server.ts";
import { median } from "./median.ts";
import type { BenchReport } from "./report.ts";
import { runWrk } from "./run-wrk.ts";

const ROUNDS = 3;
const SECONDS = 6;
const WARM_UP_SECONDS = 4;
const CONNECTIONS = 50;

/** The registry's default; admission's own asks for content trust, which no image of a new registry has. */
const POLICY = `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata:
  name: bench
spec:
  repositories:
    - name: "*"
      policy:
        scan: {required: true}
        vulnerability: {maxSeverity: none, onlyFixable: true}
`;

/** Reviews of a Pod whose image was judged before, over HTTPS. */
export async function benchAdmission(): Promise<BenchReport> {
  await using server = await startBenchServer(POLICY);
  const credentials = { username: "admin", password: server.password };
  await pushImage(buildAllowedImage(100_000), `${server.registry}/team/app:1.0`, `admin:${server.password}`);
  // a pull waits for the scan
  const manifest = await pullManifest(server.registry, "team/app", "1.0", credentials);
  const review = podReview(`${server.registry}/team/app:1.0`);
  const { response } = await askAdmission(server.admissionUrl, review);
  if (manifest.status !== 200 || !response.allowed || response.patch === undefined) {
    throw new Error(`the image is not allowed: ${JSON.stringify(response)}`);
  }
  const load = {
    url: `${server.admissionUrl}/admit`,
    connections: CONNECTIONS,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(review),
  };
  await runWrk({ ...load, seconds: WARM_UP_SECONDS });
  const results = [];
  for (let round = 0; round < ROUNDS; round++) {
    results.push(await runWrk({ ...load, seconds: SECONDS }));
  }
  return {
    title: "Admission with a cached verdict",
    rows: [
      { what: "reviews", unit: "/s", ours: median(results.map((each) => each.requestsPerSecond)) },
      { what: "p50", unit: "ms", ours: median(results.map((each) => each.p50Ms)) },
      { what: "p99", unit: "ms", ours: median(results.map((each) => each.p99Ms)) },
    ],
    notes: [
      `wrk, one thread, ${CONNECTIONS} connections over HTTPS, as many reviews as the server takes (so the latency is that of a full queue); medians of ${ROUNDS} rounds of ${SECONDS} s.`,
      "Every review of a Pod by tag is allowed with a patch that pins the digest, and its decision is recorded.",
    ],
  };
}
