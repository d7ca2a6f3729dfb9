// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";
import type { ObjectName, UnreadObjects } from "./exposure-object.ts";
import type { PolicyLimit } from "./policy-limit.ts";
import type { ExposureEvidence } from "./recognize-registry.ts";

/** How a workload is reached from outside of the cluster. */
export type WayKind = "loadBalancer" | "nodePort" | "externalIp" | "ingress" | "gateway" | "hostPort" | "hostNetwork";

/** `limited`: from some addresses only; `unknown`: nobody can tell from the objects. */
export type WayState = "exposed" | "limited" | "unknown";

/** Why a way is not simply exposed, or what is to be known about it. */
export type WayNote =
  /** The Service names ranges of addresses. */
  | "sourceRanges"
  /** An annotation asks for something internal, or for ranges; a cloud or controller may ignore it. */
  | "internalHint"
  /** The addresses that it has are private ones. */
  | "privateAddress"
  /** A NetworkPolicy lets in less. */
  | "networkPolicy"
  /** The node port of a load balancer, past which its ranges do not hold. */
  | "besideLoadBalancer"
  /** The Gateway of the route was not among the objects. */
  | "gatewayUnread"
  /** It takes a ReferenceGrant of the other namespace, which is not read. */
  | "otherNamespace";

/** One way to a workload from outside. */
export interface ExposureWay {
  readonly kind: WayKind;
  readonly state: WayState;
  /** The object that opens it. */
  readonly object: ObjectName;
  /** Where it is opened; none: not known. */
  readonly ports: readonly number[];
  readonly hosts: readonly string[];
  /** The addresses that it has, as far as the cluster knows them. */
  readonly addresses: readonly string[];
  readonly notes: readonly WayNote[];
  /** For Ingress and Gateway; absent: nobody can tell. */
  readonly isEncrypted?: boolean;
}

/** `internal`: everything could be read, and nothing leads to it from outside. */
export type Reach = WayState | "internal";

/** What a check says about a workload; `undecided`: it may be so, and nobody can tell from the objects. */
export interface ExposureFinding {
  /** The check: messages `check.<id>` (or `check.<id>.undecided`) and `check.<id>.advice`. */
  readonly id: string;
  readonly severity: Severity;
  readonly state: "fails" | "undecided";
  /** In English. */
  readonly title: string;
  /** Values of the message. */
  readonly params: Readonly<Record<string, string>>;
  /** What it follows from: objects, variables, never their values. */
  readonly evidence: readonly string[];
}

/** Known holes of an image with a fix, by a report of `haechi scan`. */
export interface PatchState {
  readonly image: string;
  /** `unknown`: there is no report of it. */
  readonly state: "current" | "outdated" | "incomplete" | "unknown";
  /** Vulnerabilities with a fix, by severity. */
  readonly fixable: Readonly<Partial<Record<Severity, number>>>;
}

/** A workload that is worth a look, with all that is known about its exposure. */
export interface ExposedSubject {
  readonly kind: "registry" | "remoteAccess";
  readonly workload: ObjectName;
  readonly certainty: "sure" | "possible";
  readonly product?: string;
  readonly evidence: readonly ExposureEvidence[];
  readonly images: readonly string[];
  readonly reach: Reach;
  /** Worst first; of very many, some. */
  readonly ways: readonly ExposureWay[];
  readonly hasMoreWays: boolean;
  readonly networkPolicies: { readonly limit: PolicyLimit | "unread"; readonly names: readonly string[] };
  readonly patches: readonly PatchState[];
  readonly findings: readonly ExposureFinding[];
}

/** What was found in objects of a cluster, and what could not be looked at. */
export interface ExposureReport {
  /** Most exposed first, then by namespace, name and kind. */
  readonly subjects: readonly ExposedSubject[];
  /** Not empty: nobody can tell whether there is more. */
  readonly unread: readonly UnreadObjects[];
  readonly counts: { readonly workloads: number; readonly services: number };
}
