// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Advisory, type AdvisorySource, parseOsvRecord } from "#advisories";
import { digestOf } from "#base";
import type { Inventory, Package } from "#packages";
import { createScanReport } from "./create-scan-report.ts";
import { matchInventory } from "./match-inventory.ts";

const LAYER = digestOf("layer");

function source(...records: readonly object[]): AdvisorySource {
  const advisories = records.flatMap(
    (record) => parseOsvRecord({ modified: "2024-01-01T00:00:00Z", ...record }).advisories,
  );
  return sourceOf(advisories);
}

function sourceOf(advisories: readonly Advisory[]): AdvisorySource {
  const ecosystems: Record<string, number> = {};
  for (const { ecosystem } of advisories) {
    ecosystems[ecosystem] = (ecosystems[ecosystem] ?? 0) + 1;
  }
  return {
    info: {
      digest: digestOf("db"),
      date: "2024-01-01T00:00:00Z",
      advisories: advisories.length,
      isBundled: false,
      ecosystems,
    },
    advisoriesFor: (ecosystem, name) =>
      advisories.filter((each) => each.ecosystem === ecosystem && each.packageName === name),
  };
}

function affected(ecosystem: string, name: string, events: readonly object[], more: object = {}): object {
  return { package: { ecosystem, name }, ranges: [{ type: "ECOSYSTEM", events }], ...more };
}

function fixedIn(ecosystem: string, name: string, fixed: string): object {
  return affected(ecosystem, name, [{ introduced: "0" }, { fixed }]);
}

function found(
  type: Package["type"],
  name: string,
  version: string,
  more: Partial<Package> & { path?: string } = {},
): Package {
  const { path = "var/lib/dpkg/status", ...rest } = more;
  return { type, name, version, evidence: { layer: LAYER, layerIndex: 0, path, analyzer: type }, ...rest };
}

function inventory(packages: readonly Package[], distribution?: Inventory["distribution"]): Inventory {
  return {
    status: "complete",
    packages,
    problems: [],
    analyzers: {},
    ...(distribution === undefined ? {} : { distribution }),
  };
}

const BOOKWORM = { id: "debian", versionId: "12" };

describe("matchInventory", () => {
  it("matches Debian packages by source name and source version", () => {
    const libssl = found("deb", "libssl3", "3.0.9-1+b1", { source: { name: "openssl", version: "3.0.9-1" } });
    const { findings, coverageGaps } = matchInventory(
      inventory([libssl, found("deb", "openssl-client", "3.0.9-1")], BOOKWORM),
      source({
        id: "CVE-2023-5363",
        summary: "Key length",
        affected: [fixedIn("Debian:12", "openssl", "3.0.11-1~deb12u2")],
      }),
    );
    expect(coverageGaps).toEqual([]);
    expect(findings).toEqual([
      {
        kind: "vulnerability",
        state: "affected",
        id: "CVE-2023-5363",
        aliases: [],
        severity: "unknown",
        title: "Key length",
        package: {
          type: "deb",
          name: "libssl3",
          version: "3.0.9-1+b1",
          source: { name: "openssl", version: "3.0.9-1" },
        },
        evidence: libssl.evidence,
        fixedVersions: ["3.0.11-1~deb12u2"],
        match: {
          advisoryId: "CVE-2023-5363",
          ecosystem: "Debian:12",
          packageName: "openssl",
          version: "3.0.9-1",
          range: "< 3.0.11-1~deb12u2",
        },
      },
    ]);
  });

  it("does not take the advisories of another release", () => {
    const data = source(
      { id: "CVE-2023-1", affected: [fixedIn("Debian:11", "bash", "9")] },
      { id: "CVE-2023-2", affected: [fixedIn("Debian:12", "bash", "1")] },
    );
    expect(matchInventory(inventory([found("deb", "bash", "5.2-1")], BOOKWORM), data).findings).toEqual([]);
  });

  it("reports a vulnerability without a fix", () => {
    const data = source({
      id: "CVE-2011-3374",
      affected: [
        affected("Debian:12", "apt", [{ introduced: "0" }], { ecosystem_specific: { urgency: "unimportant" } }),
      ],
    });
    const [finding] = matchInventory(inventory([found("deb", "apt", "2.6.1")], BOOKWORM), data).findings;
    expect(finding).toMatchObject({
      state: "affected",
      severity: "negligible",
      severitySource: "Debian",
      fixedVersions: [],
      match: { range: "*" },
    });
  });

  it("says undecided when a version does not parse, never nothing", () => {
    const data = source({ id: "GHSA-aaaa-bbbb-cccc", affected: [fixedIn("npm", "p", "1.0.0")] });
    const [finding] = matchInventory(inventory([found("npm", "p", "github:x/p")]), data).findings;
    expect(finding).toMatchObject({ state: "undecided", fixedVersions: ["1.0.0"], match: { range: "< 1.0.0" } });
  });

  describe("merging", () => {
    it("makes one finding of advisories that share an alias: CVE id first, the source's severity, every fix", () => {
      const data = source(
        {
          id: "GHSA-2222-3333-4444",
          aliases: ["CVE-2020-0001"],
          database_specific: { severity: "HIGH" },
          affected: [affected("npm", "p", [{ introduced: "0" }])],
        },
        {
          id: "SNYK-1",
          aliases: ["CVE-2020-0001"],
          severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
          affected: [fixedIn("npm", "p", "2.0.0")],
        },
      );
      const { findings } = matchInventory(inventory([found("npm", "p", "1.0.0")]), data);
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({
        id: "CVE-2020-0001",
        aliases: ["GHSA-2222-3333-4444", "SNYK-1"],
        severity: "high",
        severitySource: "GHSA",
        cvssVector: expect.stringContaining("CVSS:3.1"),
        fixedVersions: ["2.0.0"],
      });
    });

    it("is affected when one source knows so, though another cannot tell", () => {
      const data = source(
        {
          id: "AAA-1",
          aliases: ["CVE-2020-0001"],
          affected: [affected("npm", "p", [{ introduced: "0" }, { fixed: "not a version" }])],
        },
        { id: "BBB-1", aliases: ["CVE-2020-0001"], affected: [fixedIn("npm", "p", "2.0.0")] },
      );
      const { findings } = matchInventory(inventory([found("npm", "p", "1.0.0")]), data);
      expect(findings).toMatchObject([{ state: "affected", id: "CVE-2020-0001", match: { advisoryId: "BBB-1" } }]);
    });

    it("ties ids together across a chain of aliases", () => {
      const data = source(
        { id: "A-1", aliases: ["B-1"], affected: [fixedIn("npm", "p", "2.0.0")] },
        { id: "C-1", aliases: ["B-1", "CVE-2020-0002"], affected: [fixedIn("npm", "p", "2.0.0")] },
      );
      const { findings } = matchInventory(inventory([found("npm", "p", "1.0.0")]), data);
      expect(findings.map(({ id, aliases }) => ({ id, aliases }))).toEqual([
        { id: "CVE-2020-0002", aliases: ["A-1", "B-1", "C-1"] },
      ]);
    });

    it("takes the single upstream of a distribution's record as its name", () => {
      const data = source({
        id: "DEBIAN-CVE-2024-0001",
        upstream: ["CVE-2024-0001"],
        affected: [fixedIn("Debian:12", "tar", "9")],
      });
      const [finding] = matchInventory(inventory([found("deb", "tar", "1.34-1")], BOOKWORM), data).findings;
      expect(finding).toMatchObject({ id: "CVE-2024-0001", aliases: ["DEBIAN-CVE-2024-0001"] });
    });

    it("does not tie the CVEs of one DSA together", () => {
      const data = source(
        { id: "DSA-1", upstream: ["CVE-2024-0001", "CVE-2024-0002"], affected: [fixedIn("Debian:12", "tar", "9")] },
        { id: "DEBIAN-CVE-2024-0001", upstream: ["CVE-2024-0001"], affected: [fixedIn("Debian:12", "tar", "9")] },
      );
      const { findings } = matchInventory(inventory([found("deb", "tar", "1.34-1")], BOOKWORM), data);
      expect(findings.map(({ id, aliases }) => ({ id, aliases }))).toEqual([
        { id: "CVE-2024-0001", aliases: ["DEBIAN-CVE-2024-0001", "DSA-1"] },
        { id: "CVE-2024-0002", aliases: ["DSA-1"] },
      ]);
    });
  });

  it("lists fixed versions oldest first, newer than the installed one, not affected themselves", () => {
    const data = source({
      id: "GHSA-aaaa-bbbb-cccc",
      affected: [
        affected("npm", "p", [{ introduced: "10.0.0" }, { fixed: "10.2.0" }]),
        affected("npm", "p", [{ introduced: "0" }, { fixed: "1.9.0" }]),
        affected("npm", "p", [{ introduced: "2.0.0" }, { fixed: "2.10.0" }]),
        affected("npm", "p", [{ introduced: "9.0.0" }, { fixed: "10.0.0" }]),
      ],
    });
    const [finding] = matchInventory(inventory([found("npm", "p", "2.9.0")]), data).findings;
    expect(finding?.fixedVersions).toEqual(["2.10.0", "10.2.0"]);
    expect(finding?.match.range).toBe(">= 2.0.0, < 2.10.0");
  });

  it("keeps one finding for each place of a package", () => {
    const data = source({ id: "GHSA-aaaa-bbbb-cccc", affected: [fixedIn("npm", "p", "2.0.0")] });
    const packages = ["b/node_modules/p/package.json", "a/node_modules/p/package.json"].map((path) =>
      found("npm", "p", "1.0.0", { path }),
    );
    expect(matchInventory(inventory(packages), data).findings.map((each) => each.evidence.path)).toEqual([
      "a/node_modules/p/package.json",
      "b/node_modules/p/package.json",
    ]);
  });

  it.each([
    {
      name: "no os-release, no packages",
      packages: [],
      distribution: undefined,
      gaps: [{ code: "DISTRIBUTION_UNKNOWN" }],
    },
    {
      name: "no os-release, but dpkg's packages",
      packages: [found("deb", "bash", "1")],
      distribution: undefined,
      gaps: [{ code: "DISTRIBUTION_UNKNOWN" }],
    },
    {
      name: "an unsupported distribution",
      packages: [],
      distribution: { id: "void", versionId: "1" },
      gaps: [{ code: "DISTRIBUTION_UNSUPPORTED", distribution: "void 1" }],
    },
    {
      name: "a release without advisories, even without packages",
      packages: [],
      distribution: { id: "debian", versionId: "13" },
      gaps: [
        { code: "ADVISORIES_MISSING", ecosystem: "Debian:13" },
        { code: "PACKAGES_MISSING", distribution: "debian 13" },
      ],
    },
    ...[
      { id: "photon", versionId: "5.0", ecosystem: "Photon OS:5.0" },
      { id: "azurelinux", versionId: "3.0", ecosystem: "Azure Linux:3" },
      { id: "mariner", versionId: "2.0", ecosystem: "Azure Linux:2" },
      { id: "mageia", versionId: "9", ecosystem: "Mageia:9" },
    ].map(({ id, versionId, ecosystem }) => ({
      name: `${id}, whose advisories nobody has imported`,
      packages: [found("rpm", "openssl-libs", "3.0.8-1", { path: "var/lib/rpm/rpmdb.sqlite" })],
      distribution: { id, versionId },
      gaps: [{ code: "ADVISORIES_MISSING", ecosystem }],
    })),
    {
      name: "npm packages without npm advisories",
      packages: [found("npm", "p", "1.0.0"), found("deb", "bash", "1")],
      distribution: BOOKWORM,
      gaps: [{ code: "ADVISORIES_MISSING", ecosystem: "npm" }],
    },
    {
      name: "no npm packages, no npm advisories",
      packages: [found("deb", "bash", "1")],
      distribution: BOOKWORM,
      gaps: [],
    },
    {
      name: "a distribution without a single package: its database was deleted",
      packages: [found("npm", "p", "1.0.0")],
      distribution: BOOKWORM,
      gaps: [
        { code: "PACKAGES_MISSING", distribution: "debian 12" },
        { code: "ADVISORIES_MISSING", ecosystem: "npm" },
      ],
    },
    {
      name: "dpkg's packages on Alpine",
      packages: [found("deb", "bash", "1")],
      distribution: { id: "alpine", versionId: "3.20.0" },
      gaps: [
        { code: "ADVISORIES_MISSING", ecosystem: "Alpine:v3.20" },
        { code: "DISTRIBUTION_UNSUPPORTED", distribution: "alpine 3.20.0", packageType: "deb" },
      ],
    },
    {
      name: "an ecosystem named like a property of every object",
      packages: [],
      distribution: { id: "constructor", versionId: "1" },
      gaps: [{ code: "DISTRIBUTION_UNSUPPORTED", distribution: "constructor 1" }],
    },
  ])("coverage: $name", ({ packages, distribution, gaps }) => {
    const data = source({ id: "CVE-2024-0001", affected: [fixedIn("Debian:12", "tar", "9")] });
    expect(matchInventory(inventory(packages, distribution), data).coverageGaps).toEqual(gaps);
  });

  it("sorts by severity, id, name, version, path, whatever the order of inventory and advisories", () => {
    const records = ["low", "critical", "", "high", "medium"].map((severity, index) => ({
      id: `CVE-2024-000${index}`,
      database_specific: { severity },
      modified: "2024-01-01T00:00:00Z",
      aliases: index === 2 ? ["GHSA-xxxx-xxxx-xxxx"] : [],
      affected: [fixedIn("npm", "p", "2.0.0"), fixedIn("npm", "q", "2.0.0"), fixedIn("npm", "q", "1.9.0")],
    }));
    const advisories = [...records, { ...records[2], id: "GHSA-xxxx-xxxx-xxxx" }].flatMap(
      (record) => parseOsvRecord(record).advisories,
    );
    const packages = [
      found("npm", "p", "1.0.0", { path: "a" }),
      found("npm", "p", "1.0.0", { path: "b" }),
      found("npm", "q", "1.0.0", { path: "b" }),
      found("npm", "q", "1.1.0", { path: "a" }),
    ];
    const expected = JSON.stringify(matchInventory(inventory(packages), sourceOf(advisories)));
    expect(JSON.parse(expected).findings[0]).toMatchObject({ severity: "critical", package: { name: "p" } });
    fc.assert(
      fc.property(
        fc.shuffledSubarray(packages, { minLength: packages.length }),
        fc.shuffledSubarray(advisories, { minLength: advisories.length }),
        (shuffled, data) => {
          expect(JSON.stringify(matchInventory(inventory(shuffled), sourceOf(data)))).toBe(expected);
        },
      ),
    );
  });
});

describe("createScanReport", () => {
  it("carries the identity of the database and is equal bytes on a second run", () => {
    const data = source({ id: "CVE-2024-0001", affected: [fixedIn("Debian:12", "tar", "9")] });
    const scan = {
      image: {
        digest: LAYER,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        platform: { os: "linux", architecture: "amd64" },
        sizeBytes: 1,
        layers: [],
      },
      inventory: inventory([found("deb", "tar", "1.34-1")], BOOKWORM),
      source: data,
    };
    const report = createScanReport(scan);
    expect(report.database).toEqual(data.info);
    expect(report.findings).toHaveLength(1);
    expect(JSON.stringify(createScanReport(scan))).toBe(JSON.stringify(report));
  });
});
