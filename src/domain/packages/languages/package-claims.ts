// SPDX-License-Identifier: Apache-2.0
import { LIMITS, redactText } from "#base";
import type { AnalysisCollector } from "../analysis-collector.ts";
import type { FoundPackage, PackageType, Problem } from "../inventory.ts";
import { isCleanText, quoteText } from "../untrusted-text.ts";

/** What else a file says about one of its packages. */
export interface ClaimDetails {
  /** Where it differs from the type of the file's other packages. */
  readonly type?: PackageType;
  readonly licenses?: readonly string[];
}

/** What all packages of a file have in common. */
export type ClaimedKind = Pick<FoundPackage, "type" | "isDeclared">;

/**
 * Takes what a file says about packages. A name or version that is no visible text becomes a problem; one that was
 * seen in the same file is not taken again, as lock files name a package once for each place or platform.
 */
export class PackageClaims {
  readonly #kind: ClaimedKind;
  readonly #collector: AnalysisCollector;
  readonly #seen = new Set<string>();

  constructor(kind: ClaimedKind, collector: AnalysisCollector) {
    this.#kind = kind;
    this.#collector = collector;
  }

  add(name: unknown, version: unknown, details: ClaimDetails = {}): void {
    const writtenName = typeof name === "string" ? name.trim() : "";
    const writtenVersion = typeof version === "string" ? withoutSecrets(version.trim()) : "";
    const address = writtenName.indexOf("://");
    if (!isCleanText(writtenName) || !isCleanText(writtenVersion) || address >= 0) {
      // Where an address stands for a name, its beginning may be a user and a password.
      const shownName = address < 0 ? writtenName : `${writtenName.slice(0, address)}://…`;
      this.addProblem(
        "ENTRY_MALFORMED",
        `expected a package name and a version, found ${quoteText(shownName)} and ${quoteText(writtenVersion)}`,
      );
      return;
    }
    const { type = this.#kind.type, licenses = [] } = details;
    const key = `${type} ${writtenName} ${writtenVersion}`;
    if (this.#seen.has(key)) {
      return;
    }
    // Beyond the limit the collector only counts what it leaves out.
    if (this.#seen.size < LIMITS.maxPackages) {
      this.#seen.add(key);
    }
    this.#collector.addPackage({
      ...this.#kind,
      type,
      name: writtenName,
      version: writtenVersion,
      ...(licenses.length > 0 && { licenses }),
    });
  }

  addProblem(code: Problem["code"], message: string): void {
    this.#collector.addProblem(code, message);
  }
}

/** Packages from git or a URL have an address as version, in which a token may stand. The commit after `#` stays. */
function withoutSecrets(text: string): string {
  return text.includes("//") ? redactText(text).replace(/\?[^#]*/, "") : text;
}
