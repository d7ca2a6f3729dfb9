// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { PolicyDocument, SecretScope } from "#policy";

/** A Secret that policies name; without a namespace it is wanted in all of them. */
export interface NamedSecret {
  readonly namespace?: string;
  readonly name: string;
}

/** More than any policy needs; a tenant that may write policies must not make us open watches without end. */
const MAX_PER_NAMESPACE = 32;
const MAX_SECRETS = 1_000;

/**
 * The Secrets that the documents name, each once, and no others: those of an ImagePolicy in its own namespace, those of a
 * ClusterImagePolicy in Haechi's. With `secretNamespace: request` each name stands for the Secrets of all namespaces,
 * since any of them may ask. `left`: how many are too many.
 */
export function secretsNamedBy(
  documents: readonly PolicyDocument[],
  scope: Required<Pick<SecretScope, "systemNamespace" | "secretNamespace">>,
): { readonly secrets: readonly NamedSecret[]; readonly left: number } {
  const isOpen = scope.secretNamespace === "request";
  const byNamespace = new Map<string, Set<string>>();
  for (const document of documents) {
    const home = document.kind === "ImagePolicy" ? (document.namespace ?? "") : scope.systemNamespace;
    const names = byNamespace.get(home) ?? new Set<string>();
    byNamespace.set(home, names);
    collectNames([document.repositories, document.workload], names);
  }
  // Haechi's own first, then the first of each namespace, then the second: nobody pushes out all of another's.
  const ranked = [...byNamespace].flatMap(([namespace, names]) => {
    const isOurs = namespace === scope.systemNamespace;
    const sorted = [...names].toSorted(compareText);
    return (isOurs ? sorted : sorted.slice(0, MAX_PER_NAMESPACE)).map((name, index) => ({
      rank: isOurs ? -1 : index,
      named: { namespace, name },
    }));
  });
  const wanted = ranked
    .toSorted((a, b) => a.rank - b.rank || compareText(a.named.namespace, b.named.namespace))
    .map(({ named }) => named);
  const distinct: readonly NamedSecret[] = isOpen
    ? [...new Set(wanted.map(({ name }) => name))].map((name) => ({ name }))
    : wanted;
  const all = [...byNamespace.values()].flatMap((names) => [...names]);
  const secrets = distinct.slice(0, MAX_SECRETS);
  return { secrets, left: (isOpen ? new Set(all).size : all.length) - secrets.length };
}

/** Every field that names a Secret is called one of these, wherever it stands. The schema has bounded the depth. */
function collectNames(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) {
    return;
  }
  for (const [field, each] of Object.entries(value) as readonly (readonly [string, unknown])[]) {
    if ((field === "keySecret" || field === "storeSecret") && typeof each === "string") {
      names.add(each);
    } else if (field === "signerSecrets" && Array.isArray(each)) {
      for (const { name } of each as readonly { readonly name: string }[]) {
        names.add(name);
      }
    } else {
      collectNames(each, names);
    }
  }
}
