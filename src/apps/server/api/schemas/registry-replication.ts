// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isRepositoryPrefix, isRuleName, type ReplicationRule, replicationRuleSchema } from "#registry";
import { type RegistryJobBody, registryJobSchema } from "./registry-jobs.ts";

/** A replication rule and its last job. */
export interface ReplicationBody {
  readonly name: string;
  readonly rule: ReplicationRule;
  readonly updatedBy: string;
  readonly updatedAt: string;
  readonly lastJob?: RegistryJobBody;
  /** RFC 3339: when it is carried out by its schedule. */
  readonly nextAt?: string;
}

const name = z.string().refine(isRuleName, "expected at most 64 of a-z 0-9 . _ - with a letter or digit at both ends");

export const replicationListSchema: z.ZodType<{ readonly rules: readonly ReplicationBody[] }> = z.strictObject({
  rules: z.array(
    z.strictObject({
      name,
      rule: replicationRuleSchema,
      updatedBy: z.string(),
      updatedAt: z.string(),
      lastJob: z.exactOptional(registryJobSchema),
      nextAt: z.exactOptional(z.string()).describe("when it is carried out by its schedule"),
    }),
  ),
});

/** The rule is checked by itself, so that the answer names what is wrong with it. */
export const putReplicationSchema: z.ZodType<{ readonly name: string; readonly rule: unknown }> = z.strictObject({
  name,
  rule: z.unknown(),
});

export const replicationNameSchema: z.ZodType<{ readonly name: string }> = z.strictObject({ name });

export const runRetentionSchema: z.ZodType<{ readonly prefix: string; readonly isDryRun: boolean }> = z.strictObject({
  prefix: z
    .string()
    .refine(isRepositoryPrefix, "expected the beginning of the name of a repository")
    .default("")
    .describe("of repositories; empty: all"),
  isDryRun: z.boolean().default(false).describe("nothing is removed; the job's result says what would be"),
});

z.globalRegistry.add(replicationListSchema, { id: "ReplicationList" });
