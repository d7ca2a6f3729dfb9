// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";
import type { CronSchedule } from "./cron-schedule.ts";

/** A CVE that the repositories of the settings may have. */
export interface AllowedVulnerability {
  /** e.g. `CVE-2024-1234`; aliases of a finding count. */
  readonly id: string;
  readonly reason: string;
  /** RFC 3339; absent: until it is removed. */
  readonly until?: string;
}

/** Which tags are kept. A tag that any rule keeps stays, and so does one that no rule is about. */
export interface RetentionRule {
  /** Tags that the rule is about, patterns of {@link matchesTag}; default all. */
  readonly tags?: readonly string[];
  /** Kept: as many of the newest ones, what was pushed or pulled within so many days. */
  readonly keepNewest?: number;
  readonly keepPushedWithinDays?: number;
  readonly keepPulledWithinDays?: number;
  /** Manifests that no tag, index or subject leads to are removed so many days after their push; absent: never. */
  readonly removeUntaggedAfterDays?: number;
}

/** Where a repository prefix is a cache of another registry. */
export interface ProxyCacheSettings {
  /** e.g. `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** In front of the rest of the repository's name, e.g. `library`; default none. */
  readonly repositoryPrefix?: string;
  /** Name of a secret with credentials, `registry-upstream/NAME`. */
  readonly credentials?: string;
  readonly isPlainHttp?: boolean;
  /** How long what a tag leads to is believed, in seconds; default 300. */
  readonly freshSeconds?: number;
}

/**
 * What holds for the repositories under a prefix (`team` is the repository `team` and all of `team/…`; empty: every one).
 * What is absent is taken from the next shorter prefix that says it.
 */
export interface RepositorySettings {
  readonly scanOnPush?: boolean;
  /** Pulls are refused for vulnerabilities of this severity and above, besides what policies say; `none`: only policies. */
  readonly preventPullFrom?: Exclude<Severity, "unknown"> | "none";
  /** Only vulnerabilities for which a fix exists count for `preventPullFrom`; default false. */
  readonly onlyFixable?: boolean;
  /** Which list of allowed vulnerabilities counts: that of the empty prefix, or the one here. */
  readonly allowList?: "common" | "own";
  readonly allowedVulnerabilities?: readonly AllowedVulnerability[];
  /** What a pull gets while nobody can tell; default `registry.undecided` of the configuration. */
  readonly undecided?: "deny" | "allow";
  /** What a pull gets of content that nobody can scan and that is attached to nothing, such as charts and models; default allow. */
  readonly unscannable?: "deny" | "allow";
  readonly anonymousPull?: boolean;
  /** Patterns of tags that are never moved or deleted once they are there. */
  readonly immutableTags?: readonly string[];
  /** Patterns of tags that are not deleted. */
  readonly protectedTags?: readonly string[];
  /** Whether images that workloads run are not deleted; default true. */
  readonly protectInUse?: boolean;
  readonly retention?: readonly RetentionRule[];
  /** When retention is carried out under the prefix; default each night (03:17 UTC) where there are rules. */
  readonly retentionSchedule?: CronSchedule;
  /** Most bytes of all blobs under the prefix, each counted once. */
  readonly quotaBytes?: number;
  readonly proxyCache?: ProxyCacheSettings;
}
