// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseKubernetesFeedItem } from "#advisories";
import { advisory, sourceOf } from "../../../../test/support/matching.ts";
import { rounds } from "../../../../test/support/rounds.ts";
import { matchCluster } from "./match-cluster.ts";
import { readToldNode, readToldServer } from "./read-told-node.ts";
import { parseToldVersion } from "./told-version.ts";

const FEED = parseKubernetesFeedItem({
  id: "CVE-2023-5528",
  date_published: "2023-11-14T00:00:00Z",
  content_text: "#### Affected Versions\n- kubelet v1.28.0 - v1.28.3\n#### Fixed Versions\n- kubelet v1.28.4\n",
  summary: "Insufficient input sanitization in in-tree storage plugin",
}).advisories;

const SOURCE = sourceOf([
  ...(FEED ?? []),
  advisory({
    id: "GHSA-hq6q-c2x6-hmch",
    aliases: ["CVE-2023-5528"],
    ecosystem: "Go",
    packageName: "k8s.io/kubernetes",
    severity: "high",
    ranges: [{ introduced: "1.28.0", fixed: "1.28.4" }],
  }),
  advisory({
    id: "GHSA-containerd-2",
    ecosystem: "Go",
    packageName: "github.com/containerd/containerd/v2",
    severity: "medium",
    ranges: [{ introduced: "2.0.0", fixed: "2.0.4" }],
  }),
  advisory({
    id: "GHSA-containerd-1",
    ecosystem: "Go",
    packageName: "github.com/containerd/containerd",
    severity: "critical",
    ranges: [{ introduced: "0", fixed: "1.7.27" }],
  }),
  advisory({
    id: "GHSA-docker",
    ecosystem: "Go",
    packageName: "github.com/docker/docker",
    severity: "low",
    ranges: [{ introduced: "0", fixed: "26.1.4" }],
  }),
]);

function node(name: string, nodeInfo: unknown) {
  return readToldNode(name, nodeInfo);
}

describe("versions as nodes tell them", () => {
  it.each([
    ["v1.31.2", { version: "1.31.2" }],
    ["v1.31.2-gke.100", { version: "1.31.2", isVendorBuild: true }],
    ["v1.31.2+k3s1", { version: "1.31.2", isVendorBuild: true }],
    ["v1.31.2-eks-abcdef1", { version: "1.31.2", isVendorBuild: true }],
    ["1.6.20~ds1", { version: "1.6.20", isVendorBuild: true }],
    ["1.7.2-0ubuntu1~22.04.1", { version: "1.7.2", isVendorBuild: true }],
    ["v1.32.0-rc.1", { version: "1.32.0-rc.1" }],
    ["v1.32.0-alpha.0.123+abcdef", { version: "1.32.0-alpha.0", isVendorBuild: true }],
    ["1.31.0-dev", { version: "1.31.0-dev" }],
    ["1.31.0-developer", { version: "1.31.0", isVendorBuild: true }],
    ["1.31", undefined],
    ["", undefined],
    ["latest", undefined],
    ["1.31.2 ; rm", undefined],
    ["01.31.2", undefined],
    ["1.31.99999999999999999999", undefined],
  ])("%s", (text, expected) => {
    expect(parseToldVersion(text)).toEqual(expected);
  });
});

describe("what nobody can tell is not clean", () => {
  const cases = [
    { runtime: "containerd://1.7", state: "undecided", gap: "VERSION_UNREADABLE" },
    { runtime: "containerd://", state: "uncovered", gap: "RUNTIME_UNKNOWN" },
    { runtime: "rkt://1.30.0", state: "uncovered", gap: "RUNTIME_UNKNOWN" },
    { runtime: "constructor://1.0.0", state: "uncovered", gap: "RUNTIME_UNKNOWN" },
    { runtime: "cri-o://1.31.0", state: "uncovered", gap: "ADVISORIES_MISSING" },
  ];
  it.each(cases)("$runtime", ({ runtime, state, gap }) => {
    const match = matchCluster({ nodes: [node("a", { containerRuntimeVersion: runtime })] }, SOURCE);
    expect(match.components.map((each) => each.state)).toEqual([state]);
    expect(match.gaps.map(({ code }) => code)).toContain(gap);
  });

  it("a cluster that says nothing has gaps for everything, runc and what runs in Pods always", () => {
    const untold = (match: ReturnType<typeof matchCluster>) =>
      match.gaps.flatMap((gap) => (gap.code === "VERSION_UNTOLD" ? [gap.component] : []));
    expect(untold(matchCluster({ nodes: [] }, SOURCE))).toEqual([
      ...["kube-apiserver", "control-plane", "kubelet", "kube-proxy", "runtime", "runc", "plugins"],
    ]);
    const told = {
      kubeletVersion: "v1.33.0",
      kubeProxyVersion: "v1.33.0",
      containerRuntimeVersion: "containerd://2.1.0",
    };
    expect(untold(matchCluster({ nodes: [node("a", told)], apiServer: "v1.33.0" }, SOURCE))).toEqual([
      ...["control-plane", "runc", "plugins"],
    ]);
  });

  it("a database without advisories about Kubernetes says so", () => {
    const { components, gaps } = matchCluster({ nodes: [], apiServer: "v1.33.0" }, sourceOf([]));
    expect(components).toMatchObject([{ name: "kube-apiserver", state: "uncovered" }]);
    expect(gaps).toContainEqual({ code: "ADVISORIES_MISSING", component: "kube-apiserver" });
  });
});

describe("matching", () => {
  it("nodes with one version are one row, and two sources one finding", () => {
    const { components } = matchCluster(
      {
        nodes: [
          node("b", { kubeletVersion: "v1.28.3-gke.100", containerRuntimeVersion: "containerd://1.7.13" }),
          node("a", { kubeletVersion: "v1.28.3-gke.100", containerRuntimeVersion: "containerd://2.0.3" }),
          node("c", { kubeletVersion: "v1.28.4", containerRuntimeVersion: "docker://26.1.3" }),
        ],
        apiServer: "v1.28.4",
      },
      SOURCE,
    );
    expect(
      components.map(({ name, version, state, nodes, findings }) => [
        `${name} ${version}`,
        state,
        nodes.join(),
        findings.map(({ id, severity, fixedVersions }) => `${id} ${severity} ${fixedVersions.join()}`).join(),
      ]),
    ).toEqual([
      ["containerd 1.7.13", "affected", "b", "GHSA-containerd-1 critical 1.7.27"],
      ["containerd 2.0.3", "affected", "a", "GHSA-containerd-2 medium 2.0.4"],
      ["docker 26.1.3", "affected", "c", "GHSA-docker low 26.1.4"],
      ["kubelet v1.28.3-gke.100", "affected", "a,b", "CVE-2023-5528 high 1.28.4"],
      ["kube-apiserver v1.28.4", "clear", "", ""],
      ["kubelet v1.28.4", "clear", "c", ""],
    ]);
    expect(components[3]).toMatchObject({ comparedVersion: "1.28.3", isVendorBuild: true, nodeCount: 2 });
  });

  it("operating systems and kernels are told and never clean", () => {
    const told = { osImage: "Debian GNU/Linux 12", kernelVersion: "6.1.0-18-amd64" };
    const match = matchCluster({ nodes: [node("a", told)] }, SOURCE);
    expect(match.components.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "kernel uncovered",
      "operating-system uncovered",
    ]);
    expect(match.gaps).toContainEqual({ code: "NODE_SYSTEM_UNREAD" });
  });
});

describe("hostile nodes", () => {
  it("control characters, direction marks and endless text neither parse nor get through", () => {
    const told = node("a\u001b[2J", {
      kubeletVersion: "v1.28.4\u0000",
      kubeProxyVersion: "\u202e1.28.4",
      containerRuntimeVersion: `containerd://1.7.27${"9".repeat(1_000_000)}`,
      osImage: null,
      kernelVersion: { toString: "no" },
    });
    expect(JSON.stringify(told).length).toBeLessThan(400);
    const { components } = matchCluster({ nodes: [told] }, SOURCE);
    expect(components.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "containerd undecided",
      "kube-proxy undecided",
      "kubelet undecided",
    ]);
    expect(JSON.stringify(components)).not.toMatch(/\\u0000|\\u001b|\u202e/);
  });

  it("a node that tells another version each time does not push out what the others have", () => {
    const liars = Array.from({ length: 5_000 }, (_, at) => node(`liar-${at}`, { kubeletVersion: `v0.0.${at}` }));
    const honest = ["x", "y"].map((name) => node(name, { kubeletVersion: "v1.28.3" }));
    const { components, gaps } = matchCluster({ nodes: [...liars, ...honest] }, SOURCE);
    expect(components).toHaveLength(100);
    expect(components[0]).toMatchObject({ version: "v1.28.3", state: "affected" });
    expect(gaps).toContainEqual({ code: "TOO_MANY_VERSIONS", component: "kubelet" });
  });

  it("never throws, and the order of the nodes does not matter", () => {
    const version = fc.oneof(fc.constantFrom("v1.28.3", "containerd://2.0.0", "docker://20.10.1"), fc.anything());
    const info = fc.oneof(
      fc.record({ kubeletVersion: version, containerRuntimeVersion: version, osImage: version }),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.array(info, { maxLength: 6 }), fc.anything(), (infos, server) => {
        const nodes = infos.map((each, at) => node(`n${at}`, each));
        const apiServer = readToldServer(server);
        const told = apiServer === undefined ? {} : { apiServer };
        expect(matchCluster({ nodes: nodes.toReversed(), ...told }, SOURCE)).toEqual(
          matchCluster({ nodes, ...told }, SOURCE),
        );
      }),
      { numRuns: rounds({ short: 100, long: 5_000 }) },
    );
  });
});
