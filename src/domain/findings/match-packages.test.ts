// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Advisory } from "#advisories";
import type { Package } from "#packages";
import { advisory, inventoryOf, packageIn, sourceOf } from "../../../test/support/matching.ts";
import { matchInventory } from "./match-inventory.ts";

function idsFor(
  packages: readonly Package[],
  advisories: readonly Advisory[],
  distribution?: { id: string; versionId: string },
): readonly string[] {
  const inventory = inventoryOf(packages, distribution === undefined ? {} : { distribution });
  return matchInventory(inventory, sourceOf(advisories)).findings.map((each) => `${each.id} ${each.state}`);
}

describe("packages of every ecosystem", () => {
  it.each([
    { type: "npm", name: "@scope/p", version: "1.0.0", ecosystem: "npm", fixed: "1.0.1" },
    { type: "pypi", name: "foo-bar", version: "1.0rc1", ecosystem: "PyPI", fixed: "1.0" },
    { type: "golang", name: "golang.org/x/net", version: "v0.17.0", ecosystem: "Go", fixed: "0.23.0" },
    { type: "golang", name: "stdlib", version: "1.22rc1", ecosystem: "Go", fixed: "1.22.0" },
    {
      type: "maven",
      name: "org.apache.logging.log4j:log4j-core",
      version: "2.0-beta9",
      ecosystem: "Maven",
      fixed: "2.15.0",
    },
    { type: "gem", name: "rack", version: "3.0.0.rc1", ecosystem: "RubyGems", fixed: "3.0.0" },
    { type: "composer", name: "symfony/http-kernel", version: "v6.4.3", ecosystem: "Packagist", fixed: "6.4.4" },
    { type: "cargo", name: "time", version: "0.1.43", ecosystem: "crates.io", fixed: "0.2.23" },
    { type: "nuget", name: "newtonsoft.json", version: "12.0.3", ecosystem: "NuGet", fixed: "13.0.1" },
    { type: "conda", name: "openssl", version: "1.1.1a", ecosystem: "Conda", fixed: "1.1.1w" },
    { type: "pub", name: "http", version: "0.13.2", ecosystem: "Pub", fixed: "0.13.3" },
    { type: "hex", name: "plug", version: "1.3.1", ecosystem: "Hex", fixed: "1.3.2" },
    { type: "generic", name: "node", version: "20.1.0", ecosystem: "Bitnami", fixed: "20.1.1" },
  ] as const)("$type $name $version", ({ type, name, version, ecosystem, fixed }) => {
    const known = [
      advisory({ id: "CVE-2024-0001", ecosystem, packageName: name, ranges: [{ introduced: "0", fixed }] }),
    ];
    const safe = known.map((each) => ({ ...each, ranges: [{ introduced: fixed }] }));
    expect(idsFor([packageIn("a", type, [name, version])], known)).toEqual(["CVE-2024-0001 affected"]);
    expect(idsFor([packageIn("a", type, [name, fixed])], known)).toEqual([]);
    expect(idsFor([packageIn("a", type, [name, version])], safe)).toEqual([]);
    // no version under any of these schemes
    expect(idsFor([packageIn("a", type, [name, "${revision}"])], known)).toEqual(["CVE-2024-0001 undecided"]);
  });

  it.each([
    { type: "pypi", name: "Foo_Bar.baz", ecosystem: "PyPI", packageName: "foo-bar-baz" },
    { type: "nuget", name: "Newtonsoft.Json", ecosystem: "NuGet", packageName: "newtonsoft.json" },
    { type: "composer", name: "Symfony/HTTP-Kernel", ecosystem: "Packagist", packageName: "symfony/http-kernel" },
  ] as const)(
    "$type finds $name under the spelling that advisories are kept by",
    ({ type, name, ecosystem, packageName }) => {
      const known = [advisory({ id: "CVE-2024-0001", ecosystem, packageName, ranges: [{ introduced: "0" }] })];
      expect(idsFor([packageIn("a", type, [name, "1.0.0"])], known)).toHaveLength(1);
    },
  );

  it("marks what a lock file only declares, and does not take it for an installed package", () => {
    const known = [
      advisory({ id: "CVE-2024-0001", ecosystem: "npm", packageName: "p", ranges: [{ introduced: "0" }] }),
    ];
    const { findings, coverageGaps } = matchInventory(
      inventoryOf([packageIn("app/package-lock.json", "npm", ["p", "1.0.0"], { isDeclared: true })]),
      sourceOf([...known, advisory({ id: "CVE-2024-0002", ecosystem: "Debian:12", packageName: "x" })]),
    );
    expect(findings).toMatchObject([{ id: "CVE-2024-0001", isDeclared: true }]);
    expect(coverageGaps).toEqual([{ code: "PACKAGES_MISSING", distribution: "debian 12" }]);
  });

  it.each([
    {
      name: "a program that no source speaks of",
      found: packageIn("opt/x", "generic", ["x", "1"]),
      gaps: ["generic"],
      known: "Bitnami",
    },
    {
      name: "a program whose source is not in the database",
      found: packageIn("opt/node", "generic", ["node", "20.1.0"]),
      gaps: ["Bitnami"],
    },
    {
      name: "a program that an operating system package installed",
      found: packageIn("usr/bin/node", "generic", ["node", "20.1.0"], {
        owner: { type: "deb", name: "nodejs", version: "1" },
      }),
      gaps: [],
    },
    { name: "a jar", found: packageIn("a.jar", "maven", ["g:a", "1"]), gaps: ["Maven"] },
    {
      name: "a jar of which nobody knows the group",
      found: packageIn("a.jar", "maven", ["unheard-of", "1"]),
      gaps: ["generic"],
    },
  ])("says what nobody can tell: $name", ({ found, gaps, known }) => {
    const ecosystems = ["Debian:12", ...(known === undefined ? [] : [known])];
    const data = sourceOf(
      ecosystems.map((ecosystem) => advisory({ id: "CVE-2024-0002", ecosystem, packageName: "other" })),
    );
    const { coverageGaps } = matchInventory(inventoryOf([found, packageIn("d", "deb", ["bash", "1"])]), data);
    expect(coverageGaps).toEqual(gaps.map((ecosystem) => ({ code: "ADVISORIES_MISSING", ecosystem })));
  });
});

describe("modules and architectures", () => {
  const REDHAT = { id: "rhel", versionId: "9" };
  const ecosystem = "Red Hat:enterprise_linux:9";
  const modular = advisory({
    id: "RHSA-1",
    ecosystem,
    packageName: "nodejs",
    module: "nodejs:18",
    ranges: [{ introduced: "0", fixed: "1:18.20.2-1.module+el9.4.0+1" }],
  });
  const { module: _module, ...unnamed } = modular;
  const plain = advisory({
    id: "RHSA-2",
    ecosystem,
    packageName: "nodejs",
    ranges: [{ introduced: "0", fixed: "1:20.0.0-1.el9" }],
  });

  it.each([
    { name: "the stream's advisory", module: "nodejs:18:9040020240301:rhel9:x86_64", advisory: modular, found: 1 },
    { name: "another stream's advisory", module: "nodejs:20", advisory: modular, found: 0 },
    { name: "a module's advisory for a package outside", module: undefined, advisory: modular, found: 0 },
    { name: "an advisory outside of modules for a module's package", module: "nodejs:18", advisory: plain, found: 0 },
    { name: "an advisory outside of modules for a package outside", module: undefined, advisory: plain, found: 1 },
    {
      name: "a module that only the release tells, for a module's package",
      module: "nodejs:18",
      advisory: unnamed,
      found: 1,
    },
    {
      name: "a module that only the release tells, for a package outside",
      module: undefined,
      advisory: unnamed,
      found: 0,
    },
  ])("$name", ({ module, advisory: known, found }) => {
    const installed = packageIn("p", "rpm", ["nodejs", "1:16.0.0-1"], module === undefined ? {} : { module });
    expect(idsFor([installed], [known], REDHAT)).toHaveLength(found);
  });

  it.each([
    { name: "the package itself", packageName: "openssl-libs", redhat: 1, alma: 1 },
    { name: "its source, where that is not said of what was built", packageName: "openssl", redhat: 1, alma: 0 },
    { name: "another package of the source", packageName: "openssl-perl", redhat: 0, alma: 0 },
  ])("an advisory that names $name", ({ packageName, redhat, alma }) => {
    const source = { name: "openssl", version: "1:3.0.7-24.el9" };
    const installed = packageIn("p", "rpm", ["openssl-libs", "1:3.0.7-24.el9"], { source });
    const ranges = [{ introduced: "0", fixed: "1:3.0.7-25.el9" }];
    const known = advisory({ id: "RHSA-1", ecosystem, packageName, ranges });
    expect(idsFor([installed], [known], REDHAT)).toHaveLength(redhat);
    const ofAlma = { ...known, ecosystem: "AlmaLinux:9" };
    expect(idsFor([installed], [ofAlma], { id: "almalinux", versionId: "9.4" })).toHaveLength(alma);
  });

  it("an advisory that names the package and its source makes one finding", () => {
    const source = { name: "openssl", version: "1:3.0.7-24.el9" };
    const installed = packageIn("p", "rpm", ["openssl-libs", "1:3.0.7-24.el9"], { source });
    const known = advisory({ id: "RHSA-1", ecosystem, packageName: "openssl", ranges: [{ introduced: "0" }] });
    expect(idsFor([installed], [known, { ...known, packageName: "openssl-libs" }], REDHAT)).toHaveLength(1);
  });

  it.each([
    { architecture: "x86_64", found: 1 },
    { architecture: "s390x", found: 0 },
    { architecture: "noarch", found: 1 },
    { architecture: undefined, found: 1 },
  ])("an advisory for x86_64 and a package for $architecture", ({ architecture, found }) => {
    const installed = packageIn(
      "p",
      "rpm",
      ["nodejs", "1:16.0.0-1"],
      architecture === undefined ? {} : { architecture },
    );
    expect(idsFor([installed], [{ ...plain, architectures: ["x86_64", "aarch64"] }], REDHAT)).toHaveLength(found);
  });
});

describe("what the vendor says", () => {
  const affected = advisory({
    id: "CVE-2024-0001",
    ecosystem: "Debian:12",
    packageName: "p",
    ranges: [{ introduced: "0" }],
  });

  it("keeps what will not be fixed, with the vendor's word", () => {
    const data = sourceOf([{ ...affected, status: "willNotFix" }]);
    const { findings } = matchInventory(inventoryOf([packageIn("d", "deb", ["p", "1.0-1"])]), data);
    expect(findings).toMatchObject([{ state: "affected", status: "willNotFix", fixedVersions: [] }]);
  });

  it.each([
    { name: "every version", statement: {}, cleared: true },
    { name: "the version's range", statement: { ranges: [{ introduced: "0", fixed: "2" }] }, cleared: true },
    { name: "another range", statement: { ranges: [{ introduced: "2" }] }, cleared: false },
    { name: "a range that does not parse", statement: { ranges: [{ introduced: "0", fixed: "?" }] }, cleared: false },
    { name: "the version by name", statement: { versions: ["1.0-1"] }, cleared: true },
    { name: "another version by name", statement: { versions: ["3"] }, cleared: false },
  ])("is not affected in $name", ({ statement, cleared }) => {
    const clearing = advisory({
      id: "VEX-1",
      aliases: ["CVE-2024-0001"],
      ecosystem: "Debian:12",
      packageName: "p",
      status: "notAffected",
      ...statement,
    });
    const { findings, cleared: found } = matchInventory(
      inventoryOf([packageIn("d", "deb", ["p", "1.0-1"])]),
      sourceOf([affected, clearing]),
    );
    expect({ findings: findings.length, cleared: found.length }).toEqual(
      cleared ? { findings: 0, cleared: 1 } : { findings: 1, cleared: 0 },
    );
    expect(found.map((each) => each.suppression)).toEqual(
      cleared ? [{ by: "vendor", origin: "VEX-1", status: "notAffected" }] : [],
    );
  });

  it("makes no finding of a statement that nothing is wrong", () => {
    expect(idsFor([packageIn("d", "deb", ["p", "1.0-1"])], [{ ...affected, status: "notAffected" }])).toEqual([]);
  });

  it.each([
    { name: "the vendor's word before anything", sources: ["CVSS:3.1", "NVD", "Debian", "GHSA"], want: "Debian" },
    { name: "the worst of others", sources: ["GHSA", "NVD", "CVSS:3.1"], want: "CVSS:3.1" },
    { name: "a worse vector of another before a word", sources: ["CVSS:4.0", "GHSA"], want: "CVSS:4.0" },
  ])("takes the severity: $name", ({ sources, want }) => {
    const [of, others] = want === "Debian" ? (["low", "critical"] as const) : (["critical", "low"] as const);
    const known = sources.map((severitySource, index) => ({
      ...affected,
      id: `X-${index}`,
      aliases: ["CVE-2024-0001"],
      severity: severitySource === want ? of : others,
      severitySource,
    }));
    const { findings } = matchInventory(inventoryOf([packageIn("d", "deb", ["p", "1.0-1"])]), sourceOf(known));
    expect(findings).toMatchObject([{ severity: of, severitySource: want }]);
  });

  it("says what is known about attacks, by any of the ids", () => {
    const data = sourceOf([{ ...affected, id: "DEBIAN-1", aliases: ["CVE-2024-0001"] }], {
      exploitations: { "CVE-2024-0001": { knownExploited: { added: "2024-02-01" } } },
    });
    const { findings } = matchInventory(inventoryOf([packageIn("d", "deb", ["p", "1.0-1"])]), data);
    expect(findings).toMatchObject([{ exploitation: { knownExploited: { added: "2024-02-01" } } }]);
  });

  it("tells of attacks on any of the CVEs that one advisory speaks of", () => {
    const known = advisory({
      id: "GO-2024-1",
      aliases: ["CVE-2024-0001", "CVE-2024-0002"],
      ecosystem: "Go",
      packageName: "example.com/m",
      ranges: [{ introduced: "0" }],
    });
    const data = sourceOf([known], {
      exploitations: {
        "CVE-2024-0001": { epss: { score: 0.01, percentile: 0.1, date: "2024-03-01" } },
        "CVE-2024-0002": {
          epss: { score: 0.9, percentile: 0.99, date: "2024-03-01" },
          knownExploited: { added: "2024-02-01" },
        },
      },
    });
    const { findings } = matchInventory(inventoryOf([packageIn("app", "golang", ["example.com/m", "v1.0.0"])]), data);
    expect(findings).toMatchObject([
      { exploitation: { epss: { score: 0.9 }, knownExploited: { added: "2024-02-01" } } },
    ]);
  });
});

describe("files that an operating system package installed", () => {
  const owner = { type: "deb", name: "python3-urllib3", version: "1.26.12-1+deb12u1" } as const;
  const system = packageIn("var/lib/dpkg/status", "deb", [owner.name, owner.version], {
    source: { name: "python-urllib3", version: owner.version },
  });
  const library = packageIn(
    "usr/lib/python3/dist-packages/urllib3-1.26.12.dist-info/METADATA",
    "pypi",
    ["urllib3", "1.26.12"],
    { owner },
  );
  const upstream = advisory({
    id: "GHSA-1",
    aliases: ["CVE-2023-1"],
    ecosystem: "PyPI",
    packageName: "urllib3",
    ranges: [{ introduced: "0", fixed: "1.26.17" }],
  });
  function vendor(fields: Partial<Advisory>): Advisory {
    return advisory({
      id: "DEBIAN-CVE-2023-1",
      upstream: ["CVE-2023-1"],
      ecosystem: "Debian:12",
      packageName: "python-urllib3",
      ...fields,
    });
  }

  it.each([
    {
      name: "fixed by the vendor",
      known: vendor({ ranges: [{ introduced: "0", fixed: "1.26.12-1+deb12u1" }] }),
      status: "fixed",
    },
    { name: "not affected at the vendor's", known: vendor({ status: "notAffected" }), status: "notAffected" },
    { name: "not yet fixed by the vendor", known: vendor({ ranges: [{ introduced: "0" }] }), status: undefined },
    {
      name: "of a version that the vendor's advisory cannot judge",
      known: vendor({ ranges: [{ introduced: "0", fixed: "?" }] }),
      status: undefined,
    },
    {
      name: "about which the vendor is silent",
      known: vendor({ upstream: ["CVE-2023-2"], ranges: [] }),
      status: undefined,
    },
    { name: "below what the vendor speaks of", known: vendor({ ranges: [{ introduced: "2" }] }), status: undefined },
    {
      name: "of two CVEs of which the vendor cleared one",
      known: vendor({ status: "notAffected" }),
      aliases: ["CVE-2023-1", "CVE-2023-9"],
      status: undefined,
    },
  ])("$name", ({ known, status, aliases = upstream.aliases }) => {
    const advisories = [{ ...upstream, aliases }, known];
    const { findings, cleared } = matchInventory(inventoryOf([library, system]), sourceOf(advisories));
    const ofLibrary = findings.filter((each) => each.package.type === "pypi");
    expect(ofLibrary.map((each) => each.coveredBy)).toEqual(status === undefined ? [owner] : []);
    expect(cleared.map((each) => each.suppression)).toEqual(
      status === undefined ? [] : [{ by: "vendor", origin: "DEBIAN-CVE-2023-1", status }],
    );
    expect(cleared.every((each) => each.finding.kind === "vulnerability" && each.finding.coveredBy !== undefined)).toBe(
      true,
    );
  });

  it("is not cleared of what another source speaks of together with it", () => {
    const both = advisory({
      id: "X-1",
      aliases: ["CVE-2023-1", "CVE-2023-9"],
      ecosystem: "Debian:12",
      packageName: "python-urllib3",
      ranges: [{ introduced: "0" }],
    });
    const clearing = ["CVE-2023-1", "CVE-2023-9"].map((id) =>
      vendor({ id: `D-${id}`, upstream: [id], status: "notAffected" }),
    );
    function found(known: readonly Advisory[]): readonly string[] {
      return matchInventory(inventoryOf([system]), sourceOf([both, ...known])).findings.map(({ id }) => id);
    }
    expect(found(clearing.slice(0, 1))).toEqual(["CVE-2023-1"]);
    expect(found(clearing)).toEqual([]);
  });

  it("judges the same library elsewhere by itself", () => {
    const { owner: _owner, ...own } = library;
    const known = vendor({ ranges: [{ introduced: "0", fixed: "1.26.12-1+deb12u1" }] });
    const { findings } = matchInventory(inventoryOf([own, system]), sourceOf([upstream, known]));
    expect(findings).toMatchObject([{ id: "CVE-2023-1", package: { type: "pypi" } }]);
  });
});

describe("since when a fix is known", () => {
  const fixed = [{ introduced: "0", fixed: "2" }];
  const open = [{ introduced: "0" }];
  it.each([
    {
      name: "the first publication of those that name a fix",
      advisories: [
        { id: "CVE-1", ranges: fixed, published: "2026-02-01T00:00:00Z" },
        { id: "GHSA-1", aliases: ["CVE-1"], ranges: fixed, published: "2026-01-01T00:00:00Z" },
        { id: "OTHER-1", aliases: ["CVE-1"], ranges: open, published: "2020-01-01T00:00:00Z" },
      ],
      want: "2026-01-01T00:00:00Z",
    },
    { name: "not known when nobody says", advisories: [{ id: "CVE-1", ranges: fixed }], want: undefined },
    {
      name: "not known when there is no fix",
      advisories: [{ id: "CVE-1", ranges: open, published: "2020-01-01T00:00:00Z" }],
      want: undefined,
    },
  ])("$name", ({ advisories, want }) => {
    const inventory = inventoryOf([packageIn("p/package.json", "npm", ["p", "1.0.0"])]);
    const all = advisories.map((each) => advisory({ ecosystem: "npm", packageName: "p", ...each }));
    const { findings } = matchInventory(inventory, sourceOf(all));
    expect(findings.map(({ fixPublished }) => fixPublished)).toEqual([want]);
  });
});
