// SPDX-License-Identifier: Apache-2.0
import type { TestImage } from "../test/support/image-builder.ts";
import { fetchToken, pullManifest } from "../test/support/registry-client.ts";
import { buildAllowedImage, pushImage, startBenchServer } from "./bench-server.ts";
import { startDockerRegistry } from "./docker-registry.ts";
import { median } from "./median.ts";
import type { BenchReport } from "./report.ts";
import { type LoadResult, runWrk } from "./run-wrk.ts";

const ROUNDS = 3;
const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const MANIFEST_CONNECTIONS = 16;
const BLOB_CONNECTIONS = 4;
const BLOB_BYTES = 10 * 1024 * 1024;

interface Target {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Pulls of an image: ours with authentication, gate, decision records and metrics, the peer with nothing of the kind. */
export async function benchRegistry(): Promise<BenchReport> {
  await using peer = await startDockerRegistry();
  await using server = await startBenchServer();
  const image = buildAllowedImage(BLOB_BYTES);
  const credentials = { username: "admin", password: server.password };
  await pushImage(image, `${peer.host}/team/app:1.0`);
  await pushImage(image, `${server.registry}/team/app:1.0`, `admin:${server.password}`);
  // waits for the scan; without a verdict nothing is handed out
  const { status } = await pullManifest(server.registry, "team/app", "1.0", credentials);
  if (status !== 200) {
    throw new Error(`the image may not be pulled: ${status}`);
  }
  const token = await fetchToken(server.registry, { repository: "team/app", actions: "pull" }, credentials);
  const accept = image.manifest.mediaType;
  const targets: readonly Target[] = [
    { base: `http://${server.registry}/v2/team/app`, headers: { accept, authorization: `Bearer ${token}` } },
    { base: `http://${peer.host}/v2/team/app`, headers: { accept } },
  ];
  const [tag, byDigest, blob] = [
    await pull(targets, "manifests/1.0", MANIFEST_CONNECTIONS),
    await pull(targets, `manifests/${image.manifest.digest}`, MANIFEST_CONNECTIONS),
    await pull(targets, `blobs/${largeBlob(image)}`, BLOB_CONNECTIONS),
  ];
  return {
    title: "Registry pulls",
    peer: `docker-registry ${peer.version}`,
    rows: [
      { what: "manifest GET by tag", unit: "/s", ...requests(tag), aim: "≥ 10 ×" },
      { what: "manifest GET by tag, p99", unit: "ms", ours: worst(tag[0]), peer: worst(tag[1]) },
      { what: "manifest GET by digest", unit: "/s", ...requests(byDigest), aim: "≥ 10 ×" },
      { what: "10 MiB blob GET", unit: "MB/s", ...megabytes(blob), aim: "≥ 1.2 ×" },
    ],
    notes: [
      `wrk, one thread, ${MANIFEST_CONNECTIONS} connections for manifests and ${BLOB_CONNECTIONS} for blobs, plain HTTP on loopback; medians of ${ROUNDS} rounds of ${SECONDS} s in turn.`,
      "haechi: Bearer token, verdict of the default policy and a decision record for every pull; docker-registry: no authentication, no access log, descriptors cached in memory.",
    ],
  };
}

/** Loads the targets in turn. */
async function pull(
  targets: readonly Target[],
  path: string,
  connections: number,
): Promise<readonly [readonly LoadResult[], readonly LoadResult[]]> {
  const results: [LoadResult[], LoadResult[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { base, headers }] of targets.entries()) {
      const seconds = round === 0 ? WARM_UP_SECONDS : SECONDS;
      const result = await runWrk({ url: `${base}/${path}`, connections, seconds, headers });
      if (round > 0) {
        results[index]?.push(result);
      }
    }
  }
  return results;
}

type Pair = readonly [readonly LoadResult[], readonly LoadResult[]];

function requests([ours, peer]: Pair): { readonly ours: number; readonly peer: number } {
  return {
    ours: median(ours.map((each) => each.requestsPerSecond)),
    peer: median(peer.map((each) => each.requestsPerSecond)),
  };
}

function megabytes([ours, peer]: Pair): { readonly ours: number; readonly peer: number } {
  return {
    ours: median(ours.map((each) => each.bytesPerSecond / 1e6)),
    peer: median(peer.map((each) => each.bytesPerSecond / 1e6)),
  };
}

function worst(results: readonly LoadResult[]): number {
  return median(results.map((each) => each.p99Ms));
}

function largeBlob(image: TestImage): string {
  for (const [digest, bytes] of image.blobs) {
    if (bytes.length === BLOB_BYTES) {
      return digest;
    }
  }
  throw new Error("the image has no layer of the size asked for");
}
