// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { benchImage, fixtureImages, languageImage } from "../../tools/fixtures/index.ts";
import { REPOSITORY } from "../../tools/repository.ts";
import { describeWithTools } from "../support/tools.ts";
import { type BoundaryPackage, billOf, TYPES, versionsAround } from "./boundary-versions.ts";
import { EXPLAINED_FINDING_DIFFERENCES, type ExplainedFindingDifference } from "./explained-finding-differences.ts";
import { findWithHaechi } from "./find-with-haechi.ts";
import { bundledRecords, type FindingDatabases, makeFindingDatabases, type OsvRecord } from "./finding-databases.ts";
import { compareFindings, describeDifference, type FindingDifference, type OurFinding } from "./finding-differences.ts";
import { writeAlmaImage, writeAlpineImage, writeDebianImage, writeLanguagesImage } from "./finding-images.ts";
import { FINDING_RECORDS, toOsv } from "./finding-records.ts";
import { tableRows } from "./table-rows.ts";
import { findWithTrivy, type ListedFinding } from "./trivy-findings.ts";

interface Compared {
  readonly ours: readonly OurFinding[];
  readonly theirs: readonly ListedFinding[];
  readonly differences: readonly FindingDifference[];
}

/** Images, and how many findings both have at least, lest two empty lists be equal. */
const IMAGES: readonly {
  readonly name: string;
  readonly atLeast: number;
  readonly make: (folder: string) => Promise<string> | string;
}[] = [
  { name: "a Debian 12 of versions at the edges", atLeast: 150, make: writeDebianImage },
  { name: "an Alpine 3.20", atLeast: 15, make: writeAlpineImage },
  { name: "an AlmaLinux 9, installed by rpm", atLeast: 6, make: writeAlmaImage },
  { name: "packages of ten languages at the edges", atLeast: 35, make: writeLanguagesImage },
  { name: "Debian with 200 packages and 500 of npm", atLeast: 30, make: benchImage },
  { name: "Debian with old npm packages", atLeast: 15, make: async () => (await fixtureImages()).bad },
  { name: "npm, pip, Go, Rust and jars as their tools install them", atLeast: 15, make: languageImage },
];

function unexplained(differences: readonly FindingDifference[]): readonly string[] {
  return differences
    .filter((difference) => !EXPLAINED_FINDING_DIFFERENCES.some((known) => known.explains(difference)))
    .map(describeDifference);
}

/** Versions around every bound of every record. */
function packagesAtBounds(records: readonly OsvRecord[]): readonly BoundaryPackage[] {
  return records.flatMap(({ affected = [] }) =>
    affected.flatMap(({ package: about, ranges = [], versions = [] }) => {
      const type = TYPES[about?.ecosystem ?? ""];
      const bounds = ranges.flatMap(({ events }) => events.flatMap((event) => Object.values(event)));
      return about === undefined || type === undefined
        ? []
        : [...bounds, ...versions]
            .filter((bound) => bound !== "0")
            .flatMap((bound) => versionsAround(about.ecosystem, bound))
            .map((version) => ({ type, name: about.name, version }));
    }),
  );
}

/** Bills of materials give no place, and their names of Go modules are in lower case. */
function withoutPlace<Finding extends ListedFinding>(finding: Finding): Finding {
  return { ...finding, path: "", name: finding.type === "golang" ? finding.name.toLowerCase() : finding.name };
}

describeWithTools(
  "findings compared with Trivy's, on the same advisories",
  ["go", "mmdebstrap", "upx", "rpm", "rpmbuild"],
  () => {
    let folder = "";
    let databases: FindingDatabases;
    const compared = new Map<string, Compared>();

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "haechi-findings-"));
      databases = await makeFindingDatabases(folder);
      for (const { name, make } of IMAGES) {
        const image = await make(folder);
        const { inventory, findings } = await findWithHaechi("image", image, databases.haechi);
        expect(inventory.problems).toEqual([]);
        const theirs = await findWithTrivy("image", image, databases.trivy);
        compared.set(name, { ours: findings, theirs, differences: compareFindings(findings, theirs) });
      }
      const bill = join(folder, "bill.json");
      const records = [...(FINDING_RECORDS.map(toOsv) as OsvRecord[]), ...bundledRecords("npm")];
      const more: readonly BoundaryPackage[] = [
        { type: "golang", name: "github.com/juju/juju", version: "v0.0.0-20240826044107-ecd7e2d0e987" },
        { type: "pypi", name: "torch", version: "1.13.0+cu117" },
      ];
      writeFileSync(bill, billOf([...packagesAtBounds(records), ...more]));
      const ours = (await findWithHaechi("sbom", bill, databases.haechi)).findings.map(withoutPlace);
      const theirs = (await findWithTrivy("sbom", bill, databases.trivy)).map(withoutPlace);
      compared.set("bounds", { ours, theirs, differences: compareFindings(ours, theirs) });
    });

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(IMAGES)("$name: every difference is explained", ({ name, atLeast }) => {
      const { ours = [], theirs = [], differences = [] } = compared.get(name) ?? {};
      expect(Math.min(ours.length, theirs.length)).toBeGreaterThanOrEqual(atLeast);
      expect(unexplained(differences)).toEqual([]);
    });

    it("versions around every bound of the records, in a bill of materials: every difference is explained", () => {
      const { ours = [], theirs = [], differences = [] } = compared.get("bounds") ?? {};
      expect(Math.min(ours.length, theirs.length)).toBeGreaterThan(2_000);
      expect(unexplained(differences)).toEqual([]);
    });

    it("Trivy finds nothing in the images that we do not", () => {
      const all = [...compared].filter(([name]) => name !== "bounds").flatMap(([, { differences }]) => differences);
      expect(all.filter(({ about, ours }) => about === "found" && ours === undefined).map(describeDifference)).toEqual(
        [],
      );
    });

    it("a record that its source withdrew counts for neither", () => {
      const all = [...compared.values()].flatMap(({ ours, theirs }) => [...ours, ...theirs]);
      expect(all.filter(({ name }) => name === "left-pad")).toEqual([]);
    });

    it.each(EXPLAINED_FINDING_DIFFERENCES.map((known): [string, ExplainedFindingDifference] => [known.what.en, known]))(
      "still occurs: %s",
      (_, known) => {
        const all = [...compared.values()].flatMap(({ differences }) => differences);
        expect(all.some((each) => known.explains(each))).toBe(true);
      },
    );

    it.each(["en", "ko"] as const)("the guide (%s) has the table of differences", (language) => {
      const guide = readFileSync(join(REPOSITORY, `docs/guides/${language}/compared-with-trivy.md`), "utf8");
      const rows = EXPLAINED_FINDING_DIFFERENCES.map(({ what, why }) => `| ${what[language]} | ${why[language]} |`);
      expect(tableRows(guide, 1)).toEqual(rows);
    });
  },
);
