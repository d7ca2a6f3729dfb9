// SPDX-License-Identifier: Apache-2.0
import type { Searched } from "../searched.ts";
import type { ClusterComponent, ClusterComponentName, ClusterGap, ToldCluster, ToldNode } from "./cluster-component.ts";
import { parseToldVersion } from "./told-version.ts";

/** One version of one program and what to ask advisories about it; nothing where its version does not parse. */
export interface ClusterPackage
  extends Pick<ClusterComponent, "name" | "version" | "comparedVersion" | "isVendorBuild" | "nodeCount" | "nodes"> {
  readonly searches: readonly Searched[];
}

/** The programs of a cluster, as an inventory has the packages of an image. */
export interface ClusterInventory {
  /** Sorted by name and version. */
  readonly packages: readonly ClusterPackage[];
  /** What versions alone tell; which programs have no advisories shows only in matching. */
  readonly gaps: readonly ClusterGap[];
}

/** A cluster has a handful; a node that lies could name one more each second. */
const MAX_VERSIONS = 100;
const MAX_NODE_NAMES = 50;

const RUNTIMES: Readonly<Record<string, ClusterComponentName>> = {
  containerd: "containerd",
  "cri-o": "cri-o",
  docker: "docker",
};

/** Gathers what nodes and API server say, each version once. Does not depend on the order of the nodes. */
export function createClusterInventory({ nodes, apiServer }: ToldCluster): ClusterInventory {
  const versions = new VersionsOfPrograms();
  if (apiServer !== undefined) {
    versions.add("kube-apiserver", apiServer);
  }
  for (const node of nodes) {
    versions.add("kubelet", node.kubelet, node);
    versions.add("kube-proxy", node.kubeProxy, node);
    versions.add("kernel", node.kernel, node);
    versions.add("operating-system", node.osImage, node);
    const [program, version] = runtimeOf(node.runtime);
    versions.add(program, version, node);
  }
  const packages: ClusterPackage[] = [];
  const gaps: ClusterGap[] = untoldBy(nodes, apiServer);
  for (const [name, told] of versions.sorted()) {
    if (told.length > MAX_VERSIONS) {
      gaps.push({ code: "TOO_MANY_VERSIONS", component: name });
    }
    for (const [version, names] of told.slice(0, MAX_VERSIONS)) {
      const each = toPackage(name, version, names);
      packages.push(each);
      if (name === "runtime") {
        gaps.push({ code: "RUNTIME_UNKNOWN", version });
      } else if (each.comparedVersion === undefined && modulesOf(name, "0").length > 0) {
        gaps.push({ code: "VERSION_UNREADABLE", component: name, version });
      }
    }
  }
  return { packages, gaps };
}

class VersionsOfPrograms {
  readonly #versions = new Map<ClusterComponentName, Map<string, Set<string>>>();

  add(name: ClusterComponentName, version: string | undefined, node?: ToldNode): void {
    if (version === undefined) {
      return;
    }
    const versions = this.#versions.get(name) ?? new Map<string, Set<string>>();
    this.#versions.set(name, versions);
    const nodes = versions.get(version) ?? new Set();
    versions.set(version, nodes);
    if (node !== undefined) {
      nodes.add(node.name);
    }
  }

  /** Versions that most nodes have come first: a node that lies cannot push them out. */
  sorted(): readonly (readonly [ClusterComponentName, readonly (readonly [string, ReadonlySet<string>])[]])[] {
    return [...this.#versions]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, versions]) => [
        name,
        [...versions].toSorted(([a, one], [b, other]) => other.size - one.size || (a < b ? -1 : 1)),
      ]);
  }
}

function runtimeOf(told: string | undefined): readonly [ClusterComponentName, string | undefined] {
  const [, program, version] = /^([a-z][a-z0-9.-]{0,40}):\/\/(.*)$/.exec(told ?? "") ?? [];
  const name = program === undefined || !Object.hasOwn(RUNTIMES, program) ? undefined : RUNTIMES[program];
  return name === undefined || version === "" ? ["runtime", told] : [name, version];
}

function toPackage(name: ClusterComponentName, version: string, nodes: ReadonlySet<string>): ClusterPackage {
  const parsed = parseToldVersion(version);
  const modules = parsed === undefined ? [] : modulesOf(name, parsed.version);
  return {
    name,
    version,
    ...(parsed === undefined || modules.length === 0 ? {} : { comparedVersion: parsed.version }),
    ...(parsed?.isVendorBuild === undefined || modules.length === 0 ? {} : { isVendorBuild: true }),
    nodeCount: nodes.size,
    nodes: [...nodes].sort().slice(0, MAX_NODE_NAMES),
    searches: parsed === undefined ? [] : modules.map((place) => ({ ...place, version: parsed.version })),
  };
}

/**
 * Where advisories about a program stand: the official feed of Kubernetes names its programs, the databases of Go the module, which
 * all programs of Kubernetes are built from.
 */
function modulesOf(name: ClusterComponentName, version: string): readonly Omit<Searched, "version">[] {
  switch (name) {
    case "kube-apiserver":
    case "kubelet":
    case "kube-proxy":
      return [{ ecosystem: "Kubernetes", packageName: name }, goModule("k8s.io/kubernetes")];
    case "containerd": {
      const base = goModule("github.com/containerd/containerd");
      // advisories about 2.x name the module of that time, and sometimes the old one
      return /^[01]\./.test(version) ? [base] : [goModule("github.com/containerd/containerd/v2"), base];
    }
    case "cri-o":
      return [goModule("github.com/cri-o/cri-o")];
    case "docker":
      return [
        goModule("github.com/docker/docker"),
        goModule("github.com/moby/moby"),
        goModule("github.com/moby/moby/v2"),
      ];
    case "runtime":
    case "kernel":
    case "operating-system":
      return [];
  }
}

function goModule(packageName: string): Omit<Searched, "version"> {
  return { ecosystem: "Go", packageName };
}

function untoldBy(nodes: readonly ToldNode[], apiServer: string | undefined): ClusterGap[] {
  const gaps: ClusterGap[] = [];
  if (apiServer === undefined) {
    gaps.push({ code: "VERSION_UNTOLD", component: "kube-apiserver" });
  }
  gaps.push({ code: "VERSION_UNTOLD", component: "control-plane" });
  if (nodes.length === 0 || nodes.some(({ kubelet }) => kubelet === undefined)) {
    gaps.push({ code: "VERSION_UNTOLD", component: "kubelet" });
  }
  if (nodes.length === 0 || nodes.some(({ kubeProxy }) => kubeProxy === undefined)) {
    gaps.push({ code: "VERSION_UNTOLD", component: "kube-proxy" });
  }
  if (nodes.length === 0 || nodes.some(({ runtime }) => runtime === undefined)) {
    gaps.push({ code: "VERSION_UNTOLD", component: "runtime" });
  }
  gaps.push({ code: "VERSION_UNTOLD", component: "runc" }, { code: "VERSION_UNTOLD", component: "plugins" });
  gaps.push({ code: "NODE_SYSTEM_UNREAD" });
  return gaps;
}
