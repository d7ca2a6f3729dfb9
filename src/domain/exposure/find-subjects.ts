// SPDX-License-Identifier: Apache-2.0
import type { ClusterIndex } from "./cluster-index.ts";
import type { Service, Workload } from "./exposure-object.ts";
import { type PortFilter, servicesTo, targetsOf } from "./find-ways.ts";
import { type ImageReport, reportOf } from "./image-report.ts";
import type { AccessSign } from "./read-access-signs.ts";
import { type ExposureEvidence, REGISTRY_PORT } from "./recognize-registry.ts";
import { remoteAccessAt } from "./remote-access-at.ts";

/** A workload that is worth a look, and why. */
export interface SubjectCandidate {
  readonly kind: "registry" | "remoteAccess";
  readonly workload: Workload;
  readonly certainty: "sure" | "possible";
  /** The registry's name, or the protocol. */
  readonly product?: string;
  readonly evidence: readonly ExposureEvidence[];
  readonly signs: readonly AccessSign[];
  /** Ports of the Pod that are asked about; none: all. */
  readonly ports: readonly number[];
  readonly isAsked: PortFilter;
}

/** The port at which servers for remote access listen unless they are told otherwise. */
const SSH_PORT = 22;
/** Services of one workload that are named as evidence. */
const MAX_EVIDENCE = 20;

/** Registries, and workloads that offer remote access. */
export function findSubjects(index: ClusterIndex, reports: readonly ImageReport[]): readonly SubjectCandidate[] {
  const interesting = withServicesOfInterest(index);
  return index.workloads.flatMap((workload) => {
    const services = interesting.has(workload.namespace) ? [...servicesTo(workload, only(interesting, workload))] : [];
    return [...registryOf(workload, services), ...remoteAccessOf(workload, services, reports)];
  });
}

/** Services at whose ports something is looked for, by namespace: most Services are none of them. */
function withServicesOfInterest({ servicesIn }: ClusterIndex): ReadonlyMap<string, readonly Service[]> {
  const found = new Map<string, readonly Service[]>();
  for (const [namespace, services] of servicesIn) {
    const some = services.filter(({ ports }) =>
      ports.some(({ port, target }) => isOfInterest(port) || (typeof target === "number" && isOfInterest(target))),
    );
    if (some.length > 0) {
      found.set(namespace, some);
    }
  }
  return found;
}

function isOfInterest(port: number): boolean {
  return port === REGISTRY_PORT || remoteAccessAt(port) !== undefined;
}

function only(
  servicesIn: ReadonlyMap<string, readonly Service[]>,
  { namespace }: Workload,
): Pick<ClusterIndex, "servicesIn"> {
  return { servicesIn: new Map([[namespace, servicesIn.get(namespace) ?? []]]) };
}

function registryOf(workload: Workload, services: readonly Service[]): readonly SubjectCandidate[] {
  const { registry } = workload;
  // a container need not say where it listens; the Service that leads there does
  const leading = services.filter(({ ports }) =>
    ports.some((port) => targetsOf(port, workload).includes(REGISTRY_PORT)),
  );
  if (registry === undefined && leading.length === 0) {
    return [];
  }
  const { product, certainty = "possible", evidence = [], signs = [] } = registry ?? {};
  const byService = registry === undefined ? leading.slice(0, MAX_EVIDENCE).map(serviceEvidence) : [];
  return [
    {
      kind: "registry",
      workload,
      certainty,
      ...(product === undefined ? {} : { product }),
      evidence: [...evidence, ...byService],
      signs,
      ports: [],
      isAsked: () => true,
    },
  ];
}

function remoteAccessOf(
  workload: Workload,
  services: readonly Service[],
  reports: readonly ImageReport[],
): readonly SubjectCandidate[] {
  const declared = workload.ports.filter(({ number }) => remoteAccessAt(number) !== undefined);
  const leading = services.filter(({ ports }) => ports.some((port) => remoteTargets(port, workload).length > 0));
  const servers = workload.images.flatMap((image) => reportOf(image, reports)?.remoteServers ?? []);
  const ports = [
    ...new Set([
      ...declared.map(({ number }) => number),
      ...leading.flatMap((service) => service.ports.flatMap((port) => remoteTargets(port, workload))),
      ...(servers.length > 0 ? [SSH_PORT] : []),
    ]),
  ].toSorted((a, b) => a - b);
  if (ports.length === 0) {
    return [];
  }
  const products = [...new Set(ports.map((port) => remoteAccessAt(port) ?? "").filter((each) => each !== ""))];
  return [
    {
      kind: "remoteAccess",
      workload,
      certainty: servers.length > 0 ? "sure" : "possible",
      product: products.join(", ") || "SSH",
      evidence: [
        ...servers.map((value) => ({ source: "report", value }) as const),
        ...declared.map(({ number }) => ({ source: "port", value: String(number) }) as const),
        ...leading.map(serviceEvidence),
      ].slice(0, MAX_EVIDENCE),
      signs: [],
      ports,
      isAsked: (offered, target) =>
        target === undefined ? remoteAccessAt(offered) !== undefined : ports.includes(target),
    },
  ];
}

/** Where a port of a Service leads, if people log in there: by the port that it offers, or by the one behind it. */
function remoteTargets(port: Service["ports"][number], workload: Workload): readonly number[] {
  const targets = targetsOf(port, workload);
  return remoteAccessAt(port.port) === undefined
    ? targets.filter((target) => remoteAccessAt(target) !== undefined)
    : targets;
}

function serviceEvidence({ namespace, name }: Service): ExposureEvidence {
  return { source: "service", value: `${namespace}/${name}` };
}
