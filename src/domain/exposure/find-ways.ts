// SPDX-License-Identifier: Apache-2.0
import { isLoopback } from "./address-range.ts";
import { type BackendOf, type ClusterIndex, nameKey } from "./cluster-index.ts";
import type { Backend, Ingress, IngressPolicy, Service, ServicePort, Workload } from "./exposure-object.ts";
import type { ExposureWay } from "./exposure-report.ts";
import { hinted, way } from "./exposure-way.ts";
import { findRouteWays } from "./find-route-ways.ts";
import { hasLabels } from "./label-selector.ts";
import { limitAt, type PolicyLimit, widest } from "./policy-limit.ts";

/** Which ports are asked about: the one that is offered, and the one of the Pod where it is known. */
export type PortFilter = (offered: number, target: number | undefined) => boolean;

/** A port of a Service that leads to a workload. */
interface Lead {
  readonly port: ServicePort;
  /** Absent: no container names the port that the Service means. */
  readonly targets: readonly number[];
}

/** Every way from outside to these ports of a workload, one for each object and kind. */
export function* findWays(
  workload: Workload,
  filter: PortFilter,
  index: ClusterIndex,
  policies: readonly IngressPolicy[],
): Generator<ExposureWay> {
  function limit(targets: readonly number[]): PolicyLimit {
    const asked = targets.length === 0 ? [undefined] : targets;
    return asked.map((target) => limitAt(workload, target, policies)).reduce(widest, "closed");
  }
  yield* ownWays(workload, filter, limit);
  for (const service of servicesTo(workload, index)) {
    const leads = leadsTo(workload, service, filter);
    if (leads.length === 0) {
      continue;
    }
    const within = limit(leads.flatMap(({ targets }) => targets));
    yield* serviceWays(service, leads, within);
    const key = nameKey(service.namespace, service.name);
    for (const found of index.ingressesTo.get(key) ?? []) {
      if (leads.some(({ port }) => isBackendOf(found.backend, port))) {
        yield ingressWay(found, within);
      }
    }
    for (const found of index.routesTo.get(key) ?? []) {
      if (leads.some(({ port }) => isBackendOf(found.backend, port))) {
        yield* findRouteWays(found, index).map((way) => behindProxy(way, within));
      }
    }
  }
}

/** The Services that lead to a workload. */
export function* servicesTo(workload: Workload, index: Pick<ClusterIndex, "servicesIn">): Generator<Service> {
  for (const service of index.servicesIn.get(workload.namespace) ?? []) {
    const { selector, serviceType } = service;
    if (selector !== undefined && serviceType !== "ExternalName" && hasLabels(workload.labels, selector)) {
      yield service;
    }
  }
}

/** The port of the workload's Pods that a port of a Service means. */
export function targetsOf({ target }: ServicePort, workload: Workload): readonly number[] {
  return typeof target === "number"
    ? [target]
    : workload.ports.filter(({ name }) => name === target).map(({ number }) => number);
}

function leadsTo(workload: Workload, service: Service, filter: PortFilter): readonly Lead[] {
  return service.ports
    .map((port) => ({ port, targets: targetsOf(port, workload) }))
    .filter(({ port, targets }) =>
      targets.length === 0 ? filter(port.port, undefined) : targets.some((target) => filter(port.port, target)),
    );
}

function isBackendOf({ port }: Backend, of: ServicePort): boolean {
  return port === undefined || port === of.port || port === of.name;
}

/** Ports of the node that the Pod takes itself. */
function* ownWays(
  workload: Workload,
  filter: PortFilter,
  limit: (targets: readonly number[]) => PolicyLimit,
): Generator<ExposureWay> {
  const { kind, namespace, name } = workload;
  const object = { kind, namespace, name };
  const asked = workload.ports.filter(({ number }) => filter(number, number));
  if (workload.isOnHostNetwork) {
    // no NetworkPolicy holds there; a process may listen on loopback only, which no object says
    yield way("hostNetwork", object, { ports: asked.map(({ number }) => number) });
    return;
  }
  const opened = asked.filter(({ hostPort, hostIp }) => hostPort !== undefined && !isLoopback(hostIp ?? ""));
  if (opened.length > 0) {
    const ports = opened.map(({ hostPort = 0 }) => hostPort);
    const addresses = opened.map(({ hostIp = "" }) => hostIp).filter((each) => each !== "" && !isUnspecified(each));
    const areNamed = addresses.length === opened.length;
    const within = limit(opened.map(({ number }) => number));
    yield limitedBy(within, hinted(way("hostPort", object, { ports, addresses: areNamed ? addresses : [] }), []));
  }
}

function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

function* serviceWays(service: Service, leads: readonly Lead[], within: PolicyLimit): Generator<ExposureWay> {
  const { kind, namespace, name, serviceType, sourceRanges, addresses, externalIps, internalHints } = service;
  const object = { kind, namespace, name };
  const ports = [...new Set(leads.map(({ port }) => port.port))];
  const isBalanced = serviceType === "LoadBalancer";
  const isRanged = sourceRanges.length > 0 && sourceRanges.every(({ isWide }) => !isWide);
  if (isBalanced) {
    const offered = way("loadBalancer", object, { ports, addresses });
    const ranged: ExposureWay = isRanged ? { ...offered, state: "limited", notes: ["sourceRanges"] } : offered;
    yield limitedBy(within, hinted(ranged, internalHints));
  }
  if (serviceType === "NodePort" || (isBalanced && service.hasNodePorts)) {
    const opened = way("nodePort", object, {});
    // kube-proxy applies the ranges to the address of the load balancer only; the cloud's firewall is not to be seen
    const beside: ExposureWay = { ...opened, state: "unknown", notes: ["besideLoadBalancer"] };
    yield limitedBy(within, isBalanced ? beside : opened);
  }
  if (externalIps.length > 0) {
    yield limitedBy(within, hinted(way("externalIp", object, { ports, addresses: externalIps }), []));
  }
}

function ingressWay({ object, backend }: BackendOf<Ingress>, within: PolicyLimit): ExposureWay {
  const { kind, namespace, name, addresses, internalHints } = object;
  const opened = way("ingress", { kind, namespace, name }, { hosts: backend.hosts, addresses });
  const { isEncrypted } = backend;
  const offered = isEncrypted === undefined ? opened : { ...opened, isEncrypted };
  return behindProxy(hinted(offered, internalHints), within);
}

/** Directly at the Pod: whom the policy does not let in does not come in, whichever way. */
function limitedBy(limit: PolicyLimit, found: ExposureWay): ExposureWay {
  return limit === "none" || limit === "open"
    ? found
    : { ...found, state: "limited", notes: [...found.notes, "networkPolicy"] };
}

/** Behind a proxy the policy sees the proxy: only one that lets nobody in stops what comes through it. */
function behindProxy(found: ExposureWay, limit: PolicyLimit): ExposureWay {
  return limit === "closed" ? limitedBy(limit, found) : found;
}
