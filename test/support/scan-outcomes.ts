// SPDX-License-Identifier: Apache-2.0
import { digestOf } from "#base";
import type { ScanReport, VulnerabilityFinding } from "#findings";
import type { Package } from "#packages";
import type { Verdict } from "#policy";
import type { ScanOutcome } from "#report";

/** An outcome that was judged. */
export type JudgedOutcome = ScanOutcome & { readonly verdict: Verdict };

const LAYERS = ["base", "application"].map((name) => ({
  digest: digestOf(`${name} compressed`),
  diffId: digestOf(name),
  sizeBytes: name.length * 1_000_000,
  createdBy: name === "base" ? "ADD rootfs.tar.xz / # buildkit" : "RUN npm ci",
}));

const DATABASE: ScanReport["database"] = {
  digest: digestOf("database"),
  date: "2026-11-20T06:00:00Z",
  advisories: 1234,
  isBundled: true,
  ecosystems: { npm: 34, "Debian:12": 1200 },
};

function installed(found: Omit<Package, "evidence">, layerIndex: number, path: string): Package {
  const analyzer = found.type === "npm" ? "npm" : "dpkg";
  const layer = LAYERS[layerIndex]?.diffId ?? digestOf("");
  return { ...found, evidence: { layer, layerIndex, path, analyzer } };
}

const OPENSSL = installed(
  {
    type: "deb",
    name: "libssl3",
    version: "3.0.11-1~deb12u1",
    architecture: "amd64",
    source: { name: "openssl", version: "3.0.11-1~deb12u1" },
  },
  0,
  "var/lib/dpkg/status",
);
const BASH = installed(
  {
    type: "deb",
    name: "bash",
    version: "5.2.15-2+b8",
    architecture: "amd64",
    source: { name: "bash", version: "5.2.15-2" },
  },
  0,
  "var/lib/dpkg/status",
);
const LODASH = installed(
  { type: "npm", name: "lodash", version: "4.17.4", licenses: ["MIT"] },
  1,
  "srv/app/node_modules/lodash/package.json",
);
const LEFT_PAD = installed(
  { type: "npm", name: "@예제/left-pad", version: "latest" },
  1,
  "srv/app/node_modules/@예제/left-pad/package.json",
);

function finding(
  about: Package,
  id: string,
  rest: Partial<VulnerabilityFinding> & Pick<VulnerabilityFinding, "severity" | "title" | "fixedVersions">,
): VulnerabilityFinding {
  const { type, name, version, source, evidence } = about;
  return {
    kind: "vulnerability",
    state: "affected",
    id,
    aliases: [],
    package: { type, name, version, ...(source !== undefined && { source }) },
    evidence,
    match: {
      advisoryId: id,
      ecosystem: type === "npm" ? "npm" : "Debian:12",
      packageName: source?.name ?? name,
      version: source?.version ?? version,
      range: rest.fixedVersions[0] === undefined ? ">= 0" : `< ${rest.fixedVersions[0]}`,
    },
    ...rest,
  };
}

const FINDINGS: readonly VulnerabilityFinding[] = [
  finding(LODASH, "CVE-2019-10744", {
    severity: "critical",
    severitySource: "GHSA",
    cvssVector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H",
    otherSeverities: [{ source: "NVD", severity: "high", cvssVector: "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N" }],
    aliases: ["GHSA-jf85-cpcp-j695"],
    title: "Prototype pollution in lodash",
    url: "https://github.com/advisories/GHSA-jf85-cpcp-j695",
    fixedVersions: ["4.17.12"],
  }),
  finding(LODASH, "CVE-2020-8203", { severity: "high", title: "", fixedVersions: ["4.17.20"] }),
  finding(OPENSSL, "CVE-2023-5363", {
    severity: "high",
    title: "Incorrect cipher key and IV length processing",
    fixedVersions: ["3.0.11-1~deb12u2"],
  }),
  finding(LEFT_PAD, "GHSA-xxxx-xxxx-xxxx", {
    severity: "medium",
    state: "undecided",
    title: "왼쪽 채우기의 취약점",
    fixedVersions: ["1.3.1"],
  }),
  finding(BASH, "CVE-2022-3715", {
    severity: "low",
    title: "Heap buffer overflow in valid_parameter_transform",
    fixedVersions: [],
  }),
];

const REPORT: ScanReport = {
  image: {
    digest: digestOf("bad image"),
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    platform: { os: "linux", architecture: "amd64" },
    created: "2026-11-01T00:00:00Z",
    sizeBytes: 15_000_000,
    layers: LAYERS,
  },
  inventory: {
    status: "complete",
    distribution: { id: "debian", versionId: "12", prettyName: "Debian GNU/Linux 12 (bookworm)" },
    packages: [BASH, OPENSSL, LEFT_PAD, LODASH],
    problems: [],
    analyzers: { "os-release": "1", dpkg: "1", apk: "1", npm: "1" },
  },
  findings: FINDINGS,
  coverageGaps: [],
  database: DATABASE,
};

const POLICY: NonNullable<Verdict["policy"]> = { kind: "ClusterImagePolicy", name: "default", repository: "*" };

/** An image with vulnerabilities of several kinds, denied. */
export const BAD_OUTCOME: JudgedOutcome = {
  reference: "127.0.0.1:5000/team/app:1.0",
  reports: [REPORT],
  verdict: {
    outcome: "deny",
    reasons: [
      ...FINDINGS.filter((each) => each.state === "affected" && each.fixedVersions.length > 0).map((each) => ({
        code: "VULNERABILITY" as const,
        effect: "deny" as const,
        params: {
          id: each.id,
          severity: each.severity,
          package: each.package.name,
          version: each.package.version,
          fixed: each.fixedVersions.join(", "),
        },
      })),
      {
        code: "VULNERABILITY_UNDECIDED",
        effect: "undecided",
        params: { id: "GHSA-xxxx-xxxx-xxxx", severity: "medium", package: "@예제/left-pad", version: "latest" },
      },
    ],
    policy: POLICY,
    mode: "enforce",
    mutateImage: true,
    digest: REPORT.image.digest,
  },
};

/** A current image with a full database, allowed. */
export const GOOD_OUTCOME: JudgedOutcome = {
  reference: "oci:./good",
  reports: [
    {
      ...REPORT,
      inventory: { ...REPORT.inventory, packages: [BASH] },
      findings: [],
      database: { ...DATABASE, isBundled: false, advisories: 48_512 },
    },
  ],
  verdict: {
    outcome: "allow",
    reasons: [],
    policy: POLICY,
    mode: "enforce",
    mutateImage: true,
    digest: REPORT.image.digest,
  },
};

/** An index: one image without os-release, one that was read in part. Undecided, under a policy that only warns. */
export const UNKNOWN_OUTCOME: JudgedOutcome = {
  reference: "registry.example.com/team/unknown@sha256:0",
  reports: [
    {
      ...REPORT,
      image: {
        ...REPORT.image,
        digest: digestOf("arm"),
        platform: { os: "linux", architecture: "arm64", variant: "v8" },
      },
      inventory: {
        status: "partial",
        packages: [LODASH],
        analyzers: REPORT.inventory.analyzers,
        problems: [
          {
            code: "LAYER_DIGEST_MISMATCH",
            message: "content has another digest than its descriptor says",
            layer: digestOf("base"),
          },
          {
            code: "FILE_MALFORMED",
            message: 'not JSON: "Unexpected end of JSON input"',
            path: "srv/app/node_modules/x/package.json",
            layer: digestOf("application"),
          },
        ],
      },
      findings: [],
      coverageGaps: [{ code: "DISTRIBUTION_UNKNOWN" }, { code: "ADVISORIES_MISSING", ecosystem: "npm" }],
    },
    {
      ...REPORT,
      inventory: { ...REPORT.inventory, distribution: { id: "gentoo" }, packages: [] },
      findings: [],
      coverageGaps: [{ code: "DISTRIBUTION_UNSUPPORTED", distribution: "gentoo" }],
    },
  ],
  verdict: {
    outcome: "undecided",
    reasons: [
      {
        code: "SCAN_PARTIAL",
        effect: "undecided",
        platform: "linux/arm64/v8",
        params: { problems: 2, message: "content has another digest than its descriptor says" },
      },
      { code: "DISTRIBUTION_UNKNOWN", effect: "undecided", platform: "linux/arm64/v8", params: {} },
      { code: "ADVISORIES_MISSING", effect: "undecided", platform: "linux/arm64/v8", params: { ecosystem: "npm" } },
      {
        code: "DISTRIBUTION_UNSUPPORTED",
        effect: "undecided",
        platform: "linux/amd64",
        params: { distribution: "gentoo" },
      },
    ],
    policy: { kind: "ImagePolicy", namespace: "team", name: "images", repository: "registry.example.com/team/*" },
    mode: "warn",
    mutateImage: false,
  },
};

/** An image that two have signed, while the signature that the policy asks for besides is by somebody else. */
export const BADLY_SIGNED_OUTCOME: JudgedOutcome = {
  ...GOOD_OUTCOME,
  reference: "registry.example.com/team/app:1.0",
  verdict: {
    ...GOOD_OUTCOME.verdict,
    outcome: "deny",
    reasons: [
      {
        code: "SIGNATURE_INVALID",
        effect: "deny",
        params: {
          field: "signatures[1]",
          method: "notation",
          requirement: "notation (ca:team)",
          problem: "CERTIFICATE_UNTRUSTED",
          message: "the certificate does not lead to a trusted root",
          location: `referrer ${digestOf("signature")}`,
          found: "",
        },
      },
    ],
    trust: {
      state: "bad",
      signers: [
        {
          kind: "cosign",
          identity: "https://ci.example.com/team/app/release.yaml",
          issuer: "https://issuer.example.com",
          keyId: digestOf("key"),
          signedAt: "2026-11-20T06:00:00Z",
        },
        {
          kind: "cosign",
          identity: digestOf("other key"),
          keyId: digestOf("other key"),
          predicateType: "https://slsa.dev/provenance/v1",
        },
      ],
    },
  },
};

const SECRET_EVIDENCE = {
  layer: LAYERS[0]?.diffId ?? digestOf(""),
  layerIndex: 0,
  path: "srv/app/.env",
  analyzer: "secret",
} as const;

/** Everything that a report can hold at once: other findings, suppressed ones, attacks, support, declared and owned packages. */
export const FULL_OUTCOME: JudgedOutcome = {
  reference: "docker://registry.example.com/team/app:1.0",
  reports: [
    {
      ...REPORT,
      inventory: {
        ...REPORT.inventory,
        packages: [
          ...REPORT.inventory.packages,
          installed(
            { type: "maven", name: "org.example:lib", version: "1.0", sha1: "a".repeat(40) },
            1,
            "srv/app/app.jar",
          ),
          {
            ...installed({ type: "pypi", name: "requests", version: "2.31.0" }, 0, "usr/lib/python3/METADATA"),
            owner: { type: "deb", name: "python3-requests", version: "2.28.1+dfsg-1" },
          },
          installed({ type: "golang", name: "example.com/mod", version: "v1.2.3", isDeclared: true }, 1, "srv/go.mod"),
        ],
        analyzers: { ...REPORT.inventory.analyzers, secret: "1", "file-mode": "1" },
      },
      findings: REPORT.findings.map((each, index) =>
        index === 0
          ? {
              ...each,
              fixPublished: "2019-07-10T00:00:00Z",
              exploitation: {
                knownExploited: { added: "2022-03-01", due: "2022-03-22", isInRansomware: true },
                epss: { score: 0.9444, percentile: 0.999, date: "2026-11-19" },
              },
            }
          : index === 4
            ? { ...each, status: "willNotFix" as const }
            : each,
      ),
      otherFindings: [
        {
          kind: "secret",
          rule: "aws-access-key-id",
          severity: "critical",
          title: "aws access key id",
          line: 3,
          excerpt: "AWS_ACCESS_KEY_ID=AKIA****************",
          params: { vendor: "aws", credential: "accessKeyId" },
          evidence: SECRET_EVIDENCE,
          isHidden: true,
        },
        {
          kind: "configuration",
          rule: "HC002",
          severity: "medium",
          title: "no USER is set, so the image runs as root",
        },
        {
          kind: "configuration",
          rule: "HC004",
          severity: "low",
          title: "a file was downloaded by ADD",
          params: { address: "https://example.com/tool" },
          historyIndex: 2,
        },
      ],
      suppressed: [
        {
          finding: finding(OPENSSL, "CVE-2024-0001", {
            severity: "high",
            title: "a bug elsewhere",
            fixedVersions: ["3.0.14-1~deb12u1"],
          }),
          suppression: {
            by: "vex",
            origin: "vex/app.json statements[0]",
            status: "notAffected",
            justification: "vulnerable_code_not_in_execute_path",
          },
        },
        {
          finding: finding(BASH, "CVE-2024-0002", { severity: "low", title: "", fixedVersions: [] }),
          suppression: {
            by: "ignoreFile",
            origin: ".haechiignore.yaml:4",
            status: "ignored",
            justification: "nobody gets a shell",
            until: "2027-01-01T00:00:00Z",
          },
        },
      ],
      support: {
        release: "debian 12",
        until: "2026-06-10",
        extendedUntil: "2028-06-30",
        source: "endoflife.date",
      },
      database: { ...DATABASE, exploitation: ["kev", "epss"] },
    },
  ],
  verdict: BAD_OUTCOME.verdict,
};

/** What somebody could put into an image so that a report does something else. */
export const HOSTILE_OUTCOME: JudgedOutcome = {
  ...FULL_OUTCOME,
  reference: 'oci:"><script>alert(1)</script>',
  reports: FULL_OUTCOME.reports.map((report) => ({
    ...report,
    findings: report.findings.map((each) => ({
      ...each,
      id: "CVE-2024-1|`<img src=x onerror=alert(1)>",
      title:
        "![x](http://evil.example/) @everyone </td><script>alert(1)</script>\u0000\u001b[31m\u202e ]]> &amp; ${{7*7}}",
      url: 'javascript:alert("1")',
      evidence: { ...each.evidence, path: "../../a b/<>&\"'\n|`\ud800.json" },
    })),
  })),
};
