// SPDX-License-Identifier: Apache-2.0
import { type Fields, fieldsOf, listOf, UnreadableField } from "#pod-security";
import { readRange } from "./address-range.ts";
import type { ObjectName, Service } from "./exposure-object.ts";
import { internalHints } from "./internal-hints.ts";
import { readLabels } from "./label-selector.ts";
import { addressesOf, annotationsOf, portOf, portOrNameOf, specOf, textOf, textsOf } from "./read-fields.ts";

const TYPES: ReadonlySet<string> = new Set(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);

/** Reads a Service. Throws UnreadableField. */
export function readServiceObject(object: Fields, name: ObjectName): Service {
  const spec = specOf(object);
  const serviceType = textOf(spec, "type", "spec") || "ClusterIP";
  if (!TYPES.has(serviceType)) {
    throw new UnreadableField("spec.type");
  }
  const selector = readLabels(spec["selector"], "spec.selector");
  const status = fieldsOf(fieldsOf(object["status"], "status")["loadBalancer"], "status.loadBalancer");
  return {
    type: "service",
    ...name,
    serviceType: serviceType as Service["serviceType"],
    ...(selector.size === 0 ? {} : { selector }),
    externalName: serviceType === "ExternalName" ? textOf(spec, "externalName", "spec") : "",
    ports: listOf(spec["ports"], "spec.ports").map((each) => {
      const port = portOf(each, "port", "spec.ports");
      const target = portOrNameOf(each, "targetPort", "spec.ports");
      return {
        name: textOf(each, "name", "spec.ports"),
        port,
        // headless Services are written with 0 by the API server of old
        target: target === undefined || target === 0 || target === "" ? port : target,
      };
    }),
    sourceRanges: textsOf(spec, "loadBalancerSourceRanges", "spec").map(readRange),
    externalIps: textsOf(spec, "externalIPs", "spec"),
    addresses: addressesOf(status["ingress"], "status.loadBalancer.ingress", ["ip", "hostname"]),
    hasNodePorts: serviceType === "NodePort" || spec["allocateLoadBalancerNodePorts"] !== false || hasNodePort(spec),
    internalHints: internalHints(annotationsOf(object)),
  };
}

/** `allocateLoadBalancerNodePorts: false` takes none away that are there already. */
function hasNodePort(spec: Fields): boolean {
  return listOf(spec["ports"], "spec.ports").some((each) => portOf(each, "nodePort", "spec.ports") !== 0);
}
