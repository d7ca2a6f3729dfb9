// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "#packages";

const KEY_LENGTH = 4;

/**
 * Tells by the end of a path which analyzers are to be asked about it. Most analyzers know the names of their files; asking
 * each of them about each of a hundred thousand files costs more than reading what they want.
 */
export class AnalyzerIndex {
  readonly #byEnding: ReadonlyMap<string, readonly Analyzer[]>;
  readonly #others: readonly Analyzer[];

  constructor(analyzers: readonly Analyzer[]) {
    const keys = new Set(analyzers.flatMap(({ endings = [] }) => endings.map(keyOf)));
    this.#byEnding = new Map(
      [...keys].map((key) => [
        key,
        analyzers.filter(({ endings }) => endings === undefined || endings.some((ending) => keyOf(ending) === key)),
      ]),
    );
    this.#others = analyzers.filter(({ endings }) => endings === undefined);
  }

  /** In the order of the analyzers. */
  analyzersFor(path: string): readonly Analyzer[] {
    return this.#byEnding.get(keyOf(path)) ?? this.#others;
  }
}

function keyOf(path: string): string {
  return path.slice(-KEY_LENGTH);
}
