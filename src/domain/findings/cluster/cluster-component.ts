// SPDX-License-Identifier: Apache-2.0
import type { Vulnerability } from "../judge-package.ts";

/** Programs of a cluster whose version the API server tells, of itself or of the nodes. `runtime`: a container runtime that is not known here. */
export type ClusterComponentName =
  | "kube-apiserver"
  | "kubelet"
  | "kube-proxy"
  | "containerd"
  | "cri-o"
  | "docker"
  | "runtime"
  | "kernel"
  | "operating-system";

/** What one node says about itself in `status.nodeInfo`, cleaned and cut; absent where it says nothing. */
export interface ToldNode {
  readonly name: string;
  readonly kubelet?: string;
  readonly kubeProxy?: string;
  /** `containerd://1.7.13` */
  readonly runtime?: string;
  readonly osImage?: string;
  readonly kernel?: string;
}

/** What is known about a cluster's programs. */
export interface ToldCluster {
  readonly nodes: readonly ToldNode[];
  /** `gitVersion` of the API server's `/version`; absent when it does not say. */
  readonly apiServer?: string;
}

/** A vulnerability of a program of the cluster; `match` says which advisory and range. */
export type ClusterVulnerability = Vulnerability;

/**
 * One version of one program, with the nodes that have it. `affected`: there are findings. `undecided`: its version does not parse.
 * `uncovered`: no advisories speak of it. `clear`: advisories speak of the program, and none of this version.
 */
export interface ClusterComponent {
  readonly name: ClusterComponentName;
  /** As told. */
  readonly version: string;
  /** What advisories were asked about; absent when nobody can ask. */
  readonly comparedVersion?: string;
  /** See `ToldVersion`. */
  readonly isVendorBuild?: true;
  readonly state: "affected" | "undecided" | "uncovered" | "clear";
  /** 0 for the API server. */
  readonly nodeCount: number;
  /** Some of them, sorted. */
  readonly nodes: readonly string[];
  /** Worst first. */
  readonly findings: readonly ClusterVulnerability[];
}

/** Why the answer is not the whole one. */
export type ClusterGap =
  /** Nothing tells the version: no finding says nothing about it. */
  | { readonly code: "VERSION_UNTOLD"; readonly component: ClusterComponentName | "runc" | "control-plane" | "plugins" }
  | { readonly code: "VERSION_UNREADABLE"; readonly component: ClusterComponentName; readonly version: string }
  | { readonly code: "RUNTIME_UNKNOWN"; readonly version: string }
  /** The database knows nothing about the program. */
  | { readonly code: "ADVISORIES_MISSING"; readonly component: ClusterComponentName }
  /** Packages of the nodes' operating systems are not read: only the nodes' own scanner sees them. */
  | { readonly code: "NODE_SYSTEM_UNREAD" }
  /** More versions than a cluster has: the rest was not asked about. */
  | { readonly code: "TOO_MANY_VERSIONS"; readonly component: ClusterComponentName };

/** What the advisories say about the programs of a cluster. */
export interface ClusterMatch {
  /** Affected ones first, then undecided, uncovered, clear; within by name and version. */
  readonly components: readonly ClusterComponent[];
  readonly gaps: readonly ClusterGap[];
}
