// SPDX-License-Identifier: Apache-2.0

import {
  applyPolicy,
  create,
  createNamespace,
  passes,
  remove,
  writeMarkedPolicy,
} from "../test/support/cluster/cluster-actions.ts";
import { pushImage } from "../test/support/cluster/fixture-images.ts";
import { clusterPolicy, imagePolicy, pod, SCANNED } from "../test/support/cluster/objects.ts";
import { startTestCluster, type TestCluster } from "../test/support/cluster/start-test-cluster.ts";
import { findControlPlane } from "../test/support/control-plane/control-plane-binaries.ts";
import { startBenchDatabase } from "./bench-database.ts";
import { buildAllowedImage } from "./bench-server.ts";
import { median } from "./median.ts";
import type { BenchReport, BenchRow } from "./report.ts";

const ROUNDS = 4;
const CREATES = 200;
const KUBECTL_RUNS = 200;
const USERS = 50;
const ITERATIONS = 1_500;
/** Before each measurement: the API server learns of webhooks a moment after they were written. */
const WARM_UP_CREATES = 40;
const CHANGES = 200;
const CHANGE_LIMIT_MS = 60_000;
const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1";
const KINDS = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"] as const;

/** What Kyverno publishes: docs/perf-testing/v1.18.1/results/summary.md of kyverno/kyverno, `vpol-pss-1r`, 50 VUs. */
const KYVERNO = { average: 57, p95: 103, p99: 182, baseline: { average: 101, p95: 126, p99: 160 } };

/** What the gate adds to creating a Pod in a real API server, and how soon a changed policy is in force. */
export async function benchKubernetes(): Promise<BenchReport> {
  const binaries = findControlPlane();
  if (binaries === undefined) {
    throw new Error("run npm run prepare:control-plane first");
  }
  await using database = await startBenchDatabase();
  await using cluster = await startTestCluster(binaries, { databaseUrl: database.url, gates: 1 });
  const image = `${cluster.server.registry}/team/app:1.0`;
  await pushImage(buildAllowedImage(20_000), image, cluster.credentials);
  await applyPolicy(cluster, clusterPolicy("bench", [{ name: "*", policy: SCANNED }]));
  while ((await create(cluster, pod({ name: "probe" }, [image]), "?dryRun=All")).status !== 201) {
    // until it is scanned
  }
  const { alone, withGate } = await measureInTurn(cluster, image);
  const changes = await measureChanges(cluster);
  return {
    title: "Creating Pods in a real API server",
    peer: "no webhook",
    rows: [
      ...compare("create, one after the other", withGate.single, alone.single),
      ...compare("kubectl create", withGate.kubectl, alone.kubectl),
      { what: `${USERS} users at once: average`, unit: "ms", ours: average(withGate.many), peer: average(alone.many) },
      {
        what: `${USERS} users at once: p95`,
        unit: "ms",
        ours: quantile(withGate.many, 0.95),
        peer: quantile(alone.many, 0.95),
      },
      {
        what: `${USERS} users at once: p99`,
        unit: "ms",
        ours: quantile(withGate.many, 0.99),
        peer: quantile(alone.many, 0.99),
      },
      { what: "policy change in force on both replicas: median", unit: "ms", ours: median(changes) },
      { what: "policy change in force on both replicas: p99", unit: "ms", ours: quantile(changes, 0.99) },
      {
        what: "policy change in force on both replicas: longest",
        unit: "ms",
        ours: Math.max(...changes),
        aim: "≤ 1 s",
      },
    ],
    notes: [
      `kube-apiserver and etcd of Kubernetes 1.36 without fsync, one gate, mutating and validating webhook over TLS with a client certificate; image judged before. ${CREATES} Pods one after the other, ${KUBECTL_RUNS} runs of kubectl, ${ITERATIONS} Pods by ${USERS} users, each request on a connection of its own; with and without webhooks in turn, ${ROUNDS} times.`,
      `Policy change: ${CHANGES} changes of an ImagePolicy, from the API server's answer to the write until each of two gates decides by it; each is asked again and again over new connections, which takes some milliseconds of it.`,
      `Kyverno 1.18.1 publishes for 16 policies (Pod Security Standards), 1 replica, ${USERS} users: ${KYVERNO.average}/${KYVERNO.p95}/${KYVERNO.p99} ms average/p95/p99, and without it ${KYVERNO.baseline.average}/${KYVERNO.baseline.p95}/${KYVERNO.baseline.p99} ms (docs/perf-testing/v1.18.1/results/summary.md of kyverno/kyverno, 32 cores, KinD): another machine, other policies, for orientation only.`,
    ],
  };
}

/** Milliseconds of each request. */
interface Times {
  readonly single: number[];
  readonly kubectl: number[];
  readonly many: number[];
}

async function measureInTurn(
  cluster: TestCluster,
  image: string,
): Promise<{ readonly alone: Times; readonly withGate: Times }> {
  const alone: Times = { single: [], kubectl: [], many: [] };
  const withGate: Times = { single: [], kubectl: [], many: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const gated = await detach(cluster);
    await measure(cluster, image, alone);
    await attach(cluster, gated);
    await measure(cluster, image, withGate);
  }
  return { alone, withGate };
}

async function measure(cluster: TestCluster, image: string, times: Times): Promise<void> {
  await createInTurn(cluster, image, WARM_UP_CREATES);
  times.single.push(...(await createInTurn(cluster, image, CREATES / ROUNDS)));
  times.kubectl.push(...(await kubectlInTurn(cluster, image, KUBECTL_RUNS / ROUNDS)));
  times.many.push(...(await createAtOnce(cluster, image, ITERATIONS / ROUNDS)));
}

function compare(what: string, ours: readonly number[], peer: readonly number[]): readonly BenchRow[] {
  const medians = { ours: median(ours), peer: median(peer) };
  const tails = { ours: quantile(ours, 0.99), peer: quantile(peer, 0.99) };
  return [
    { what: `${what}: median`, unit: "ms", ...medians },
    { what: `${what}: p99`, unit: "ms", ...tails },
    { what: `${what}, the gate adds: median`, unit: "ms", ours: medians.ours - medians.peer },
    { what: `${what}, the gate adds: p99`, unit: "ms", ours: tails.ours - tails.peer },
  ];
}

/** How long each change of a policy takes until two replicas decide by it, from the API server's answer to the write. */
async function measureChanges(cluster: TestCluster): Promise<readonly number[]> {
  await cluster.addGate();
  const namespace = await createNamespace(cluster, "changes");
  const times: number[] = [];
  for (let change = 0; change < CHANGES; change++) {
    const mark = await writeMarkedPolicy(
      cluster,
      imagePolicy({ name: "changing", namespace }, [{ name: `v${change}` }]),
    );
    const start = performance.now();
    await Promise.all(
      cluster.gates.map(async ({ name, admissionUrl }) => {
        while (!(await passes(cluster, admissionUrl, { mark, namespace }))) {
          if (performance.now() - start > CHANGE_LIMIT_MS) {
            throw new Error(`${name} does not decide by the change`);
          }
        }
      }),
    );
    times.push(performance.now() - start);
  }
  return times;
}

type Webhooks = ReadonlyMap<string, unknown>;

/** Empties the configurations, as `haechi gate release` does, with the mark that keeps the controller from filling them. */
async function detach({ plane }: TestCluster): Promise<Webhooks> {
  const kept = new Map<string, unknown>();
  for (const kind of KINDS) {
    const path = `${CONFIGURATIONS}/${kind}/haechi`;
    kept.set(kind, (await plane.admin.call("GET", path)).body.webhooks);
    const metadata = { annotations: { "haechi.dev/released": "true" } };
    await plane.admin.call("PATCH", path, { metadata, webhooks: [] });
  }
  return kept;
}

async function attach({ plane }: TestCluster, kept: Webhooks): Promise<void> {
  for (const [kind, webhooks] of kept) {
    const metadata = { annotations: { "haechi.dev/released": null } };
    await plane.admin.call("PATCH", `${CONFIGURATIONS}/${kind}/haechi`, { metadata, webhooks });
  }
}

let made = 0;

async function createOne(cluster: TestCluster, image: string): Promise<number> {
  const object = pod({ name: `bench-${made++}` }, [image]);
  const start = performance.now();
  const { status, body } = await create(cluster, object);
  const elapsed = performance.now() - start;
  if (status !== 201) {
    throw new Error(`a Pod was not made: ${JSON.stringify(body)}`);
  }
  await remove(cluster, object);
  return elapsed;
}

async function createInTurn(cluster: TestCluster, image: string, creates: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < creates; count++) {
    times.push(await createOne(cluster, image));
  }
  return times;
}

async function createAtOnce(cluster: TestCluster, image: string, creates: number): Promise<readonly number[]> {
  const times: number[] = [];
  let left = creates;
  await Promise.all(
    Array.from({ length: USERS }, async () => {
      while (left > 0) {
        left -= 1;
        times.push(await createOne(cluster, image));
      }
    }),
  );
  return times;
}

async function kubectlInTurn(cluster: TestCluster, image: string, runs: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < runs; count++) {
    const object = pod({ name: `bench-${made++}` }, [image]);
    const start = performance.now();
    const { code, stderr } = await cluster.kubectl(["create", "-f", "-"], object);
    times.push(performance.now() - start);
    if (code !== 0) {
      throw new Error(stderr);
    }
    await remove(cluster, object);
  }
  return times;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
