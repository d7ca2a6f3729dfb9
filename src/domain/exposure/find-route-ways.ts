// SPDX-License-Identifier: Apache-2.0
import { type BackendOf, type ClusterIndex, nameKey } from "./cluster-index.ts";
import type { Gateway, GatewayListener, Route, RouteParent } from "./exposure-object.ts";
import type { ExposureWay, WayNote } from "./exposure-report.ts";
import { hinted, way } from "./exposure-way.ts";

/** The ways that a route opens to a Service: one for each Gateway that it is attached to. */
export function findRouteWays({ object, backend }: BackendOf<Route>, index: ClusterIndex): readonly ExposureWay[] {
  const isForeign = backend.namespace !== object.namespace;
  return object.parents.flatMap((parent): readonly ExposureWay[] => {
    // a route of a Service steers what runs within the cluster (GAMMA)
    if (parent.kind === "Service") {
      return [];
    }
    const { kind, namespace, name } = object;
    const opened = way("gateway", { kind, namespace, name }, { hosts: backend.hosts });
    const gateway = parent.kind === "Gateway" ? index.gateways.get(nameKey(parent.namespace, parent.name)) : undefined;
    if (gateway === undefined) {
      return [{ ...opened, state: "unknown", notes: ["gatewayUnread"] }];
    }
    const listeners = listenersOf(parent, object, gateway);
    if (listeners.length === 0) {
      return [];
    }
    const notes: readonly WayNote[] = isForeign ? ["otherNamespace"] : [];
    const offered: ExposureWay = {
      ...opened,
      state: isForeign ? "unknown" : "exposed",
      ports: [...new Set(listeners.map(({ port }) => port))],
      addresses: gateway.addresses,
      notes,
      isEncrypted: listeners.every(({ protocol }) => protocol === "HTTPS" || protocol === "TLS"),
    };
    return [hinted(offered, gateway.internalHints)];
  });
}

/** The listeners that take the route; of a selector nobody can tell here, so that it counts as taking it. */
function listenersOf(parent: RouteParent, route: Route, gateway: Gateway): readonly GatewayListener[] {
  return gateway.listeners.filter(
    ({ name, port, from }) =>
      (parent.sectionName === undefined || parent.sectionName === name) &&
      (parent.port === undefined || parent.port === port) &&
      from !== "None" &&
      (from !== "Same" || route.namespace === gateway.namespace),
  );
}
