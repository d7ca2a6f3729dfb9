// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { PROMOTION_NAME, type PromotionRule, promotionRuleSchema } from "../../registry/promotion/index.ts";
import type { CacheOverview } from "../../registry/proxy-cache/proxy-cache.ts";

export interface CacheBody extends CacheOverview {
  readonly registry: string;
  readonly repositoryPrefix?: string;
  /** Name of the secret. */
  readonly credentials?: string;
}

export const cacheListSchema: z.ZodType<{ readonly caches: readonly CacheBody[] }> = z.strictObject({
  caches: z.array(
    z.strictObject({
      prefix: z.string().describe("repositories under it are filled from the other registry"),
      registry: z.string(),
      repositoryPrefix: z.exactOptional(z.string()),
      credentials: z.exactOptional(z.string()).describe("name of the secret"),
      upstream: z.strictObject({
        registry: z.string(),
        state: z
          .enum(["answering", "limited", "away"])
          .describe("as the process that answers knows it; `limited`: it asks to wait (429)"),
        until: z.exactOptional(z.string()).describe("when it is asked again"),
        message: z.exactOptional(z.string()),
      }),
      fetching: z.array(z.string()).describe("images that are on their way"),
    }),
  ),
});

const secretName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,199}$/, "expected a name such as hub")
  .describe("settings, rules and jobs name it as registry-upstream/NAME");

export interface UpstreamCredentialsBody {
  readonly name: string;
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  readonly isPlainHttp?: boolean;
}

export const putUpstreamCredentialsSchema: z.ZodType<UpstreamCredentialsBody> = z.strictObject({
  name: secretName,
  registry: z
    .string()
    .max(255)
    .regex(/^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, "expected host or host:port")
    .describe("the registry that they are for; they are sent to no other one, whatever a rule says"),
  username: z.string().min(1).max(1_024),
  password: z.string().min(1).max(16_384).describe("a password or token; it cannot be read again"),
  isPlainHttp: z
    .exactOptional(z.boolean())
    .describe("that they may be sent without TLS; else they go by HTTPS alone, whatever a rule says"),
});

export const upstreamCredentialsNameSchema: z.ZodType<{ readonly name: string }> = z.strictObject({ name: secretName });

export interface PromotionRuleBody {
  readonly name: string;
  readonly rule: PromotionRule;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

const promotionRuleBody: z.ZodType<PromotionRuleBody> = z.strictObject({
  name: z.string(),
  rule: promotionRuleSchema,
  updatedBy: z.string(),
  updatedAt: z.string(),
});

export const promotionRuleListSchema: z.ZodType<{ readonly rules: readonly PromotionRuleBody[] }> = z.strictObject({
  rules: z.array(promotionRuleBody),
});

export const putPromotionRuleSchema: z.ZodType<{ readonly name: string; readonly rule: PromotionRule }> =
  z.strictObject({ name: PROMOTION_NAME, rule: promotionRuleSchema });

export const promotionNameSchema: z.ZodType<{ readonly name: string }> = z.strictObject({ name: PROMOTION_NAME });

export interface PromotionRequestBody {
  readonly rule: string;
  readonly repository: string;
  readonly tag: string;
}

export const promotionRequestSchema: z.ZodType<PromotionRequestBody> = z.strictObject({
  rule: PROMOTION_NAME,
  repository: z.string().min(1).max(255),
  tag: z.string().min(1).max(128),
});

z.globalRegistry.add(cacheListSchema, { id: "RegistryCacheList" });
z.globalRegistry.add(promotionRuleListSchema, { id: "PromotionRuleList" });
