// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildImage, writeOciLayout } from "../../../test/support/image-builder.ts";
import { advisory, sourceOf } from "../../../test/support/matching.ts";
import { compareVersions, explainFinding, report, scan } from "./index.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-library-"));
  const manifest = JSON.stringify({ name: "lodash", version: "4.17.20" });
  const image = buildImage([
    { entries: [{ path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' }] },
    {
      entries: [
        { path: "app/node_modules/lodash/package.json", content: manifest },
        { path: ".haechiignore.yaml", content: IGNORE },
      ],
    },
  ]);
  writeOciLayout(join(folder, "image"), { latest: image });
  writeFileSync(join(folder, "ignore.yaml"), IGNORE);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const IGNORE = "ignore:\n  - id: CVE-2021-23337\n    reason: not reachable\n    until: 2024-12-31\n";
const ADVISORIES = sourceOf([
  advisory({
    id: "GHSA-35jh-r3h4-6jhm",
    aliases: ["CVE-2021-23337"],
    ecosystem: "npm",
    packageName: "lodash",
    ranges: [{ introduced: "0", fixed: "4.17.21" }],
  }),
]);

describe("scan from code", () => {
  it("refuses what it was named and cannot use before it reads the image", async () => {
    writeFileSync(join(folder, "bad.yaml"), "ignore: 1");
    await expect(
      scan("oci:/nonexistent", { advisories: ADVISORIES, ignoreFile: join(folder, "bad.yaml") }),
    ).rejects.toMatchObject({
      code: "IGNORE_FILE_INVALID",
    });
    await expect(scan("oci:/nonexistent", { advisories: ADVISORIES })).rejects.toMatchObject({
      code: expect.any(String),
    });
  });

  it("never takes an ignore file out of the image", async () => {
    const { reports } = await scan(`oci:${folder}/image`, { advisories: ADVISORIES, scanners: ["vulnerability"] });
    expect(reports.map((each) => each.findings.map(({ id }) => id))).toEqual([["CVE-2021-23337"]]);
    expect(reports[0]?.suppressed).toBeUndefined();
  });

  it.each([
    { name: "in force", now: new Date("2024-06-01T00:00:00Z"), found: 0, expired: 0 },
    { name: "ended", now: new Date("2025-01-01T00:00:00Z"), found: 1, expired: 1 },
  ])("takes the one that it was named, $name", async ({ now, found, expired }) => {
    const options = {
      advisories: ADVISORIES,
      scanners: ["vulnerability"],
      ignoreFile: join(folder, "ignore.yaml"),
      now,
    } as const;
    const result = await scan(`oci:${folder}/image`, options);
    expect(result.reports[0]?.findings).toHaveLength(found);
    expect(result.expired).toHaveLength(expired);
  });

  it("gives from a stored inventory what a scan gives, and explains it", async () => {
    const { reports } = await scan(`oci:${folder}/image`, { advisories: ADVISORIES, scanners: ["vulnerability"] });
    const [first] = reports;
    if (first === undefined) {
      throw new Error("expected a report");
    }
    const stored = structuredClone({ image: first.image, inventory: first.inventory });
    expect(JSON.stringify(report(stored, ADVISORIES))).toBe(JSON.stringify(first));
    expect(explainFinding(first, "ghsa-35jh-r3h4-6jhm")).toMatchObject([
      {
        match: { advisoryId: "GHSA-35jh-r3h4-6jhm", range: "< 4.17.21" },
        layer: { index: 1, count: 2 },
        remedy: { kind: "upgradePackage", versions: ["4.17.21"] },
      },
    ]);
    const based = { ...first, image: { ...first.image, base: { reference: "node:12", layerCount: 2 } } };
    expect(explainFinding(based, "CVE-2021-23337")).toMatchObject([
      { remedy: { kind: "upgradeBaseImage", baseImage: "node:12" } },
    ]);
    expect(explainFinding(first, "CVE-1999-0001")).toEqual([]);
    expect(compareVersions("semver", "4.17.20", "4.17.21")).toBe(-1);
  });
});
