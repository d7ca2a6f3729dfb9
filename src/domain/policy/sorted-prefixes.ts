// SPDX-License-Identifier: Apache-2.0

interface Node<T> {
  readonly prefix: string;
  readonly values: readonly T[];
  /** The longest other prefix that this one begins with. */
  readonly shorter?: Node<T>;
}

/** Values that are found by the beginnings of a text. */
export class SortedPrefixes<T> {
  readonly #nodes: readonly Node<T>[];

  constructor(entries: readonly (readonly [prefix: string, value: T])[]) {
    const nodes: Node<T>[] = [];
    for (const [prefix, found] of [...Map.groupBy(entries, ([key]) => key)].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      let shorter = nodes.at(-1);
      while (shorter !== undefined && !prefix.startsWith(shorter.prefix)) {
        shorter = shorter.shorter;
      }
      nodes.push({ prefix, values: found.map(([, value]) => value), ...(shorter === undefined ? {} : { shorter }) });
    }
    this.#nodes = nodes;
  }

  /**
   * Calls back with the values of every prefix that the text begins with. Whatever lies in order between such a prefix and
   * the text begins with that prefix, too: so all of them are found from the last one that is not after the text.
   */
  find(text: string, onFound: (values: readonly T[]) => void): void {
    let low = 0;
    let high = this.#nodes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#nodes[middle]?.prefix ?? "") <= text) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (let node = this.#nodes[low - 1]; node !== undefined; node = node.shorter) {
      if (text.startsWith(node.prefix)) {
        onFound(node.values);
      }
    }
  }
}
