// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { ImageObservation, Package } from "#packages";
import {
  advisory,
  IMAGE_DIGEST,
  imageFacts,
  inventoryOf,
  LAYER,
  packageIn,
  sourceOf,
} from "../../../test/support/matching.ts";
import { applySuppressions, expiredStatements } from "./apply-suppressions.ts";
import { createScanReport } from "./create-scan-report.ts";
import type { ScanReport } from "./scan-report.ts";
import type { StatedProduct, SuppressionStatement } from "./suppression-statement.ts";

const NOW = new Date("2024-06-01T00:00:00Z");
const LODASH = packageIn("app/node_modules/lodash/package.json", "npm", ["lodash", "4.17.20"]);
const LODASH_PURL = { type: "npm", name: "lodash" };

function reportOf(packages: readonly Package[] = [LODASH], observations: readonly ImageObservation[] = []): ScanReport {
  const known = packages.map(({ type, name }) =>
    advisory({
      id: "GHSA-1",
      aliases: ["CVE-2024-1"],
      ecosystem: { npm: "npm", deb: "Debian:12", golang: "Go" }[type as string] ?? "x",
      packageName: name,
      ranges: [{ introduced: "0" }],
    }),
  );
  const unique = [...new Map(known.map((each) => [`${each.ecosystem} ${each.packageName}`, each])).values()];
  return createScanReport({
    image: imageFacts(),
    inventory: inventoryOf(packages, { observations }),
    source: sourceOf(unique),
  });
}

function vex(products: readonly StatedProduct[], more: Partial<SuppressionStatement> = {}): SuppressionStatement {
  return { by: "vex", origin: "v.json#1", ids: ["CVE-2024-1"], status: "notAffected", products, ...more };
}

function ignore(more: Partial<SuppressionStatement>): SuppressionStatement {
  return { by: "ignoreFile", origin: "f.yaml:2", status: "ignored", justification: "why", ...more };
}

function count(report: ScanReport): string {
  return `${report.findings.length} found, ${report.suppressed?.length ?? 0} suppressed`;
}

describe("statements of VEX documents", () => {
  it.each<{ name: string; products: readonly StatedProduct[]; is: boolean }>([
    { name: "no product", products: [], is: false },
    { name: "an unknown product", products: [{ kind: "unknown", id: "app" }], is: false },
    { name: "a package without version", products: [{ kind: "package", package: LODASH_PURL }], is: true },
    { name: "its version", products: [{ kind: "package", package: { ...LODASH_PURL, version: "4.17.20" } }], is: true },
    {
      name: "another version",
      products: [{ kind: "package", package: { ...LODASH_PURL, version: "4.17.2" } }],
      is: false,
    },
    { name: "another type", products: [{ kind: "package", package: { ...LODASH_PURL, type: "deb" } }], is: false },
    {
      name: "another namespace",
      products: [{ kind: "package", package: { ...LODASH_PURL, namespace: "@x" } }],
      is: false,
    },
    {
      name: "a qualifier that cannot be checked",
      products: [{ kind: "package", package: { ...LODASH_PURL, qualifiers: { vcs_url: "x" } } }],
      is: false,
    },
    { name: "the image by digest", products: [{ kind: "image", image: { digest: IMAGE_DIGEST } }], is: true },
    { name: "another image", products: [{ kind: "image", image: { digest: digestOf("other") } }], is: false },
    {
      name: "the image and the package",
      products: [{ kind: "image", image: { digest: IMAGE_DIGEST }, parts: [LODASH_PURL] }],
      is: true,
    },
    {
      name: "the image and another package",
      products: [{ kind: "image", image: { digest: IMAGE_DIGEST }, parts: [{ type: "npm", name: "x" }] }],
      is: false,
    },
    {
      name: "the image and no readable package",
      products: [{ kind: "image", image: { digest: IMAGE_DIGEST }, parts: [] }],
      is: false,
    },
    {
      name: "another image and the package",
      products: [{ kind: "image", image: { digest: digestOf("other") }, parts: [LODASH_PURL] }],
      is: false,
    },
    { name: "the repository", products: [{ kind: "image", image: { repository: "example.com/app" } }], is: true },
    {
      name: "the repository and the tag",
      products: [{ kind: "image", image: { repository: "example.com/app", tag: "1" } }],
      is: true,
    },
    {
      name: "the repository and another tag",
      products: [{ kind: "image", image: { repository: "example.com/app", tag: "2" } }],
      is: false,
    },
    { name: "another repository", products: [{ kind: "image", image: { repository: "example.com/app2" } }], is: false },
  ])("about $name", ({ products, is }) => {
    const image = { digests: [IMAGE_DIGEST], references: [{ repository: "example.com/app", tag: "1" }] };
    const report = applySuppressions(reportOf(), [vex(products)], { now: NOW, image });
    expect(count(report)).toBe(is ? "0 found, 1 suppressed" : "1 found, 0 suppressed");
  });

  it.each([
    { name: "the distribution and architecture", qualifiers: { arch: "amd64", distro: "debian-12" }, is: true },
    { name: "another architecture", qualifiers: { arch: "arm64" }, is: false },
    { name: "another release", qualifiers: { distro: "debian-11" }, is: false },
    { name: "the epoch", qualifiers: { epoch: "1" }, version: "1.2-3", is: true },
    { name: "another epoch", qualifiers: { epoch: "2" }, version: "1.2-3", is: false },
    { name: "the version with its epoch", qualifiers: {}, version: "1:1.2-3", is: true },
    { name: "the version without its epoch", qualifiers: {}, version: "1.2-3", is: false },
  ])("about a Debian package: $name", ({ qualifiers, version, is }) => {
    const bash = packageIn("var/lib/dpkg/status", "deb", ["bash", "1:1.2-3"], { architecture: "amd64" });
    const stated = {
      type: "deb",
      namespace: "debian",
      name: "bash",
      qualifiers,
      ...(version === undefined ? {} : { version }),
    };
    const report = applySuppressions(reportOf([bash]), [vex([{ kind: "package", package: stated }])], { now: NOW });
    expect(report.findings).toHaveLength(is ? 0 : 1);
    const ubuntu = { ...stated, namespace: "ubuntu" };
    expect(
      applySuppressions(reportOf([bash]), [vex([{ kind: "package", package: ubuntu }])], { now: NOW }).findings,
    ).toHaveLength(1);
  });

  it("about a module inside of a program holds in that program only", () => {
    const packages = ["usr/bin/a", "usr/bin/b"].flatMap((path) => [
      packageIn(path, "golang", [`example.com/${path.slice(-1)}`, "v1.0.0"]),
      packageIn(path, "golang", ["golang.org/x/net", "v0.1.0"]),
    ]);
    const statement = vex([
      {
        kind: "package",
        package: { type: "golang", namespace: "example.com", name: "a" },
        parts: [{ type: "golang", namespace: "golang.org/x", name: "net" }],
      },
    ]);
    const report = applySuppressions(reportOf(packages), [statement], { now: NOW });
    expect(report.suppressed?.map((each) => each.finding.evidence?.path)).toEqual(["usr/bin/a"]);
  });

  it.each([
    {
      name: "a later affected brings a finding back",
      times: ["2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"],
      found: 1,
    },
    { name: "an earlier affected does not", times: ["2024-02-01T00:00:00Z", "2024-01-01T00:00:00Z"], found: 0 },
    { name: "at one time the strictest counts", times: ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"], found: 1 },
    { name: "times are compared, not texts", times: ["2024-01-01T00:00:00Z", "2024-01-01T05:00:00+09:00"], found: 0 },
  ])("$name", ({ times, found }) => {
    const product: StatedProduct = { kind: "package", package: LODASH_PURL };
    const [cleared = "", confirmed = ""] = times;
    const statements = [
      vex([product], { timestamp: cleared }),
      vex([product], { status: "affected", action: "upgrade", timestamp: confirmed, origin: "w.json#1" }),
    ];
    for (const order of [statements, statements.toReversed()]) {
      const report = applySuppressions(reportOf(), order, { now: NOW });
      expect(report.findings).toHaveLength(found);
      expect(report.findings.map((each) => each.advice)).toEqual(
        found === 1 ? [{ text: "upgrade", origin: "w.json#1" }] : [],
      );
    }
  });

  it("shows the finding with the statement's origin and justification", () => {
    const statement = vex([{ kind: "package", package: LODASH_PURL }], { justification: "component_not_present" });
    const { suppressed } = applySuppressions(reportOf(), [statement], { now: NOW });
    expect(suppressed).toEqual([
      {
        finding: reportOf().findings[0],
        suppression: { by: "vex", origin: "v.json#1", status: "notAffected", justification: "component_not_present" },
      },
    ]);
  });

  it("under investigation suppresses nothing, and about another vulnerability neither", () => {
    const product: StatedProduct = { kind: "package", package: LODASH_PURL };
    for (const statement of [
      vex([product], { status: "underInvestigation" }),
      vex([product], { ids: ["CVE-2024-2"] }),
    ]) {
      expect(applySuppressions(reportOf(), [statement], { now: NOW })).toEqual(reportOf());
    }
  });
});

describe("entries of ignore files", () => {
  const secret: ImageObservation = {
    kind: "secret",
    rule: "aws-access-key-id",
    severity: "high",
    title: "x",
    evidence: { layer: LAYER, layerIndex: 0, path: "app/a.env", analyzer: "secret" },
  };
  const root: ImageObservation = { kind: "configuration", rule: "HC001", severity: "medium", title: "x" };

  it.each([
    { name: "an id", entry: ignore({ ids: ["CVE-2024-1"] }), left: ["secret", "configuration"] },
    { name: "an alias", entry: ignore({ ids: ["GHSA-1"] }), left: ["secret", "configuration"] },
    { name: "another id", entry: ignore({ ids: ["CVE-2024-11"] }), left: ["vulnerability", "secret", "configuration"] },
    {
      name: "a package",
      entry: ignore({ packageName: "lod*", kinds: ["vulnerability"] }),
      left: ["secret", "configuration"],
    },
    {
      name: "another package",
      entry: ignore({ packageName: "lod", kinds: ["vulnerability"] }),
      left: ["vulnerability", "secret", "configuration"],
    },
    {
      name: "an id and another path",
      entry: ignore({ ids: ["CVE-2024-1"], path: "srv/*" }),
      left: ["vulnerability", "secret", "configuration"],
    },
    { name: "a path", entry: ignore({ path: "app/*", kinds: ["secret"] }), left: ["vulnerability", "configuration"] },
    { name: "a rule", entry: ignore({ ids: ["HC001"] }), left: ["vulnerability", "secret"] },
    {
      name: "a rule of another kind",
      entry: ignore({ ids: ["HC001"], kinds: ["secret"] }),
      left: ["vulnerability", "secret", "configuration"],
    },
    {
      name: "a path for what has none",
      entry: ignore({ ids: ["HC001"], path: "app/*" }),
      left: ["vulnerability", "secret", "configuration"],
    },
    {
      name: "an entry that ended",
      entry: ignore({ ids: ["CVE-2024-1"], until: "2024-05-31T23:59:59Z" }),
      left: ["vulnerability", "secret", "configuration"],
    },
    {
      name: "an entry that ends later",
      entry: ignore({ ids: ["CVE-2024-1"], until: "2024-06-01T00:00:01Z" }),
      left: ["secret", "configuration"],
    },
    {
      name: "an end that nobody can read",
      entry: ignore({ ids: ["CVE-2024-1"], until: "soon" }),
      left: ["vulnerability", "secret", "configuration"],
    },
  ])("$name", ({ entry, left }) => {
    const report = applySuppressions(reportOf([LODASH], [secret, root]), [entry], { now: NOW });
    expect([...report.findings, ...(report.otherFindings ?? [])].map((each) => each.kind)).toEqual(
      left.toSorted(
        (a, b) =>
          ["vulnerability", "secret", "configuration"].indexOf(a) -
          ["vulnerability", "secret", "configuration"].indexOf(b),
      ),
    );
    expect(report.suppressed?.length ?? 0).toBe(3 - left.length);
  });

  it("tells which ended", () => {
    const ended = ignore({ until: "2024-05-31T23:59:59Z" });
    expect(expiredStatements([ended, ignore({}), ignore({ until: "2025-01-01T00:00:00Z" })], NOW)).toEqual([ended]);
  });

  it("keeps what vendors cleared beside them, and every finding once", () => {
    const statements = [ignore({ ids: ["CVE-2024-1"] }), vex([{ kind: "package", package: LODASH_PURL }])];
    const report = applySuppressions(reportOf(), statements, { now: NOW });
    expect(report.suppressed?.map((each) => each.suppression.by)).toEqual(["vex"]);
    expect(applySuppressions(report, statements, { now: NOW })).toEqual(report);
  });
});

it("a statement on one of several CVEs of a finding does not clear the others", () => {
  const known = advisory({
    id: "GO-1",
    aliases: ["CVE-2024-1", "CVE-2024-2"],
    ecosystem: "npm",
    packageName: "lodash",
    ranges: [{ introduced: "0" }],
  });
  const report = createScanReport({
    image: imageFacts(),
    inventory: inventoryOf([LODASH]),
    source: sourceOf([known]),
  });
  const products: readonly StatedProduct[] = [{ kind: "package", package: LODASH_PURL }];
  function after(...ids: readonly (readonly string[])[]): string {
    return count(
      applySuppressions(
        report,
        ids.map((each) => vex(products, { ids: each })),
        { now: NOW },
      ),
    );
  }
  expect(after(["CVE-2024-1"])).toBe("1 found, 0 suppressed");
  expect(after(["CVE-2024-2"])).toBe("1 found, 0 suppressed");
  expect(after(["CVE-2024-1"], ["CVE-2024-2"])).toBe("0 found, 1 suppressed");
  expect(after(["GO-1"])).toBe("0 found, 1 suppressed");
});

it("copies of a product and of its part are not multiplied", () => {
  const copies = 20_000;
  const packages = Array.from({ length: copies }, (_, index) => [
    packageIn(`a${index}/package.json`, "npm", ["app", "1.0.0"]),
    packageIn(`b${index}/node_modules/lodash/package.json`, "npm", ["lodash", "4.17.20"]),
  ]).flat();
  const inside = packageIn("a7/node_modules/x/node_modules/lodash/package.json", "npm", ["lodash", "4.17.20"]);
  const app: StatedProduct = { kind: "package", package: { type: "npm", name: "app" }, parts: [LODASH_PURL] };
  const known = advisory({ id: "CVE-2024-1", ecosystem: "npm", packageName: "lodash", ranges: [{ introduced: "0" }] });
  const report = createScanReport({
    image: imageFacts(),
    inventory: inventoryOf([...packages, inside]),
    source: sourceOf([known]),
  });
  expect(count(applySuppressions(report, [vex([app])], { now: NOW }))).toBe(`${copies} found, 1 suppressed`);
}, 10_000);
