// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import type { CollectorLimits } from "../analysis-collector.ts";
import type { Analyzer } from "../analyzer.ts";
import { ANALYZERS } from "../analyzers.ts";
import type { Distribution, ImageObservation, Inventory, Package, Problem, ScanStatus } from "../inventory.ts";
import { OS_RELEASE_PATHS, osReleaseAnalyzer } from "../os-release/os-release-analyzer.ts";
import { releaseFileAnalyzer } from "../os-release/release-file-analyzer.ts";
import { RELEASE_FILE_PATHS } from "../os-release/release-files.ts";
import { collectObservations } from "./collect-observations.ts";
import { collectPackages } from "./collect-packages.ts";
import { contradictingRelease } from "./contradicting-release.ts";
import type { LayerAnalysis } from "./layer-analysis.ts";
import { lookFromAbove, type VisibleFile } from "./visible-files.ts";

/** What else goes into an inventory. */
export interface MergeOptions {
  /** Problems of the image as a whole, e.g. CONFIG_MALFORMED. */
  readonly problems?: readonly Problem[];
  /** What was noticed about the configuration and history of the image. */
  readonly observations?: readonly ImageObservation[];
  /** The analyzers that were run; all of `ANALYZERS` unless given. */
  readonly analyzers?: readonly Pick<Analyzer, "name" | "version">[];
  readonly limits?: CollectorLimits & { readonly maxObservations?: number };
}

/**
 * The inventory of an image from what was found in each of its layers (bottom to top). Pure and deterministic.
 * `complete` without problems; `failed` when no layer could be read; else `partial`. What is beyond the limits is left
 * out, and a LIMIT_EXCEEDED problem says so.
 */
export function mergeLayers(layers: readonly LayerAnalysis[], options: MergeOptions = {}): Inventory {
  const limits = options.limits ?? LIMITS;
  const seen = lookFromAbove(layers);
  const { packages, dropped } = collectPackages(seen.files, { layers, limit: limits.maxPackages });
  const noticed = collectObservations(
    seen,
    options.observations ?? [],
    limits.maxObservations ?? LIMITS.maxObservations,
  );
  const distribution = distributionOf(seen.files);
  const found = [...(options.problems ?? []), ...seen.problems, ...seen.files.flatMap(problemsOf)];
  const contradiction = contradictingRelease(seen.files, distribution);
  if (contradiction !== undefined) {
    found.push(contradiction);
  }
  if (dropped > 0) {
    found.push(limitProblem(dropped, "packages", limits.maxPackages));
  }
  if (noticed.dropped > 0) {
    found.push(limitProblem(noticed.dropped, "observations", noticed.observations.length));
  }
  const problems = withinLimit(found, limits.maxProblems);
  return {
    status: statusOf(layers, packages, problems),
    ...(distribution !== undefined && { distribution }),
    packages,
    ...(noticed.observations.length > 0 && { observations: noticed.observations }),
    problems,
    analyzers: Object.fromEntries((options.analyzers ?? ANALYZERS).map(({ name, version }) => [name, version])),
  };
}

/**
 * os-release(5): etc/os-release takes precedence; when it is there and says nothing, nothing is known. The older files only
 * speak where there is no os-release.
 */
function distributionOf(files: readonly VisibleFile[]): Distribution | undefined {
  for (const path of OS_RELEASE_PATHS) {
    const file = files.find((each) => each.path === path && each.analyzer === osReleaseAnalyzer.name);
    if (file !== undefined) {
      return file.result.distribution;
    }
  }
  const others = files.filter(({ analyzer }) => analyzer === releaseFileAnalyzer.name);
  const byPath = new Map(others.map(({ path, result }) => [path, result.distribution]));
  return RELEASE_FILE_PATHS.map((path) => byPath.get(path)).find((distribution) => distribution !== undefined);
}

function problemsOf(file: VisibleFile): readonly Problem[] {
  return file.result.problems.map((problem) => ({ path: file.path, ...problem, layer: file.from.layer }));
}

function withinLimit(problems: readonly Problem[], limit: number): readonly Problem[] {
  if (problems.length <= limit) {
    return problems;
  }
  const kept = problems.slice(0, limit - 1);
  return [...kept, limitProblem(problems.length - kept.length, "problems", limit)];
}

function limitProblem(count: number, what: string, limit: number): Problem {
  return { code: "LIMIT_EXCEEDED", message: `${count} more ${what} than the limit of ${limit} were left out` };
}

/** "Nothing can be said" is when every layer was unreadable. An image without layers is complete and empty. */
function statusOf(
  layers: readonly LayerAnalysis[],
  packages: readonly Package[],
  problems: readonly Problem[],
): ScanStatus {
  const isUnreadable = layers.length > 0 && layers.every((layer) => layer.problems.some(isLayerProblem));
  if (isUnreadable && packages.length === 0) {
    return "failed";
  }
  return problems.length === 0 ? "complete" : "partial";
}

function isLayerProblem(problem: Problem): boolean {
  return problem.code.startsWith("LAYER_");
}
