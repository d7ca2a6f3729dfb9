// SPDX-License-Identifier: Apache-2.0

import type { PackageType } from "#packages";
import { packageUrlOf } from "#sbom";

/** Our type of the packages of an ecosystem. */
export const TYPES: Readonly<Record<string, PackageType>> = {
  npm: "npm",
  PyPI: "pypi",
  Go: "golang",
  Maven: "maven",
  RubyGems: "gem",
  Packagist: "composer",
  "crates.io": "cargo",
  NuGet: "nuget",
  Hex: "hex",
  Pub: "pub",
};

/** What stands behind a version in each ecosystem's own words; `$` is the version. */
const NEIGHBOURS: Readonly<Record<string, readonly string[]>> = {
  npm: ["$-0", "$-alpha.1", "$-rc.1", "$+build"],
  PyPI: ["$.dev0", "$a1", "$rc1", "$.post1", "$+local", "$.0", "v$"],
  Go: ["$-rc.1", "$-0.20200101000000-abcdefabcdef", "$+incompatible"],
  Maven: ["$-SNAPSHOT", "$-alpha-1", "$-RC1", "$.Final", "$.RELEASE", "$-jre", "$-android", "$-1", "$-sp1", "$.0"],
  RubyGems: ["$.rc1", "$.pre", "$.0", "$-x86_64-linux", "$.a"],
  Packagist: ["v$", "$-RC1", "$-beta1", "$-dev", "$-p1", "$.0"],
  "crates.io": ["$-0", "$-rc.1", "$+build"],
  NuGet: ["$-preview.1", "$-RC1", "$+meta"],
  Hex: ["$-rc.1", "$+build"],
  Pub: ["$-dev.1", "$+1"],
};

/** The version, its neighbours by number, and versions around it that an ecosystem's rules order in their own ways. */
export function versionsAround(ecosystem: string, bound: string): readonly string[] {
  // a word behind a word makes no version
  const words = /^[0-9.]+$/.test(bound) ? (NEIGHBOURS[ecosystem] ?? []) : [];
  const near = words.map((pattern) => pattern.replace("$", () => bound));
  return [bound, ...step(bound, 1), ...step(bound, -1), ...near].map((version) =>
    // modules are written with v, the records of Go without
    ecosystem === "Go" && /^\d/.test(version) ? `v${version}` : version,
  );
}

/** The last number one up or down. */
function step(version: string, by: 1 | -1): readonly string[] {
  const match = /^(.*?)(\d+)$/.exec(version);
  const number = Number(match?.[2] ?? "-1") + by;
  return match === null || number < 0 || !Number.isSafeInteger(number) ? [] : [`${match[1]}${number}`];
}

/** A package that is looked up. */
export interface BoundaryPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
}

/** A bill of materials of these packages, each once. */
export function billOf(packages: readonly BoundaryPackage[]): string {
  const purls = new Set(packages.map((each) => packageUrlOf(each, undefined)).filter((purl) => purl !== undefined));
  return JSON.stringify({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    components: [...purls].sort().map((purl) => {
      const [, group, name = ""] = /^pkg:[^/]+\/(?:(.*)\/)?([^/@]+)@/.exec(purl) ?? [];
      return {
        type: "library",
        "bom-ref": purl,
        ...(group === undefined ? {} : { group: decodeURIComponent(group) }),
        name: decodeURIComponent(name),
        version: decodeURIComponent(purl.slice(purl.lastIndexOf("@") + 1)),
        purl,
      };
    }),
  });
}
