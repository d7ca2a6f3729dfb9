// SPDX-License-Identifier: Apache-2.0
import type { Advisory } from "#advisories";
import type { Searched } from "./searched.ts";

/** Architectures that stand for all of them, in the package databases and in advisories. */
const EVERY_ARCHITECTURE: ReadonlySet<string> = new Set(["noarch", "all", "any", "src", "source"]);

/**
 * Whether an advisory speaks of this build of the package. Packages of a module stream (rpm modularity) have versions of their own:
 * an advisory for another stream, or for the package outside of modules, says nothing about them, and the other way round.
 */
export function isAbout(advisory: Advisory, searched: Searched): boolean {
  return isOfArchitecture(advisory, searched) && isOfModule(advisory, searched);
}

function isOfArchitecture({ architectures }: Advisory, { architecture }: Searched): boolean {
  if (architectures === undefined || architecture === undefined || EVERY_ARCHITECTURE.has(architecture)) {
    return true;
  }
  return architectures.some((each) => each === architecture || EVERY_ARCHITECTURE.has(each));
}

function isOfModule(advisory: Advisory, { module }: Searched): boolean {
  if (advisory.module !== undefined) {
    return module !== undefined && streamOf(module) === streamOf(advisory.module);
  }
  if (advisory.scheme !== "rpm") {
    return true;
  }
  // sources that leave the module out still have it in the release: `1.20.4-1.module+el9.4.0+…`, `….module_el8…`
  const fixes = advisory.ranges.flatMap(({ fixed, lastAffected }) =>
    [fixed, lastAffected].filter((each) => each !== undefined),
  );
  return fixes.length === 0 || fixes.some((fix) => /\.module[+_]/.test(fix)) === (module !== undefined);
}

/** `nodejs:18` of `nodejs:18:8090020240301:rhel9:x86_64`. */
function streamOf(module: string): string {
  return module.split(":", 2).join(":");
}
