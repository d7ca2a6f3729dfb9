// SPDX-License-Identifier: Apache-2.0
import { type Fields, fieldsOf, listOf } from "#pod-security";
import type { Backend, Ingress, ObjectName } from "./exposure-object.ts";
import { hasTlsHint, internalHints } from "./internal-hints.ts";
import { addressesOf, annotationsOf, portOrNameOf, specOf, textOf, textsOf } from "./read-fields.ts";

/** Reads an Ingress of `networking.k8s.io/v1`, or of the versions before it. Throws UnreadableField. */
export function readIngress(object: Fields, name: ObjectName): Ingress {
  const spec = specOf(object);
  const annotations = annotationsOf(object);
  const tlsHosts = listOf(spec["tls"], "spec.tls").map((each) => textsOf(each, "hosts", "spec.tls"));
  const place: Place = { namespace: name.namespace, tlsHosts, hasTlsHint: hasTlsHint(annotations) };
  const status = fieldsOf(fieldsOf(object["status"], "status")["loadBalancer"], "status.loadBalancer");
  // `backend` is the name that v1beta1 had for it
  const fallback = spec["defaultBackend"] ?? spec["backend"];
  return {
    type: "ingress",
    ...name,
    backends: [
      ...readBackend(fallback, "", place),
      ...listOf(spec["rules"], "spec.rules").flatMap((rule) => {
        const host = textOf(rule, "host", "spec.rules");
        const paths = listOf(fieldsOf(rule["http"], "spec.rules.http")["paths"], "spec.rules.http.paths");
        return paths.flatMap((path) => readBackend(path["backend"], host, place));
      }),
    ],
    addresses: addressesOf(status["ingress"], "status.loadBalancer.ingress", ["ip", "hostname"]),
    internalHints: internalHints(annotations),
  };
}

interface Place {
  readonly namespace: string;
  readonly tlsHosts: readonly (readonly string[])[];
  readonly hasTlsHint: boolean;
}

/** A backend that is no Service is storage or the like, and no workload. */
function readBackend(value: unknown, host: string, place: Place): readonly Backend[] {
  const backend = fieldsOf(value, "spec.rules.http.paths.backend");
  const service = fieldsOf(backend["service"], "backend.service");
  const name = textOf(service, "name", "backend.service") || textOf(backend, "serviceName", "backend");
  if (name === "") {
    return [];
  }
  const port = fieldsOf(service["port"], "backend.service.port");
  const found =
    portOrNameOf(port, "number", "backend.service.port") ??
    portOrNameOf(port, "name", "backend.service.port") ??
    portOrNameOf(backend, "servicePort", "backend");
  const isEncrypted = place.tlsHosts.some((hosts) => isHostOf(hosts, host)) || (place.hasTlsHint ? undefined : false);
  return [
    {
      namespace: place.namespace,
      service: name,
      ...(found === undefined ? {} : { port: found }),
      hosts: host === "" ? [] : [host.slice(0, MAX_HOST)],
      ...(isEncrypted === undefined ? {} : { isEncrypted }),
    },
  ];
}

const MAX_HOST = 255;

/** Whether TLS is for this host; without hosts it is for all (Ingress v1, `IngressTLS.hosts`), a wildcard is for one label. */
function isHostOf(hosts: readonly string[], host: string): boolean {
  return (
    hosts.length === 0 ||
    hosts.includes(host) ||
    hosts.some((each) => each.startsWith("*.") && host.slice(host.indexOf(".")) === each.slice(1))
  );
}
