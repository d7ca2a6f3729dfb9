// SPDX-License-Identifier: Apache-2.0
import type { IngressPolicy, IngressRule, Workload } from "./exposure-object.ts";
import { fitsSelector } from "./label-selector.ts";

/** What NetworkPolicies let in at a port, widest first; `none`: no policy is about the workload. */
export type PolicyLimit = "none" | "open" | "addresses" | "pods" | "closed";

const WIDTH: readonly PolicyLimit[] = ["none", "open", "addresses", "pods", "closed"];

/** The NetworkPolicies that are about what comes in to a workload. On the network of the node none is. */
export function policiesOf(workload: Workload, policies: readonly IngressPolicy[]): readonly IngressPolicy[] {
  return workload.isOnHostNetwork
    ? []
    : policies.filter(({ rules, selector }) => rules !== undefined && fitsSelector(selector, workload.labels));
}

/**
 * What these policies let in at a port of the workload, or at any port when it is not known. Policies add up: each lets in what
 * it names, and nothing else comes in (networking.k8s.io/v1).
 */
export function limitAt(workload: Workload, port: number | undefined, policies: readonly IngressPolicy[]): PolicyLimit {
  if (policies.length === 0) {
    return "none";
  }
  return policies
    .flatMap(({ rules = [] }) => rules)
    .filter((rule) => isAbout(rule, port, workload))
    .map(({ from }): PolicyLimit => (from === "anywhere" ? "open" : from))
    .reduce(widest, "closed");
}

/** The widest limit of several ports. */
export function widest(a: PolicyLimit, b: PolicyLimit): PolicyLimit {
  return WIDTH.indexOf(a) <= WIDTH.indexOf(b) ? a : b;
}

function isAbout({ ports }: IngressRule, port: number | undefined, workload: Workload): boolean {
  if (ports === undefined || port === undefined) {
    return true;
  }
  return ports.some(({ from, to }) =>
    typeof from === "string"
      ? workload.ports.some(({ name, number }) => name === from && number === port)
      : port >= from && port <= (to ?? from),
  );
}
