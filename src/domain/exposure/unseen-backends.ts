// SPDX-License-Identifier: Apache-2.0
import { type ClusterIndex, nameKey } from "./cluster-index.ts";
import type { ExposureObject, Service, UnreadObjects } from "./exposure-object.ts";

/**
 * Services that are open, or that an Ingress or a route leads to, and that do not say what is behind them: without a selector that is
 * what somebody writes into their endpoints, any Pod, any address; an ExternalName is whatever its name leads to.
 */
export function unseenBackends(
  objects: readonly ExposureObject[],
  { ingressesTo, routesTo }: Pick<ClusterIndex, "ingressesTo" | "routesTo">,
): readonly UnreadObjects[] {
  return objects.flatMap((object): readonly UnreadObjects[] => {
    if (object.type !== "service" || (object.selector !== undefined && object.serviceType !== "ExternalName")) {
      return [];
    }
    const { kind, namespace, name, externalName } = object;
    const key = nameKey(namespace, name);
    if (!isOpen(object) && !ingressesTo.has(key) && !routesTo.has(key)) {
      return [];
    }
    const target = namespaceIn(externalName);
    const elsewhere = target === undefined || target === namespace ? {} : { targetNamespace: target };
    return [{ kind, namespace, name, reason: "noSelector", ...elsewhere }];
  });
}

function isOpen({ serviceType, externalIps }: Service): boolean {
  return serviceType === "LoadBalancer" || serviceType === "NodePort" || externalIps.length > 0;
}

/** `service.namespace`, with `svc` (or `pod`) and the domain of the cluster behind it, and before it the name of a Pod. */
function namespaceIn(externalName: string): string | undefined {
  const labels = externalName.toLowerCase().replace(/\.$/, "").split(".");
  const at = labels.findLastIndex((label, index) => index >= 2 && (label === "svc" || label === "pod"));
  return at >= 0 ? labels[at - 1] : labels.length === 2 ? labels[1] : undefined;
}
