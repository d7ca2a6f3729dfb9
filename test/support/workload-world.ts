// SPDX-License-Identifier: Apache-2.0
import { digestOf } from "#base";
import type { Database, DecisionRecord, RunningImage } from "#database";
import type { PolicyException } from "#policy";

const DAY_MS = 86_400_000;

function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}

/** Exceptions in each state, with long and short texts. */
export function sampleExceptions(): readonly PolicyException[] {
  const base = { namespace: "shop", requester: "kim@example.com", approver: "lee@example.com" };
  return [
    {
      ...base,
      name: "lodash-until-rewrite",
      subject: { repositories: ["127.0.0.1:5000/shop/*"], workloads: [{ kind: "Deployment", name: "web" }] },
      findings: { vulnerabilities: ["CVE-2019-10744", "CVE-2020-8203"], packages: ["minimist"] },
      reason: "결제 화면 개편 전까지 서버 쪽에서만 쓰므로 외부 입력이 닿지 않음",
      until: new Date(Date.now() + 5 * DAY_MS).toISOString(),
    },
    {
      ...base,
      namespace: "haechi-system",
      name: "old-scans-of-the-build-farm",
      subject: { namespaces: ["build"], digests: [digestOf("builder")] },
      findings: { rules: ["SCAN_TOO_OLD"] },
      reason: "The build farm is offline until the move; its images are rebuilt right after.",
      until: new Date(Date.now() + 90 * DAY_MS).toISOString(),
    },
    {
      namespace: "pay",
      name: "asked-for",
      subject: { namespaces: ["pay"] },
      findings: { packages: ["openssl"] },
      reason: "vendor fix announced",
      requester: "park@example.com",
      until: new Date(Date.now() + 20 * DAY_MS).toISOString(),
    },
    {
      ...base,
      name: "over",
      subject: { namespaces: ["shop"] },
      findings: { packages: ["curl"] },
      reason: "was needed for a week",
      until: new Date(Date.now() - DAY_MS).toISOString(),
    },
  ];
}

const POLICY = { kind: "ClusterImagePolicy", name: "haechi-default", repository: "*" } as const;

/** A cluster's workloads in every state that the console shows. */
export async function fillWorkloads(database: Database): Promise<void> {
  const [exception] = sampleExceptions();
  await database.workloads.save([
    running("shop", "web", { standing: "admitted", verdict: allowed([exception]) }),
    running("shop", "checkout-with-a-very-long-name-of-a-workload", {
      standing: "admitted",
      reference: `registry.example.com/${"a-long-name-".repeat(8)}/checkout@${digestOf("checkout")}`,
      verdict: denied(),
      podCount: 12,
    }),
    running("pay", "api", { standing: "older-than-gate", verdict: undecided() }),
    running("kube-system", "kube-apiserver-node-1", {
      owner: { apiVersion: "v1", kind: "Pod", name: "kube-apiserver-node-1", uid: "uid-static" },
      standing: "static-pod",
      reference: "registry.k8s.io/kube-apiserver:v1.36.3",
      verdict: allowed([]),
    }),
    running("kube-system", "coredns", { standing: "excluded-namespace", verdict: allowed([]) }),
    running("build", "nightly", {
      owner: { apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid: "uid-nightly" },
      standing: "no-record",
    }),
  ]);
  for (let index = 0; index < 130; index++) {
    database.decisions.record(decision(index, exception));
  }
  await database.decisions.flush();
}

function running(namespace: string, name: string, changes: Partial<RunningImage> = {}): RunningImage {
  const reference = changes.reference ?? `127.0.0.1:5000/${namespace}/${name}@${digestOf(name)}`;
  const podCount = changes.podCount ?? 2;
  return {
    namespace,
    owner: { apiVersion: "apps/v1", kind: "Deployment", name, uid: `uid-${namespace}-${name}` },
    reference,
    ...(reference.includes("@") ? { digest: digestOf(name) } : {}),
    containers: [name, "initContainers/setup"],
    podCount,
    pods: Array.from({ length: Math.min(podCount, 3) }, (_, index) => ({
      name: `${name}-7d9c5b6f8d-${index}`,
      uid: `${namespace}-${name}-${index}`,
      node: `node-${index + 1}`,
      phase: "Running",
      createdAt: ago(3 * DAY_MS),
    })),
    standing: "admitted",
    judgedAt: ago(60_000),
    changedAt: ago(2 * 3_600_000),
    firstSeenAt: ago(3 * DAY_MS),
    ...changes,
  };
}

function allowed(exceptions: readonly (PolicyException | undefined)[]): NonNullable<RunningImage["verdict"]> {
  const used = exceptions.flatMap((each) =>
    each === undefined
      ? []
      : [{ name: each.name, until: each.until, exempted: ["VULNERABILITY CVE-2019-10744"], namespace: "shop" }],
  );
  return {
    outcome: "allow",
    mode: "enforce",
    policy: POLICY,
    reasons: used.map(() => vulnerability("CVE-2019-10744", "exempt")),
    ...(used.length === 0 ? {} : { exceptions: used }),
  };
}

function denied(): NonNullable<RunningImage["verdict"]> {
  return {
    outcome: "deny",
    mode: "enforce",
    policy: POLICY,
    reasons: [vulnerability("CVE-2021-44906", "deny"), vulnerability("CVE-2020-8203", "deny")],
  };
}

function undecided(): NonNullable<RunningImage["verdict"]> {
  return {
    outcome: "undecided",
    mode: "enforce",
    policy: POLICY,
    reasons: [{ code: "SCAN_PENDING", effect: "undecided", params: {} }],
  };
}

function vulnerability(id: string, effect: "deny" | "exempt") {
  const params = { id, severity: "critical", package: "minimist", version: "0.0.8", fixed: "0.2.4, 1.2.6" };
  return { code: "VULNERABILITY" as const, effect, params };
}

function decision(index: number, exception: PolicyException | undefined): DecisionRecord {
  const outcome = index % 5 === 0 ? "deny" : index % 7 === 0 ? "undecided" : "allow";
  return {
    gate: index % 3 === 0 ? "registry" : "admission",
    actor: index % 2 === 0 ? "system:serviceaccount:kube-system:replicaset-controller" : "alice",
    reference: `127.0.0.1:5000/shop/web:${index}`,
    digest: digestOf(`web ${index}`),
    ...(index % 3 === 0 ? {} : { namespace: "shop", kind: "Pod", name: `web-${index}`, operation: "CREATE" as const }),
    outcome,
    reasons: outcome === "deny" ? denied().reasons : outcome === "undecided" ? undecided().reasons : [],
    ...(outcome === "allow" && index % 4 === 1 && exception !== undefined
      ? {
          exceptions: [
            { name: exception.name, namespace: "shop", until: exception.until, exempted: ["VULNERABILITY"] },
          ],
        }
      : {}),
    ...(index === 128 ? { passedAs: "known" as const } : {}),
    requestId: `sample-${index}`,
    durationMs: 3,
    decidedAt: ago((130 - index) * 60_000),
  };
}
