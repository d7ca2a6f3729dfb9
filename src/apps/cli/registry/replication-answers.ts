// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { renderSize, type Translate } from "#messages";
import { renderRows } from "../render-rows.ts";
import { type RegistryJobAnswer, registryJobAnswer } from "./registry-job-answer.ts";
import { renderJobLine } from "./render-jobs.ts";
import { parseAnswer, type Server } from "./server-client.ts";

/** A rule as the server tells of it. */
export interface ReplicationRuleAnswer {
  readonly name: string;
  readonly rule: {
    readonly direction: "push" | "pull";
    readonly registry: string;
    readonly repositories?: readonly string[];
    readonly trigger: { readonly kind: "off" | "event" | "schedule"; readonly cron?: string };
  };
  readonly lastJob?: RegistryJobAnswer;
  readonly nextAt?: string;
}

const rulesAnswer: z.ZodType<{ readonly rules: readonly ReplicationRuleAnswer[] }> = z.object({
  rules: z.array(
    z.object({
      name: z.string(),
      rule: z.looseObject({
        direction: z.enum(["push", "pull"]),
        registry: z.string(),
        repositories: z.exactOptional(z.array(z.string())),
        trigger: z.looseObject({ kind: z.enum(["off", "event", "schedule"]), cron: z.exactOptional(z.string()) }),
      }),
      lastJob: z.exactOptional(registryJobAnswer),
      nextAt: z.exactOptional(z.string()),
    }),
  ),
});

const resultAnswer = z.object({
  counts: z.object({
    copied: z.number(),
    present: z.number(),
    kept: z.number(),
    "not-allowed": z.number(),
    failed: z.number(),
  }),
  bytes: z.number(),
  problems: z.array(z.object({ what: z.string(), why: z.string() })),
});

/** Throws ServerError. */
export async function fetchReplicationRules(server: Server): Promise<readonly ReplicationRuleAnswer[]> {
  return parseAnswer(server, rulesAnswer, await server.get("/api/v1/registry/replication")).rules;
}

/** A table of the rules with what came of each the last time. */
export function renderReplicationRules(rules: readonly ReplicationRuleAnswer[], translate: Translate): string {
  if (rules.length === 0) {
    return `${translate("registryJobs.replication.none")}\n`;
  }
  return renderRows([
    [
      translate("registryJobs.replication.column.rule"),
      translate("registryJobs.replication.column.direction"),
      translate("registryJobs.replication.column.registry"),
      translate("registryJobs.replication.column.repositories"),
      translate("registryJobs.replication.column.trigger"),
      translate("registryJobs.replication.column.last"),
    ],
    ...rules.map(({ name, rule, lastJob }) => [
      name,
      translate(`registryJobs.replication.direction.${rule.direction}`),
      rule.registry,
      rule.repositories?.join(",") ?? "*",
      rule.trigger.cron ??
        translate(rule.trigger.kind === "event" ? "registryJobs.replication.onPush" : "registryJobs.replication.off"),
      lastJob === undefined ? "" : renderJobLine(lastJob, translate),
    ]),
  ]);
}

/** What a replication copied, in a few lines; `undefined` when the server says it in another way. */
export function renderReplicationResult(result: unknown, translate: Translate): string | undefined {
  const parsed = resultAnswer.safeParse(result);
  if (!parsed.success) {
    return undefined;
  }
  const { counts, bytes, problems } = parsed.data;
  const { copied, present, kept, failed } = counts;
  const lines = [
    translate("registryJobs.replication.result", {
      copied,
      size: renderSize(bytes),
      present,
      kept,
      notAllowed: counts["not-allowed"],
      failed,
    }),
    ...problems.map(({ what, why }) => `  ${what}: ${why}`),
  ];
  return `${lines.join("\n")}\n`;
}
