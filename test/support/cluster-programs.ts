// SPDX-License-Identifier: Apache-2.0
import { type ClusterMatch, matchCluster, readToldNode } from "#findings";
import { advisory, sourceOf } from "./matching.ts";

/** A cluster with a vulnerable kubelet of a vendor, two runtimes, one of them unknown, and a version that nobody can read. */
export function sampleCluster(): ClusterMatch {
  const info = {
    kubeletVersion: "v1.28.3-gke.100",
    kubeProxyVersion: "v1.28.4",
    containerRuntimeVersion: "containerd://1.7.13",
    osImage: "Debian GNU/Linux 12 (bookworm)",
    kernelVersion: "6.1.0-18-amd64",
  };
  const names = ["pool-a-1", "pool-a-2", "pool-a-3", "pool-a-4", "pool-a-5"];
  const nodes = [
    ...names.map((name) => readToldNode(name, info)),
    readToldNode("pool-b-1", { ...info, kubeletVersion: "v1.28", containerRuntimeVersion: "rkt://1.30.0" }),
  ];
  const kubernetes = { ecosystem: "Go", packageName: "k8s.io/kubernetes" };
  return matchCluster(
    { nodes, apiServer: "v1.28.4" },
    sourceOf([
      advisory({
        ...kubernetes,
        id: "GHSA-hq6q-c2x6-hmch",
        aliases: ["CVE-2023-5528"],
        severity: "high",
        summary: "Kubernetes Improper Input Validation vulnerability",
        url: "https://github.com/advisories/GHSA-hq6q-c2x6-hmch",
        ranges: [{ introduced: "1.28.0", fixed: "1.28.4" }],
      }),
      advisory({
        ...kubernetes,
        id: "GHSA-no-fix",
        severity: "medium",
        summary: "Something that nobody has fixed yet",
        ranges: [{ introduced: "1.28.0", lastAffected: "1.28.3" }],
      }),
    ]),
  );
}
