// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { createEntryIndex, type EntryIndex } from "./entry-index.ts";
import type { CompatibleSpelling, PolicyDocument } from "./policy-document.ts";

/** Documents that are pooled. */
export interface PolicyLevel {
  readonly kind: PolicyDocument["kind"];
  readonly documents: readonly PolicyDocument[];
  /** Those of them that cannot be read. */
  readonly broken: readonly PolicyDocument[];
  readonly entries: EntryIndex;
  /** The older spelling in which all of them are written. */
  readonly spelling: CommonSpelling;
}

/** Empty where there are no documents, some are in ours, or in two. */
export interface CommonSpelling {
  readonly spelling?: CompatibleSpelling;
}

/** The documents that speak of images, sorted by where they apply. */
export interface PolicyIndex {
  readonly namespaces: ReadonlyMap<string, PolicyLevel>;
  /** The ClusterImagePolicies that compete with each other; those that are mandatory only where there are no others. */
  readonly cluster: PolicyLevel;
  readonly mandatory: PolicyLevel;
  /** Of all of them, wherever they apply. */
  readonly spelling: CommonSpelling;
  /** Those that speak of workloads, or could. */
  readonly workloads: {
    readonly namespaces: ReadonlyMap<string, readonly PolicyDocument[]>;
    readonly cluster: readonly PolicyDocument[];
    readonly mandatory: readonly PolicyDocument[];
  };
}

/** The index of the documents, made once for an array: a set of policies does not change, another one is another array. */
export function indexOf(documents: readonly PolicyDocument[]): PolicyIndex {
  const known = KNOWN.get(documents);
  if (known !== undefined) {
    return known;
  }
  const index = createPolicyIndex(documents);
  KNOWN.set(documents, index);
  return index;
}

/** The documents by which a workload of the namespace is judged, all together: mandatory ones first. */
export function workloadDocuments(documents: readonly PolicyDocument[], namespace: string): readonly PolicyDocument[] {
  const { namespaces, cluster, mandatory } = indexOf(documents).workloads;
  return [...mandatory, ...(namespaces.get(namespace) ?? cluster)];
}

const KNOWN = new WeakMap<readonly PolicyDocument[], PolicyIndex>();

function createPolicyIndex(documents: readonly PolicyDocument[]): PolicyIndex {
  const speaking = documents.filter((each) => each.isWorkloadOnly !== true);
  const namespaced = Map.groupBy(
    speaking.filter((each) => each.kind === "ImagePolicy" && each.namespace !== undefined),
    (each) => each.namespace ?? "",
  );
  const ofCluster = speaking.filter((each) => each.kind === "ClusterImagePolicy");
  const competing = ofCluster.filter((each) => each.mandatory !== true);
  return {
    namespaces: new Map([...namespaced].map(([name, found]) => [name, levelOf("ImagePolicy", found)])),
    cluster: levelOf(
      "ClusterImagePolicy",
      competing.length > 0 ? competing : ofCluster.filter((each) => each.isNeverAlone !== true),
    ),
    mandatory: levelOf(
      "ClusterImagePolicy",
      ofCluster.filter((each) => each.mandatory === true),
    ),
    // Settings of the registry are nobody's policies, and what lets everything pass has no denial to be written in.
    spelling: commonSpelling(speaking.filter((each) => each.isNeverAlone !== true && !isOpen(each))),
    workloads: indexWorkloads(documents),
  };
}

function indexWorkloads(documents: readonly PolicyDocument[]): PolicyIndex["workloads"] {
  const speaking = documents
    .filter(({ workload, problem }) => workload !== undefined || problem !== undefined)
    .toSorted((a, b) => compareText(a.name, b.name));
  const ofCluster = speaking.filter((each) => each.kind === "ClusterImagePolicy");
  return {
    namespaces: Map.groupBy(
      speaking.filter((each) => each.kind === "ImagePolicy"),
      (each) => each.namespace ?? "",
    ),
    cluster: ofCluster.filter((each) => each.mandatory !== true),
    mandatory: ofCluster.filter((each) => each.mandatory === true),
  };
}

function levelOf(kind: PolicyDocument["kind"], documents: readonly PolicyDocument[]): PolicyLevel {
  return {
    kind,
    documents,
    broken: documents.filter((each) => each.problem !== undefined),
    entries: createEntryIndex(documents),
    spelling: commonSpelling(documents),
  };
}

/** As the defaults for `kube-system` and Haechi's own namespace. */
function isOpen({ repositories, problem }: PolicyDocument): boolean {
  return (
    problem === undefined &&
    repositories.some(({ name }) => name === "*") &&
    repositories.every(({ policy }) => policy === undefined)
  );
}

function commonSpelling(documents: readonly PolicyDocument[]): CommonSpelling {
  const [first, ...others] = new Set(documents.map(({ spelling }) => spelling));
  return first === undefined || others.length > 0 ? {} : { spelling: first };
}
