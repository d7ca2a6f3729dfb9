// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { RegistryJobKind, RegistryJobRecord } from "#database";

/** A job as people see it: without its parameters and its position, which are its worker's. */
export interface RegistryJobBody extends Omit<RegistryJobRecord, "parameters" | "position" | "message"> {
  readonly message?: string;
  readonly messageCode?: string;
}

export interface RegistryJobsQuery {
  readonly limit: number;
  readonly before?: number;
  readonly kind?: RegistryJobKind;
  readonly state?: RegistryJobRecord["state"];
}

const kind: z.ZodType<RegistryJobKind> = z.enum([
  "gc",
  "check",
  "retention",
  "replicate",
  "promote",
  "import",
  "backup",
  "restore",
  "snapshot",
  "external-scan",
]);
const state: z.ZodType<RegistryJobRecord["state"]> = z
  .enum(["awaiting-approval", "pending", "running", "done", "failed", "cancelled", "rejected"])
  .describe("awaiting-approval: somebody else has to agree to it");

export const registryJobSchema: z.ZodType<RegistryJobBody> = z.strictObject({
  id: z.int().min(0),
  kind,
  state,
  target: z.string().describe("what it is about: a repository, a rule, a file"),
  done: z.number().min(0),
  total: z.number().min(0).describe("0: not known (yet)"),
  unit: z.enum(["items", "bytes"]),
  message: z
    .exactOptional(z.string())
    .describe("what it is at, or what went wrong, in the language that was asked for"),
  messageCode: z.exactOptional(z.string()).describe("of `message`, the same in every language"),
  result: z.exactOptional(z.unknown()).describe("what came of it, as the kind of job says"),
  attempts: z.int().min(0),
  requestedBy: z.string(),
  decidedBy: z.exactOptional(z.string()).describe("who approved or rejected it"),
  isCancelling: z.exactOptional(z.literal(true)).describe("somebody cancelled it, and it is about to end"),
  requestedAt: z.string(),
  startedAt: z.exactOptional(z.string()),
  finishedAt: z.exactOptional(z.string()),
});

export const registryJobListSchema: z.ZodType<{ readonly jobs: readonly RegistryJobBody[] }> = z.strictObject({
  jobs: z.array(registryJobSchema).describe("newest first"),
});

export const registryJobsQuerySchema: z.ZodType<RegistryJobsQuery> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z
    .exactOptional(z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER))
    .describe("only older ones: the id of the last one of the page before"),
  kind: z.exactOptional(kind),
  state: z.exactOptional(state),
});

export const registryJobIdSchema: z.ZodType<{ readonly id: number }> = z.strictObject({
  id: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});

z.globalRegistry.add(registryJobSchema, { id: "RegistryJob" });
z.globalRegistry.add(registryJobListSchema, { id: "RegistryJobList" });
