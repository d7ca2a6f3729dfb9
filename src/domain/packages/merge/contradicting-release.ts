// SPDX-License-Identifier: Apache-2.0
import type { Distribution, Problem } from "../inventory.ts";
import { OS_RELEASE_PATHS, osReleaseAnalyzer } from "../os-release/os-release-analyzer.ts";
import { releaseFileAnalyzer } from "../os-release/release-file-analyzer.ts";
import type { VisibleFile } from "./visible-files.ts";

/** Of these a release has two numbers, of others one. */
const WITH_TWO_NUMBERS: ReadonlySet<string> = new Set(["alpine", "ubuntu"]);

/**
 * Says that another file names another release of the distribution. One of them is wrong, and under an older release's advisories,
 * whose fixes have lower versions, every package of a newer one looks fixed.
 */
export function contradictingRelease(
  files: readonly VisibleFile[],
  distribution: Distribution | undefined,
): Problem | undefined {
  if (distribution === undefined) {
    return undefined;
  }
  const other = files.find(({ path, analyzer, result }) => {
    const said = result.distribution;
    if (said === undefined) {
      return false;
    }
    return analyzer === osReleaseAnalyzer.name && OS_RELEASE_PATHS.includes(path)
      ? said.id !== distribution.id || said.versionId !== distribution.versionId
      : analyzer === releaseFileAnalyzer.name && isOtherRelease(said, distribution);
  });
  if (other?.result.distribution === undefined) {
    return undefined;
  }
  const message = `names ${nameOf(other.result.distribution)}, and another file ${nameOf(distribution)}`;
  return { code: "FILE_MALFORMED", message, path: other.path, layer: other.from.layer };
}

/** Derived distributions keep the files of what they come from: only what calls itself the same is compared. */
function isOtherRelease(said: Distribution, distribution: Distribution): boolean {
  return (
    said.id === distribution.id &&
    said.versionId !== undefined &&
    distribution.versionId !== undefined &&
    releaseOf(said) !== releaseOf(distribution)
  );
}

function releaseOf({ id, versionId = "" }: Distribution): string {
  return versionId.split(".", WITH_TWO_NUMBERS.has(id) ? 2 : 1).join(".");
}

function nameOf({ id, versionId }: Distribution): string {
  return versionId === undefined ? id : `${id} ${versionId}`;
}
