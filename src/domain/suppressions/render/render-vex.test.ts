// SPDX-License-Identifier: Apache-2.0
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { describe, expect, it } from "vitest";
import { applySuppressions, createScanReport, type ScanReport, type SuppressionStatement } from "#findings";
import type { Package, PackageType } from "#packages";
import { csafProblems } from "../../../../test/schemas/validate.ts";
import { advisory, imageFacts, inventoryOf, packageIn, sourceOf } from "../../../../test/support/matching.ts";
import { packageUrlOf } from "../package-url.ts";
import { parseVex } from "../parse-vex.ts";
import { toStatedPackage } from "../stated-product.ts";
import { renderCsafVex } from "./render-csaf-vex.ts";
import { renderCycloneDxVex } from "./render-cyclonedx-vex.ts";
import { renderOpenVex } from "./render-openvex.ts";

const NOW = new Date("2024-06-01T00:00:00Z");
const AUTHORSHIP = {
  author: "us",
  namespace: "https://example.com",
  id: "https://example.com/vex-1",
  timestamp: "2024-05-01T00:00:00Z",
  image: { name: "app", repository: "example.com/team/app" },
};

function reportOf(statements: readonly SuppressionStatement[]): ScanReport {
  const packages = ["a", "b", "c", "d"].map((name) => packageIn(`${name}/package.json`, "npm", [name, "1.0.0"]));
  const known = packages.map(({ name }, index) =>
    advisory({
      id: `CVE-2024-000${index}`,
      aliases: [`GHSA-${name}`],
      ecosystem: "npm",
      packageName: name,
      ranges: [{ introduced: "0", fixed: "2.0.0" }],
    }),
  );
  const suppressions = { statements, now: NOW };
  return createScanReport({
    image: imageFacts(),
    inventory: inventoryOf(packages),
    source: sourceOf(known),
    suppressions,
  });
}

function vex(name: string, more: Partial<SuppressionStatement>): SuppressionStatement {
  return {
    by: "vex",
    origin: "v.json#1",
    ids: [`GHSA-${name}`],
    status: "notAffected",
    products: [{ kind: "package", package: { type: "npm", name } }],
    ...more,
  };
}

const STATEMENTS = [
  vex("a", { justification: "component_not_present" }),
  vex("b", { justification: "Nobody calls it." }),
  vex("c", { status: "fixed" }),
  { by: "ignoreFile", origin: "f.yaml:1", ids: ["GHSA-d"], status: "ignored", justification: "why" } as const,
];

describe.each([
  { name: "OpenVEX", render: renderOpenVex },
  { name: "CSAF", render: renderCsafVex },
  { name: "CycloneDX", render: renderCycloneDxVex },
])("a report as $name", ({ render }) => {
  it("clears, when read again, what was cleared and nothing else", () => {
    const document = parseVex(render(reportOf(STATEMENTS), AUTHORSHIP), { name: "w.json" });
    expect(document.unknownProducts).toEqual([]);
    const report = applySuppressions(reportOf([]), document.statements, { now: NOW });
    expect(
      report.suppressed?.map(({ finding, suppression }) => [
        finding.kind === "vulnerability" && finding.id,
        suppression.status,
      ]),
    ).toEqual([
      ["CVE-2024-0000", "notAffected"],
      ["CVE-2024-0001", "notAffected"],
      ["CVE-2024-0002", "fixed"],
    ]);
    expect(report.suppressed?.[1]?.suppression.justification).toBe("Nobody calls it.");
    expect(report.findings.map(({ id, advice }) => [id, advice?.text])).toEqual([
      ["CVE-2024-0003", "The risk is accepted: why"],
    ]);
  });

  it("tells what fixes the rest, in equal bytes", () => {
    const text = render(reportOf([]), AUTHORSHIP);
    expect(text).toContain("Update a to 2.0.0.");
    expect(render(reportOf([]), AUTHORSHIP)).toBe(text);
  });
});

it.each([
  { name: "claims of each kind", report: reportOf(STATEMENTS) },
  { name: "only what is affected", report: reportOf([]) },
  {
    name: "no claim",
    report: createScanReport({ image: imageFacts(), inventory: inventoryOf([]), source: sourceOf([]) }),
  },
])("the CSAF document with $name follows the official schema", ({ report }) => {
  expect(csafProblems(renderCsafVex(report, AUTHORSHIP))).toEqual([]);
});

it("the CycloneDX document follows the official schema", async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(renderCycloneDxVex(reportOf(STATEMENTS), AUTHORSHIP))).toBeNull();
});

describe("packageUrlOf", () => {
  it.each<{ type: PackageType; name: string; version: string; more?: Partial<Package>; url: string }>([
    { type: "npm", name: "@scope/p", version: "1.0.0", url: "pkg:npm/%40scope/p@1.0.0" },
    { type: "pypi", name: "foo-bar", version: "1.0", url: "pkg:pypi/foo-bar@1.0" },
    { type: "golang", name: "golang.org/x/net", version: "v0.1.0", url: "pkg:golang/golang.org/x/net@v0.1.0" },
    { type: "golang", name: "stdlib", version: "1.22.3", url: "pkg:golang/stdlib@1.22.3" },
    { type: "maven", name: "org.example:a", version: "1", url: "pkg:maven/org.example/a@1" },
    { type: "gem", name: "rack", version: "3.0.0", url: "pkg:gem/rack@3.0.0" },
    { type: "composer", name: "symfony/http-kernel", version: "6.4.3", url: "pkg:composer/symfony/http-kernel@6.4.3" },
    { type: "cargo", name: "time", version: "0.1.43", url: "pkg:cargo/time@0.1.43" },
    { type: "nuget", name: "Newtonsoft.Json", version: "13.0.1", url: "pkg:nuget/Newtonsoft.Json@13.0.1" },
    { type: "conda", name: "openssl", version: "1.1.1a", url: "pkg:conda/openssl@1.1.1a" },
    { type: "pub", name: "http", version: "0.13.2", url: "pkg:pub/http@0.13.2" },
    { type: "hex", name: "plug", version: "1.3.1", url: "pkg:hex/plug@1.3.1" },
    { type: "generic", name: "node", version: "20.1.0", url: "pkg:generic/node@20.1.0" },
    {
      type: "deb",
      name: "bash",
      version: "1:5.2-1",
      more: { architecture: "amd64" },
      url: "pkg:deb/debian/bash@1:5.2-1?arch=amd64&distro=debian-12",
    },
    {
      type: "rpm",
      name: "bash",
      version: "1:5.2-1",
      more: { architecture: "x86_64" },
      url: "pkg:rpm/debian/bash@5.2-1?arch=x86_64&distro=debian-12&epoch=1",
    },
  ])("of $type $name, which is recognised again", ({ type, name, version, more, url }) => {
    const found = packageIn("a", type, [name, version], more);
    const distribution = { id: "debian", versionId: "12" };
    expect(packageUrlOf(found, distribution)).toBe(url);
    const stated = toStatedPackage(url);
    const inventory = inventoryOf([found]);
    const ecosystem = { deb: "Debian:12", npm: "npm" }[type as string];
    expect(stated?.version).toBeDefined();
    if (ecosystem !== undefined && stated !== undefined) {
      const known = advisory({ id: "CVE-1", ecosystem, packageName: name, ranges: [{ introduced: "0" }] });
      const statement: SuppressionStatement = {
        by: "vex",
        origin: "v",
        ids: ["CVE-1"],
        status: "fixed",
        products: [{ kind: "package", package: stated }],
      };
      const report = createScanReport({
        image: imageFacts(),
        inventory,
        source: sourceOf([known]),
        suppressions: { statements: [statement], now: NOW },
      });
      expect(report.findings).toEqual([]);
      expect(report.suppressed).toHaveLength(1);
    }
  });

  it("of a name that breaks the rules is none", () => {
    expect(packageUrlOf(packageIn("a", "npm", ["", "1"]), undefined)).toBeUndefined();
  });
});
