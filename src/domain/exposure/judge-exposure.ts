// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { type ClusterIndex, indexObjects } from "./cluster-index.ts";
import type { ExposureObject, IngressPolicy, UnreadObjects, Workload } from "./exposure-object.ts";
import type { ExposedSubject, ExposureReport, ExposureWay, Reach } from "./exposure-report.ts";
import { findSubjects, type SubjectCandidate } from "./find-subjects.ts";
import { findWays } from "./find-ways.ts";
import { type FoldableSubject, foldOwned } from "./fold-owned.ts";
import { type ImageReport, patchStateOf } from "./image-report.ts";
import { judgeRegistry, judgeRemoteAccess } from "./judge-subject.ts";
import { limitAt, type PolicyLimit, policiesOf, widest } from "./policy-limit.ts";
import { unseenBackends } from "./unseen-backends.ts";
import { unsupportedKindOf } from "./unsupported-kinds.ts";

/** Ways that are listed of one workload, and that are looked at. */
const MAX_WAYS = 50;
const MAX_WAYS_SEEN = 5_000;
const ORDER: readonly Reach[] = ["exposed", "unknown", "limited", "internal"];
/** Kinds that open ways; of a NetworkPolicy that was not read, a way is at worst told too openly. */
const OPENING = new Set(["Service", "Ingress", "Gateway", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"]);
const OF_GATEWAYS = new Set(["Gateway", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"]);

/** What exposure is judged by. */
export interface ExposureQuestion {
  readonly objects: readonly ExposureObject[];
  /** What nobody could read of them. */
  readonly unread: readonly UnreadObjects[];
  /** Of images, where there are any. */
  readonly reports?: readonly ImageReport[];
}

/** Finds registries and remote access in a cluster and judges how they are reached. Equal input gives an equal report. */
export function judgeExposure({ objects, unread, reports = [] }: ExposureQuestion): ExposureReport {
  const index = indexObjects(objects);
  const all = [...unread, ...unseenBackends(objects, index)];
  const subjects = findSubjects(index, reports).map((candidate) => judge(candidate, { index, unread: all, reports }));
  return {
    subjects: foldOwned(subjects).toSorted(compareSubjects),
    unread: all,
    counts: {
      workloads: index.workloads.length,
      services: objects.filter(({ type }) => type === "service").length,
    },
  };
}

interface Surroundings {
  readonly index: ClusterIndex;
  readonly unread: readonly UnreadObjects[];
  readonly reports: readonly ImageReport[];
}

function judge(candidate: SubjectCandidate, { index, unread, reports }: Surroundings): FoldableSubject {
  const { workload, kind } = candidate;
  const policies = policiesOf(workload, index.policiesIn.get(workload.namespace) ?? []);
  const { ways, hasMoreWays, worst } = worstWays(findWays(workload, candidate.isAsked, index, policies));
  const isUnread = unread.some((each) => opensWays(each) && concerns(each, workload));
  const reach: Reach = isUnread && worst !== "exposed" ? "unknown" : worst;
  const arePoliciesUnread = unread.some((each) => each.kind === "NetworkPolicy" && concerns(each, workload));
  const networkPolicies = {
    limit: arePoliciesUnread ? ("unread" as const) : limitOf(candidate, policies),
    names: policies.map(({ name }) => name).toSorted(compareText),
  };
  const patches = kind === "registry" ? workload.images.map((image) => patchStateOf(image, reports)) : [];
  const facts = { candidate, reach, ways, networkPolicies, patches };
  const { product } = candidate;
  return {
    kind,
    workload: { kind: workload.kind, namespace: workload.namespace, name: workload.name },
    ...(workload.owner === undefined ? {} : { owner: workload.owner }),
    certainty: candidate.certainty,
    ...(product === undefined ? {} : { product }),
    evidence: candidate.evidence,
    images: workload.images,
    reach,
    ways,
    hasMoreWays,
    networkPolicies,
    patches,
    findings: kind === "registry" ? judgeRegistry(facts) : judgeRemoteAccess(facts),
  };
}

/** Without looking at all: a namespace may have thousands of Pods and Services that all lead to each other. */
function worstWays(found: Iterable<ExposureWay>): {
  readonly ways: readonly ExposureWay[];
  readonly hasMoreWays: boolean;
  readonly worst: Reach;
} {
  const kept = { exposed: [] as ExposureWay[], unknown: [] as ExposureWay[], limited: [] as ExposureWay[] };
  let count = 0;
  let isCut = false;
  for (const each of found) {
    count += 1;
    const list = kept[each.state];
    if (list.length < MAX_WAYS) {
      list.push(each);
    }
    isCut = kept.exposed.length === MAX_WAYS || count === MAX_WAYS_SEEN;
    if (isCut) {
      break;
    }
  }
  const ways = [...kept.exposed, ...kept.unknown, ...kept.limited].slice(0, MAX_WAYS);
  const worst = ways[0]?.state ?? "internal";
  // what was not looked at may be open
  return { ways, hasMoreWays: isCut || count > ways.length, worst: isCut && worst === "limited" ? "unknown" : worst };
}

function opensWays({ kind }: UnreadObjects): boolean {
  return OPENING.has(kind) || unsupportedKindOf(kind) !== undefined;
}

/** A route may lead to Services of other namespaces, and so does one that nobody could read. */
function concerns({ kind, namespace, targetNamespace }: UnreadObjects, workload: Workload): boolean {
  return (
    namespace === undefined ||
    namespace === workload.namespace ||
    targetNamespace === workload.namespace ||
    OF_GATEWAYS.has(kind) ||
    unsupportedKindOf(kind)?.isLocal === false
  );
}

function limitOf({ workload, ports }: SubjectCandidate, policies: readonly IngressPolicy[]): PolicyLimit {
  const asked = ports.length === 0 ? [undefined] : ports;
  return asked.map((port) => limitAt(workload, port, policies)).reduce(widest, "closed");
}

function compareSubjects(a: ExposedSubject, b: ExposedSubject): number {
  return (
    ORDER.indexOf(a.reach) - ORDER.indexOf(b.reach) ||
    compareText(a.workload.namespace, b.workload.namespace) ||
    compareText(a.workload.name, b.workload.name) ||
    compareText(a.workload.kind, b.workload.kind) ||
    compareText(a.kind, b.kind)
  );
}
