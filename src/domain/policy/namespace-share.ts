// SPDX-License-Identifier: Apache-2.0
import type { PolicyDocument } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import { DEFAULT_SYSTEM_NAMESPACE, type PolicySecret } from "./policy-secret.ts";
import { nameState, type PolicySet } from "./policy-set.ts";

/** What of a set can make a difference to verdicts on images and workloads of one namespace. */
export interface NamespaceShare {
  /** Names the state of the share, as that of a set: what is written for other namespaces does not change it. */
  readonly generation: string;
  /** Those that could reach the namespace. */
  readonly exceptions: PolicySet["exceptions"];
  /** The namespace has nothing of its own: a verdict under a policy is that of every other such namespace. */
  readonly isCommon: boolean;
}

/**
 * The share of a namespace; without one, that of questions which belong to none, as at a registry. Made once for each
 * namespace of a set. What is kept about verdicts is kept under its generation: under that of the whole set, everybody who
 * may write policies of one namespace could void it for all others, again and again.
 */
export function shareOf(set: PolicySet, namespace?: string): NamespaceShare {
  const shares = SHARES.get(set) ?? createShares(set);
  SHARES.set(set, shares);
  return shares(namespace);
}

type Content = Pick<PolicySet, "documents" | "secrets" | "exceptions">;

/** Namespaces; absent: all, and what belongs to none. */
type Reach = readonly string[] | undefined;

const SHARES = new WeakMap<PolicySet, (namespace: string | undefined) => NamespaceShare>();

function createShares(set: PolicySet): (namespace: string | undefined) => NamespaceShare {
  const { systemNamespace, secretNamespace } = set;
  const system = systemNamespace ?? DEFAULT_SYSTEM_NAMESPACE;
  const documents = divide(set.documents, reachOfDocument);
  // Where policies may name Secrets of any namespace, each may be that of anybody.
  const secrets = divide(set.secrets, (each) =>
    secretNamespace === "request" ? undefined : reachOfSecret(each, system),
  );
  const exceptions = divide(set.exceptions, (each) => reachOfException(each, system));
  const common = { documents: documents.common, secrets: secrets.common, exceptions: exceptions.common };
  const ofAll = {
    generation: nameState(common, { systemNamespace, secretNamespace }),
    exceptions: common.exceptions,
    // Else the Secrets that a policy of the cluster names are those of the namespace that asks.
    isCommon: secretNamespace !== "request",
  };
  const made = new Map<string, NamespaceShare>();

  function make(own: Content): NamespaceShare {
    return {
      generation: nameState(own, ofAll.generation),
      exceptions: own.exceptions.length === 0 ? common.exceptions : [...common.exceptions, ...own.exceptions],
      isCommon: false,
    };
  }

  return (namespace) => {
    if (namespace === undefined || [documents, secrets, exceptions].every((each) => !each.own.has(namespace))) {
      return ofAll;
    }
    const known =
      made.get(namespace) ??
      make({
        documents: documents.own.get(namespace) ?? [],
        secrets: secrets.own.get(namespace) ?? [],
        exceptions: exceptions.own.get(namespace) ?? [],
      });
    made.set(namespace, known);
    return known;
  };
}

function divide<T>(
  items: readonly T[],
  reachOf: (item: T) => Reach,
): { readonly common: readonly T[]; readonly own: ReadonlyMap<string, readonly T[]> } {
  const common: T[] = [];
  const own = new Map<string, T[]>();
  for (const item of items) {
    const reach = reachOf(item);
    if (reach === undefined) {
      common.push(item);
    }
    for (const namespace of new Set(reach)) {
      const found = own.get(namespace) ?? [];
      found.push(item);
      own.set(namespace, found);
    }
  }
  return { common, own };
}

function reachOfDocument({ kind, namespace }: PolicyDocument): Reach {
  return kind === "ImagePolicy" && namespace !== undefined ? [namespace] : undefined;
}

/** A Secret of Haechi's own namespace is for policies of the cluster. */
function reachOfSecret({ namespace = "" }: PolicySecret, system: string): Reach {
  return namespace === "" || namespace === system ? undefined : [namespace];
}

/** As `findExemptions` has it. */
function reachOfException({ namespace, subject }: PolicyException, system: string): Reach {
  return namespace === undefined || namespace === system ? subject.namespaces : [namespace];
}
