// SPDX-License-Identifier: Apache-2.0
import { LIMITS, type Limits } from "#base";
import type { AnalyzerResult } from "./analyzer.ts";
import type { FoundPackage, Problem } from "./inventory.ts";

/** The limits of what one file (or one inventory) may hold. */
export type CollectorLimits = Pick<Limits, "maxPackages" | "maxProblems">;

/**
 * Gathers what an analyzer finds in one file. A file of 64 MiB can hold millions of packages or of broken entries;
 * what is beyond the limits is dropped, and one LIMIT_EXCEEDED problem says so.
 */
export class AnalysisCollector {
  readonly #path: string;
  readonly #limits: CollectorLimits;
  readonly #packages: FoundPackage[] = [];
  readonly #problems: Omit<Problem, "layer">[] = [];
  #droppedPackages = 0;
  #droppedProblems = 0;

  constructor(path: string, limits: CollectorLimits = LIMITS) {
    this.#path = path;
    this.#limits = limits;
  }

  addPackage(found: FoundPackage): void {
    if (this.#packages.length < this.#limits.maxPackages) {
      this.#packages.push(found);
    } else {
      this.#droppedPackages += 1;
    }
  }

  addProblem(code: Problem["code"], message: string): void {
    // One place stays free for each of the two LIMIT_EXCEEDED problems.
    if (this.#problems.length < this.#limits.maxProblems - 2) {
      this.#problems.push({ code, message, path: this.#path });
    } else {
      this.#droppedProblems += 1;
    }
  }

  result(): AnalyzerResult {
    return { packages: this.#packages, problems: [...this.#problems, ...this.#limitProblems()] };
  }

  #limitProblems(): readonly Omit<Problem, "layer">[] {
    return [
      { count: this.#droppedPackages, what: "packages", limit: this.#limits.maxPackages },
      { count: this.#droppedProblems, what: "problems", limit: this.#limits.maxProblems },
    ]
      .filter(({ count }) => count > 0)
      .map(({ count, what, limit }) => ({
        code: "LIMIT_EXCEEDED",
        message: `${count} more ${what} than the limit of ${limit} were left out`,
        path: this.#path,
      }));
  }
}
