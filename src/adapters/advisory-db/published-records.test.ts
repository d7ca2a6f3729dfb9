// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { judgeVersion } from "#advisories";
import { importAdvisories } from "./import-advisories.ts";
import { type AdvisoryDatabase, openAdvisoryDatabase } from "./open-advisory-database.ts";

/** Records as their publishers wrote them; where each comes from stands in the README beside them. */
const PUBLISHED = fileURLToPath(new URL("../../domain/advisories/testdata/", import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-published-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function importFile(file: string, ecosystem?: string): Promise<AdvisoryDatabase> {
  const { problems } = await importAdvisories({
    sources: [join(PUBLISHED, file)],
    into: join(folder, "db"),
    ...(ecosystem === undefined ? {} : { ecosystem }),
  });
  expect(problems).toEqual([]);
  return openAdvisoryDatabase(join(folder, "db"));
}

/** What a publisher states of one package: which versions have the vulnerability, and which have not. */
interface Statement {
  /** `ecosystem package`, the second word being the last. */
  readonly of: string;
  readonly id: string;
  /** What the CVE or erratum is also called. */
  readonly names?: readonly string[];
  readonly affected?: readonly string[];
  readonly unaffected?: readonly string[];
  readonly status?: string;
  readonly module?: string;
  readonly severity?: readonly [severity: string, source: string];
}

/** The same from the database, for the fields that the statement has. */
function stated(database: AdvisoryDatabase, statement: Statement): Statement {
  const at = statement.of.lastIndexOf(" ");
  const advisories = database
    .advisoriesFor(statement.of.slice(0, at), statement.of.slice(at + 1))
    .filter(({ id }) => id === statement.id);
  const [first] = advisories;
  const judge = (state: string) => (version: string) =>
    // a range counts for every advisory of the id: GitHub writes one for each stretch
    (advisories.some((each) => judgeVersion(each, version).state === "affected") ? "affected" : "unaffected") === state;
  return {
    of: statement.of,
    id: first?.id ?? "nothing",
    ...(statement.names === undefined
      ? {}
      : { names: [...new Set(advisories.flatMap((each) => [...each.aliases, ...each.upstream]))].sort() }),
    ...(statement.affected === undefined ? {} : { affected: statement.affected.filter(judge("affected")) }),
    ...(statement.unaffected === undefined ? {} : { unaffected: statement.unaffected.filter(judge("unaffected")) }),
    ...(statement.status === undefined ? {} : { status: first?.status ?? "none" }),
    ...(statement.module === undefined ? {} : { module: first?.module ?? "none" }),
    ...(statement.severity === undefined
      ? {}
      : { severity: [first?.severity ?? "", first?.severitySource ?? ""] as const }),
  };
}

const FILES: readonly {
  readonly file: string;
  readonly ecosystem?: string;
  readonly source: string;
  readonly statements: readonly Statement[];
}[] = [
  {
    file: "debian-tracker.json",
    source: "debian-tracker",
    statements: [
      {
        of: "Debian:9 txt2man",
        id: "CVE-2013-1444",
        affected: ["1.5.5-4"],
        unaffected: ["1.5.5-4.1", "1.6.0-1"],
        severity: ["low", "Debian"],
      },
      // a fixed version of "0": the release never had it
      { of: "Debian:10 prototypejs", id: "CVE-2007-2383", status: "notAffected", unaffected: ["1.5.0", "1.7.1-3"] },
      {
        of: "Debian:11 chromium",
        id: "CVE-2022-0456",
        affected: ["90.0.4430.212-1"],
        unaffected: ["98.0.4758.80-1~deb11u1", "98.0.4758.102-1~deb11u1"],
      },
      { of: "Debian:10 chromium", id: "CVE-2022-0456", affected: ["90.0.4430.212-1~deb10u1"], status: "endOfLife" },
    ],
  },
  {
    file: "ubuntu-oval.xml",
    source: "ubuntu-oval",
    statements: [
      {
        of: "Ubuntu:18.04:LTS potrace",
        id: "CVE-2016-8703",
        affected: ["1.13-2"],
        unaffected: ["1.14-2"],
        severity: ["medium", "Ubuntu"],
      },
      {
        of: "Ubuntu:18.04:LTS tor",
        id: "CVE-2016-8860",
        affected: ["0.2.8.9-1"],
        unaffected: ["0.2.8.9-1ubuntu1"],
      },
    ],
  },
  {
    file: "ubuntu-osv.json",
    source: "osv",
    statements: [
      {
        of: "Ubuntu:24.04:LTS coreutils",
        id: "UBUNTU-CVE-2024-0684",
        names: ["CVE-2024-0684"],
        affected: ["9.1-1ubuntu2", "9.4-2ubuntu2"],
        unaffected: ["9.4-2ubuntu3"],
        severity: ["medium", "Ubuntu"],
      },
    ],
  },
  {
    file: "ubuntu-vex.json",
    source: "ubuntu-vex",
    statements: [
      { of: "Ubuntu:22.04:LTS coreutils", id: "CVE-2024-0684", status: "notAffected" },
      { of: "Ubuntu:24.04:LTS coreutils", id: "CVE-2024-0684", status: "notAffected" },
    ],
  },
  {
    file: "alpine-secdb.json",
    source: "secdb/community",
    statements: [
      { of: "Alpine:v3.10 botan", id: "CVE-2018-20187", affected: ["2.8.0-r0"], unaffected: ["2.9.0-r0"] },
      { of: "Alpine:v3.10 chicken", id: "CVE-2016-6831", affected: ["4.11.0-r9"], unaffected: ["4.11.1-r0"] },
      { of: "Alpine:v3.10 cfengine", id: "CVE-2019-9929", affected: ["3.12.1-r2"], unaffected: ["3.12.2-r0"] },
    ],
  },
  {
    file: "wolfi-secdb.json",
    source: "secdb/os",
    statements: [{ of: "Wolfi binutils", id: "CVE-2022-38533", affected: ["2.39-r1"], unaffected: ["2.39-r2"] }],
  },
  {
    file: "redhat-vex.json",
    source: "redhat-csaf",
    statements: [
      {
        of: "Red Hat:enterprise_linux:8 samba",
        id: "CVE-2023-42670",
        status: "notAffected",
        severity: ["medium", "Red Hat"],
      },
      { of: "Red Hat:enterprise_linux:9 samba", id: "CVE-2023-42670", status: "notAffected" },
      { of: "Red Hat:enterprise_linux:9 libsmbclient", id: "CVE-2023-42670", status: "notAffected" },
    ],
  },
  {
    file: "suse-csaf.json",
    source: "suse-csaf",
    statements: [
      {
        of: "SUSE:Linux Enterprise Server 11 SP2 bind",
        id: "SUSE-SU-2015:0011-2",
        names: ["CVE-2014-8500"],
        affected: ["9.9.4P2-0.5.9"],
        unaffected: ["9.9.4P2-0.6.1"],
        severity: ["high", "SUSE"],
      },
      {
        of: "SUSE:Linux Enterprise Server 11 SP2 bind-libs-x86",
        id: "SUSE-SU-2015:0011-2",
        unaffected: ["9.9.4P2-0.6.1"],
      },
    ],
  },
  {
    file: "amazon-updateinfo.xml",
    source: "updateinfo",
    statements: [
      {
        of: "Amazon Linux:2 kernel",
        id: "ALAS2-2018-939",
        names: ["CVE-2017-5715", "CVE-2017-5754"],
        affected: ["4.9.76-3.78.amzn2"],
        unaffected: ["4.9.76-38.79.amzn2"],
        severity: ["critical", "Amazon Linux"],
      },
      {
        of: "Amazon Linux:2 qemu-kvm",
        id: "ALAS2-2018-942",
        // the epoch counts
        affected: ["2.0-1", "10:1.5.3-141.amzn2.5.2"],
        unaffected: ["10:1.5.3-141.amzn2.5.3"],
      },
    ],
  },
  {
    file: "rocky-updateinfo.xml",
    source: "updateinfo",
    statements: [
      {
        of: "Rocky Linux:8 lz4",
        id: "RLSA-2021:2575",
        names: ["CVE-2021-3520"],
        affected: ["1.8.3-2.el8"],
        unaffected: ["1.8.3-3.el8_4"],
        severity: ["medium", "Rocky Linux"],
      },
      { of: "Rocky Linux:8 rubygem-abrt", id: "RLSA-2019:1972", names: ["CVE-2019-8324"], module: "ruby:2.6" },
    ],
  },
  {
    file: "alma-errata.json",
    source: "almalinux-errata",
    statements: [
      {
        of: "AlmaLinux:8 libsndfile",
        id: "ALSA-2021:3253",
        names: ["CVE-2021-3246"],
        affected: ["1.0.28-10.el8"],
        unaffected: ["1.0.28-10.el8_4.1"],
        severity: ["high", "AlmaLinux"],
      },
    ],
  },
  {
    file: "oracle-oval.xml",
    source: "oracle-oval",
    statements: [
      {
        of: "Oracle Linux:5 bind-devel",
        id: "ELSA-2007-0057",
        names: ["CVE-2007-0493", "CVE-2007-0494"],
        affected: ["30:9.3.3-7.el5"],
        unaffected: ["30:9.3.3-8.el5"],
        severity: ["medium", "Oracle Linux"],
      },
    ],
  },
  {
    file: "photon-oval.xml",
    source: "photon-oval",
    statements: [
      {
        of: "Photon OS:3.0 sqlite-libs",
        id: "PHSA-3.0-0055",
        names: ["CVE-2019-19244", "CVE-2019-19959"],
        affected: ["3.27.2-5.ph3"],
        unaffected: ["3.31.1-1.ph3"],
        severity: ["high", "Photon OS"],
      },
    ],
  },
  {
    file: "azure-linux-oval.xml",
    ecosystem: "Azure Linux:3",
    source: "azure-linux-oval",
    statements: [
      {
        of: "Azure Linux:3 rubygem-rexml",
        id: "CVE-2024-35176",
        affected: ["3.2.7-1.azl3"],
        unaffected: ["3.2.8-1.azl3"],
        severity: ["medium", "Azure Linux"],
      },
      // "No patch is available currently"
      { of: "Azure Linux:3 unzip", id: "CVE-2014-8139", affected: ["6.0-19.cm1"], severity: ["high", "Azure Linux"] },
    ],
  },
  {
    file: "ghsa.json",
    source: "osv",
    statements: [
      {
        of: "Maven org.apache.logging.log4j:log4j-core",
        id: "GHSA-jfh8-c2jp-5v3q",
        names: ["CVE-2021-44228"],
        affected: ["2.0-beta9", "2.3", "2.4", "2.12.1", "2.13.0", "2.14.1"],
        unaffected: ["2.3.1", "2.12.2", "2.12.3", "2.15.0", "2.17.1"],
        severity: ["critical", "GHSA"],
      },
    ],
  },
  {
    file: "go-osv.json",
    source: "osv",
    statements: [
      {
        of: "Go golang.org/x/text",
        id: "GO-2021-0113",
        names: ["CVE-2021-38561", "GHSA-ppp9-7jff-5vj2"],
        affected: ["v0.3.6"],
        unaffected: ["v0.3.7"],
      },
    ],
  },
  {
    file: "alma-osv.json",
    source: "osv",
    statements: [
      {
        of: "AlmaLinux:8 lua-devel",
        id: "ALSA-2019:3706",
        names: ["CVE-2019-6706"],
        affected: ["5.3.4-10.el8"],
        unaffected: ["5.3.4-11.el8"],
        severity: ["medium", "AlmaLinux"],
      },
    ],
  },
  {
    file: "kubernetes-feed.json",
    source: "kubernetes",
    statements: [
      {
        of: "Kubernetes kubelet",
        id: "CVE-2023-5528",
        affected: ["1.8.0", "1.25.15", "1.26.10", "1.27.7", "1.28.0", "1.28.3"],
        unaffected: ["1.7.16", "1.25.16", "1.26.11", "1.27.8", "1.28.4", "1.29.0"],
        severity: ["high", "CVSS:3.1"],
      },
      {
        of: "Kubernetes kubelet",
        id: "CVE-2023-3955",
        affected: ["1.24.16", "1.25.12", "1.26.7", "1.27.4", "1.28.0"],
        unaffected: ["1.26.8", "1.27.5", "1.28.1"],
        severity: ["high", "CVSS:3.1"],
      },
    ],
  },
];

describe("records as published give what their publisher states", () => {
  it.each(FILES)("$file", async ({ file, ecosystem, source, statements }) => {
    using database = await importFile(file, ecosystem);
    expect(statements.map((statement) => stated(database, statement))).toEqual(statements);
    expect(database.shards.flatMap((shard) => shard.sources.map((each) => each.source))).toContain(source);
    database.verify();
  });

  it("Azure Linux without a word on which release it is about is refused, with what to say", async () => {
    const sources = [join(PUBLISHED, "azure-linux-oval.xml")];
    await expect(importAdvisories({ sources, into: join(folder, "db") })).rejects.toMatchObject({
      code: "ADVISORY_SOURCE_EMPTY",
    });
  });

  it("the catalogue of CISA", async () => {
    await importAdvisories({ sources: [join(PUBLISHED, "ghsa.json")], into: join(folder, "db") });
    using database = await importFile("kev.json");
    expect(database.exploitationOf("CVE-2021-44228")?.knownExploited).toEqual({
      added: "2021-12-10",
      due: "2021-12-24",
      isInRansomware: true,
    });
    expect(database.exploitationOf("CVE-2017-3066")?.knownExploited).toEqual({
      added: "2025-02-24",
      due: "2025-03-17",
    });
  });

  it("the scores of FIRST", async () => {
    using database = await importFile("epss.csv");
    expect(database.exploitationOf("CVE-1999-0005")?.epss).toEqual({
      score: 0.91963,
      percentile: 0.99214,
      date: "2025-02-20",
    });
  });

  it("an end of life of endoflife.date", async () => {
    using database = await importFile("endoflife.json");
    expect(database.supportOf({ id: "rhel", versionId: "10.1" })).toMatchObject({
      until: "2035-05-31",
      extendedUntil: "2038-05-31",
    });
  });
});
