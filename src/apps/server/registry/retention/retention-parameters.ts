// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { NewRegistryJob } from "#database";
import { RegistryJobError } from "../../registry-jobs/errors.ts";

/** Where retention is carried out, or shown. */
export interface RetentionParameters {
  /** Of repositories; empty: all. */
  readonly prefix: string;
  /** Nothing is removed; the result says what would be. */
  readonly isDryRun: boolean;
}

const schema: z.ZodType<RetentionParameters> = z.object({ prefix: z.string(), isDryRun: z.boolean() });

/** Throws `JOB_INVALID`. */
export function parseRetentionParameters(parameters: unknown): RetentionParameters {
  const parsed = schema.safeParse(parameters);
  if (!parsed.success) {
    throw new RegistryJobError("JOB_INVALID", "the parameters are none of retention");
  }
  return parsed.data;
}

/** The job that carries it out. */
export function retentionJob(parameters: RetentionParameters, requestedBy: string): NewRegistryJob {
  const place = parameters.prefix === "" ? "*" : parameters.prefix;
  const target = parameters.isDryRun ? `${place} (dry run)` : place;
  return { kind: "retention", target, parameters, requestedBy, isOnce: true };
}
