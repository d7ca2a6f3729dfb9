// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { REPOSITORY } from "../../tools/repository.ts";
import { writeServiceAccountKubeconfig } from "../support/cluster/service-account.ts";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { runCommandLine } from "../support/run-command-line.ts";

const NAMESPACE = "tools";
const LIMIT_MS = 60_000;
const GATEWAY_GROUP = "gateway.networking.k8s.io";
const BASE = `/api/v1/namespaces/${NAMESPACE}`;
const NETWORKING = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}`;
/** Who may read what the guide says, and who may do so but for Services. */
const READER = "haechi-exposure";
const BLIND = "haechi-blind";

interface Subject {
  readonly workload: { readonly kind: string; readonly name: string };
  readonly reach: string;
  readonly ways: readonly { readonly kind: string; readonly state: string }[];
  readonly findings: readonly { readonly id: string; readonly state: string }[];
}

describeWithControlPlane("posture exposure of a cluster", (binaries) => {
  let plane: ControlPlane;
  let folder: string;

  beforeAll(async () => {
    plane = await startControlPlane(binaries);
    folder = mkdtempSync(join(tmpdir(), "haechi-exposure-"));
    await create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    for (const name of ["closed", "balanced", "ranged", "node", "external", "proxied", "routed"]) {
      await create(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deployment(name));
    }
    await create(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deployment("host", { hostNetwork: true }));
    await create(`${BASE}/services`, service("closed", { type: "ClusterIP" }));
    await create(`${BASE}/services`, service("balanced", { type: "LoadBalancer" }));
    const ranges = { loadBalancerSourceRanges: ["203.0.113.0/24"], allocateLoadBalancerNodePorts: false };
    await create(`${BASE}/services`, service("ranged", { type: "LoadBalancer", ...ranges }));
    await create(`${BASE}/services`, service("node", { type: "NodePort" }));
    await create(`${BASE}/services`, service("external", { externalIPs: ["203.0.113.9"] }));
    await create(`${BASE}/services`, service("proxied", {}));
    await create(`${BASE}/services`, service("routed", {}));
    const backend = { service: { name: "proxied", port: { name: "http" } } };
    await create(`${NETWORKING}/ingresses`, {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "proxied" },
      spec: { rules: [{ host: "r.example.com", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
    });
    await create(`${NETWORKING}/networkpolicies`, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "closed" },
      spec: { podSelector: { matchLabels: { app: "closed" } }, ingress: [{ from: [{ podSelector: {} }] }] },
    });
    await waitUntil("the Pods are made", LIMIT_MS, async () => {
      const { body } = await plane.admin.call("GET", `${BASE}/pods`);
      return (body.items as readonly unknown[]).length === 8;
    });
    await createReaders();
  }, 240_000);

  afterAll(async () => {
    await plane?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function create(path: string, object: object): Promise<void> {
    const { status, body } = await plane.admin.call("POST", path, object);
    expect({ path, status, message: body.message as unknown }).toMatchObject({ status: 201 });
  }

  async function createReaders(): Promise<void> {
    const guide = readFileSync(join(REPOSITORY, "docs/guides/en/exposure.md"), "utf8");
    const role = parse(/^```text\n([\s\S]*?)^```$/m.exec(guide)?.[1] ?? "") as {
      readonly rules: readonly { readonly resources: readonly string[] }[];
    };
    const blind = role.rules.map((rule) => ({
      ...rule,
      resources: rule.resources.filter((each) => each !== "services"),
    }));
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    for (const [name, rules] of [
      [READER, role.rules],
      [BLIND, blind],
    ] as const) {
      await create(`${BASE}/serviceaccounts`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
      await create(`${rbac}/clusterroles`, { ...role, metadata: { name }, rules });
      await create(`${rbac}/clusterrolebindings`, {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
        subjects: [{ kind: "ServiceAccount", namespace: NAMESPACE, name }],
      });
    }
  }

  async function look(account: string, words: readonly string[] = []) {
    const kubeconfig = await writeServiceAccountKubeconfig(plane, { namespace: NAMESPACE, name: account });
    const ran = await runCommandLine(
      ["posture", "exposure", "--kubeconfig", kubeconfig, "--format", "json", ...words],
      { folder },
    );
    const { subjects, unread } = JSON.parse(ran.stdout || `{"error": ${JSON.stringify(ran.stderr)}}`) as {
      readonly subjects: readonly Subject[];
      readonly unread: readonly object[];
    };
    return { code: ran.code, unread, subjects };
  }

  function seen(subjects: readonly Subject[]): object {
    return Object.fromEntries(
      subjects.map(({ workload, reach, ways }) => [
        `${workload.kind} ${workload.name}`,
        [reach, ...ways.map(({ kind, state }) => `${kind} ${state}`)],
      ]),
    );
  }

  const WITHOUT_ROUTES = {
    "Deployment balanced": ["exposed", "loadBalancer exposed", "nodePort unknown"],
    "Deployment external": ["exposed", "externalIp exposed"],
    "Deployment host": ["exposed", "hostNetwork exposed"],
    "Deployment node": ["exposed", "nodePort exposed"],
    "Deployment proxied": ["exposed", "ingress exposed"],
    "Deployment ranged": ["limited", "loadBalancer limited"],
    "Deployment closed": ["internal"],
    "Deployment routed": ["internal"],
  };

  it("names every way, one workload for a Deployment with its Pods, with the rights of the guide", async () => {
    const { code, unread, subjects } = await look(READER);
    expect({ code, unread }).toEqual({ code: 1, unread: [] });
    expect(seen(subjects)).toEqual(WITHOUT_ROUTES);
    const [closed] = subjects.filter(({ workload }) => workload.name === "closed");
    expect(closed?.findings.map(({ id, state }) => `${id} ${state}`)).toEqual(["HK004 undecided"]);
  });

  it("what the account may not list leaves the rest unknown", async () => {
    const { unread, subjects } = await look(BLIND);
    expect(unread).toEqual([{ kind: "Service", reason: "forbidden" }]);
    expect(seen(subjects)).toMatchObject({ "Deployment closed": ["unknown"], "Deployment node": ["unknown"] });
  });

  it("an account of one namespace sees that namespace only", async () => {
    const { unread, subjects } = await look(READER, ["--namespace", "default"]);
    expect({ unread, subjects }).toEqual({ unread: [], subjects: [] });
  });

  it("reads Gateways and routes in the version that the cluster serves", async () => {
    for (const [plural, kind] of [
      ["gateways", "Gateway"],
      ["httproutes", "HTTPRoute"],
    ] as const) {
      await create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition(plural, kind));
    }
    const version = `/apis/${GATEWAY_GROUP}/v1beta1/namespaces/${NAMESPACE}`;
    await waitUntil("the kinds are served", LIMIT_MS, async () => {
      const answers = await Promise.all(
        ["gateways", "httproutes"].map((each) => plane.admin.call("GET", `${version}/${each}`)),
      );
      return answers.every(({ status }) => status === 200);
    });
    const common = { apiVersion: `${GATEWAY_GROUP}/v1beta1`, metadata: { name: "edge" } };
    await create(`${version}/gateways`, {
      ...common,
      kind: "Gateway",
      spec: { listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
    });
    await create(`${version}/httproutes`, {
      ...common,
      kind: "HTTPRoute",
      spec: { parentRefs: [{ name: "edge" }], rules: [{ backendRefs: [{ name: "routed", port: 80 }] }] },
    });
    const { unread, subjects } = await look(READER);
    expect(unread).toEqual([]);
    expect(seen(subjects)).toEqual({ ...WITHOUT_ROUTES, "Deployment routed": ["exposed", "gateway exposed"] });
  });
});

function deployment(name: string, spec: object = {}): object {
  const containers = [
    { name: "c", image: "mirror.example/library/registry:2", ports: [{ name: "http", containerPort: 5000 }] },
  ];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers, ...spec } },
    },
  };
}

function service(name: string, spec: object): object {
  const ports = [{ name: "http", port: 80, targetPort: "http" }];
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { selector: { app: name }, ports, ...spec } };
}

/** A kind of the Gateway API in an older version only. */
function definition(plural: string, kind: string): object {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${GATEWAY_GROUP}`,
      annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api/pull/2466" },
    },
    spec: {
      group: GATEWAY_GROUP,
      scope: "Namespaced",
      names: { plural, kind },
      versions: [{ name: "v1beta1", served: true, storage: true, schema }],
    },
  };
}
