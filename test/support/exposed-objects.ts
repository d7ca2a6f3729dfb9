// SPDX-License-Identifier: Apache-2.0
import {
  type ExposedSubject,
  type ExposureReport,
  judgeExposure,
  readExposureObject,
  type UnreadObjects,
} from "#exposure";

/** Where all objects lie that name no other. */
export const NAMESPACE: string = "tools";

/** The report on these objects as they came. */
export function judge(objects: readonly object[], unread: readonly UnreadObjects[] = []): ExposureReport {
  const read = objects.map((each) => readExposureObject(each));
  return judgeExposure({
    objects: read.flatMap((each) => (each !== undefined && "object" in each ? [each.object] : [])),
    unread: [...unread, ...read.flatMap((each) => (each !== undefined && "unread" in each ? [each.unread] : []))],
  });
}

/** The one subject that is found. */
export function subjectOf(objects: readonly object[], unread: readonly UnreadObjects[] = []): ExposedSubject {
  const { subjects } = judge(objects, unread);
  const [subject] = subjects;
  if (subject === undefined || subjects.length !== 1) {
    throw new Error(`expected one subject, found ${JSON.stringify(subjects)}`);
  }
  return subject;
}

/** `HK001 fails`, in order. */
export function findingsOf(subject: ExposedSubject): readonly string[] {
  return subject.findings.map(({ id, state }) => `${id} ${state}`);
}

/** What differs about a Pod. */
export interface PodOptions {
  readonly name?: string;
  readonly image?: string;
  readonly labels?: object;
  readonly container?: object;
  readonly spec?: object;
}

/** A Pod with one container: `registry:2` at port 5000. */
export function pod({
  name = "registry",
  image = "registry:2",
  labels = { app: "r" },
  container,
  spec,
}: PodOptions = {}): object {
  const containers = [{ name: "c", image, ports: [{ containerPort: 5000, name: "http" }], ...container }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { containers, ...spec },
  };
}

/** A Service `registry` that leads from port 80 to those Pods. */
export function service(spec: object, more: { readonly metadata?: object; readonly status?: object } = {}): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "registry", namespace: NAMESPACE, ...more.metadata },
    spec: { selector: { app: "r" }, ports: [{ name: "http", port: 80, targetPort: 5000 }], ...spec },
    ...(more.status === undefined ? {} : { status: more.status }),
  };
}

/** An Ingress to that Service for `r.example.com`, without TLS. */
export function ingress(spec: object = {}, annotations: object = {}): object {
  const backend = { service: { name: "registry", port: { name: "http" } } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "registry", namespace: NAMESPACE, annotations },
    spec: { rules: [{ host: "r.example.com", http: { paths: [{ path: "/", backend }] } }], ...spec },
  };
}

/** A NetworkPolicy for those Pods. */
export function policy(ingressRules: unknown, spec: object = {}): object {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "p", namespace: NAMESPACE },
    spec: { podSelector: { matchLabels: { app: "r" } }, policyTypes: ["Ingress"], ingress: ingressRules, ...spec },
  };
}

/** A Gateway `edge`. */
export function gateway(listeners: readonly object[], more: object = {}): object {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "edge", namespace: NAMESPACE },
    spec: { listeners },
    ...more,
  };
}

/** A route of that Gateway to that Service. */
export function route(more: object = {}, metadata: object = {}, kind = "HTTPRoute"): object {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind,
    metadata: { name: "registry", namespace: NAMESPACE, ...metadata },
    spec: {
      parentRefs: [{ name: "edge" }],
      hostnames: ["r.example.com"],
      rules: [{ backendRefs: [{ name: "registry", port: 80 }] }],
      ...more,
    },
  };
}

/** That Service, for the cluster only. */
export const CLUSTER_IP: object = service({ type: "ClusterIP" });
/** A listener with TLS. */
export const HTTPS: object = { name: "https", port: 443, protocol: "HTTPS" };
