// SPDX-License-Identifier: Apache-2.0
import type {
  Backend,
  ExposureObject,
  Gateway,
  Ingress,
  IngressPolicy,
  Route,
  Service,
  Workload,
} from "./exposure-object.ts";

/** Something that leads to a Service. */
export interface BackendOf<T> {
  readonly object: T;
  readonly backend: Backend;
}

/** Objects by what they are asked for. */
export interface ClusterIndex {
  readonly workloads: readonly Workload[];
  readonly servicesIn: ReadonlyMap<string, readonly Service[]>;
  readonly policiesIn: ReadonlyMap<string, readonly IngressPolicy[]>;
  /** By {@link nameKey} of the Service. */
  readonly ingressesTo: ReadonlyMap<string, readonly BackendOf<Ingress>[]>;
  readonly routesTo: ReadonlyMap<string, readonly BackendOf<Route>[]>;
  readonly gateways: ReadonlyMap<string, Gateway>;
}

/** Sorts the objects once, so that no workload looks at those of other namespaces. */
export function indexObjects(objects: readonly ExposureObject[]): ClusterIndex {
  const workloads: Workload[] = [];
  const servicesIn = new Map<string, Service[]>();
  const policiesIn = new Map<string, IngressPolicy[]>();
  const ingressesTo = new Map<string, BackendOf<Ingress>[]>();
  const routesTo = new Map<string, BackendOf<Route>[]>();
  const gateways = new Map<string, Gateway>();
  for (const object of objects) {
    switch (object.type) {
      case "workload":
        workloads.push(object);
        break;
      case "service":
        append(servicesIn, object.namespace, object);
        break;
      case "networkPolicy":
        append(policiesIn, object.namespace, object);
        break;
      case "ingress":
        for (const backend of object.backends) {
          append(ingressesTo, nameKey(backend.namespace, backend.service), { object, backend });
        }
        break;
      case "route":
        for (const backend of object.backends) {
          append(routesTo, nameKey(backend.namespace, backend.service), { object, backend });
        }
        break;
      case "gateway":
        gateways.set(nameKey(object.namespace, object.name), object);
        break;
    }
  }
  return { workloads, servicesIn, policiesIn, ingressesTo, routesTo, gateways };
}

/** One text for a namespace and a name; neither has a slash. */
export function nameKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function append<T>(lists: Map<string, T[]>, key: string, element: T): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [element]);
  } else {
    list.push(element);
  }
}
