// SPDX-License-Identifier: Apache-2.0
import { type Fields, fieldsOf, listOf } from "#pod-security";
import type { Gateway, GatewayListener, ObjectName } from "./exposure-object.ts";
import { internalHints } from "./internal-hints.ts";
import { readLabels } from "./label-selector.ts";
import { addressesOf, annotationsOf, portOf, specOf, textOf } from "./read-fields.ts";

/** Reads a Gateway of the Gateway API. Throws UnreadableField. */
export function readGateway(object: Fields, name: ObjectName): Gateway {
  const spec = specOf(object);
  const infrastructure = fieldsOf(spec["infrastructure"], "spec.infrastructure");
  const passedOn = readLabels(infrastructure["annotations"], "spec.infrastructure.annotations");
  const status = fieldsOf(object["status"], "status");
  return {
    type: "gateway",
    ...name,
    listeners: listOf(spec["listeners"], "spec.listeners").map((each): GatewayListener => {
      const allowed = fieldsOf(each["allowedRoutes"], "spec.listeners.allowedRoutes");
      const namespaces = fieldsOf(allowed["namespaces"], "spec.listeners.allowedRoutes.namespaces");
      return {
        name: textOf(each, "name", "spec.listeners"),
        port: portOf(each, "port", "spec.listeners"),
        protocol: textOf(each, "protocol", "spec.listeners").toUpperCase(),
        from: textOf(namespaces, "from", "spec.listeners.allowedRoutes.namespaces") || "Same",
      };
    }),
    addresses: addressesOf(status["addresses"], "status.addresses", ["value"]),
    internalHints: internalHints(new Map([...annotationsOf(object), ...passedOn])),
  };
}
