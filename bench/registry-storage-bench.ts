// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf } from "#base";
import { fetchToken } from "../test/support/registry-client.ts";
import { startServerProcess } from "../test/support/server-process.ts";
import { type BenchDatabase, startBenchDatabase } from "./bench-database.ts";
import { buildAllowedImage, pushImage } from "./bench-server.ts";
import { startDockerRegistry } from "./docker-registry.ts";
import { median } from "./median.ts";
import type { BenchReport, BenchRow } from "./report.ts";
import { runWrk } from "./run-wrk.ts";
import {
  type BlobFile,
  type BlobTarget,
  digestOfRepeated,
  pullInParallel,
  pushInChunks,
  pushWhole,
  writeBlobFile,
} from "./transfer-blobs.ts";
import { watchMemory } from "./watch-memory.ts";

const MIB = 1024 * 1024;
const ROUNDS = 5;
const PUSHED_MIB = 256;
const CHUNK_MIB = 16;
/** An image of 300 MB, as many clients pull it at the start of a deployment. */
const LAYERS = 3;
const LAYER_MIB = 95;
const CLIENTS = 200;
const LARGE_LAYER_MIB = 5 * 1024;
const TAGS = 100_000;
const REPOSITORY = "bench/storage";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

interface Bed {
  readonly ours: BlobTarget;
  readonly peer: BlobTarget;
  readonly pids: readonly [ours: number, peer: number];
  readonly database: BenchDatabase;
  readonly scratch: string;
}

/** Pushes, pulls of many at once, memory, long lists of tags, and what the gate costs. */
export async function benchRegistryStorage(): Promise<BenchReport> {
  await using database = await startBenchDatabase();
  await using registry = await startDockerRegistry();
  const scratch = mkdtempSync(join(tmpdir(), "haechi-bench-storage-"));
  const server = await startServerProcess({
    dataDir: join(scratch, "data"),
    args: ["--database-url", database.url],
  });
  const credentials = { username: "admin", password: server.password };
  async function bed(): Promise<Bed> {
    const scope = { repository: REPOSITORY, actions: "pull,push" };
    const token = await fetchToken(server.registry, scope, credentials);
    return {
      ours: { host: server.registry, headers: { authorization: `Bearer ${token}` } },
      peer: { host: registry.host, headers: {} },
      pids: [server.pid, registry.pid],
      database,
      scratch,
    };
  }
  try {
    const rows = [
      ...(await benchPush(await bed())),
      await benchStorm(await bed()),
      ...(await benchMemory(await bed())),
      ...(await benchTags(await bed())),
      await benchGate(await bed(), `admin:${server.password}`),
    ];
    return {
      title: "Registry storage",
      peer: `docker-registry ${registry.version}`,
      rows,
      notes: [
        `Pushes of ${PUSHED_MIB} MiB with curl, from a file in memory's cache, medians of ${ROUNDS} rounds in turn; chunks of ${CHUNK_MIB} MiB. Both answer when they say that the blob is stored; only haechi has fsynced it by then.`,
        `The image has ${LAYERS} layers of ${LAYER_MIB} MiB, pulled by ${CLIENTS} clients of one curl; time until the last one has it.`,
        `Memory: resident size of the server beyond what it had before, at most, sampled every 20 ms.`,
        `Tags: pages of 100 in the middle of the list; gate: GET of an image's manifest against that of an artifact, which is not judged, with everything else alike.`,
      ],
    };
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function benchPush({ ours, peer, scratch }: Bed): Promise<readonly BenchRow[]> {
  const whole: [number[], number[]] = [[], []];
  const chunked: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, target] of [ours, peer].entries()) {
      const blob = writeBlobFile(join(scratch, "blob"), PUSHED_MIB);
      const seconds = await pushWhole(target, REPOSITORY, blob);
      const chunks = writeChunks(scratch);
      const secondsInChunks = await pushInChunks(target, REPOSITORY, chunks);
      if (round > 0) {
        whole[index]?.push((PUSHED_MIB * MIB) / 1e6 / seconds);
        chunked[index]?.push((PUSHED_MIB * MIB) / 1e6 / secondsInChunks);
      }
    }
  }
  return [
    {
      what: `blob push, ${PUSHED_MIB} MiB at once`,
      unit: "MB/s",
      ours: median(whole[0]),
      peer: median(whole[1]),
      aim: "≥ 1 ×",
    },
    {
      what: `blob push, ${PUSHED_MIB} MiB in chunks`,
      unit: "MB/s",
      ours: median(chunked[0]),
      peer: median(chunked[1]),
      aim: "≥ 1 ×",
    },
  ];
}

/** One blob in files of a chunk each. */
function writeChunks(scratch: string): { readonly blob: BlobFile; readonly files: readonly string[] } {
  const chunk = writeBlobFile(join(scratch, "chunk"), CHUNK_MIB);
  // the same chunk again and again: the digest of the whole is made of it without another file
  const { path, sizeBytes } = chunk;
  const files = Array.from({ length: PUSHED_MIB / CHUNK_MIB }, () => path);
  return { blob: { path, digest: digestOfRepeated(path, files.length), sizeBytes: sizeBytes * files.length }, files };
}

async function benchStorm({ ours, peer, scratch }: Bed): Promise<BenchRow> {
  const layers = Array.from({ length: LAYERS }, (_, index) => writeBlobFile(join(scratch, `layer${index}`), LAYER_MIB));
  const seconds: number[] = [];
  for (const target of [ours, peer]) {
    for (const layer of layers) {
      await pushWhole(target, REPOSITORY, layer);
    }
    await pushArtifact(target, "storm", layers);
    const pulls = { digests: layers.map(({ digest }) => digest), clients: CLIENTS };
    seconds.push(await pullInParallel(target, REPOSITORY, pulls));
  }
  return {
    what: `${CLIENTS} pulls of a 300 MB image at once`,
    unit: "s",
    ours: seconds[0] ?? 0,
    peer: seconds[1] ?? 0,
    aim: "≤ 0.8 ×",
  };
}

async function benchMemory({ ours, peer, pids, scratch }: Bed): Promise<readonly BenchRow[]> {
  const small = writeBlobFile(join(scratch, "small"), 64);
  const large = writeBlobFile(join(scratch, "large"), LARGE_LAYER_MIB);
  const grown: { push: number; pull: number }[] = [];
  for (const [index, target] of [ours, peer].entries()) {
    const pid = pids[index] ?? 0;
    // what every first transfer takes is no cost of the large one
    await pushWhole(target, REPOSITORY, small);
    await pushArtifact(target, "small", [small]);
    await pullInParallel(target, REPOSITORY, { digests: [small.digest], clients: 1 });
    const push = await watchMemory(pid, () => pushWhole(target, REPOSITORY, large));
    await pushArtifact(target, "large", [large]);
    const pull = await watchMemory(pid, () =>
      pullInParallel(target, REPOSITORY, { digests: [large.digest], clients: 1 }),
    );
    grown.push({ push, pull });
  }
  return (["push", "pull"] as const).map((each) => ({
    what: `memory that the ${each} of a 5 GiB layer adds`,
    unit: "MiB",
    ours: Math.max(grown[0]?.[each] ?? 0, 0.1),
    peer: Math.max(grown[1]?.[each] ?? 0, 0.1),
    aim: "< 32 MiB",
  }));
}

async function benchTags({ ours, database, scratch }: Bed): Promise<readonly BenchRow[]> {
  const blob = writeBlobFile(join(scratch, "tagged"), 1);
  await pushWhole(ours, REPOSITORY, blob);
  await pushArtifact(ours, "tagged", [blob]);
  async function page(last: string): Promise<number> {
    const { requestsPerSecond } = await runWrk({
      url: `http://${ours.host}/v2/${REPOSITORY}/tags/list?n=100&last=${last}`,
      connections: 1,
      seconds: 5,
      headers: ours.headers,
    });
    return 1_000 / requestsPerSecond;
  }
  async function addTags(from: number, to: number): Promise<void> {
    // straight into the table: pushing so many is not what is measured
    await database.query(
      `insert into tag (cluster_id, repository_id, name, digest, pushed_by, pushed_at)
       select t.cluster_id, t.repository_id, 't' || lpad(i::text, 6, '0'), t.digest, t.pushed_by, t.pushed_at
       from tag t, generate_series($1::integer, $2::integer) i where t.name = 'tagged'`,
      [from, to],
    );
    await database.query("analyze tag");
  }
  await addTags(1, 100);
  const few = await page("t000000");
  await addTags(101, TAGS);
  const many = await page("t050000");
  return [
    { what: "page of 100 tags, of 100 in all", unit: "ms", ours: few },
    {
      what: "page of 100 tags, of 100,000 in all",
      unit: "ms",
      ours: many,
      aim: `≤ 2 × of 100 (${(few * 2).toPrecision(3)} ms)`,
    },
  ];
}

/** The same path through the server, but that nobody has to decide about an artifact. */
async function benchGate({ ours }: Bed, credentials: string): Promise<BenchRow> {
  const image = buildAllowedImage(64 * 1024);
  await pushImage(image, `${ours.host}/${REPOSITORY}:judged`, credentials);
  const perSecond: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, tag] of ["judged", "tagged"].entries()) {
      const { requestsPerSecond } = await runWrk({
        url: `http://${ours.host}/v2/${REPOSITORY}/manifests/${tag}`,
        connections: 16,
        seconds: 4,
        headers: { ...ours.headers, accept: MANIFEST_TYPE },
      });
      if (round > 0) {
        perSecond[index]?.push(requestsPerSecond);
      }
    }
  }
  const [on, off] = [median(perSecond[0]), median(perSecond[1])];
  return { what: "manifest GET: what the gate costs", unit: "%", ours: 100 * (off / on - 1), aim: "≤ 15 %" };
}

/** An artifact holds the blobs, so that they may be pulled without being judged. */
async function pushArtifact(target: BlobTarget, tag: string, layers: readonly BlobFile[]): Promise<void> {
  const config = Buffer.from("{}");
  const empty = { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(config), size: config.length };
  const url = `http://${target.host}/v2/${REPOSITORY}`;
  const location =
    (await fetch(`${url}/blobs/uploads/`, { method: "POST", headers: target.headers })).headers.get("location") ?? "";
  const upload = new URL(location, url);
  upload.searchParams.set("digest", empty.digest);
  await fetch(upload, { method: "PUT", headers: target.headers, body: config });
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: "application/vnd.haechi.bench",
    config: empty,
    layers: layers.map(({ digest, sizeBytes }) => ({
      mediaType: "application/vnd.haechi.bench",
      digest,
      size: sizeBytes,
    })),
  });
  const answer = await fetch(`${url}/manifests/${tag}`, {
    method: "PUT",
    headers: { ...target.headers, "content-type": MANIFEST_TYPE },
    body,
  });
  if (answer.status !== 201) {
    throw new Error(`the artifact was not stored: ${answer.status} ${await answer.text()}`);
  }
}
