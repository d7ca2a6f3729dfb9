// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { scheduleProblem } from "./cron-schedule.ts";
import type { RepositorySettings } from "./repository-settings.ts";

/** Whether a schedule can be read does not depend on the time. */
const SOME_TIME = new Date(0);
const MAX_PATTERNS = 256;
const MAX_ALLOWED = 1_000;
const MAX_RULES = 64;
const MAX_TEXT = 1_024;
/** Ten years: more days than that are all of them. */
const MAX_DAYS = 3_650;
const MAX_FRESH_SECONDS = 7 * 24 * 3_600;

const tagPattern = z
  .string()
  .max(130)
  .regex(
    /^!?[A-Za-z0-9_.*-]{1,129}$/,
    "expected a tag in which only * stands for other characters, with ! in front to take tags out again",
  );
const tagPatterns = z.array(tagPattern).max(MAX_PATTERNS);

const allowedVulnerability = z.strictObject({
  id: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9][A-Za-z0-9:._-]*$/, "expected the id of a vulnerability, e.g. CVE-2024-1234")
    .describe("Id of the vulnerability, or an alias of it.")
    .meta({ examples: ["CVE-2024-1234"] }),
  reason: z
    .string()
    .max(MAX_TEXT)
    .regex(/^[^\p{Cc}]*[^\p{Cc}\p{Z}][^\p{Cc}]*$/u, "expected a text without control characters")
    .describe("Why it is accepted."),
  until: z.iso
    .datetime({ offset: true, error: "expected a time such as 2027-03-31T00:00:00Z" })
    .refine((time) => !Number.isNaN(Date.parse(time)), "expected a time such as 2027-03-31T00:00:00Z")
    .exactOptional()
    .describe("The end (RFC 3339); without it the entry counts until it is removed."),
});

const days = z.int().min(1).max(MAX_DAYS);
const retentionRule = z
  .strictObject({
    tags: tagPatterns.min(1).exactOptional().describe("Tags that the rule is about; default all."),
    keepNewest: z.int().min(1).max(100_000).exactOptional().describe("As many of the newest tags are kept."),
    keepPushedWithinDays: days.exactOptional().describe("Tags that were pushed within so many days are kept."),
    keepPulledWithinDays: days.exactOptional().describe("Tags that were pulled within so many days are kept."),
    removeUntaggedAfterDays: days
      .exactOptional()
      .describe("Manifests that no tag, index or subject leads to are removed so many days after their push."),
  })
  .refine((rule) => Object.keys(rule).some((key) => key !== "tags"), {
    message: "expected at least one of keepNewest, keepPushedWithinDays, keepPulledWithinDays, removeUntaggedAfterDays",
  });

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

const proxyCache = z.strictObject({
  registry: z
    .string()
    .max(255)
    .regex(/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, "expected host or host:port")
    .describe("The registry that is cached.")
    .meta({ examples: ["docker.io"] }),
  repositoryPrefix: z
    .string()
    .max(255)
    .regex(REPOSITORY, "expected the beginning of the name of a repository, e.g. library")
    .exactOptional()
    .describe("Stands in front of the rest of the name over there."),
  credentials: z
    .string()
    .max(255)
    .regex(/^registry-upstream\/[a-z0-9][a-z0-9._-]*$/, "expected registry-upstream/NAME")
    .exactOptional()
    .describe("Name of the secret with credentials for it, never the credentials."),
  isPlainHttp: z.boolean().exactOptional().describe("Spoken to without TLS; default false."),
  freshSeconds: z
    .int()
    .min(0)
    .max(MAX_FRESH_SECONDS)
    .exactOptional()
    .describe("How long what a tag leads to is believed; default 300."),
});

/** What may be written for a prefix; unknown fields are refused, since they are spelling mistakes. */
export const repositorySettingsSchema: z.ZodType<RepositorySettings> = z.strictObject({
  scanOnPush: z.boolean().exactOptional().describe("Whether images are scanned when they are pushed; default true."),
  preventPullFrom: z
    .enum(["none", "negligible", "low", "medium", "high", "critical"])
    .exactOptional()
    .describe("Pulls are refused for vulnerabilities of this severity and above; `none`: only what policies say."),
  onlyFixable: z
    .boolean()
    .exactOptional()
    .describe("Only vulnerabilities for which a fix exists count for preventPullFrom; default false."),
  allowList: z
    .enum(["common", "own"])
    .exactOptional()
    .describe("Which list of allowed vulnerabilities counts: that of the empty prefix, or its own; default common."),
  allowedVulnerabilities: z
    .array(allowedVulnerability)
    .max(MAX_ALLOWED)
    .exactOptional()
    .describe("Vulnerabilities that images may have."),
  undecided: z
    .enum(["deny", "allow"])
    .exactOptional()
    .describe("What a pull gets while nobody can tell; default `registry.undecided` of the configuration."),
  unscannable: z
    .enum(["deny", "allow"])
    .exactOptional()
    .describe(
      "What a pull gets of content that nobody can scan and that is attached to nothing, such as charts and models; default allow.",
    ),
  anonymousPull: z
    .boolean()
    .exactOptional()
    .describe(
      "Whether images may be pulled without an account; default `registry.anonymousPull` of the configuration.",
    ),
  immutableTags: tagPatterns.exactOptional().describe("Patterns of tags that are never moved or deleted."),
  protectedTags: tagPatterns.exactOptional().describe("Patterns of tags that are not deleted."),
  protectInUse: z
    .boolean()
    .exactOptional()
    .describe("Whether images that workloads run are not deleted; default true."),
  retention: z
    .array(retentionRule)
    .max(MAX_RULES)
    .exactOptional()
    .describe("Which tags retention keeps; without a rule all stay."),
  retentionSchedule: z
    .strictObject({
      cron: z.string().max(200).describe("Minute, hour, day of the month, month, day of the week."),
      timeZone: z.string().max(64).exactOptional().describe("e.g. Asia/Seoul; default UTC."),
    })
    .refine((schedule) => scheduleProblem(schedule, SOME_TIME) === undefined, {
      message: "expected five fields of cron, e.g. 0 3 * * *, and a time zone, e.g. Asia/Seoul",
    })
    .exactOptional()
    .describe("When retention is carried out under the prefix; default each night where there are rules."),
  quotaBytes: z.int().min(0).exactOptional().describe("Most bytes of all blobs under the prefix, each counted once."),
  proxyCache: proxyCache.exactOptional().describe("The prefix is a cache of another registry."),
});

/** What is wrong with settings; for people (English, no full stop). */
export interface SettingsProblem {
  /** e.g. `retention[0].keepNewest`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The settings in a document, or what is wrong with it. Never throws. */
export function parseRepositorySettings(
  document: unknown,
): { readonly settings: RepositorySettings } | { readonly problems: readonly SettingsProblem[] } {
  const parsed = repositorySettingsSchema.safeParse(document);
  return parsed.success
    ? { settings: parsed.data }
    : {
        problems: parsed.error.issues.slice(0, 20).map(({ path, message }) => ({
          path: path
            .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
            .join("")
            .replace(/^\./, ""),
          message,
        })),
      };
}

/**
 * What holds under a prefix whose document cannot be read (a newer version wrote it, somebody changed it by hand): nothing gets milder
 * than anybody could have meant. Nothing vulnerable is pulled, nothing is moved or deleted, nobody reads without an account.
 */
export const STRICTEST_SETTINGS: RepositorySettings = {
  preventPullFrom: "negligible",
  onlyFixable: false,
  allowList: "own",
  allowedVulnerabilities: [],
  undecided: "deny",
  unscannable: "deny",
  anonymousPull: false,
  immutableTags: ["*"],
  protectedTags: ["*"],
  protectInUse: true,
  retention: [],
};
