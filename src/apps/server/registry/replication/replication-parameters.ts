// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { NewRegistryJob, RegistryJobRecord } from "#database";
import { RegistryJobError } from "../../registry-jobs/errors.ts";

/** What a job of a rule copies: everything, one tag, what is attached to one image, or the end of one tag. */
export type ReplicationParameters = { readonly rule: string } & (
  | { readonly scope: "all" }
  | { readonly scope: "tag"; readonly repository: string; readonly tag: string }
  | { readonly scope: "attached"; readonly repository: string; readonly digest: string }
  | { readonly scope: "deleted"; readonly repository: string; readonly tag: string; readonly digest: string }
);

const rule = z.string();
const repository = z.string();
const schema: z.ZodType<ReplicationParameters> = z.discriminatedUnion("scope", [
  z.object({ rule, scope: z.literal("all") }),
  z.object({ rule, scope: z.literal("tag"), repository, tag: z.string() }),
  z.object({ rule, scope: z.literal("attached"), repository, digest: z.string() }),
  z.object({ rule, scope: z.literal("deleted"), repository, tag: z.string(), digest: z.string() }),
]);

/** Throws `JOB_INVALID`. */
export function parseReplicationParameters(parameters: unknown): ReplicationParameters {
  const parsed = schema.safeParse(parameters);
  if (!parsed.success) {
    throw new RegistryJobError("JOB_INVALID", "the parameters are none of a replication");
  }
  return parsed.data;
}

/** The rule that a job carries out; `undefined` of any other job. */
export function ruleOfJob({ kind, parameters }: RegistryJobRecord): string | undefined {
  const parsed = kind === "replicate" ? schema.safeParse(parameters) : undefined;
  return parsed?.success === true ? parsed.data.rule : undefined;
}

/** The job that carries it out; the same that waits already is not made twice. */
export function replicationJob(parameters: ReplicationParameters, requestedBy: string): NewRegistryJob {
  return { kind: "replicate", target: targetOf(parameters), parameters, requestedBy, isOnce: true };
}

function targetOf(parameters: ReplicationParameters): string {
  switch (parameters.scope) {
    case "all":
      return parameters.rule;
    case "tag":
      return `${parameters.rule}: ${parameters.repository}:${parameters.tag}`;
    case "attached":
      return `${parameters.rule}: ${parameters.repository}@${parameters.digest}`;
    case "deleted":
      return `${parameters.rule}: ${parameters.repository}:${parameters.tag} (deleted)`;
  }
}
