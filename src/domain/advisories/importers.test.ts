// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parseDebianTrackerPackage } from "./debian-tracker/parse-debian-tracker.ts";
import { parseAdvisoryDocument } from "./document.ts";
import { parseEndOfLife } from "./endoflife/parse-end-of-life.ts";
import { supportKeysOf } from "./endoflife/support-keys.ts";
import { parseAlmaErratum } from "./errata/parse-alma-erratum.ts";
import { parseEpssLine } from "./exploitation/parse-epss-line.ts";
import { parseKevEntry } from "./exploitation/parse-kev-entry.ts";
import { parseKubernetesFeedItem } from "./kubernetes-feed/parse-kubernetes-feed-item.ts";
import type { ParsedRecords } from "./parsed-records.ts";
import { parseSecdb } from "./secdb/parse-secdb.ts";

/** What an importer made of a record, short: one line for each advisory. */
function linesOf({ advisories = [] }: ParsedRecords): readonly string[] {
  return advisories.map(({ ecosystem, packageName, id, module, status, ranges, severity, upstream, aliases }) =>
    [
      `${ecosystem} ${packageName}${module === undefined ? "" : ` (${module})`} ${id}`,
      ranges
        .map(({ introduced, fixed, lastAffected }) =>
          fixed !== undefined
            ? `[${introduced}, ${fixed})`
            : lastAffected !== undefined
              ? `[${introduced}, ${lastAffected}]`
              : `[${introduced}, …)`,
        )
        .join(" "),
      status ?? "",
      severity,
      [...upstream, ...aliases].join(","),
    ]
      .filter((part) => part !== "")
      .join(" | "),
  );
}

describe("the Debian security tracker", () => {
  // the shape of https://security-tracker.debian.org/tracker/data/json, one source package
  const OPENSSL = {
    "CVE-2024-0727": {
      scope: "local",
      debianbug: 1061582,
      description: "Issue summary: Processing a maliciously formatted PKCS12 file",
      releases: {
        bookworm: {
          status: "resolved",
          repositories: { bookworm: "3.0.15-1~deb12u1", "bookworm-security": "3.0.15-1~deb12u1" },
          fixed_version: "3.0.13-1~deb12u1",
          urgency: "low**",
        },
        bullseye: {
          status: "open",
          repositories: { bullseye: "1.1.1w-0+deb11u1" },
          urgency: "not yet assigned",
          nodsa: "Minor issue",
          nodsa_reason: "postponed",
        },
        sid: { status: "resolved", repositories: { sid: "3.3.2-2" }, fixed_version: "3.1.5-1", urgency: "low" },
      },
    },
    "CVE-2007-5536": {
      releases: {
        bookworm: { status: "open", repositories: {}, urgency: "unimportant" },
        bullseye: { status: "open", repositories: {}, urgency: "end-of-life" },
      },
    },
    "CVE-2022-3602": {
      releases: { bullseye: { status: "resolved", fixed_version: "0", urgency: "not yet assigned" } },
    },
    "CVE-2023-1": {
      releases: {
        bookworm: { status: "open", urgency: "medium", nodsa: "Too intrusive", nodsa_reason: "ignored" },
        trixie: { status: "undetermined", urgency: "not yet assigned" },
        bullseye: { status: "a new word", urgency: "low" },
      },
    },
    "CVE-2023-2": "not an object",
  };
  it("gives each release its status", () => {
    const parsed = parseDebianTrackerPackage("openssl", OPENSSL);
    expect(linesOf(parsed)).toEqual([
      "Debian:12 openssl CVE-2024-0727 | [0, 3.0.13-1~deb12u1) | low",
      "Debian:11 openssl CVE-2024-0727 | [0, …) | deferred | unknown",
      "Debian:12 openssl CVE-2007-5536 | [0, …) | negligible",
      "Debian:11 openssl CVE-2007-5536 | [0, …) | endOfLife | unknown",
      "Debian:11 openssl CVE-2022-3602 | notAffected | unknown",
      "Debian:12 openssl CVE-2023-1 | [0, …) | willNotFix | medium",
      "Debian:13 openssl CVE-2023-1 | [0, …) | underInvestigation | unknown",
    ]);
    expect(parsed.problems.map((each) => each.message)).toEqual([
      "openssl CVE-2023-1 in bullseye: the status is not one that is known",
      "openssl CVE-2023-2: has no releases",
    ]);
    expect(parsed.skipped).toEqual({ unknownEcosystem: 1 });
    expect(parsed.advisories?.every((each) => each.modified === "1970-01-01T00:00:00Z")).toBe(true);
  });
});

describe("secdb", () => {
  const packages = [
    {
      pkg: {
        name: "openssl",
        secfixes: {
          "3.3.2-r0": ["CVE-2024-6119"],
          "3.0.1-r0": ["CVE-2021-4044 GHSA-mmjf-f5jw-w72q", "ALPINE-13661"],
          "0": ["CVE-2022-1292"],
          "3.0.3-r0": ["CVE-2022-1343 CVE-2022-1434"],
        },
      },
    },
    { pkg: { name: "busybox", secfixes: { "1.36.1-r2": ["CVE-2022-48174"], "1.35.0-r1": ["CVE-2022-48174"] } } },
    { pkg: { secfixes: {} } },
    { pkg: { name: "odd", secfixes: { "1": "CVE-1" } } },
  ];
  it("of Alpine", () => {
    const parsed = parseSecdb({ distroversion: "v3.20", reponame: "main", packages });
    expect(parsed.source).toBe("secdb/main");
    expect(linesOf(parsed)).toEqual([
      "Alpine:v3.20 openssl CVE-2022-1292 | notAffected | unknown",
      "Alpine:v3.20 openssl CVE-2024-6119 | [0, 3.3.2-r0) | unknown",
      "Alpine:v3.20 openssl CVE-2021-4044 | [0, 3.0.1-r0) | unknown | GHSA-mmjf-f5jw-w72q",
      "Alpine:v3.20 openssl ALPINE-13661 | [0, 3.0.1-r0) | unknown",
      "Alpine:v3.20 openssl CVE-2022-1343 | [0, 3.0.3-r0) | unknown",
      "Alpine:v3.20 openssl CVE-2022-1434 | [0, 3.0.3-r0) | unknown",
      "Alpine:v3.20 busybox CVE-2022-48174 | [0, 1.36.1-r2) [0, 1.35.0-r1) | unknown",
    ]);
    expect(parsed.problems).toHaveLength(2);
  });
  it.each([
    { about: { urlprefix: "https://packages.wolfi.dev" }, ecosystem: "Wolfi" },
    { about: { apkurl: "https://packages.cgr.dev/chainguard/{{arch}}/{{name}}" }, ecosystem: "Chainguard" },
    { about: { urlprefix: "https://packages.wolfi.dev.attacker.example" }, ecosystem: undefined },
    { about: { distroversion: "v3.20\u0000" }, ecosystem: undefined },
  ])("of $ecosystem", ({ about, ecosystem }) => {
    const { advisories = [], problems } = parseSecdb({ ...about, packages: packages.slice(1, 2) });
    expect(advisories.map((each) => each.ecosystem)).toEqual(ecosystem === undefined ? [] : [ecosystem]);
    expect(problems).toHaveLength(ecosystem === undefined ? 1 : 0);
  });
});

describe("CSAF", () => {
  const platform = (id: string, cpe: string) => ({
    category: "product_name",
    name: id,
    product: { name: id, product_id: id, product_identification_helper: { cpe } },
  });
  const version = (id: string, purl?: string) => ({
    category: "product_version",
    name: id,
    product: { name: id, product_id: id, ...(purl === undefined ? {} : { product_identification_helper: { purl } }) },
  });
  const relation = (platformId: string, component: string) => ({
    category: "default_component_of",
    full_product_name: {
      name: `${component} as a component of ${platformId}`,
      product_id: `${platformId}:${component}`,
    },
    product_reference: component,
    relates_to_product_reference: platformId,
  });
  // the shape of https://security.access.redhat.com/data/csaf/v2/vex/
  const VEX = {
    document: {
      category: "csaf_vex",
      csaf_version: "2.0",
      title: "openssl: a flaw",
      publisher: { category: "vendor", name: "Red Hat Product Security", namespace: "https://www.redhat.com" },
      aggregate_severity: { text: "Moderate" },
      references: [
        { category: "self", url: "https://access.redhat.com/security/cve/CVE-2024-5535" },
        { category: "self", url: "https://security.access.redhat.com/data/csaf/v2/vex/2024/cve-2024-5535.json" },
      ],
      tracking: { id: "CVE-2024-5535", current_release_date: "2024-11-06T09:12:11+00:00" },
    },
    product_tree: {
      branches: [
        {
          category: "vendor",
          name: "Red Hat",
          branches: [
            {
              category: "product_family",
              name: "Red Hat Enterprise Linux",
              branches: [
                platform("BaseOS-9.4.0.Z.MAIN", "cpe:/o:redhat:enterprise_linux:9::baseos"),
                platform("BaseOS-9.2.0.Z.EUS", "cpe:/o:redhat:rhel_eus:9.2::baseos"),
                platform("AppStream-8", "cpe:/a:redhat:enterprise_linux:8::appstream"),
                platform("red_hat_enterprise_linux_7", "cpe:/o:redhat:enterprise_linux:7"),
              ],
            },
            version("openssl-1:3.0.7-28.el9_4.src", "pkg:rpm/redhat/openssl@3.0.7-28.el9_4?arch=src&epoch=1"),
            version(
              "openssl-libs-1:3.0.7-28.el9_4.x86_64",
              "pkg:rpm/redhat/openssl-libs@3.0.7-28.el9_4?arch=x86_64&epoch=1",
            ),
            version("openssl-libs-1:3.0.7-28.el9_4.aarch64"),
            version(
              "nodejs-1:18.20.4-1.module+el8.10.0+22204+78ef0b93.x86_64",
              "pkg:rpm/redhat/nodejs@18.20.4-1.module%2Bel8.10.0%2B22204%2B78ef0b93?arch=x86_64&epoch=1&rpmmod=nodejs:18:8100020240801:489197e6",
            ),
            version("openssl"),
            version("edk2"),
          ],
        },
      ],
      relationships: [
        relation("BaseOS-9.4.0.Z.MAIN", "openssl-1:3.0.7-28.el9_4.src"),
        relation("BaseOS-9.4.0.Z.MAIN", "openssl-libs-1:3.0.7-28.el9_4.x86_64"),
        relation("BaseOS-9.4.0.Z.MAIN", "openssl-libs-1:3.0.7-28.el9_4.aarch64"),
        relation("BaseOS-9.2.0.Z.EUS", "openssl-1:3.0.7-28.el9_4.src"),
        relation("AppStream-8", "nodejs-1:18.20.4-1.module+el8.10.0+22204+78ef0b93.x86_64"),
        relation("red_hat_enterprise_linux_7", "openssl"),
        relation("red_hat_enterprise_linux_7", "edk2"),
      ],
    },
    vulnerabilities: [
      {
        cve: "CVE-2024-5535",
        title: "openssl: SSL_select_next_proto buffer overread",
        product_status: {
          fixed: [
            "BaseOS-9.4.0.Z.MAIN:openssl-1:3.0.7-28.el9_4.src",
            "BaseOS-9.4.0.Z.MAIN:openssl-libs-1:3.0.7-28.el9_4.x86_64",
            "BaseOS-9.4.0.Z.MAIN:openssl-libs-1:3.0.7-28.el9_4.aarch64",
            "BaseOS-9.2.0.Z.EUS:openssl-1:3.0.7-28.el9_4.src",
            "AppStream-8:nodejs-1:18.20.4-1.module+el8.10.0+22204+78ef0b93.x86_64",
          ],
          known_affected: ["red_hat_enterprise_linux_7:openssl"],
          known_not_affected: ["red_hat_enterprise_linux_7:edk2"],
        },
        remediations: [
          {
            category: "no_fix_planned",
            details: "Out of support scope",
            product_ids: ["red_hat_enterprise_linux_7:openssl"],
          },
        ],
        scores: [
          {
            cvss_v3: { vectorString: "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", baseScore: 5.9 },
            products: ["red_hat_enterprise_linux_7:openssl"],
          },
        ],
        threats: [{ category: "impact", details: "Low", product_ids: ["red_hat_enterprise_linux_7:openssl"] }],
      },
    ],
  };
  it("VEX of Red Hat", () => {
    const parsed = parseAdvisoryDocument(VEX);
    expect(linesOf(parsed)).toEqual([
      "Red Hat:enterprise_linux:7 edk2 CVE-2024-5535 | notAffected | medium",
      "Red Hat:enterprise_linux:7 openssl CVE-2024-5535 | [0, …) | endOfLife | low",
      "Red Hat:enterprise_linux:8 nodejs (nodejs:18) CVE-2024-5535 | [0, 1:18.20.4-1.module+el8.10.0+22204+78ef0b93) | medium",
      "Red Hat:enterprise_linux:9 openssl CVE-2024-5535 | [0, 1:3.0.7-28.el9_4) | medium",
      "Red Hat:enterprise_linux:9 openssl-libs CVE-2024-5535 | [0, 1:3.0.7-28.el9_4) | medium",
    ]);
    expect(parsed).toMatchObject({ source: "redhat-csaf", skipped: { unknownEcosystem: 1 }, problems: [] });
    expect(parsed.advisories?.[0]).toMatchObject({
      url: "https://access.redhat.com/security/cve/CVE-2024-5535",
      modified: "2024-11-06T09:12:11Z",
      severitySource: "Red Hat",
    });
  });

  it("an advisory that says not affected of one CVE clears no other", () => {
    const library = "openSUSE Leap 15.5:libopenssl1_1-1.1.1l-150500.17.31.1.x86_64";
    const parsed = parseAdvisoryDocument({
      document: {
        category: "csaf_security_advisory",
        publisher: { category: "vendor", name: "SUSE", namespace: "https://www.suse.com/" },
        tracking: { id: "SUSE-SU-2024:1-1", current_release_date: "2024-06-18T13:17:33Z" },
      },
      product_tree: {
        branches: [
          platform("openSUSE Leap 15.5", "cpe:/o:opensuse:leap:15.5"),
          version("libopenssl1_1-1.1.1l-150500.17.31.1.x86_64"),
        ],
        relationships: [relation("openSUSE Leap 15.5", "libopenssl1_1-1.1.1l-150500.17.31.1.x86_64")],
      },
      vulnerabilities: [
        { cve: "CVE-2024-1", product_status: { recommended: [library] } },
        { cve: "CVE-2024-2", product_status: { known_not_affected: [library] } },
      ],
    });
    const cleared = parsed.advisories?.filter(({ status }) => status === "notAffected");
    expect(cleared?.map(({ id, upstream }) => [id, ...upstream])).toEqual([["CVE-2024-2"]]);
  });

  it("an advisory of SUSE", () => {
    const parsed = parseAdvisoryDocument({
      document: {
        category: "csaf_security_advisory",
        title: "Security update for openssl-1_1",
        publisher: { category: "vendor", name: "SUSE", namespace: "https://www.suse.com/" },
        aggregate_severity: { text: "important" },
        tracking: { id: "SUSE-SU-2024:2066-1", current_release_date: "2024-06-18T13:17:33Z" },
      },
      product_tree: {
        branches: [
          platform("SUSE Linux Enterprise Module for Basesystem 15 SP5", "cpe:/o:suse:sle-module-basesystem:15:sp5"),
          platform("openSUSE Leap 15.5", "cpe:/o:opensuse:leap:15.5"),
          version("libopenssl1_1-1.1.1l-150500.17.31.1.x86_64"),
        ],
        relationships: [
          relation("SUSE Linux Enterprise Module for Basesystem 15 SP5", "libopenssl1_1-1.1.1l-150500.17.31.1.x86_64"),
          relation("openSUSE Leap 15.5", "libopenssl1_1-1.1.1l-150500.17.31.1.x86_64"),
        ],
      },
      vulnerabilities: ["CVE-2024-4741", "CVE-2024-2511"].map((cve) => ({
        cve,
        product_status: {
          recommended: [
            "SUSE Linux Enterprise Module for Basesystem 15 SP5:libopenssl1_1-1.1.1l-150500.17.31.1.x86_64",
            "openSUSE Leap 15.5:libopenssl1_1-1.1.1l-150500.17.31.1.x86_64",
          ],
        },
      })),
    });
    expect(linesOf(parsed)).toEqual([
      "SUSE:Linux Enterprise Server 15 SP5 libopenssl1_1 SUSE-SU-2024:2066-1 | [0, 1.1.1l-150500.17.31.1) | high | CVE-2024-2511,CVE-2024-4741",
      "openSUSE:Leap 15.5 libopenssl1_1 SUSE-SU-2024:2066-1 | [0, 1.1.1l-150500.17.31.1) | high | CVE-2024-2511,CVE-2024-4741",
    ]);
    expect(parsed.source).toBe("suse-csaf");
  });

  it("of anybody else is refused: its words about other vendors' packages do not count", () => {
    const foreign = {
      ...VEX,
      document: { ...VEX.document, publisher: { namespace: "https://www.redhat.com.example" } },
    };
    expect(parseAdvisoryDocument(foreign)).toMatchObject({
      problems: [{ message: expect.stringContaining("publisher") as unknown }],
    });
    expect(parseAdvisoryDocument(foreign).advisories ?? []).toEqual([]);
  });

  it("a product tree that goes on for ever is a problem", () => {
    let branch: object = { category: "vendor", name: "x" };
    for (let depth = 0; depth < 5_000; depth += 1) {
      branch = { category: "vendor", name: "x", branches: [branch] };
    }
    expect(parseAdvisoryDocument({ ...VEX, product_tree: { branches: [branch] } })).toMatchObject({
      problems: [{ message: "CVE-2024-5535: the product tree is too large" }],
    });
  });
});

it("OpenVEX of Ubuntu and Wolfi", () => {
  const parsed = parseAdvisoryDocument({
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://security-metadata.canonical.com/vex/CVE-2024-0727.json",
    author: "Canonical Ltd.",
    timestamp: "2024-10-08T12:00:00Z",
    version: 1,
    statements: [
      {
        vulnerability: {
          "@id": "https://ubuntu.com/security/CVE-2024-0727",
          name: "CVE-2024-0727",
          description: "PKCS12",
        },
        products: [{ "@id": "pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1.14?arch=source&distro=jammy" }],
        status: "fixed",
      },
      {
        vulnerability: { name: "CVE-2024-0727" },
        products: [
          { "@id": "pkg:deb/ubuntu/edk2?arch=source&distro=noble" },
          { "@id": "pkg:deb/ubuntu/openssl?arch=source&distro=esm-infra/xenial" },
          { "@id": "pkg:deb/ubuntu/openssl?arch=source&distro=warty" },
          { "@id": "pkg:deb/ubuntu/shim?arch=amd64&distro=noble" },
          { "@id": "pkg:deb/ubuntu/shim?arch=arm64&distro=noble" },
          { "@id": "not a purl" },
        ],
        status: "affected",
      },
      {
        vulnerability: { name: "CVE-2024-0727" },
        products: [{ "@id": "pkg:deb/ubuntu/shim@15.8?arch=amd64&distro=noble" }],
        status: "fixed",
      },
      {
        vulnerability: { name: "CVE-2024-0727" },
        products: [{ "@id": "pkg:apk/wolfi/openssl", identifiers: { purl: "pkg:apk/wolfi/openssl" } }],
        status: "not_affected",
      },
      { vulnerability: { name: "CVE-2024-0727" }, status: "unheard of" },
    ],
  });
  expect(linesOf(parsed)).toEqual([
    "Ubuntu:22.04:LTS openssl CVE-2024-0727 | [0, 3.0.2-0ubuntu1.14) | unknown",
    "Ubuntu:24.04:LTS edk2 CVE-2024-0727 | [0, …) | unknown",
    // said twice, the stricter holds
    "Ubuntu:24.04:LTS shim CVE-2024-0727 | [0, …) [0, 15.8) | unknown",
    "Ubuntu:Pro:16.04:LTS openssl CVE-2024-0727 | [0, …) | unknown",
    "Wolfi openssl CVE-2024-0727 | notAffected | unknown",
  ]);
  expect(parsed).toMatchObject({ id: "CVE-2024-0727", source: "ubuntu-vex", skipped: { unknownEcosystem: 2 } });
  expect(parsed.problems).toHaveLength(1);
});

it("an erratum of AlmaLinux in OSV names its vulnerabilities as upstream, so that they have their CVE ids", () => {
  const parsed = parseAdvisoryDocument({
    id: "ALSA-2024:1",
    modified: "2024-01-01T00:00:00Z",
    related: ["CVE-2024-1", "ALSA-2023:9"],
    affected: [
      {
        package: { ecosystem: "AlmaLinux:9", name: "p" },
        ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "1-1.el9" }] }],
      },
    ],
  });
  expect(parsed.advisories?.[0]?.upstream).toEqual(["CVE-2024-1"]);
});

describe("AlmaLinux errata", () => {
  const erratum = {
    updateinfo_id: "ALSA-2023:5849",
    type: "security",
    severity: "Important",
    title: "Important: nodejs:18 security update",
    issued_date: { $date: 1_697_587_200_000 },
    references: [
      { id: "CVE-2023-44487", type: "cve", href: "https://access.redhat.com/security/cve/CVE-2023-44487" },
      { id: "ALSA-2023:5849", type: "self", href: "https://errata.almalinux.org/9/ALSA-2023-5849.html" },
    ],
    pkglist: {
      module: { name: "nodejs", stream: "18", context: "rhel9" },
      packages: [
        { name: "nodejs", epoch: "1", version: "18.18.2", release: "2.module_el9.2.0+41+602096df", arch: "x86_64" },
        { name: "nodejs", epoch: "1", version: "18.18.2", release: "2.module_el9.2.0+41+602096df", arch: "aarch64" },
        { name: 7, version: "1", release: "1" },
      ],
    },
  };
  it("with a module", () => {
    const parsed = parseAlmaErratum(erratum);
    expect(linesOf(parsed ?? { problems: [], skipped: {} })).toEqual([
      "AlmaLinux:9 nodejs (nodejs:18) ALSA-2023:5849 | [0, 1:18.18.2-2.module_el9.2.0+41+602096df) | high | CVE-2023-44487",
    ]);
    expect(parsed).toMatchObject({ problems: [{ message: "ALSA-2023:5849: a package has no name or version" }] });
    expect(parsed?.advisories?.[0]).toMatchObject({
      modified: "2023-10-18T00:00:00Z",
      url: "https://errata.almalinux.org/9/ALSA-2023-5849.html",
    });
  });
  it("that fixes bugs alone is none", () => {
    expect(parseAlmaErratum({ ...erratum, type: "bugfix" })).toBeUndefined();
  });
});

describe("what is known about attacks", () => {
  it("KEV", () => {
    expect(
      parseKevEntry({
        cveID: "CVE-2021-44228",
        dateAdded: "2021-12-10",
        dueDate: "2021-12-24",
        knownRansomwareCampaignUse: "Known",
      }),
    ).toMatchObject({
      exploitation: [
        { cve: "CVE-2021-44228", knownExploited: { added: "2021-12-10", due: "2021-12-24", isInRansomware: true } },
      ],
    });
    expect(parseKevEntry({ cveID: "CVE-2021-44228\n", dateAdded: "2021-12-10" }).problems).toHaveLength(1);
    expect(parseKevEntry({ cveID: "CVE-2021-44228", dateAdded: "yesterday" }).problems).toHaveLength(1);
  });
  it.each([
    {
      line: "#model_version:v2025.03.14,score_date:2026-11-21T12:55:00Z",
      kind: "header",
      date: "2026-11-21T12:55:00Z",
    },
    {
      line: "#model_version:v2023.03.01,score_date:2024-01-02T00:00:00+0000",
      kind: "header",
      date: "2024-01-02T00:00:00Z",
    },
    { line: "cve,epss,percentile", kind: "header" },
  ])("EPSS, its head: $line", ({ line, ...expected }) => {
    expect(parseEpssLine(line)).toEqual(expected);
  });
  it("EPSS, a score", () => {
    expect(parseEpssLine("CVE-2021-44228,0.94358,0.99962\r")).toMatchObject({
      records: { exploitation: [{ cve: "CVE-2021-44228", epss: { score: 0.94358, percentile: 0.99962 } }] },
    });
  });
  it.each([
    "CVE-2021-44228,1.5,0.9",
    "CVE-2021-44228,,",
    "CVE-1,0.1,0.1",
    "x".repeat(4_000),
    "CVE-2021-44228,NaN,1e999",
  ])("EPSS, no score: %s", (line) => {
    expect(parseEpssLine(line)).toMatchObject({ kind: "score", records: { problems: [{}] } });
  });
});

describe("end of life", () => {
  it.each([
    {
      name: "the list of one product",
      value: [
        { cycle: "12", releaseDate: "2023-06-10", eol: "2026-06-10", extendedSupport: "2028-06-30", lts: false },
        { cycle: "13", releaseDate: "2025-08-09", eol: false },
        { eol: "2020-01-01" },
      ],
      product: "debian",
    },
    {
      name: "the answer of version 1",
      value: {
        schema_version: "1.2.0",
        result: {
          name: "debian",
          releases: [
            { name: "12", eolFrom: "2026-06-10", eoesFrom: "2028-06-30" },
            { name: "13", eolFrom: null },
            { name: "../../x" },
          ],
        },
      },
      product: "anything",
    },
  ])("$name", ({ value, product }) => {
    const { support, problems } = parseEndOfLife(value, product);
    expect(support).toEqual([
      { scope: "debian", name: "12", release: "debian 12", until: "2026-06-10", extendedUntil: "2028-06-30" },
      { scope: "debian", name: "13", release: "debian 13" },
    ]);
    expect(problems).toHaveLength(1);
  });
  it("of what is no distribution is refused", () => {
    expect(parseEndOfLife([{ cycle: "1", eol: true }], "nodejs").problems).toHaveLength(1);
    expect(parseEndOfLife([], "__proto__").problems).toHaveLength(1);
  });
  it("is looked up by the exact release first", () => {
    expect(supportKeysOf({ id: "rhel", versionId: "9.4" })).toEqual([
      { scope: "rhel", name: "9.4" },
      { scope: "rhel", name: "9" },
    ]);
    expect(supportKeysOf({ id: "arch" })).toEqual([]);
  });
});

describe("the CVE feed of Kubernetes", () => {
  const item = {
    _kubernetes_io: {
      google_group_url: "https://groups.google.com/g/kubernetes-announce/search?q=CVE-2023-5528",
      issue_number: 121879,
    },
    content_text: [
      "CVSS Rating: [CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H](https://www.first.org/cvss/calculator/3.1)",
      "A security issue was discovered in Kubernetes where a user that can create pods …",
      "### Am I vulnerable?",
      "#### Affected Versions",
      "- kubelet v1.28.0 - v1.28.3",
      "- kubelet v1.27.0 - v1.27.7",
      "- kubelet <= v1.24.17",
      "- kube-proxy: all versions",
      "#### Fixed Versions",
      "- kubelet v1.28.4",
      "- kubelet v1.27.8",
      "### Detection",
      "- kubelet v9.9.9 - v9.9.10",
    ].join("\n"),
    date_published: "2023-11-14T15:54:54Z",
    external_url: "https://www.cve.org/cverecord?id=CVE-2023-5528",
    id: "CVE-2023-5528",
    status: "fixed",
    summary: "Insufficient input sanitization in in-tree storage plugin",
    url: "https://github.com/kubernetes/kubernetes/issues/121879",
  };
  it("gives each component its versions", () => {
    const parsed = parseKubernetesFeedItem(item);
    expect(linesOf(parsed)).toEqual([
      "Kubernetes kube-proxy CVE-2023-5528 | [0, …) | high",
      "Kubernetes kubelet CVE-2023-5528 | [1.28.0, 1.28.4) [1.27.0, 1.27.8) [0, 1.24.17] | high",
    ]);
    expect(parsed.advisories?.[0]).toMatchObject({ modified: "2023-11-14T15:54:54Z" });
  });
  it("an item that nobody understands is a problem, never silence", () => {
    expect(parseKubernetesFeedItem({ ...item, content_text: "read the issue" })).toMatchObject({
      problems: [{ message: "CVE-2023-5528: no affected version is understood" }],
    });
  });
});
