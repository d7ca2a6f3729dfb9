// SPDX-License-Identifier: Apache-2.0
import type { FoundPackage } from "../inventory.ts";
import { isCleanText } from "../untrusted-text.ts";
import { withEpoch } from "./epoch.ts";
import type { RpmPackage } from "./installed-package.ts";

const ENDINGS: readonly string[] = [".src.rpm", ".nosrc.rpm"];

/** Name and `version-release` in the file name of a source package, or `undefined` when it is none. */
function parseSourceRpm(fileName: string | undefined): { name: string; version: string } | undefined {
  const ending = ENDINGS.find((each) => fileName?.endsWith(each) === true);
  if (ending === undefined || !isCleanText(fileName)) {
    return undefined;
  }
  const whole = fileName.slice(0, -ending.length);
  const release = whole.lastIndexOf("-");
  const version = release < 1 ? -1 : whole.lastIndexOf("-", release - 1);
  return version < 1 ? undefined : { name: whole.slice(0, version), version: whole.slice(version + 1) };
}

/**
 * The packages with their sources. The file name of a source has no epoch, and a subpackage may have a version and epoch of
 * its own; one with the version of the source tells the epoch, if it is installed. Without any we take none: an epoch that
 * the source does not have would make it newer than every fix.
 */
export function withSources(packages: readonly RpmPackage[]): readonly FoundPackage[] {
  const parsed = packages.map((each) => ({ ...each, source: parseSourceRpm(each.sourceRpm) }));
  const epochs = new Map<string, number>();
  for (const { found, epoch, source, sourceRpm } of parsed) {
    if (source !== undefined && found.version === withEpoch(epoch, source.version)) {
      epochs.set(sourceRpm ?? "", epoch);
    }
  }
  return parsed.map(({ found, source, sourceRpm }) => {
    if (source === undefined) {
      // built without a source package, or the name is not one: the package itself is what advisories may speak of
      return { ...found, source: { name: found.name, version: found.version } };
    }
    const version = withEpoch(epochs.get(sourceRpm ?? "") ?? 0, source.version);
    return { ...found, source: { name: source.name, version } };
  });
}
