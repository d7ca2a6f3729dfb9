// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import type { TestDatabases } from "../postgres.ts";
import { testDigest, testManifest, testReport } from "./stored-records.ts";

/** What every implementation of `ScanIndexStore` has to do. */
export function scanIndexContract({ open }: TestDatabases): void {
  const digest = testManifest().digest;
  const page = { limit: 10, offset: 0 };

  it("nothing asked for is nothing found", async () => {
    const { scans, scanIndex } = await open();
    await scans.finish(digest, { state: "done", report: reportWith(digest, "lodash", "CVE-1") });
    expect(await scanIndex.findHolding(page)).toEqual({ total: 0, images: [] });
  });

  it("images are found by a package or a vulnerability, under every name that they have", async () => {
    const { registry, scans, scanIndex, remoteImages } = await open();
    await registry.putManifest(testManifest(), "1.0");
    const index = testManifest({
      digest: testDigest("index"),
      kind: "index",
      references: [{ digest, kind: "manifest", sizeBytes: 1 }],
    });
    await registry.putManifest(index, "all");
    await scans.finish(digest, { state: "done", report: reportWith(digest, "Lodash", "CVE-2019-10744") });
    const remote = testDigest("remote");
    await remoteImages.put({
      digest: remote,
      registry: "docker.io",
      repository: "library/app",
      mediaType: "x",
      kind: "image",
    });
    await scans.finish(remote, { state: "done", report: reportWith(remote, "lodash.merge", "GHSA-1") });

    const exact = await scanIndex.findHolding({ ...page, packageName: "LODASH" });
    expect(exact).toEqual({
      total: 1,
      images: [
        {
          digest,
          places: [
            { repository: "team/app", tag: "1.0" },
            { repository: "team/app", tag: "all" },
          ],
          running: 0,
          packages: [{ type: "npm", name: "Lodash", version: "4.17.4" }],
          vulnerabilities: [],
        },
      ],
    });
    expect((await scanIndex.findHolding({ ...page, packageName: "lodash*" })).total).toBe(2);
    const [seen] = (await scanIndex.findHolding({ ...page, vulnerability: "ghsa-1" })).images;
    expect(seen).toMatchObject({
      digest: remote,
      remote: { registry: "docker.io", repository: "library/app" },
      vulnerabilities: [{ id: "GHSA-1", severity: "high" }],
    });
    const both = { ...page, packageName: "lodash", packageVersion: "4.17.*", packageType: "npm" };
    expect((await scanIndex.findHolding({ ...both, vulnerability: "cve-2019-*" })).total).toBe(1);
    expect((await scanIndex.findHolding({ ...both, vulnerability: "CVE-2020-1" })).total).toBe(0);
    expect((await scanIndex.findHolding({ ...both, packageType: "deb" })).total).toBe(0);
  });

  it("what a newer report does not hold any more is not found, nor what failed since", async () => {
    const { scans, scanIndex } = await open();
    await scans.finish(digest, { state: "done", report: reportWith(digest, "old", "CVE-1") });
    await scans.finish(digest, { state: "done", report: reportWith(digest, "new", "CVE-2") });
    expect((await scanIndex.findHolding({ ...page, packageName: "old" })).total).toBe(0);
    expect((await scanIndex.findHolding({ ...page, vulnerability: "CVE-1" })).total).toBe(0);
    expect((await scanIndex.findHolding({ ...page, packageName: "new" })).total).toBe(1);
    await scans.finish(digest, { state: "failed", message: "x" });
    expect((await scanIndex.findHolding({ ...page, packageName: "new" })).total).toBe(0);
  });

  it("names that no index takes, and signs that mean something to a search, are only text", async () => {
    const { scans, scanIndex } = await open();
    const name = `a\0%_\\'";--${"x".repeat(10_000)}`;
    await scans.finish(digest, { state: "done", report: reportWith(digest, name, "\0") });
    expect((await scanIndex.findHolding({ ...page, packageName: "a\0%_\\'\";--*" })).total).toBe(1);
    expect((await scanIndex.findHolding({ ...page, packageName: "b%*" })).total).toBe(0);
    expect((await scanIndex.findHolding({ ...page, packageName: "a_%*" })).total).toBe(0);
  });
}

function reportWith(digest: Digest, name: string, id: string): ScanReport {
  const report = testReport(digest);
  const found = { type: "npm", name, version: "4.17.4" } as const;
  const evidence = { layer: digest, layerIndex: 0, path: "package.json", analyzer: "npm" };
  return {
    ...report,
    inventory: { ...report.inventory, packages: [{ ...found, evidence }] },
    findings: [
      {
        kind: "vulnerability",
        state: "affected",
        id,
        aliases: [],
        severity: "high",
        title: "",
        package: found,
        evidence,
        fixedVersions: [],
        match: { advisoryId: id, ecosystem: "npm", packageName: name, version: "4.17.4", range: "all" },
      },
    ],
  };
}
