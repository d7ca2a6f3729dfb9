// SPDX-License-Identifier: Apache-2.0
import { ecosystemFamily, isKnownEcosystem } from "#advisories";
import { AdvisoryDatabaseError } from "./errors.ts";

/** The ecosystems that somebody asked for: whole families (`Debian`) or single ones (`Debian:12`). Empty means all. */
export class EcosystemSelection {
  /** Distinct, sorted. */
  readonly names: readonly string[];
  readonly #names: ReadonlySet<string>;

  /** Refuses a name that OSV does not list with `ADVISORY_ECOSYSTEM_UNKNOWN`; so no name can lead out of a folder. */
  constructor(names: readonly string[]) {
    const unknown = names.find((name) => !isKnownEcosystem(name) || !/^[A-Za-z0-9 .:_-]{1,100}$/.test(name));
    if (unknown !== undefined) {
      throw new AdvisoryDatabaseError(
        "ADVISORY_ECOSYSTEM_UNKNOWN",
        `"${unknown}" is not an OSV ecosystem; names are written as in OSV, such as npm, Debian or Debian:12`,
        { details: { ecosystem: unknown } },
      );
    }
    this.#names = new Set(names);
    this.names = [...this.#names].sort();
  }

  /** The families whose archives have to be read, sorted. */
  get families(): readonly string[] {
    return [...new Set(this.names.map(ecosystemFamily))].sort();
  }

  /** Whether whole families were asked for, and no single releases of them. */
  get isOfFamilies(): boolean {
    return this.names.every((name) => ecosystemFamily(name) === name);
  }

  includes(ecosystem: string): boolean {
    return this.names.length === 0 || this.#names.has(ecosystem) || this.#names.has(ecosystemFamily(ecosystem));
  }

  /** The selected names inside a family; the family itself when nothing narrower was asked for. */
  within(family: string): readonly string[] {
    const narrower = this.names.filter((name) => ecosystemFamily(name) === family);
    return narrower.length === 0 ? [family] : narrower;
  }
}
