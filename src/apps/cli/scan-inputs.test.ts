// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase, importAdvisories } from "#advisory-db";
import {
  htmlProblems,
  junitProblems,
  markdownProblems,
  openVexProblems,
  sarifProblems,
  scanReportProblems,
  spdxProblems,
} from "../../../test/schemas/validate.ts";
import { CLAMD_MARKER, CLAMD_NAME, startClamd } from "../../../test/support/clamd.ts";
import { buildImage, writeOciLayout } from "../../../test/support/image-builder.ts";
import { runCommandLine } from "../../../test/support/run-command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-scan-inputs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const STATUS = [
  "Package: libdemo1\nSource: demo (2.0-1)\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.0-1+b1\n",
  "Package: telnetd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n",
].join("\n");
const FILES = [
  { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n' },
  { path: "var/lib/dpkg/status", content: `${STATUS}\n` },
];
const APP = [
  { path: "srv/node_modules/left/package.json", content: '{"name":"left","version":"1.0.0","license":"MIT"}' },
  { path: "srv/node_modules/@s/right/package.json", content: '{"name":"@s/right","version":"latest"}' },
];
const IMAGE = "oci:images:app";
const DATABASE = join(folder, "advisories");

function affected(ecosystem: string, name: string, fixed: string): object {
  const type = ecosystem === "npm" ? "SEMVER" : "ECOSYSTEM";
  return { package: { ecosystem, name }, ranges: [{ type, events: [{ introduced: "0" }, { fixed }] }] };
}

beforeAll(async () => {
  const history = [{ created_by: "ADD rootfs /" }, { created_by: "RUN npm ci" }];
  writeOciLayout(join(folder, "images"), {
    app: buildImage([{ entries: FILES }, { entries: APP }], { config: { User: "1000" }, history } as never),
    infected: buildImage([{ entries: [...FILES, { path: "srv/x", content: `a ${CLAMD_MARKER} b` }] }]),
  });
  for (const { path, content } of [...FILES, ...APP]) {
    mkdirSync(join(folder, "root", dirname(path)), { recursive: true });
    writeFileSync(join(folder, "root", path), content);
  }
  const modified = "2026-01-01T00:00:00Z";
  await buildAdvisoryDatabase({
    output: DATABASE,
    records: [
      { id: "CVE-2026-0001", modified, affected: [affected("Debian:12", "demo", "2.0-2")] },
      { id: "GHSA-left", aliases: ["CVE-2026-0002"], modified, affected: [affected("npm", "left", "1.0.1")] },
      { id: "GHSA-right", modified, affected: [affected("npm", "@s/right", "1.0.1")] },
    ],
  });
  writeFileSync(
    join(folder, "ignore.yaml"),
    "ignore:\n  - id: CVE-2026-0002\n    reason: not reachable\n    until: 2027-01-01\n",
  );
});

function policyOf(checks: string): string {
  return [
    "apiVersion: haechi.dev/v1",
    "kind: ClusterImagePolicy",
    "metadata: {name: p}",
    `spec: {repositories: [{name: "*", policy: ${checks}}]}`,
  ].join("\n");
}

async function scan(location: string, ...options: readonly string[]) {
  const place = location.replace(/^(\w+):/, `$1:${folder}/`);
  const now = () => new Date("2026-07-01T00:00:00Z");
  return await runCommandLine(["scan", place, "--db", DATABASE, ...options], { folder, now });
}

async function report(location: string, ...options: readonly string[]) {
  const { stdout } = await scan(location, "-f", "json", ...options);
  return JSON.parse(stdout).reports[0];
}

function ids({ findings }: { readonly findings: readonly { readonly id: string }[] }): readonly string[] {
  return findings.map(({ id }) => id);
}

describe("a bill of materials", () => {
  it.each(["cyclonedx", "spdx-json"])("in %s gives the findings of the image that it came from", async (format) => {
    const file = join(folder, `app.${format}`);
    await scan(IMAGE, "-f", format, "-o", file);
    const image = await report(IMAGE);
    const { findings, coverageGaps, problems, image: described } = await report(`sbom:app.${format}`);
    expect(ids(image).length).toBe(3);
    expect(findings).toEqual(image.findings);
    expect({ coverageGaps, problems, described }).toEqual({
      coverageGaps: image.coverageGaps,
      problems: image.problems,
      described: image.image,
    });
  });

  it("says nothing about secrets, so a policy that asks cannot be told", async () => {
    const policy = join(folder, "secrets.yaml");
    writeFileSync(policy, policyOf("{configuration: {secrets: deny}}"));
    await scan(IMAGE, "-f", "cyclonedx", "-o", join(folder, "app.json"));
    expect((await scan(IMAGE, "--policy", policy, "--as", "r.example/app")).code).toBe(0);
    expect((await scan("sbom:app.json", "--policy", policy, "--as", "r.example/app")).code).toBe(3);
  });

  it.each([
    { name: "is not there", content: undefined, code: "SOURCE_NOT_FOUND" },
    { name: "is none", content: "{}", code: "SBOM_UNSUPPORTED" },
    { name: "is cut off", content: '{"bomFormat"', code: "SBOM_INVALID" },
  ])("that $name is said", async ({ content, code }) => {
    const file = join(folder, "broken.json");
    rmSync(file, { force: true });
    if (content !== undefined) {
      writeFileSync(file, content);
    }
    const { code: exit, stderr } = await scan("sbom:broken.json");
    expect([exit, stderr]).toEqual([2, expect.stringContaining(code)]);
  });
});

it("a root file system has the findings of the image", async () => {
  const [image, root] = [await report(IMAGE), await report("dir:root")];
  expect(ids(root)).toEqual(ids(image));
});

describe("what is looked for", () => {
  it("without vulnerabilities none is found, and a policy that asks cannot tell", async () => {
    const { findings, database } = await report(IMAGE, "--scanners", "secret,configuration");
    expect([findings, database.advisories]).toEqual([[], 0]);
    expect((await scan(IMAGE, "--scanners", "configuration", "--fail-on", "low")).code).toBe(3);
    const { stdout } = await scan(IMAGE, "--scanners", "configuration");
    expect(stdout).toContain("Vulnerabilities were not looked for (--scanners).");
    expect(stdout).toContain("The policy asks about vulnerabilities, and the scan did not look for that.");
    expect(stdout).not.toMatch(/import/i);
    expect((await scan(IMAGE, "--scanners", "license")).stdout).toContain("Nothing was found.");
  });

  it("an unknown one is refused", async () => {
    expect((await scan(IMAGE, "--scanners", "vulnerability,virus")).stderr).toMatch(/--scanners takes .*"virus"/);
  });
});

describe("what does not count", () => {
  it("an ignore file suppresses and is shown; the verdict goes by the rest", async () => {
    const ignore = ["--ignore-file", join(folder, "ignore.yaml")];
    const { findings, suppressed } = await report(IMAGE, ...ignore);
    expect(ids({ findings })).not.toContain("CVE-2026-0002");
    expect(suppressed).toMatchObject([{ finding: { id: "CVE-2026-0002" }, suppression: { by: "ignoreFile" } }]);
    const { stdout } = await scan(IMAGE, ...ignore);
    expect(stdout).toMatch(/Suppressed \(1\)[\s\S]*CVE-2026-0002 .*not reachable/);
  });

  it("a VEX document that was written from a scan suppresses nothing that it says is affected", async () => {
    const file = join(folder, "app.vex.json");
    await scan(IMAGE, "-f", "openvex", "-o", file);
    expect(ids(await report(IMAGE, "--vex", file))).toEqual(ids(await report(IMAGE)));
  });

  it.each([["--vex"], ["--ignore-file"]])("%s that is not there ends the scan", async (option) => {
    const { code, stderr } = await scan(IMAGE, option, join(folder, "nothing.json"));
    expect([code, stderr]).toEqual([2, expect.stringContaining("SOURCE_NOT_FOUND")]);
  });
});

describe("--explain", () => {
  it("tells advisory, range, file, layer, instruction and fix", async () => {
    const { stdout, code } = await scan(IMAGE, "--explain", "cve-2026-0001");
    expect(stdout).toContain("CVE-2026-0001 (Debian:12): demo 2.0-1 is in the range < 2.0-2");
    expect(stdout).toContain("source package demo 2.0-1");
    expect(stdout).toContain("var/lib/dpkg/status");
    expect(stdout).toMatch(/1 of 2, sha256:[0-9a-f]{64}/);
    expect(stdout).toContain("ADD rootfs /");
    expect(stdout).toContain("upgrade libdemo1 to 2.0-2");
    expect(code).toBe(1);
  });

  it("finds by alias, tells what suppresses, and says when there is nothing", async () => {
    const ignored = await scan(IMAGE, "--explain", "GHSA-left", "--ignore-file", join(folder, "ignore.yaml"));
    expect(ignored.stdout).toMatch(/Counts +no: ignored by .*not reachable/);
    expect((await scan(IMAGE, "--explain", "CVE-1999-0001")).stdout).toContain("found nothing called CVE-1999-0001");
  });

  it("as JSON", async () => {
    const { stdout } = await scan(IMAGE, "--explain", "GHSA-left", "-f", "json");
    expect(JSON.parse(stdout)).toMatchObject([{ finding: { id: "CVE-2026-0002" }, layer: { index: 1, count: 2 } }]);
  });
});

describe("a vulnerability whose vendor does not say how bad it is", () => {
  const severities = join(folder, "severities");

  beforeAll(async () => {
    cpSync(DATABASE, severities, { recursive: true });
    const metric = {
      source: "nvd@nist.gov",
      cvssData: { vectorString: "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H" },
    };
    const cve = { id: "CVE-2026-0001", metrics: { cvssMetricV31: [metric] } };
    const other = {
      ...{ id: "GHSA-other", aliases: ["CVE-2026-0001"], modified: "2026-01-01T00:00:00Z" },
      database_specific: { severity: "CRITICAL" },
      affected: [affected("npm", "other", "9")],
    };
    writeFileSync(join(folder, "nvd.json"), JSON.stringify({ format: "NVD_CVE", vulnerabilities: [{ cve }] }));
    writeFileSync(join(folder, "other.json"), JSON.stringify(other));
    await importAdvisories({ sources: [join(folder, "nvd.json"), join(folder, "other.json")], into: severities });
  });

  it("is rated by the NVD, and --explain says by whom, and who does not agree", async () => {
    expect((await report(IMAGE)).findings.find(({ id }: { id: string }) => id === "CVE-2026-0001").severity).toBe(
      "unknown",
    );
    const { stdout } = await scan(IMAGE, "--db", severities, "--explain", "CVE-2026-0001");
    expect(stdout).toMatch(/Severity +high, says NVD, CVSS:3\.1\/AV:L\/AC:L\/PR:L\/UI:N\/S:U\/C:H\/I:H\/A:H\n/);
    expect(stdout).toMatch(/Others +critical, says GHSA\n/);
    const korean = await scan(IMAGE, "--db", severities, "--explain", "CVE-2026-0001", "--lang", "ko");
    expect(korean.stdout).toMatch(/다른 출처 +매우 높음 \(출처: GHSA\)/);
    const [finding] = (await report(IMAGE, "--db", severities)).findings;
    expect(finding).toMatchObject({
      ...{ id: "CVE-2026-0001", severity: "high", severitySource: "NVD" },
      otherSeverities: [{ source: "GHSA", severity: "critical" }],
    });
  });

  it("decides what --fail-on asks, which without it nobody can tell", async () => {
    const ignored = ["--ignore-file", join(folder, "npm.yaml"), "--fail-on", "high"];
    writeFileSync(
      join(folder, "npm.yaml"),
      "ignore:\n  - {id: CVE-2026-0002, reason: x, until: 2027-01-01}\n  - {id: GHSA-right, reason: x, until: 2027-01-01}\n",
    );
    expect((await scan(IMAGE, ...ignored)).code).toBe(3);
    expect((await scan(IMAGE, "--db", severities, ...ignored)).code).toBe(1);
  });
});

describe("a Dockerfile", () => {
  const file = join(folder, "Dockerfile");
  const text = `FROM debian:latest
ADD https://example.com/tool /tool
# the key of the example
ENV AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYzT8pQ2vLdHs
`;

  it("is checked, and judged by --fail-on only", async () => {
    writeFileSync(file, text);
    const { stdout, code } = await scan("dockerfile:Dockerfile");
    expect(stdout).toContain(`${file}:2`);
    expect(stdout).not.toMatch(/Verdict|vulnerab/i);
    expect(stdout).not.toContain("wJalrXUtnFEMIK7MDENG");
    expect(code).toBe(0);
    expect((await scan("dockerfile:Dockerfile", "--fail-on", "critical")).code).toBe(0);
    expect((await scan("dockerfile:Dockerfile", "--fail-on", "low")).code).toBe(1);
  });

  it.each([
    { format: "sarif", problems: sarifProblems },
    { format: "junit", problems: junitProblems },
    { format: "markdown", problems: markdownProblems },
    { format: "html", problems: htmlProblems },
    { format: "json", problems: scanReportProblems },
  ])("in $format is valid", async ({ format, problems }) => {
    writeFileSync(file, text);
    expect(await problems((await scan("dockerfile:Dockerfile", "-f", format)).stdout)).toEqual([]);
  });

  it("an ignore file reaches its findings, too", async () => {
    writeFileSync(file, text);
    const ids = (await report("dockerfile:Dockerfile")).otherFindings.map(
      ({ rule }: { readonly rule: string }) => rule,
    );
    const first = String(ids[0]);
    const ignore = join(folder, "dockerfile-ignore.yaml");
    writeFileSync(ignore, `ignore:\n  - id: ${first}\n    reason: a test\n    permanent: true\n`);
    const { suppressed } = await report("dockerfile:Dockerfile", "--ignore-file", ignore);
    expect(suppressed.map(({ finding }: { readonly finding: { readonly rule: string } }) => finding.rule)).toContain(
      first,
    );
  });

  it("base images from elsewhere, and labels that a schema asks for, are told", async () => {
    writeFileSync(file, "FROM quay.io/x/y:1\nLABEL version=new team=a\nUSER 1000\n");
    const rulesWith = async (...options: readonly string[]): Promise<readonly string[]> =>
      (await report("dockerfile:Dockerfile", ...options)).otherFindings.map(
        ({ rule }: { readonly rule: string }) => rule,
      );
    const asked = ["HD031", "HD090", "HD091", "HD095"];
    const without = await rulesWith();
    expect(without.filter((rule) => asked.includes(rule))).toEqual([]);
    const options = [
      ...["--allowed-registry", "docker.io", "--allowed-registry", "*.example.com"],
      ...["--require-label", "version:semver", "--require-label", "owner:email", "--strict-labels"],
    ];
    const told = await rulesWith(...options);
    expect(told.filter((rule) => asked.includes(rule)).toSorted()).toEqual(asked);
  });

  it.each([
    { options: ["--require-label", "version"], location: "dockerfile:Dockerfile" },
    { options: ["--require-label", "version:number"], location: "dockerfile:Dockerfile" },
    { options: ["--require-label", "version:semver"], location: IMAGE },
    { options: ["--strict-labels"], location: IMAGE },
    { options: ["--allowed-registry", "docker.io"], location: IMAGE },
  ])("$options of $location are refused", async ({ options, location }) => {
    writeFileSync(file, text);
    const { code, stderr } = await scan(location, ...options);
    expect([code, stderr]).toEqual([2, expect.stringContaining("OPTION_INVALID")]);
  });

  it("has nothing to list in a bill of materials", async () => {
    writeFileSync(file, text);
    expect((await scan("dockerfile:Dockerfile", "-f", "cyclonedx")).code).toBe(2);
  });
});

it.each([
  { name: "the tag latest", options: ["--as", "registry.example.com/app:latest"], want: ["HC038"] },
  { name: "no tag", options: ["--as", "registry.example.com/app"], want: ["HC038"] },
  { name: "a tag of its own", options: ["--as", "registry.example.com/app:1.0"], want: [] },
  { name: "no name", options: [], want: [] },
  {
    name: "latest, where nobody asked about the configuration",
    options: ["--as", "registry.example.com/app", "--scanners", "secret"],
    want: [],
  },
])("an image that is asked for by $name", async ({ options, want }) => {
  const { otherFindings = [] } = await report(IMAGE, ...options);
  const rules = otherFindings.map(({ rule }: { readonly rule: string }) => rule);
  expect(rules.filter((rule: string) => rule === "HC038")).toEqual(want);
});

describe("formats", () => {
  const cyclonedx = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  it.each([
    { format: "sarif", problems: sarifProblems },
    { format: "spdx-json", problems: spdxProblems },
    { format: "openvex", problems: openVexProblems },
    { format: "junit", problems: junitProblems },
    {
      format: "cyclonedx",
      problems: async (text: string) => ((await cyclonedx.validate(text)) === null ? [] : ["invalid"]),
    },
    { format: "markdown", problems: markdownProblems },
    { format: "html", problems: htmlProblems },
    { format: "json", problems: scanReportProblems },
  ])("$format is valid, and the second scan writes the same bytes", async ({ format, problems }) => {
    const { stdout } = await scan(IMAGE, "-f", format);
    expect(await problems(stdout)).toEqual([]);
    expect((await scan(IMAGE, "-f", format, "--no-cache")).stdout).toBe(stdout);
  });
});

describe("malware", () => {
  it("that nobody can be asked about makes the scan partial, and a policy that asks cannot tell", async () => {
    const { inventory, problems } = await report(IMAGE, "--scanners", "vulnerability,malware");
    expect(inventory.status).toBe("partial");
    expect(problems).toMatchObject([{ code: "MALWARE_UNCHECKED" }]);
    expect(inventory.analyzers).not.toHaveProperty("malware");
  });

  it("is looked for by the clamd that is configured, which the inventory names, and judged", async () => {
    await using clamd = await startClamd();
    const variables = { HAECHI_MALWARE_CLAMD: clamd.socketAddress };
    const policy = join(folder, "malware.yaml");
    writeFileSync(policy, policyOf("{configuration: {malware: deny}}"));
    const options = [
      "--db",
      DATABASE,
      "--scanners",
      "malware",
      "-f",
      "json",
      "--policy",
      policy,
      "--as",
      "r.example/app",
    ];
    const place = `oci:${folder}/images`;
    const clean = JSON.parse(
      (await runCommandLine(["scan", `${place}:app`, ...options], { folder, variables })).stdout,
    );
    const [{ inventory }] = clean.reports;
    expect([clean.verdict.outcome, inventory.status]).toEqual(["allow", "complete"]);
    expect(inventory.analyzers.malware).toMatch(/^ClamAV/);
    const { stdout, code } = await runCommandLine(["scan", `${place}:infected`, ...options], { folder, variables });
    const { verdict, reports } = JSON.parse(stdout);
    expect(reports[0].otherFindings).toMatchObject([{ kind: "malware", evidence: { path: "srv/x" } }]);
    expect([code, verdict.reasons]).toMatchObject([1, [{ code: "MALWARE_FOUND", params: { path: "srv/x" } }]]);
    expect(JSON.stringify(reports[0].otherFindings)).toContain(CLAMD_NAME);
  });

  it("and a clamd that does not answer has looked at nothing", async () => {
    const variables = { HAECHI_MALWARE_CLAMD: `unix:${folder}/no-clamd` };
    const argv = ["scan", `oci:${folder}/images:app`, "--db", DATABASE, "--scanners", "malware", "-f", "json"];
    const { code, stdout } = await runCommandLine(argv, { folder, variables });
    const [{ inventory }] = JSON.parse(stdout).reports;
    expect([code, inventory.status]).toEqual([3, "partial"]);
    expect(inventory.analyzers).not.toHaveProperty("malware");
  });
});
