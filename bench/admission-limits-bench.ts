// SPDX-License-Identifier: Apache-2.0

import { goodImage } from "../test/support/cluster/fixture-images.ts";
import { startScriptedRegistry } from "../test/support/cluster/scripted-registry.ts";
import { allowedReview, benchPolicy, pushAll } from "./admission-bench.ts";
import { askReview } from "./ask-review.ts";
import { startBenchServer } from "./bench-server.ts";
import { median } from "./median.ts";
import { measureTree } from "./process-tree.ts";
import type { BenchReport, BenchRow } from "./report.ts";
import { readReview } from "./reviews.ts";
import { runWrk } from "./run-wrk.ts";

const CONNECTIONS = 50;
const ROUNDS = 3;
const SECONDS = 5;
const NAMESPACES = 100_000;
const MISSES = 45;
const STEP = 100_000;
const STEPS = 5;
const STEP_SECONDS = 4;
const NAMESPACE = { place: '"namespace":"bench', count: NAMESPACES };

/** What does not grow: work for one digest that many ask for at once, memory over many reviews, time with many entries. */
export async function benchAdmissionLimits(): Promise<BenchReport> {
  return {
    title: "Admission reviews in numbers",
    peer: "reference",
    rows: [...(await countMisses()), ...(await measureEntries()), ...(await measureMemory())],
    notes: [
      `Misses: ${MISSES} reviews at once of an image of another registry that nobody asked for before; requests that reached that registry, beside those that one review caused alone.`,
      `Entries: reviews per second with 10,000 repository entries before the one that fits, beside 10 entries; "uncached" are reviews for ${NAMESPACES.toLocaleString("en")} namespaces in turn, so that the entry is looked for nearly each time.`,
      `Memory: PSS of the server process after each ${STEP.toLocaleString("en")} reviews for ${NAMESPACES.toLocaleString("en")} namespaces in turn, beside the first.`,
    ],
  };
}

async function countMisses(): Promise<readonly BenchRow[]> {
  await using registry = await startScriptedRegistry();
  await using server = await startBenchServer(benchPolicy());
  async function requestsOf(tag: string, reviews: number): Promise<number> {
    registry.tags.set(`team/app-0:1.0`, goodImage(tag));
    const path = `team/${tag}`;
    registry.tags.set(`${path}:1.0`, goodImage(tag));
    const body = readReview(1, registry.host).replaceAll("team/app-0:", `${path}:`);
    const before = registry.requests.length;
    const answers = await Promise.all(
      Array.from({ length: reviews }, async () => await askReview(server.admissionUrl, body)),
    );
    const refused = answers.find((each) => !each.allowed);
    if (refused !== undefined) {
      throw new Error(`the image was not allowed: ${JSON.stringify(refused)}`);
    }
    return registry.requests.slice(before).filter((each) => each !== "GET /v2/").length;
  }
  // the first image of a registry also asks for its protocol
  await requestsOf("first", 1);
  const alone = await requestsOf("alone", 1);
  const together = await requestsOf("together", MISSES);
  return [
    { what: `${MISSES} misses at once: requests to the registry`, unit: "", ours: together, peer: alone, aim: "1 ×" },
  ];
}

async function measureEntries(): Promise<readonly BenchRow[]> {
  const few: Record<"cached" | "uncached", number> = await measurePolicy(10);
  const many = await measurePolicy(10_000);
  return (["cached", "uncached"] as const).map((what) => ({
    what: `10,000 entries, ${what}: reviews`,
    unit: "/s",
    ours: many[what],
    peer: few[what],
    aim: "≥ 0.5 ×",
  }));
}

async function measurePolicy(entries: number): Promise<Record<"cached" | "uncached", number>> {
  const more = Array.from({ length: entries - 1 }, (_, index) => `    - name: "registry.example/team-${index}/*"\n`);
  await using server = await startBenchServer(benchPolicy(undefined, more.join("")));
  await pushAll(server, 1);
  const body = await allowedReview(server, 1);
  const load = {
    url: `${server.admissionUrl}/admit`,
    connections: CONNECTIONS,
    headers: { "content-type": "application/json" },
    body,
  };
  await runWrk({ ...load, seconds: 2 });
  const results = { cached: 0, uncached: 0 };
  for (const what of ["cached", "uncached"] as const) {
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const varied = what === "cached" ? {} : { vary: NAMESPACE };
      rates.push((await runWrk({ ...load, ...varied, seconds: SECONDS })).requestsPerSecond);
    }
    results[what] = median(rates);
  }
  return results;
}

async function measureMemory(): Promise<readonly BenchRow[]> {
  await using server = await startBenchServer(benchPolicy());
  await pushAll(server, 3);
  const body = await allowedReview(server, 3);
  const load = {
    url: `${server.admissionUrl}/admit`,
    connections: CONNECTIONS,
    headers: { "content-type": "application/json" },
    body,
    vary: NAMESPACE,
  };
  const memory: number[] = [];
  let reviews = 0;
  for (let step = 1; step <= STEPS; step++) {
    while (reviews < step * STEP) {
      const { requestsPerSecond } = await runWrk({ ...load, seconds: STEP_SECONDS });
      reviews += Math.round(requestsPerSecond * STEP_SECONDS);
    }
    memory.push(measureTree(server.pid)[0]?.pssMiB ?? Number.NaN);
  }
  const [first = Number.NaN, ...later] = memory;
  return later.map((value, index) => ({
    what: `memory after ${((index + 2) * STEP).toLocaleString("en")} reviews`,
    unit: "MiB",
    ours: value,
    peer: first,
    ...(index === later.length - 1 ? { aim: "≤ 1.1 ×" } : {}),
  }));
}
