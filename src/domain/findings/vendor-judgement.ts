// SPDX-License-Identifier: Apache-2.0
import { type AdvisorySource, judgeVersion } from "#advisories";
import type { Package, PackageOwner } from "#packages";
import { cvesOf } from "./cves-of.ts";
import { groupAdvisories } from "./group-advisories.ts";
import { isAbout } from "./is-about.ts";
import { isOsPackageType, type Searched, searchesFor } from "./searched.ts";

/** What the vendor of the operating system package says about one vulnerability; silence is no statement. */
export type VendorStatement =
  | { readonly state: "cleared"; readonly status: "notAffected" | "fixed"; readonly advisoryId: string }
  | { readonly state: "affected" };

/** Looks up what the vendors of owners say, each owner once. */
export class VendorJudgements {
  readonly #packages = new Map<string, Package>();
  readonly #statements = new Map<string, ReadonlyMap<string, VendorStatement>>();
  readonly #source: AdvisorySource;
  readonly #ecosystem: string | undefined;

  constructor(packages: readonly Package[], source: AdvisorySource, ecosystem: string | undefined) {
    this.#source = source;
    this.#ecosystem = ecosystem;
    for (const each of packages) {
      if (isOsPackageType(each.type)) {
        this.#packages.set(keyOf(each), each);
      }
    }
  }

  /**
   * What the vendor says about the ids of one finding. One statement that it is affected outweighs others, and silence on one of
   * several CVEs is no statement on all of them.
   */
  statementOn(owner: PackageOwner, ids: readonly string[]): VendorStatement | undefined {
    const key = keyOf(owner);
    let statements = this.#statements.get(key);
    if (statements === undefined) {
      statements = this.#statementsFor(this.#packages.get(key));
      this.#statements.set(key, statements);
    }
    const found = ids.flatMap((id) => statements.get(id) ?? []);
    const isWhole = cvesOf(ids).every((id) => statements?.has(id) === true);
    return found.find(({ state }) => state === "affected") ?? (isWhole ? found[0] : undefined);
  }

  #statementsFor(owner: Package | undefined): ReadonlyMap<string, VendorStatement> {
    const searches = owner === undefined ? [] : searchesFor(owner, this.#ecosystem);
    // what is said of the package itself is said last, and wins
    return new Map(searches.toReversed().flatMap((searched) => [...statementsOf(this.#source, searched)]));
  }
}

function statementsOf(source: AdvisorySource, searched: Searched): ReadonlyMap<string, VendorStatement> {
  const statements = new Map<string, VendorStatement>();
  const about = source
    .advisoriesFor(searched.ecosystem, searched.packageName)
    .filter((advisory) => isAbout(advisory, searched));
  for (const group of groupAdvisories(about)) {
    let statement: VendorStatement | undefined;
    for (const advisory of group.advisories) {
      const judgement = judgeVersion(advisory, searched.version);
      const isForAll = advisory.ranges.length === 0 && advisory.versions.length === 0;
      if (advisory.status === "notAffected" && (isForAll || judgement.state === "affected")) {
        statement = { state: "cleared", status: "notAffected", advisoryId: advisory.id };
        break;
      }
      if (judgement.state !== "unaffected") {
        statement = { state: "affected" };
      } else if (statement === undefined && advisory.status !== "notAffected" && hasFix(advisory.ranges)) {
        statement = { state: "cleared", status: "fixed", advisoryId: advisory.id };
      }
    }
    if (statement !== undefined) {
      for (const id of [group.id, ...group.aliases]) {
        statements.set(id, statement);
      }
    }
  }
  return statements;
}

/** Only a version that the vendor fixed says something: below an `introduced` or at a `limit` the vendor may know nothing. */
function hasFix(ranges: readonly { readonly fixed?: string }[]): boolean {
  return ranges.some((range) => range.fixed !== undefined);
}

function keyOf({ type, name, version }: PackageOwner | Package): string {
  return `${type}\0${name}\0${version}`;
}
