// SPDX-License-Identifier: Apache-2.0
import type { Distribution } from "#packages";

/**
 * The OSV ecosystem of a distribution, e.g. `Debian:12`, `Alpine:v3.20`, `Ubuntu:24.04:LTS`, `Wolfi`; `undefined` when there
 * is none that we can match (another distribution, a rolling or unreleased version): a coverage gap, never "clean".
 */
export function ecosystemOf(distribution: Distribution): string | undefined {
  const version = distribution.versionId ?? "";
  switch (distribution.id) {
    case "debian": {
      const release = /^(\d{1,3})(?:\.\d{1,3})?$/.exec(version)?.[1];
      return release === undefined ? undefined : `Debian:${release}`;
    }
    case "alpine": {
      // Alpine edge names itself `3.23_alpha20250612`: it has no branch of its own in the advisories
      const branch = /^(\d{1,3}\.\d{1,3})(?:\.\d{1,3})?$/.exec(version)?.[1];
      return branch === undefined ? undefined : `Alpine:v${branch}`;
    }
    case "ubuntu": {
      const match = /^(\d{2})\.(04|10)$/.exec(version);
      if (match === null) {
        return undefined;
      }
      const isLongTerm = match[2] === "04" && Number(match[1]) % 2 === 0;
      return isLongTerm ? `Ubuntu:${version}:LTS` : `Ubuntu:${version}`;
    }
    case "wolfi":
      return "Wolfi";
    case "chainguard":
      return "Chainguard";
    default:
      return undefined;
  }
}
