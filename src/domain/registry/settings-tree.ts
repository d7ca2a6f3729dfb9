// SPDX-License-Identifier: Apache-2.0
import { prefixesOf } from "./repository-prefix.ts";
import type { AllowedVulnerability, RepositorySettings } from "./repository-settings.ts";

/** The settings of one prefix, as they were written. */
export interface PrefixSettings {
  readonly prefix: string;
  readonly settings: RepositorySettings;
  /** Who wrote them last. */
  readonly updatedBy: string;
}

/** What holds for one repository. */
export interface ResolvedSettings {
  /** Each field as the longest prefix says it that says anything; absent: nobody does. */
  readonly settings: RepositorySettings;
  /** The prefix that says it. */
  readonly from: Readonly<Partial<Record<keyof RepositorySettings, string>>>;
  /** The list that counts, by `allowList`, and whose it is. */
  readonly allowed: readonly AllowedVulnerability[];
  readonly allowedFrom: string;
}

/** A quota, which counts for everything under its prefix, whatever longer prefixes add. */
export interface PrefixQuota {
  readonly prefix: string;
  readonly maxBytes: number;
}

/** The settings of all prefixes. */
export interface SettingsTree {
  /** What holds for the repository, or for everything new under a prefix. The same object for the same question. */
  resolve(repository: string): ResolvedSettings;
  /** Every quota that the repository counts for, the shortest prefix first. */
  quotasOf(repository: string): readonly PrefixQuota[];
  /** As they were written, by prefix in order. */
  readonly prefixes: readonly PrefixSettings[];
}

const MAX_REMEMBERED = 10_000;
const COMMON = "";

/** The tree of what is written; of a prefix that is there twice the last one counts. */
export function createSettingsTree(written: readonly PrefixSettings[]): SettingsTree {
  const byPrefix = new Map(written.map((each) => [each.prefix, each]));
  const resolved = new Map<string, ResolvedSettings>();

  function resolve(repository: string): ResolvedSettings {
    const values: Record<string, unknown> = {};
    const from: Record<string, string> = {};
    let own: PrefixSettings | undefined;
    for (const prefix of prefixesOf(repository)) {
      const found = byPrefix.get(prefix);
      for (const [field, value] of Object.entries(found?.settings ?? {})) {
        values[field] = value;
        from[field] = prefix;
      }
      if (prefix !== COMMON && found?.settings.allowedVulnerabilities !== undefined) {
        own = found;
      }
    }
    const settings: RepositorySettings = values;
    const common = byPrefix.get(COMMON);
    // "own" with nothing written means that nothing is allowed here, whatever the common list says.
    const isOwn = settings.allowList === "own" && from["allowList"] !== COMMON;
    const list = isOwn ? own : common;
    return {
      settings,
      from,
      allowed: list?.settings.allowedVulnerabilities ?? [],
      allowedFrom: list?.prefix ?? (isOwn ? (from["allowList"] ?? COMMON) : COMMON),
    };
  }

  return {
    resolve(repository) {
      const known = resolved.get(repository);
      if (known !== undefined) {
        return known;
      }
      if (resolved.size >= MAX_REMEMBERED) {
        resolved.clear();
      }
      const made = resolve(repository);
      resolved.set(repository, made);
      return made;
    },

    quotasOf(repository) {
      return prefixesOf(repository).flatMap((prefix) => {
        const maxBytes = byPrefix.get(prefix)?.settings.quotaBytes;
        return maxBytes === undefined ? [] : [{ prefix, maxBytes }];
      });
    },

    prefixes: [...byPrefix.values()].toSorted((a, b) => (a.prefix < b.prefix ? -1 : 1)),
  };
}
