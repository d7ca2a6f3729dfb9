// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeTar } from "../../../test/support/image-builder.ts";
import { writeZip } from "../../../test/support/zip-builder.ts";
import { importAdvisories } from "./import-advisories.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";

let folder: string;
let into: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-forms-"));
  into = join(folder, "db");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string | Uint8Array | object): string {
  const file = join(folder, "sources", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content));
  return file;
}

const TRACKER = {
  openssl: {
    "CVE-2024-0727": {
      releases: { bookworm: { status: "resolved", fixed_version: "3.0.13-1~deb12u1", urgency: "low" } },
    },
  },
  zlib: {
    "CVE-2023-45853": {
      releases: { bookworm: { status: "open", urgency: "medium", nodsa: "x", nodsa_reason: "ignored" } },
    },
  },
  broken: [],
};
const UPDATEINFO = `<?xml version="1.0"?><updates><update type="security"><id>ALAS2023-2024-700</id><title>t</title>
<updated date="2024-09-03T21:15:00Z"/><severity>important</severity><references><reference type="cve" id="CVE-2024-6119"/></references>
<pkglist><collection><package name="openssl" epoch="1" version="3.0.8" release="1.amzn2023.0.14" arch="x86_64"/></collection></pkglist></update></updates>`;
const KEV = {
  title: "CISA Catalog of Known Exploited Vulnerabilities",
  catalogVersion: "2026.08.07",
  dateReleased: "2026-08-07T16:45:47.0648Z",
  count: 2,
  vulnerabilities: [
    { cveID: "CVE-2021-44228", dateAdded: "2021-12-10", dueDate: "2021-12-24", knownRansomwareCampaignUse: "Known" },
    { cveID: "nonsense" },
  ],
};
const EPSS =
  "#model_version:v2025.03.14,score_date:2026-11-21T12:55:00Z\ncve,epss,percentile\nCVE-2021-44228,0.94358,0.99962\nCVE-2024-0727,0.00212,0.4\n";

it("a file in a folder that is packed in a way that is not read is told, and the rest is imported", async () => {
  write("debian.json", TRACKER);
  write("com.ubuntu.jammy.cve.oval.xml.bz2", Buffer.from("BZh91AY&SY"));
  const { problems } = await importAdvisories({ sources: [join(folder, "sources")], into });
  expect(problems.map((each) => each.message)).toContainEqual(expect.stringContaining("(bunzip2)"));
});

describe("every form is told from its content", () => {
  it("a folder with everything, packed and not", async () => {
    write("debian.json", TRACKER);
    write("updateinfo.xml.gz", gzipSync(UPDATEINFO));
    write("known_exploited_vulnerabilities.json.zst", zstdCompressSync(JSON.stringify(KEV)));
    write("epss_scores-current.csv.gz", gzipSync(EPSS));
    write("debian-eol/debian.json", [{ cycle: "12", eol: "2026-06-10", extendedSupport: "2028-06-30" }]);
    write("alpine/main.json", {
      distroversion: "v3.20",
      reponame: "main",
      packages: [{ pkg: { name: "xz", secfixes: { "5.6.1-r2": ["CVE-2024-3094"] } } }],
    });
    write("alpine/community.json", {
      distroversion: "v3.20",
      reponame: "community",
      packages: [{ pkg: { name: "podman", secfixes: { "5.0-r0": ["CVE-2024-1753"] } } }],
    });
    write("something-else.json", ["no", "advisories"]);
    write("vex.tar.zst", zstdCompressSync(writeTar([{ path: "2024/a.json", content: JSON.stringify(OPENVEX) }])));
    const result = await importAdvisories({ sources: [join(folder, "sources")], into });
    expect(result.problems.map((each) => each.message)).toEqual([
      '"broken" is not a package with vulnerabilities',
      "the entry has no CVE id and day",
      expect.stringContaining("in no form that can be imported"),
    ]);
    expect(result.info.ecosystems).toEqual({ "Alpine:v3.20": 2, "Amazon Linux:2023": 1, "Debian:12": 2, Wolfi: 1 });
    using database = openAdvisoryDatabase(into);
    database.verify();
    expect(database.advisoriesFor("Debian:12", "zlib")).toMatchObject([{ status: "willNotFix", severity: "medium" }]);
    expect(database.advisoriesFor("Amazon Linux:2023", "openssl")).toMatchObject([
      { upstream: ["CVE-2024-6119"], scheme: "rpm" },
    ]);
    expect(database.advisoriesFor("Wolfi", "curl")).toMatchObject([{ status: "notAffected" }]);
    expect(database.info.exploitation).toEqual(["kev", "epss"]);
    expect(database.exploitationOf("CVE-2021-44228")).toEqual({
      knownExploited: { added: "2021-12-10", due: "2021-12-24", isInRansomware: true },
      epss: { score: 0.94358, percentile: 0.99962, date: "2026-11-21" },
    });
    expect(database.exploitationOf("CVE-2024-0727")).toEqual({
      epss: { score: 0.00212, percentile: 0.4, date: "2026-11-21" },
    });
    expect(database.exploitationOf("CVE-1999-0001")).toBeUndefined();
    expect(database.supportOf({ id: "debian", versionId: "12" })).toEqual({
      release: "debian 12",
      until: "2026-06-10",
      extendedUntil: "2028-06-30",
      source: "endoflife.date",
    });
    expect(database.supportOf({ id: "debian", versionId: "99" })).toBeUndefined();
    expect(
      database.shards.every((shard) => shard.sources.every((each) => each.licence !== "" && each.attribution !== "")),
    ).toBe(true);
  });

  const OPENVEX = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    timestamp: "2024-10-08T12:00:00Z",
    statements: [
      { vulnerability: { name: "CVE-2024-1" }, products: [{ "@id": "pkg:apk/wolfi/curl" }], status: "not_affected" },
    ],
  };
});

describe("importing again", () => {
  it("replaces what the same source said and leaves other sources alone", async () => {
    const osv = {
      id: "DSA-1",
      modified: "2024-01-01T00:00:00Z",
      affected: [{ package: { ecosystem: "Debian:12", name: "openssl" }, versions: ["1"] }],
    };
    await importAdvisories({
      sources: [
        write("Debian/all.zip", writeZip([{ name: "a.json", content: JSON.stringify(osv) }])),
        write("t.json", TRACKER),
      ],
      into,
    });
    await importAdvisories({ sources: [write("t.json", { openssl: TRACKER.openssl })], into });
    using database = openAdvisoryDatabase(into);
    database.verify();
    expect(database.advisoriesFor("Debian:12", "openssl").map((each) => each.id)).toEqual(["CVE-2024-0727", "DSA-1"]);
    expect(database.advisoriesFor("Debian:12", "zlib")).toEqual([]);
    expect(database.shards[0]?.sources.map((each) => each.source)).toEqual(["debian-tracker", "osv"]);
  });

  it("of one repository of Alpine does not drop the other, and gives the same digest when nothing is new", async () => {
    const main = (version: string) => ({
      distroversion: "v3.20",
      reponame: "main",
      packages: [{ pkg: { name: "a", secfixes: { [version]: ["CVE-2024-0001"] } } }],
    });
    const community = {
      ...main("1-r0"),
      reponame: "community",
      packages: [{ pkg: { name: "b", secfixes: { "1-r0": ["CVE-2024-0002"] } } }],
    };
    const first = await importAdvisories({
      sources: [write("main.json", main("1-r0")), write("community.json", community)],
      into,
    });
    const again = await importAdvisories({ sources: [write("main.json", main("1-r0"))], into });
    expect(again.info.digest).toBe(first.info.digest);
    await importAdvisories({ sources: [write("main.json", main("2-r0"))], into });
    using database = openAdvisoryDatabase(into);
    expect(database.advisoriesFor("Alpine:v3.20", "a")).toMatchObject([{ ranges: [{ fixed: "2-r0" }] }]);
    expect(database.advisoriesFor("Alpine:v3.20", "b")).toHaveLength(1);
  });
});

describe("a source that cannot be used says why, and changes nothing", () => {
  it.each([
    { name: "bzip2", file: "a.xml", content: Buffer.from("BZh91AY&SY"), says: "unpack it first (bunzip2)" },
    {
      name: "xz",
      file: "a.tar",
      content: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
      says: "unpack it first (unxz)",
    },
    { name: "gzip cut off", file: "a.xml", content: gzipSync(UPDATEINFO).subarray(0, 100), says: "is broken" },
    { name: "XML cut off", file: "a.xml", content: Buffer.from(UPDATEINFO.slice(0, -20)), says: "is broken" },
    {
      name: "a tracker cut off",
      file: "a.json",
      content: Buffer.from(JSON.stringify(TRACKER).slice(0, -30)),
      says: "ends in the middle",
    },
    { name: "an image", file: "a.json", content: Buffer.from("\x89PNG\r\n"), says: "in no form that can be imported" },
    { name: "a tar of nothing", file: "a.tar", content: Buffer.alloc(1_024), says: "holds nothing" },
    {
      name: "a bomb",
      file: "a.xml",
      content: gzipSync(Buffer.concat([Buffer.from("<updates>"), Buffer.alloc(90 << 20, " ")])),
      says: "inflates to more than",
    },
  ])("$name", async ({ file, content, says }) => {
    await importAdvisories({ sources: [write("t.json", TRACKER)], into });
    using before = openAdvisoryDatabase(into);
    await expect(importAdvisories({ sources: [write(file, content)], into })).rejects.toMatchObject({
      message: expect.stringContaining(says) as unknown,
      name: "AdvisoryDatabaseError",
    });
    using after = openAdvisoryDatabase(into);
    expect(after.info).toEqual(before.info);
  });
});
