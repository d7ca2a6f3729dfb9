// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type Digest, isDigest } from "#base";

// What Harbor answers (api/v2.0/swagger.yaml), as far as an import reads it. Fields that are not known are left out.

type Maybe<T> = T | null | undefined;

const text = z.string().max(4_096);
const name = z.string().min(1).max(255);
const digest = z.custom<Digest>((value) => typeof value === "string" && isDigest(value), "not a digest");

export interface HarborProject {
  readonly name: string;
  /** Of a proxy cache: the registry behind it. */
  readonly registry_id?: Maybe<number>;
  readonly metadata?: Maybe<{ readonly public?: Maybe<string>; readonly retention_id?: Maybe<string> }>;
}

export const projectSchema: z.ZodType<HarborProject> = z.object({
  name,
  registry_id: z.int().nullish(),
  metadata: z.object({ public: text.nullish(), retention_id: text.nullish() }).nullish(),
});

/** The name has the project in front. */
export const repositorySchema: z.ZodType<{ readonly name: string }> = z.object({ name });

interface HarborArtifact {
  readonly digest: Digest;
  readonly tags?: Maybe<readonly { readonly name: string }[]>;
  readonly labels?: Maybe<readonly unknown[]>;
}

export const artifactSchema: z.ZodType<HarborArtifact> = z.object({
  digest,
  tags: z.array(z.object({ name: text })).nullish(),
  labels: z.array(z.unknown()).nullish(),
});

/** `UserResp`. */
export const userSchema: z.ZodType<{ readonly username: string; readonly sysadmin_flag?: Maybe<boolean> }> = z.object({
  username: text,
  sysadmin_flag: z.boolean().nullish(),
});

interface HarborMember {
  readonly entity_name: string;
  readonly role_name: string;
  /** `g`: a group. */
  readonly entity_type?: Maybe<string>;
}

/** `ProjectMemberEntity`. */
export const memberSchema: z.ZodType<HarborMember> = z.object({
  entity_name: text,
  role_name: text,
  entity_type: text.nullish(),
});

interface HarborRobot {
  readonly name: string;
  readonly disable?: Maybe<boolean>;
  readonly permissions?: Maybe<
    readonly {
      readonly namespace?: Maybe<string>;
      readonly access?: Maybe<readonly { readonly resource?: Maybe<string>; readonly action?: Maybe<string> }[]>;
    }[]
  >;
}

export const robotSchema: z.ZodType<HarborRobot> = z.object({
  name: text,
  disable: z.boolean().nullish(),
  permissions: z
    .array(
      z.object({
        namespace: text.nullish(),
        access: z.array(z.object({ resource: text.nullish(), action: text.nullish() })).nullish(),
      }),
    )
    .nullish(),
});

/** `RetentionSelector`, `ImmutableSelector`. */
export interface HarborSelector {
  readonly decoration?: Maybe<string>;
  readonly pattern: string;
}

const selector = z.object({ decoration: text.nullish(), pattern: text });

/** What both kinds of rules have. */
export interface HarborImmutableRule {
  readonly disabled?: Maybe<boolean>;
  readonly tag_selectors?: Maybe<readonly HarborSelector[]>;
  readonly scope_selectors?: Maybe<{ readonly repository?: Maybe<readonly HarborSelector[]> }>;
}

const rule = {
  disabled: z.boolean().nullish(),
  tag_selectors: z.array(selector).nullish(),
  scope_selectors: z.object({ repository: z.array(selector).nullish() }).nullish(),
};

export const immutableRuleSchema: z.ZodType<HarborImmutableRule> = z.object(rule);

export interface HarborRetentionRule extends HarborImmutableRule {
  readonly template: string;
  readonly params?: Maybe<Readonly<Record<string, unknown>>>;
}

/** `RetentionPolicy`. */
export const retentionSchema: z.ZodType<{ readonly rules?: Maybe<readonly HarborRetentionRule[]> }> = z.object({
  rules: z.array(z.object({ ...rule, template: text, params: z.record(z.string(), z.unknown()).nullish() })).nullish(),
});
