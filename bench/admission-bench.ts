// SPDX-License-Identifier: Apache-2.0
import { askReview } from "./ask-review.ts";
import { type BenchServer, buildAllowedImage, pushImage, startBenchServer } from "./bench-server.ts";
import { startEchoServer } from "./echo-server.ts";
import { median } from "./median.ts";
import type { BenchReport, BenchRow } from "./report.ts";
import { IMAGE_COUNTS, imagesOf, readReview } from "./reviews.ts";
import { type LoadResult, runWrk } from "./run-wrk.ts";
import { createBenchKey, signImages } from "./signed-images.ts";

const ROUNDS = 3;
const SECONDS = 5;
const WARM_UP_SECONDS = 3;
const CONNECTIONS = 50;
/** So many that a verdict, which counts for one namespace, is rarely there; what was verified does not depend on it. */
const NAMESPACES = 100_000;

const MOST_IMAGES = Math.max(...IMAGE_COUNTS);

const CHECKS = "scan: {required: true}, vulnerability: {maxSeverity: none, onlyFixable: true}";

/** A policy file; admission's own asks for content trust, which no image of a new registry has. */
export function benchPolicy(checks: string = CHECKS, more: string = ""): string {
  return `apiVersion: haechi.dev/v1
kind: ClusterImagePolicy
metadata:
  name: bench
spec:
  repositories:
${more}    - name: "*"
      policy: {${checks}}
`;
}

/** Reviews of real Pods whose images were judged before, beside a server that only parses and echoes them. */
export async function benchAdmission(): Promise<BenchReport> {
  await using echo = await startEchoServer();
  const rows: BenchRow[] = [];
  {
    await using server = await startBenchServer(benchPolicy());
    await pushAll(server);
    // scans of images that the first review does not name would share the processor with it
    await allowedReview(server, MOST_IMAGES);
    for (const images of IMAGE_COUNTS) {
      const body = await allowedReview(server, images);
      const [ours, theirs] = await measureInTurn(server, echo.url, { body });
      rows.push(...rowsOf(`${images} ${images === 1 ? "image" : "images"}`, ours, theirs, "≥ 0.5 ×"));
    }
  }
  const key = await createBenchKey();
  try {
    const signed = `${CHECKS}, signatures: [{cosign: {key: ${JSON.stringify(key.publicKey)}}}]`;
    await using server = await startBenchServer(benchPolicy(signed));
    await pushAll(server);
    await signImages(key, server, imagesOf(MOST_IMAGES));
    await allowedReview(server, MOST_IMAGES);
    for (const images of IMAGE_COUNTS) {
      const body = await allowedReview(server, images);
      const [ours, theirs] = await measureInTurn(server, echo.url, {
        body,
        vary: { place: '"namespace":"bench', count: NAMESPACES },
      });
      const what = `signed, ${images} ${images === 1 ? "image" : "images"}`;
      rows.push(...rowsOf(what, ours, theirs, "≥ 0.4 ×"));
    }
  } finally {
    key.remove();
  }
  return {
    title: "Admission reviews",
    peer: "node:https echo",
    rows,
    notes: [
      `wrk, one thread, ${CONNECTIONS} connections over HTTPS, as many reviews as the server takes (so the latency is that of a full queue); medians of ${ROUNDS} rounds of ${SECONDS} s in turn.`,
      "The reviews are those that kube-apiserver 1.36 sent for Pods of ReplicaSets. Ours judges every image, pins each digest with a patch and records every decision; the echo parses the JSON and sends the same bytes back.",
      "Cached: the verdict of each image is known.",
    ],
  };
}

export async function pushAll(server: BenchServer, count: number = MOST_IMAGES): Promise<void> {
  for (const image of imagesOf(count)) {
    await pushImage(buildAllowedImage(20_000), `${server.registry}/${image}`, `admin:${server.password}`);
  }
}

/** The review, once the server lets its Pod pass with a patch; throws when it does not. */
export async function allowedReview(server: BenchServer, images: number): Promise<string> {
  const body = readReview(images, server.registry);
  for (let tries = 0; ; tries++) {
    const answer = await askReview(server.admissionUrl, body);
    if (answer.allowed && answer.patch !== undefined) {
      return body;
    }
    if (tries > 60) {
      throw new Error(`the images are not allowed: ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
  }
}

interface Measured {
  readonly body: string;
  readonly vary?: { readonly place: string; readonly count: number };
}

async function measureInTurn(
  server: BenchServer,
  echoUrl: string,
  measured: Measured,
): Promise<readonly [LoadResult, LoadResult]> {
  const headers = { "content-type": "application/json" };
  const loads = [`${server.admissionUrl}/admit`, echoUrl].map((url) => ({
    url,
    connections: CONNECTIONS,
    headers,
    ...measured,
  }));
  const results: LoadResult[][] = loads.map(() => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, load] of loads.entries()) {
      const result = await runWrk({ ...load, seconds: round === 0 ? WARM_UP_SECONDS : SECONDS });
      if (round > 0) {
        results[index]?.push(result);
      }
    }
  }
  const [ours, theirs] = results.map((each) => ({
    requestsPerSecond: median(each.map((result) => result.requestsPerSecond)),
    bytesPerSecond: median(each.map((result) => result.bytesPerSecond)),
    p50Ms: median(each.map((result) => result.p50Ms)),
    p99Ms: median(each.map((result) => result.p99Ms)),
  }));
  if (ours === undefined || theirs === undefined) {
    throw new Error("nothing was measured");
  }
  return [ours, theirs];
}

function rowsOf(what: string, ours: LoadResult, theirs: LoadResult, aim: string): readonly BenchRow[] {
  return [
    { what: `${what}: reviews`, unit: "/s", ours: ours.requestsPerSecond, peer: theirs.requestsPerSecond, aim },
    { what: `${what}: p99`, unit: "ms", ours: ours.p99Ms, peer: theirs.p99Ms, aim: "≤ 2.5 ×" },
  ];
}
