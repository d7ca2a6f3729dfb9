// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { UsageError } from "../errors.ts";

/** Fields of a later server are passed over; settings are shown as they came. */
const settings = z.record(z.string(), z.unknown());

export interface WrittenSettings {
  readonly prefix: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly updatedBy: string;
  readonly updatedAt: string;
  readonly problem?: string;
}

export const settingsListAnswer: z.ZodType<{ readonly prefixes: readonly WrittenSettings[] }> = z.object({
  prefixes: z.array(
    z.object({
      prefix: z.string(),
      settings,
      updatedBy: z.string(),
      updatedAt: z.string(),
      problem: z.exactOptional(z.string()),
    }),
  ),
});

export interface EffectiveAnswer {
  readonly repository: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly from: Readonly<Record<string, string>>;
  readonly allowed: readonly { readonly id: string; readonly reason: string; readonly until?: string }[];
  readonly allowedFrom: string;
  readonly quotas: readonly { readonly prefix: string; readonly maxBytes: number }[];
}

export const effectiveAnswer: z.ZodType<EffectiveAnswer> = z.object({
  repository: z.string(),
  settings,
  from: z.record(z.string(), z.string()),
  allowed: z.array(z.object({ id: z.string(), reason: z.string(), until: z.exactOptional(z.string()) })),
  allowedFrom: z.string(),
  quotas: z.array(z.object({ prefix: z.string(), maxBytes: z.number() })),
});

export interface ServiceAnswer {
  readonly isOn: boolean;
  readonly updatedBy?: string;
  readonly updatedAt?: string;
}

export const serviceAnswer: z.ZodType<ServiceAnswer> = z.object({
  isOn: z.boolean(),
  updatedBy: z.exactOptional(z.string()),
  updatedAt: z.exactOptional(z.string()),
});

/** On the command line `*` stands for all repositories, which is the empty prefix. */
export function parsePrefix(text: string | undefined): string {
  if (text === undefined || text === "") {
    throw new UsageError("ARGUMENT_INVALID", "expected a repository or a prefix of some; * stands for all");
  }
  return text === "*" ? "" : text;
}

/** The prefix as it is typed. */
export function nameOfPrefix(prefix: string): string {
  return prefix === "" ? "*" : prefix;
}
