// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import type { AnalysisContext } from "./analyzer.ts";

/** How many times longer than the file itself the paths in an honest one are, together, and more. */
const MAX_GROWTH = 16;

/**
 * Keeps paths that matter. Package databases write a folder once and the names of its files behind it, so that a small file
 * could stand for endless text: when paths are longer together than any honest database's, the rest is left out.
 */
export class PathBudget {
  readonly #context: AnalysisContext | undefined;
  #left: number;

  constructor(storedLength: number, context: AnalysisContext | undefined) {
    this.#left = MAX_GROWTH * (storedLength + 1_024);
    this.#context = context;
  }

  /** Whether there was more than the budget. */
  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** The path of a file in a folder, without a leading slash, or `undefined` when it does not matter. */
  pathOf(folder: string, name: string): string | undefined {
    const length = folder.length + name.length;
    this.#left -= length;
    if (this.#left < 0 || length > LIMITS.maxPathBytes) {
      return undefined;
    }
    const written = `${folder}${name}`;
    const path = written.startsWith("/") ? written.slice(1) : written;
    return this.#context === undefined || this.#context.isOfInterest(path) ? path : undefined;
  }
}
