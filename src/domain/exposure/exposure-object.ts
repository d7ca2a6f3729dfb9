// SPDX-License-Identifier: Apache-2.0
import type { AddressRange } from "./address-range.ts";
import type { LabelSelector } from "./label-selector.ts";
import type { RegistryTraits } from "./recognize-registry.ts";

/** Which object something is about. */
export interface ObjectName {
  readonly kind: string;
  /** Empty for an object of the cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** A port that a container says it listens on; Kubernetes does not hold it to that. */
export interface WorkloadPort {
  readonly number: number;
  readonly name: string;
  /** Opened on the node, too. */
  readonly hostPort?: number;
  readonly hostIp?: string;
}

/** A Pod, or what makes Pods. */
export interface Workload extends ObjectName {
  readonly type: "workload";
  /** The controller that it names: a claim, by which equal results are put together and nothing else. */
  readonly owner?: { readonly kind: string; readonly name: string };
  /** Those of its Pods. */
  readonly labels: ReadonlyMap<string, string>;
  readonly isOnHostNetwork: boolean;
  readonly ports: readonly WorkloadPort[];
  readonly images: readonly string[];
  readonly registry?: RegistryTraits;
}

/** A port of a Service, and the port of Pods that it leads to. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly target: number | string;
}

/** A Service in the form in which it is judged. */
export interface Service extends ObjectName {
  readonly type: "service";
  readonly serviceType: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  /** Absent: what is behind it cannot be seen in it. */
  readonly selector?: ReadonlyMap<string, string>;
  /** The name that an ExternalName stands for; empty for others. */
  readonly externalName: string;
  readonly ports: readonly ServicePort[];
  /** From which a load balancer accepts; none: from everywhere. */
  readonly sourceRanges: readonly AddressRange[];
  readonly externalIps: readonly string[];
  /** Addresses that the cloud has given. */
  readonly addresses: readonly string[];
  readonly hasNodePorts: boolean;
  /** Annotations that call it internal, or that name source ranges; whoever writes the Service writes them. */
  readonly internalHints: readonly string[];
}

/** Something outside of the Service that leads to one of its ports. */
export interface Backend {
  readonly namespace: string;
  readonly service: string;
  /** Absent: any. */
  readonly port?: number | string;
  readonly hosts: readonly string[];
  /** Absent: nobody can tell from the object. */
  readonly isEncrypted?: boolean;
}

/** An Ingress in the form in which it is judged. */
export interface Ingress extends ObjectName {
  readonly type: "ingress";
  readonly backends: readonly Backend[];
  readonly addresses: readonly string[];
  readonly internalHints: readonly string[];
}

/** An HTTPRoute, GRPCRoute, TLSRoute or TCPRoute. */
export interface Route extends ObjectName {
  readonly type: "route";
  readonly parents: readonly RouteParent[];
  readonly backends: readonly Backend[];
}

/** What a route wants to be attached to. */
export interface RouteParent {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** A Gateway in the form in which it is judged. */
export interface Gateway extends ObjectName {
  readonly type: "gateway";
  readonly listeners: readonly GatewayListener[];
  readonly addresses: readonly string[];
  readonly internalHints: readonly string[];
}

/** Where a Gateway listens. */
export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** Whose routes it takes: `Same`, `All`, or `Selector`, of which nobody can tell here. */
  readonly from: string;
}

/** A NetworkPolicy as far as it is about what comes in; absent `rules`: it is about what goes out only. */
export interface IngressPolicy extends ObjectName {
  readonly type: "networkPolicy";
  readonly selector: LabelSelector;
  readonly rules?: readonly IngressRule[];
}

/** What may come in. */
export interface IngressRule {
  /** From any address; from some addresses; from Pods of the cluster. */
  readonly from: "anywhere" | "addresses" | "pods";
  /** Absent: on all ports. */
  readonly ports?: readonly { readonly from: number | string; readonly to?: number }[];
}

/** Everything that exposure is judged by. */
export type ExposureObject = Workload | Service | Ingress | Route | Gateway | IngressPolicy;

/** Objects that nobody could read: what they would have said is not known. */
export interface UnreadObjects {
  readonly kind: string;
  /** Absent: of all namespaces. */
  readonly namespace?: string;
  /** Absent: all of the kind. */
  readonly name?: string;
  /** `noSelector`: it can be read, and does not say which Pods are behind it; `unsupported`: of a kind that is not read here. */
  readonly reason: "forbidden" | "absent" | "invalid" | "limit" | "noSelector" | "unsupported";
  /** The other namespace that it names as the one of what is behind it. */
  readonly targetNamespace?: string;
  /** For people who look for the cause. */
  readonly detail?: string;
}
