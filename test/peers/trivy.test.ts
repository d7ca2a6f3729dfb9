// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { openImageSource } from "#image-source";
import type { Inventory } from "#packages";
import { scanImage } from "#scanner";
import { benchImage, languageImage } from "../../tools/fixtures/index.ts";
import { REPOSITORY } from "../../tools/repository.ts";
import { describeWithTools } from "../support/tools.ts";
import { tableRows } from "./table-rows.ts";
import { type Difference, EXPLAINED_DIFFERENCES, type ExplainedDifference } from "./trivy-differences.ts";
import { type ListedPackage, listWithTrivy, MAVEN_CENTRAL_JARS } from "./trivy-packages.ts";

interface Comparison {
  readonly inventory: Inventory;
  readonly listed: readonly ListedPackage[];
  readonly differences: readonly Difference[];
}

function keyOf({ type, name, version }: Pick<ListedPackage, "type" | "name" | "version">): string {
  return `${type} ${name} ${version}`;
}

async function compare(image: string): Promise<Comparison> {
  const [scanned] = await scanImage(await openImageSource(`oci:${image}`), { scanners: ["vulnerability"] });
  if (scanned === undefined) {
    throw new Error("nothing was scanned");
  }
  const { inventory } = scanned;
  const listed = await listWithTrivy(image);
  const ours = new Set(inventory.packages.map(keyOf));
  const theirs = new Set(listed.map(keyOf));
  return {
    inventory,
    listed,
    differences: [
      ...inventory.packages
        .filter((found) => !theirs.has(keyOf(found)))
        .map((found) => ({ by: "haechi", found }) as const),
      ...listed.filter((found) => !ours.has(keyOf(found))).map((found) => ({ by: "trivy", found }) as const),
    ],
  };
}

/** A jar whose pom.properties, which Maven writes, says what it is. */
function isTold({ type, name }: Pick<ListedPackage, "type" | "name">): boolean {
  return type === "maven" && MAVEN_CENTRAL_JARS.every(([group, artifact]) => name !== `${group}:${artifact}`);
}

function unexplained(differences: readonly Difference[]): readonly string[] {
  return differences
    .filter((difference) => !EXPLAINED_DIFFERENCES.some((known) => known.explains(difference)))
    .map(({ by, found }) => `only ${by}: ${keyOf(found)}`);
}

/** The rows that the guide must have, in its language. */
function rowsOf(language: "en" | "ko"): readonly string[] {
  return EXPLAINED_DIFFERENCES.map(({ what, why }) => `| ${what[language]} | ${why[language]} |`);
}

describeWithTools("compared with Trivy", ["mmdebstrap", "upx"], () => {
  let debian: Comparison;
  let languages: Comparison;

  beforeAll(async () => {
    debian = await compare(await benchImage());
    languages = await compare(await languageImage());
  });

  it("a Debian image with npm packages: every difference is explained", () => {
    expect(debian.inventory.problems).toEqual([]);
    expect(debian.listed.length).toBeGreaterThan(700);
    expect(unexplained(debian.differences)).toEqual([]);
  });

  it("an image of language packages: every difference is explained", () => {
    expect(languages.inventory.problems).toEqual([]);
    expect(new Set(languages.listed.map(({ type }) => type))).toEqual(
      new Set(["npm", "pypi", "golang", "maven", "cargo"]),
    );
    expect(unexplained(languages.differences)).toEqual([]);
  });

  it("the same packages are listed for Debian's, and for jars that say themselves what they are", () => {
    const all = [...debian.differences, ...languages.differences];
    expect(all.filter(({ found }) => found.type === "deb")).toEqual([]);
    const listed = languages.listed.filter(isTold).map(keyOf);
    expect(new Set(listed)).toEqual(new Set(["maven com.example:shop 2.0.1", "maven org.slf4j:slf4j-api 1.7.36"]));
    expect(new Set(languages.inventory.packages.filter(isTold).map(keyOf))).toEqual(new Set(listed));
  });

  // Trivy knows these by their SHA-1 from the table that it is given here, so that its answer would be ours; who knows better is Maven Central.
  it("jars that say nothing are called what Maven Central calls them", () => {
    const jars = languages.inventory.packages.filter((found) => found.type === "maven" && !isTold(found));
    expect(jars.map(({ name, version, sha1 }) => [name, version, sha1]).toSorted()).toEqual(
      MAVEN_CENTRAL_JARS.map(([group, artifact, version, sha1]) => [`${group}:${artifact}`, version, sha1]).toSorted(),
    );
  });

  it("Debian packages come from the same source packages, which advisories are written for", () => {
    const ours = debian.inventory.packages.flatMap(({ type, name, version, source = { name, version } }) =>
      type === "deb" ? [`${name}: ${source.name} ${source.version}`] : [],
    );
    const theirs = debian.listed.flatMap(({ name, source }) => (source === undefined ? [] : [`${name}: ${source}`]));
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });

  it.each(EXPLAINED_DIFFERENCES.map((known): [string, ExplainedDifference] => [known.what.en, known]))(
    "still occurs: %s",
    (_, known) => {
      expect([...debian.differences, ...languages.differences].some((each) => known.explains(each))).toBe(true);
    },
  );

  it.each(["en", "ko"] as const)("the guide (%s) has the table of differences", (language) => {
    const guide = readFileSync(join(REPOSITORY, `docs/guides/${language}/compared-with-trivy.md`), "utf8");
    expect(tableRows(guide, 0)).toEqual(rowsOf(language));
  });
});
