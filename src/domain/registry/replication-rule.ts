// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { matchesWildcard } from "#base";
import type { CronSchedule } from "./cron-schedule.ts";
import { isRepositoryPrefix } from "./repository-prefix.ts";
import { matchesTag } from "./tag-pattern.ts";

/** Copies images of some repositories to or from another registry. */
export interface ReplicationRule {
  /** For people. */
  readonly description?: string;
  /** `push`: from here to there. `pull`: from there to here. */
  readonly direction: "push" | "pull";
  /** The other registry, e.g. `registry.example:5000`, `docker.io`. */
  readonly registry: string;
  /** Name of a secret with credentials for it, `registry-upstream/NAME`. */
  readonly credentials?: string;
  /** Spoken to without TLS; default false. */
  readonly isPlainHttp?: boolean;
  /** Names of repositories at the source, with `*` for any characters; default all. */
  readonly repositories?: readonly string[];
  /** Patterns of tags of `matchesTag` that are copied; default all. */
  readonly tags?: readonly string[];
  /** Patterns of tags that are not copied, whatever `tags` says. */
  readonly excludedTags?: readonly string[];
  /** How a repository is called at the destination; default as at the source. */
  readonly destination?: {
    /** Taken away where the name begins with it. */
    readonly removePrefix?: string;
    /** Put in front of the rest. */
    readonly addPrefix?: string;
  };
  /** What happens to a tag that leads to something else at the destination. */
  readonly duplicates: "skip" | "overwrite";
  /** Whether a tag that is deleted here is deleted there; only of a `push` by `event`; default false. */
  readonly copiesDeletions?: boolean;
  readonly trigger:
    | { readonly kind: "off" }
    | { readonly kind: "event" }
    | ({ readonly kind: "schedule" } & CronSchedule);
  /** For all that the rule copies at a time; default no limit. */
  readonly maxBytesPerSecond?: number;
  /** Only images whose verdict is allow, of a `push`; default false. */
  readonly onlyAllowed?: boolean;
}

const MAX_PATTERNS = 256;
const MIN_BYTES_PER_SECOND = 1_024;
const RULE_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
const ACCESSORY_TAG = /^sha(?:256|512)-[0-9a-f]{64,128}(?:\.sig|\.att|\.sbom)?$/;

const prefix = z.string().min(1).refine(isRepositoryPrefix, "expected the beginning of the name of a repository");
const tagPatterns = z
  .array(z.string().regex(/^!?[A-Za-z0-9_.*-]{1,129}$/, "expected a tag with * for any characters"))
  .min(1)
  .max(MAX_PATTERNS);

/** What may be written; unknown fields are refused, since they are spelling mistakes. */
export const replicationRuleSchema: z.ZodType<ReplicationRule> = z
  .strictObject({
    description: z.string().max(1_024).exactOptional().describe("For people."),
    direction: z.enum(["push", "pull"]).describe("push: from here to the other registry; pull: from there to here."),
    registry: z
      .string()
      .max(255)
      .regex(/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, "expected host or host:port")
      .describe("The other registry, host or host:port."),
    credentials: z
      .string()
      .max(255)
      .regex(/^registry-upstream\/[a-z0-9][a-z0-9._-]*$/, "expected registry-upstream/NAME")
      .exactOptional()
      .describe("Name of the secret with credentials for it, never the credentials."),
    isPlainHttp: z.boolean().exactOptional().describe("Spoken to without TLS; default false."),
    repositories: z
      .array(z.string().regex(/^[a-z0-9._/*-]{1,255}$/, "expected the name of a repository with * for any characters"))
      .min(1)
      .max(MAX_PATTERNS)
      .exactOptional()
      .describe("Repositories at the source, * for any characters; default all."),
    tags: tagPatterns.exactOptional().describe("Tags that are copied; default all."),
    excludedTags: tagPatterns.exactOptional().describe("Tags that are not copied, whatever tags says."),
    destination: z
      .strictObject({
        removePrefix: prefix.exactOptional().describe("Taken away where the name begins with it."),
        addPrefix: prefix.exactOptional().describe("Put in front of the rest."),
      })
      .exactOptional()
      .describe("How a repository is called at the destination; default as at the source."),
    duplicates: z
      .enum(["skip", "overwrite"])
      .describe("What happens to a tag that leads to something else at the destination."),
    copiesDeletions: z
      .boolean()
      .exactOptional()
      .describe("Whether tags deleted here are deleted there; only of a push by event; default false."),
    trigger: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("off") }),
        z.strictObject({ kind: z.literal("event") }),
        z.strictObject({
          kind: z.literal("schedule"),
          cron: z.string().max(200).describe("Minute, hour, day of the month, month, day of the week."),
          timeZone: z.string().max(64).exactOptional().describe("e.g. Asia/Seoul; default UTC."),
        }),
      ])
      .describe("off: when somebody asks; event: after each push; schedule: at certain times."),
    maxBytesPerSecond: z
      .int()
      .min(MIN_BYTES_PER_SECOND)
      .exactOptional()
      .describe("For all that the rule copies at a time; default no limit."),
    onlyAllowed: z.boolean().exactOptional().describe("Only images whose verdict is allow, of a push; default false."),
  })
  .superRefine((rule, refinement) => {
    const isPush = rule.direction === "push";
    const problems: readonly (readonly [string, boolean, string])[] = [
      [
        "trigger",
        !isPush && rule.trigger.kind === "event",
        "expected off or schedule: nobody tells of pushes over there",
      ],
      ["onlyAllowed", !isPush && rule.onlyAllowed === true, "expected push: what is pulled is judged when it is here"],
      [
        "copiesDeletions",
        rule.copiesDeletions === true && (!isPush || rule.trigger.kind !== "event"),
        "expected push by event: nothing else tells what was deleted",
      ],
    ];
    for (const [path, isWrong, message] of problems) {
      if (isWrong) {
        refinement.addIssue({ code: "custom", path: [path], message });
      }
    }
  });

/** Whether the text can name a rule: at most 64 of `a-z 0-9 . _ -`, with a letter or digit at both ends. */
export function isRuleName(name: string): boolean {
  return RULE_NAME.test(name);
}

/** The rule in a document, or what is wrong with it. Never throws. */
export function parseReplicationRule(
  document: unknown,
): { readonly rule: ReplicationRule } | { readonly problem: string } {
  const parsed = replicationRuleSchema.safeParse(document);
  if (parsed.success) {
    return { rule: parsed.data };
  }
  const lines = parsed.error.issues
    .slice(0, 20)
    .map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  return { problem: lines.join("; ") };
}

/** Whether the rule is about the repository of the source. */
export function copiesRepository(rule: ReplicationRule, repository: string): boolean {
  return rule.repositories?.some((pattern) => matchesWildcard(pattern, repository)) ?? true;
}

/** Whether the rule copies the tag. Tags of what belongs to an image go along with the image and never by themselves. */
export function copiesTag(rule: ReplicationRule, tag: string): boolean {
  return (
    !ACCESSORY_TAG.test(tag) &&
    (rule.tags === undefined || matchesTag(rule.tags, tag)) &&
    !(rule.excludedTags !== undefined && matchesTag(rule.excludedTags, tag))
  );
}

/** The name of the repository at the destination; `undefined` where it cannot have one. */
export function destinationOf({ destination = {} }: ReplicationRule, repository: string): string | undefined {
  const { removePrefix, addPrefix } = destination;
  const rest =
    removePrefix !== undefined && repository.startsWith(`${removePrefix}/`)
      ? repository.slice(removePrefix.length + 1)
      : repository;
  const name = addPrefix === undefined ? rest : `${addPrefix}/${rest}`;
  return isRepositoryPrefix(name) && name !== "" ? name : undefined;
}

/** The repositories of the source where the rule names them one by one; `undefined`: the source has to be asked which there are. */
export function namedRepositories({ repositories }: ReplicationRule): readonly string[] | undefined {
  return repositories?.every((pattern) => !pattern.includes("*")) === true ? repositories : undefined;
}
