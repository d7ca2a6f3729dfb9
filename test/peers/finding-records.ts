// SPDX-License-Identifier: Apache-2.0

/** An advisory in the form of GitHub's database (OSV), shortened to what is matched. */
export interface FindingRecord {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly ecosystem: string;
  readonly name: string;
  /** The Go team rates nothing. */
  readonly severity: "LOW" | "MODERATE" | "HIGH" | "CRITICAL" | "";
  /** `>=2.0.0 <2.1.0`, `<=1.2`, `<3`, or `*` for all; each is an `affected` entry of its own, as GitHub writes it. */
  readonly ranges: readonly string[];
  /** Versions named one by one. */
  readonly versions?: readonly string[];
  readonly isWithdrawn?: boolean;
  /** Fields of `affected` that some sources have. */
  readonly specific?: object;
}

const MODIFIED = "2026-01-01T00:00:00Z";

/** The record as the source publishes it. */
export function toOsv(record: FindingRecord): object {
  const { id, aliases = [], ecosystem, name, severity, ranges, versions, isWithdrawn = false, specific } = record;
  return {
    schema_version: "1.4.0",
    id,
    modified: MODIFIED,
    published: MODIFIED,
    ...(isWithdrawn ? { withdrawn: MODIFIED } : {}),
    aliases,
    summary: `${name}, shortened`,
    affected: ranges.map((range) => ({
      package: { ecosystem, name },
      ranges: [{ type: "ECOSYSTEM", events: eventsOf(range) }],
      ...(versions === undefined ? {} : { versions }),
      ...specific,
    })),
    database_specific: { severity },
  };
}

function eventsOf(range: string): readonly object[] {
  const bounds = range.split(" ");
  const from = bounds.find((each) => each.startsWith(">="))?.slice(2) ?? "0";
  const last = bounds.find((each) => each.startsWith("<="))?.slice(2);
  const end = bounds.find((each) => /^<[^=]/.test(each))?.slice(1);
  return [
    { introduced: from },
    ...(end === undefined ? [] : [{ fixed: end }]),
    ...(last === undefined ? [] : [{ last_affected: last }]),
  ];
}

/** `ids`: the record's own and its aliases. */
function record(
  [ecosystem, name, ids]: readonly [ecosystem: string, name: string, ids: string],
  severity: FindingRecord["severity"],
  ranges: readonly string[],
  more: Partial<FindingRecord> = {},
): FindingRecord {
  const [id = "", ...aliases] = ids.split(" ");
  return { id, aliases, ecosystem, name, severity, ranges, ...more };
}

/**
 * Public facts (ids, packages, ranges) about packages that the images have; ids with `-0000-` are made up for an edge that no real
 * advisory at hand has. The records of npm and Debian are those of our bundled database.
 */
export const FINDING_RECORDS: readonly FindingRecord[] = [
  // npm
  record(["npm", "send", "GHSA-m6fv-jmcg-4jfg CVE-2024-43799"], "LOW", ["<0.19.0"]),
  record(["npm", "express", "GHSA-rv95-896h-c2vc CVE-2024-29041"], "MODERATE", [
    "<4.19.2",
    ">=5.0.0-alpha.1 <5.0.0-beta.3",
  ]),
  record(["npm", "minimist", "GHSA-0000-npm1-0001"], "LOW", ["<=1.2.0"], {
    specific: { database_specific: { last_known_affected_version_range: "< 1.2.0" } },
  }),
  record(["npm", "@types/node", "GHSA-0000-npm1-0002"], "LOW", ["*"]),
  record(["npm", "ms", "GHSA-w9mr-4mfr-499f CVE-2017-20162"], "MODERATE", ["<2.0.0"]),
  record(["npm", "left-pad", "GHSA-0000-npm1-0003"], "LOW", ["<2.0.0"], { isWithdrawn: true }),
  record(["npm", "debug", "GHSA-0000-npm1-0004"], "CRITICAL", [">=4.0.0 <4.0.0"], { versions: ["4.4.2", "4.3.4"] }),
  // PyPI
  record(["PyPI", "requests", "GHSA-j8r2-6x86-q33q CVE-2023-32681"], "MODERATE", [">=2.3.0 <2.31.0"]),
  record(["PyPI", "requests", "GHSA-9wx4-h78v-vm56 CVE-2024-35195"], "MODERATE", ["<2.32.0"]),
  record(["PyPI", "urllib3", "GHSA-v845-jxx5-vc9f CVE-2023-43804"], "HIGH", ["<1.26.17", ">=2.0.0 <2.0.6"]),
  record(["PyPI", "Jinja2", "GHSA-h5c8-rqwp-cp95 CVE-2024-22195"], "MODERATE", ["<3.1.3"]),
  record(["PyPI", "jinja2", "GHSA-h75v-3vvj-5mfj CVE-2024-34064"], "MODERATE", ["<3.1.4"]),
  record(["PyPI", "PyYAML", "GHSA-8q59-q68h-6hv4 CVE-2020-14343"], "CRITICAL", ["<5.4"]),
  record(["PyPI", "flask", "GHSA-m2qf-hxjv-5gpq CVE-2023-30861"], "HIGH", ["<2.2.5", ">=2.3.0 <2.3.2"]),
  record(["PyPI", "setuptools", "GHSA-cx63-2mw6-8hw5 CVE-2024-6345"], "HIGH", ["<70.0"]),
  record(["PyPI", "Zope.Interface", "GHSA-0000-pypi-0001"], "LOW", ["<6.1.post1"]),
  record(["PyPI", "Django", "GHSA-0000-pypi-0002 CVE-2099-1001"], "HIGH", [">=4.2a1 <4.2rc1", ">=4.2 <4.2.16"]),
  record(["PyPI", "torch", "GHSA-47fc-vmwq-366v CVE-2022-45907"], "CRITICAL", ["<1.13.1"]),
  record(["PyPI", "torch", "GHSA-0000-pypi-0005"], "LOW", ["<=2.0.1"]),
  record(["PyPI", "buildbot", "GHSA-0000-pypi-0006"], "LOW", ["<0.7.12"], { versions: ["0.7.11p2"] }),
  record(["PyPI", "pytz", "GHSA-0000-pypi-0003"], "LOW", ["<1!2.0"]),
  record(["PyPI", "tornado", "GHSA-0000-pypi-0004 CVE-2099-1004 CVE-2099-1005"], "LOW", ["<6.4.1"]),
  // Go
  record(["Go", "golang.org/x/text", "GHSA-69ch-w2m2-3vjp CVE-2022-32149"], "HIGH", ["<0.3.8"]),
  record(["Go", "golang.org/x/text", "GHSA-0000-golg-0001"], "LOW", ["<0.9.0"]),
  record(["Go", "github.com/google/uuid", "GHSA-0000-golg-0002"], "LOW", ["<1.3.1"]),
  record(["Go", "gopkg.in/yaml.v3", "GHSA-hp87-p4gw-j4gq CVE-2022-28948"], "HIGH", [
    "<3.0.0-20220521103104-8f96da9f5d5e",
  ]),
  record(["Go", "github.com/docker/docker", "GHSA-v23v-6jw2-98fq CVE-2024-41110"], "CRITICAL", [
    ">=19.03.0 <23.0.15",
    ">=24.0.0 <25.0.6",
    ">=26.0.0 <26.1.5",
  ]),
  record(["Go", "github.com/juju/juju", "GHSA-0000-golg-0003"], "LOW", ["*"]),
  record(["Go", "github.com/Masterminds/goutils", "GHSA-xg2h-wx96-xgxr CVE-2021-4238"], "CRITICAL", ["<1.1.1"]),
  // Maven
  record(["Maven", "org.apache.logging.log4j:log4j-core", "GHSA-jfh8-c2jp-5v3q CVE-2021-44228"], "CRITICAL", [
    ">=2.13.0 <2.15.0",
    ">=2.4 <2.12.2",
    ">=2.0-beta9 <2.3.1",
  ]),
  record(["Maven", "com.google.guava:guava", "GHSA-7g45-4rm6-3mm3 CVE-2023-2976"], "MODERATE", [
    ">=1.0 <32.0.0-android",
  ]),
  record(["Maven", "io.netty:netty-codec-http", "GHSA-0000-mavn-0001"], "MODERATE", ["<4.1.108.Final"]),
  record(["Maven", "org.springframework:spring-core", "GHSA-0000-mavn-0002"], "HIGH", [
    "<=5.3.20",
    ">=6.0.0-M1 <6.0.3",
  ]),
  record(["Maven", "com.example:shop", "GHSA-0000-mavn-0003"], "HIGH", ["<2.0.2"]),
  record(["Maven", "org.slf4j:slf4j-api", "GHSA-0000-mavn-0004"], "LOW", ["<2.0"]),
  record(["Maven", "commons-logging:commons-logging", "GHSA-0000-mavn-0005"], "LOW", ["<1.1"]),
  record(["Maven", "org.springframework:spring-jcl", "GHSA-0000-mavn-0006"], "LOW", ["<5.3.20.RELEASE"]),
  // RubyGems
  record(["RubyGems", "rack", "GHSA-hxqx-xwvh-44m2 CVE-2022-30122"], "HIGH", [
    ">=1.2 <2.0.9.1",
    ">=2.1.0 <2.1.4.1",
    ">=2.2.0 <2.2.3.1",
  ]),
  record(["RubyGems", "nokogiri", "GHSA-crjr-9rc5-ghw8 CVE-2022-24836"], "HIGH", ["<1.13.4"]),
  record(["RubyGems", "rake", "GHSA-0000-gems-0001"], "HIGH", ["<13.0.7.rc1"]),
  // Packagist
  record(["Packagist", "guzzlehttp/psr7", "GHSA-q7rv-6hp3-vh96 CVE-2022-24775"], "HIGH", ["<1.8.4", ">=2.0.0 <2.1.1"]),
  record(["Packagist", "symfony/http-kernel", "GHSA-0000-pckg-0001"], "LOW", [
    ">=2.0.0 <4.4.50",
    ">=5.0.0-beta1 <5.4.20",
  ]),
  // crates.io
  record(["crates.io", "time", "GHSA-wcg3-cvx6-7396 CVE-2020-26235"], "MODERATE", [">=0.1.0 <0.2.23"]),
  record(["crates.io", "regex", "GHSA-m5pq-gvj9-9vr8 CVE-2022-24713"], "HIGH", ["<1.5.5"]),
  record(["crates.io", "itoa", "GHSA-0000-crat-0001"], "LOW", ["*"]),
  record(["crates.io", "memchr", "GHSA-0000-crat-0002"], "LOW", ["<3.0.0-alpha"]),
  // NuGet
  record(["NuGet", "Newtonsoft.Json", "GHSA-5crp-9r3c-p9vr CVE-2024-21907"], "HIGH", ["<13.0.1"]),
  record(["NuGet", "System.Text.Json", "GHSA-8g4q-xg66-9fp4 CVE-2024-43485"], "HIGH", [
    ">=6.0.0 <6.0.10",
    ">=8.0.0 <8.0.5",
  ]),
  record(["NuGet", "Example.Four", "GHSA-0000-nugt-0001"], "LOW", ["<=1.2.3.4"]),
  // Hex and Pub
  record(["Hex", "plug", "GHSA-0000-hexx-0001"], "LOW", ["<1.3.5", ">=1.4.0 <1.4.2"]),
  record(["Pub", "dio", "GHSA-9324-jv53-9cc8 CVE-2021-31402"], "HIGH", ["<5.0.0"]),
];

/** Records of the Go team, of which Trivy takes those of the standard library. */
export const STANDARD_LIBRARY_RECORDS: readonly FindingRecord[] = [
  record(["Go", "stdlib", "GO-2024-2687 CVE-2023-45288"], "", ["<1.21.9", ">=1.22.0-0 <1.22.2"]),
  record(["Go", "stdlib", "GO-0000-0001 CVE-2099-2001"], "", ["<1.99.0"]),
  record(["Go", "stdlib", "GO-0000-0002 CVE-2099-2002"], "", ["<1.99.0"], {
    specific: { ecosystem_specific: { imports: [{ path: "os", goos: ["windows"], symbols: ["Open"] }] } },
  }),
];
