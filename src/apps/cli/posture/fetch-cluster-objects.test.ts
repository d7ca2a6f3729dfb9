// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { judgeExposure } from "#exposure";
import { KubeError, RESOURCES } from "#kube";
import { MemoryKube } from "../../../../test/support/memory-kube.ts";
import { fetchClusterObjects } from "./fetch-cluster-objects.ts";

const NAMESPACE = "tools";
const NETWORKING = { group: "networking.k8s.io", version: "v1", plural: "ingresses", isNamespaced: true };

/** A cluster with a registry behind a ClusterIP, of which some lists fail. */
class FailingKube extends MemoryKube {
  readonly failures: ReadonlyMap<string, KubeError["code"]>;

  constructor(failures: Readonly<Record<string, KubeError["code"]>>) {
    super();
    this.failures = new Map(Object.entries(failures));
  }

  override async list(...asked: Parameters<MemoryKube["list"]>): ReturnType<MemoryKube["list"]> {
    const code = this.failures.get(asked[0].resource.plural);
    if (code !== undefined) {
      throw new KubeError(code, "no");
    }
    return await super.list(...asked);
  }

  /** The group that the API server names. */
  served: string | undefined;

  override raw(_method?: unknown, path?: unknown): Promise<unknown> {
    const code = this.failures.get(String(path));
    if (code === undefined && path === "/apis" && this.served !== undefined) {
      return Promise.resolve({
        groups: [{ name: this.served, versions: [{ version: "v1" }, { version: "v1beta1" }] }],
      });
    }
    return code === undefined ? super.raw() : Promise.reject(new KubeError(code, "no"));
  }
}

/** A kind of a product that is not read. */
interface OtherRoute {
  readonly group: string;
  readonly plural: string;
  readonly isThere: boolean;
}

async function reachIn(failures: Readonly<Record<string, KubeError["code"]>>, namespace?: string, route?: OtherRoute) {
  const client = new FailingKube(failures);
  client.served = route?.group;
  if (route?.isThere === true) {
    const resource = { group: route.group, version: "v1", plural: route.plural, isNamespaced: true };
    await client.create({ resource, namespace: "edge" }, { metadata: { name: "x", namespace: "edge" } });
  }
  const metadata = { name: "registry", namespace: NAMESPACE };
  await client.create(
    { resource: RESOURCES.pods, namespace: NAMESPACE },
    { metadata: { ...metadata, labels: { app: "r" } }, spec: { containers: [{ image: "registry:2", env: null }] } },
  );
  const spec = { selector: { app: "r" }, ports: [{ port: 80 }] };
  await client.create({ resource: RESOURCES.services, namespace: NAMESPACE }, { metadata, spec });
  await client.create({ resource: NETWORKING, namespace: NAMESPACE }, { metadata, spec: { rules: null } });
  const { objects, unread } = await fetchClusterObjects(client, { namespace, signal: new AbortController().signal });
  const { subjects } = judgeExposure({ objects, unread });
  return { reach: subjects[0]?.reach, unread: unread.map(({ kind, reason }) => `${kind} ${reason}`) };
}

describe("what could not be read of a cluster", () => {
  it.each<{ readonly failures: Readonly<Record<string, KubeError["code"]>>; readonly want: string }>([
    { failures: { services: "FORBIDDEN" }, want: "Service forbidden" },
    { failures: { ingresses: "FORBIDDEN" }, want: "Ingress forbidden" },
    { failures: { ingresses: "NOT_FOUND" }, want: "Ingress absent" },
    { failures: { services: "LIMIT_EXCEEDED" }, want: "Service limit" },
    { failures: { ingresses: "GONE" }, want: "Ingress limit" },
    { failures: { "/apis/gateway.networking.k8s.io": "FORBIDDEN" }, want: "Gateway forbidden" },
  ])("$want leaves the reach unknown", async ({ failures, want }) => {
    expect(await reachIn(failures)).toEqual({ reach: "unknown", unread: [want] });
  });

  it.each(["UNREACHABLE", "UNAUTHORIZED", "TIMEOUT"] as const)("%s is no result", async (code) => {
    await expect(reachIn({ jobs: code })).rejects.toMatchObject({ code });
  });
});

describe("routes of a kind that is not read", () => {
  const ISTIO = { group: "networking.istio.io", plural: "virtualservices" };

  it.each<{
    readonly name: string;
    readonly failures: Readonly<Record<string, KubeError["code"]>>;
    readonly want: string;
  }>([
    { name: "that are there", failures: {}, want: "VirtualService.networking.istio.io unsupported" },
    {
      name: "that may not be listed",
      failures: { virtualservices: "FORBIDDEN" },
      want: "VirtualService.networking.istio.io forbidden",
    },
  ])("$name leave the reach unknown, in one namespace, too", async ({ failures, want }) => {
    for (const namespace of [undefined, NAMESPACE]) {
      const found = await reachIn(failures, namespace, { ...ISTIO, isThere: true });
      expect(found).toEqual({ reach: "unknown", unread: [want] });
    }
  });

  it("that are not there, or whose kind is not served, open nothing", async () => {
    const none = { reach: "internal", unread: [] };
    expect(await reachIn({}, undefined, { ...ISTIO, isThere: false })).toEqual(none);
    expect(await reachIn({ virtualservices: "NOT_FOUND" }, undefined, { ...ISTIO, isThere: true })).toEqual(none);
    expect(await reachIn({}, undefined, { group: "example.com", plural: "routes", isThere: true })).toEqual(none);
  });

  it("of which nobody may learn leave the reach unknown", async () => {
    const { reach, unread } = await reachIn({ "/apis": "FORBIDDEN" });
    expect(reach).toBe("unknown");
    expect(unread).toContain("VirtualService.networking.istio.io forbidden");
  });
});

it("a cluster without the Gateway API has no Gateways", async () => {
  expect(await reachIn({})).toEqual({ reach: "internal", unread: [] });
  expect(await reachIn({}, NAMESPACE)).toEqual({ reach: "internal", unread: [] });
  expect(await reachIn({}, "other")).toEqual({ reach: undefined, unread: [] });
});
