// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import {
  type AllowedVulnerability,
  isRepositoryPrefix,
  type PrefixQuota,
  type RepositorySettings,
  repositorySettingsSchema,
} from "#registry";

/** The settings of one prefix, as they were written. */
export interface PrefixSettingsBody {
  readonly prefix: string;
  readonly settings: RepositorySettings;
  readonly updatedBy: string;
  readonly updatedAt: string;
  readonly problem?: string;
}

export interface SettingsListBody {
  readonly prefixes: readonly PrefixSettingsBody[];
}

/** What holds for a repository, and which prefix says so. */
export interface EffectiveSettingsBody {
  readonly repository: string;
  readonly settings: RepositorySettings;
  readonly from: Readonly<Record<string, string>>;
  readonly allowed: readonly AllowedVulnerability[];
  readonly allowedFrom: string;
  readonly quotas: readonly PrefixQuota[];
}

export interface ServiceBody {
  readonly isOn: boolean;
  readonly updatedBy?: string;
  readonly updatedAt?: string;
}

const prefixSchema: z.ZodType<string> = z
  .string()
  .max(255)
  .refine(
    isRepositoryPrefix,
    "expected the name of a repository, or the beginning of some up to a slash such as team, without * behind it",
  )
  .describe("empty: all repositories");

/** Checked by hand, so that what is wrong is told field by field. */
const written = z.record(z.string().max(64), z.unknown());

export const settingsQuerySchema: z.ZodType<{ readonly prefix: string }> = z.strictObject({ prefix: prefixSchema });
export const effectiveQuerySchema: z.ZodType<{ readonly repository: string }> = z.strictObject({
  repository: prefixSchema,
});

export const putSettingsSchema: z.ZodType<{
  readonly prefix: string;
  readonly settings: Readonly<Record<string, unknown>>;
}> = z.strictObject({
  prefix: prefixSchema,
  settings: written.describe("RepositorySettings; takes the place of what was written for the prefix"),
});

export const changeSettingsSchema: z.ZodType<{
  readonly prefix: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
}> = z.strictObject({
  prefix: prefixSchema,
  set: written.default({}).describe("fields of RepositorySettings"),
  unset: z.array(z.string().max(64)).max(64).default([]).describe("fields that shorter prefixes say from now on"),
});

const prefixSettingsSchema: z.ZodType<PrefixSettingsBody> = z.strictObject({
  prefix: z.string(),
  settings: repositorySettingsSchema,
  updatedBy: z.string(),
  updatedAt: z.string(),
  problem: z.exactOptional(z.string()).describe("the document cannot be read, and the strictest settings hold"),
});

export const settingsListSchema: z.ZodType<SettingsListBody> = z.strictObject({
  prefixes: z.array(prefixSettingsSchema).describe("by prefix"),
});

export const effectiveSettingsSchema: z.ZodType<EffectiveSettingsBody> = z.strictObject({
  repository: z.string(),
  settings: repositorySettingsSchema,
  from: z.record(z.string(), z.string()).describe("the prefix that says each field"),
  allowed: z
    .array(z.strictObject({ id: z.string(), reason: z.string(), until: z.exactOptional(z.string()) }))
    .describe("the list of allowed vulnerabilities that counts"),
  allowedFrom: z.string(),
  quotas: z.array(z.strictObject({ prefix: z.string(), maxBytes: z.number() })).describe("each of them counts"),
});

export const serviceSchema: z.ZodType<ServiceBody> = z.strictObject({
  isOn: z.boolean(),
  updatedBy: z.exactOptional(z.string()),
  updatedAt: z.exactOptional(z.string()),
});

export const putServiceSchema: z.ZodType<{ readonly isOn: boolean }> = z.strictObject({ isOn: z.boolean() });

z.globalRegistry.add(repositorySettingsSchema, { id: "RepositorySettings" });
z.globalRegistry.add(prefixSettingsSchema, { id: "PrefixSettings" });
z.globalRegistry.add(settingsListSchema, { id: "PrefixSettingsList" });
z.globalRegistry.add(effectiveSettingsSchema, { id: "EffectiveSettings" });
z.globalRegistry.add(serviceSchema, { id: "RegistryService" });
