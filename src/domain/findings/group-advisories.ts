// SPDX-License-Identifier: Apache-2.0
import type { Advisory } from "#advisories";
import { inCodeUnits } from "./code-unit-order.ts";

/** One vulnerability, and the advisories (one or more sources) that speak about it. */
export interface AdvisoryGroup {
  /** The CVE id where there is one, else the first id. */
  readonly id: string;
  /** Every other id, sorted. */
  readonly aliases: readonly string[];
  /** Sorted by id. */
  readonly advisories: readonly Advisory[];
}

/**
 * Gathers advisories of one package by vulnerability: those that share an id or an alias speak about the same one. An advisory
 * about several others (a DSA with five CVEs in `upstream`) joins each of them and does not tie them together.
 * Sorted by id, whatever the order of the input.
 */
export function groupAdvisories(advisories: readonly Advisory[]): readonly AdvisoryGroup[] {
  const sorted = advisories.toSorted(
    (a, b) => inCodeUnits(a.id, b.id) || inCodeUnits(JSON.stringify(a), JSON.stringify(b)),
  );
  const sets = new DisjointSets();
  for (const advisory of sorted) {
    for (const subject of subjectsOf(advisory)) {
      for (const id of subject) {
        sets.join(subject[0], id);
      }
    }
  }
  const groups = new Map<string, { readonly ids: Set<string>; readonly advisories: Set<Advisory> }>();
  for (const advisory of sorted) {
    for (const subject of subjectsOf(advisory)) {
      const key = sets.find(subject[0]);
      const group = groups.get(key) ?? { ids: new Set<string>(), advisories: new Set<Advisory>() };
      group.advisories.add(advisory);
      for (const id of [...subject, advisory.id]) {
        group.ids.add(id);
      }
      groups.set(key, group);
    }
  }
  return [...groups.values()]
    .map(({ ids, advisories: members }) => {
      const ordered = [...ids].sort(inCodeUnits);
      const id = ordered.find((each) => /^CVE-\d{4}-\d{4,}$/.test(each)) ?? ordered[0] ?? "";
      return { id, aliases: ordered.filter((each) => each !== id), advisories: [...members] };
    })
    .sort((a, b) => inCodeUnits(a.id, b.id));
}

/** The vulnerabilities that the advisory is about, each as the ids that mean it. */
function subjectsOf(advisory: Advisory): readonly (readonly [string, ...string[]])[] {
  const [first, ...others] = advisory.upstream;
  if (first === undefined) {
    return [[advisory.id, ...advisory.aliases]];
  }
  return others.length === 0 ? [[first, advisory.id, ...advisory.aliases]] : advisory.upstream.map((id) => [id]);
}

class DisjointSets {
  readonly #parents = new Map<string, string>();

  find(id: string): string {
    let root = id;
    for (let next = this.#parents.get(root); next !== undefined && next !== root; next = this.#parents.get(root)) {
      root = next;
    }
    this.#parents.set(id, root);
    return root;
  }

  join(a: string, b: string): void {
    this.#parents.set(this.find(b), this.find(a));
  }
}
