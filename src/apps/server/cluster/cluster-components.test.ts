// SPDX-License-Identifier: Apache-2.0
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import type { Advisory } from "#advisories";
import { readToldNode, type ToldNode } from "#findings";
import { advisory, sourceOf } from "../../../../test/support/matching.ts";
import { openClusterComponents } from "./cluster-components.ts";

const KUBELET = advisory({
  id: "CVE-2023-5528",
  ecosystem: "Kubernetes",
  packageName: "kubelet",
  severity: "high",
  ranges: [{ introduced: "1.28.0", fixed: "1.28.4" }],
});

function node(version: string): ToldNode {
  return readToldNode("a", { kubeletVersion: version });
}

/** A cluster whose nodes, API server, advisories and time are in our hands. */
function world() {
  const now = {
    at: 0,
    nodes: [node("v1.28.3")] as readonly ToldNode[],
    version: (): unknown => ({ gitVersion: "v1.28.4" }),
    advisories: [KUBELET] as readonly Advisory[],
    asked: 0,
    lookUps: 0,
  };
  const listeners = new Set<() => void>();
  const metrics = new Registry();
  const components = openClusterComponents({
    client: {
      raw: async (method, path) => {
        expect([method, path]).toEqual(["GET", "/version"]);
        now.asked += 1;
        return await Promise.resolve(now.version());
      },
    },
    nodes: { current: () => now.nodes },
    advisories: {
      info: sourceOf([]).info,
      advisoriesFor: (ecosystem, name) => {
        now.lookUps += 1;
        return sourceOf(now.advisories).advisoriesFor(ecosystem, name);
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    telemetry: { metrics },
    clock: { now: () => new Date(now.at) },
  });
  async function states(): Promise<readonly string[]> {
    return (await components.current()).components.map((each) => `${each.name} ${each.version} ${each.state}`);
  }
  return { now, listeners, metrics, components, states };
}

it("an API server that is away is a gap, and what it said before stays", async () => {
  const { now, components, states } = world();
  now.version = () => {
    throw new Error("away");
  };
  expect((await components.current()).gaps).toContainEqual({ code: "VERSION_UNTOLD", component: "kube-apiserver" });
  now.version = () => ({ gitVersion: "v1.28.4" });
  now.at += 15_000;
  expect(await states()).toEqual(["kubelet v1.28.3 affected", "kube-apiserver v1.28.4 uncovered"]);
  now.version = () => {
    throw new Error("away");
  };
  now.at += 300_000;
  expect(await states()).toContain("kube-apiserver v1.28.4 uncovered");
  expect(now.asked).toBe(3);
});

it("nothing is matched again until a node or the advisories change", async () => {
  const { now, listeners, components, states } = world();
  expect(await states()).toContain("kubelet v1.28.3 affected");
  const { lookUps } = now;
  await states();
  expect([now.lookUps, now.asked]).toEqual([lookUps, 1]);
  now.nodes = [node("v1.28.4")];
  expect(await states()).toContain("kubelet v1.28.4 clear");
  now.advisories = [{ ...KUBELET, ranges: [{ introduced: "0", fixed: "1.28.5" }] }];
  expect(await states()).toContain("kubelet v1.28.4 clear");
  for (const listener of listeners) {
    listener();
  }
  expect(await states()).toContain("kubelet v1.28.4 affected");
  components[Symbol.dispose]();
  expect(listeners.size).toBe(0);
});

it.each([null, "v1.28.4", [], { gitVersion: 7 }, { gitVersion: "\u0000" }])(
  "%j as /version harms nobody",
  async (answer) => {
    const { now, states } = world();
    now.version = () => answer;
    expect((await states())[0]).toMatch(/^kube(?:let v1\.28\.3 affected|-apiserver)/);
  },
);

it("findings are counted by severity", async () => {
  const { metrics, components } = world();
  await components.current();
  const text = await metrics.metrics();
  expect(text).toContain('haechi_cluster_component_findings{component="kubelet",severity="high"} 1');
  expect(text).toContain('haechi_cluster_components{component="kube-apiserver",state="uncovered"} 1');
});
