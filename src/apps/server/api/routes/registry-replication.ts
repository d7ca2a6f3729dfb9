// SPDX-License-Identifier: Apache-2.0
import type { RegistryJobRecord, Role } from "#database";
import { nextTime, parseReplicationRule, type ReplicationRule, scheduleProblem } from "#registry";
import type { ServerContext } from "../../context.ts";
import { readableRules, replicationJob, ruleOfJob } from "../../registry/replication/index.ts";
import { retentionJob } from "../../registry/retention/index.ts";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import { registryJobSchema } from "../schemas/registry-jobs.ts";
import {
  putReplicationSchema,
  replicationListSchema,
  replicationNameSchema,
  runRetentionSchema,
} from "../schemas/registry-replication.ts";
import { accountOf } from "../security/authenticate.ts";
import { appendAudit } from "../views/append-audit.ts";
import { toRegistryJobBody } from "../views/registry-job-body.ts";
import { languageOf } from "./images.ts";

const ADMINISTRATORS: readonly Role[] = ["ADMIN"];
/** Among which the last job of each rule is looked for. */
const RECENT_JOBS = 500;

/** Replication rules and carrying them out; carrying out retention, or showing what it would remove. */
export function addRegistryReplicationRoutes(app: ApiApp, context: ServerContext): void {
  const { registryObjects, registryJobs } = context.database;

  app.route({
    method: "GET",
    url: "/api/v1/registry/replication",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "listReplicationRules",
      tags: ["registry replication"],
      response: { 200: replicationListSchema },
    },
    handler: async (request) => {
      const objects = await registryObjects.list("replication");
      const jobs = await registryJobs.list({ kind: "replicate", limit: RECENT_JOBS });
      const now = context.clock.now();
      return {
        rules: readableRules(objects).map(({ name, rule }) => {
          const stored = objects.find((object) => object.name === name);
          const lastJob = jobs.find((job) => ruleOfJob(job) === name);
          const nextAt = rule.trigger.kind === "schedule" ? nextTime(rule.trigger, now) : undefined;
          return {
            name,
            rule,
            updatedBy: stored?.updatedBy ?? "",
            updatedAt: stored?.updatedAt ?? "",
            ...(lastJob === undefined ? {} : { lastJob: toRegistryJobBody(lastJob, languageOf(context, request)) }),
            ...(nextAt === undefined ? {} : { nextAt: nextAt.toISOString() }),
          };
        }),
      };
    },
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/replication",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "putReplicationRule",
      tags: ["registry replication"],
      body: putReplicationSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name } = request.body;
      const rule = assertRule(request.body.rule);
      const updatedBy = accountOf(request).name;
      await appendAudit(context, request, {
        actor: updatedBy,
        action: "replication-rule-changed",
        target: `${name} ${JSON.stringify(rule)}`,
      });
      await registryObjects.put({ kind: "replication", name, document: rule, updatedBy });
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/replication",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "deleteReplicationRule",
      tags: ["registry replication"],
      querystring: replicationNameSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name } = request.query;
      await appendAudit(context, request, {
        actor: accountOf(request).name,
        action: "replication-rule-deleted",
        target: name,
      });
      if (!(await registryObjects.remove("replication", name))) {
        throw new ApiError("REPLICATION_UNKNOWN", `there is no replication rule ${name}`);
      }
      for (const job of await openJobsOf(name)) {
        await registryJobs.cancel(job.id);
      }
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/replication/run",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "runReplicationRule",
      tags: ["registry replication"],
      body: replicationNameSchema,
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) => {
      const { name } = request.body;
      const actor = accountOf(request).name;
      if ((await registryObjects.find("replication", name)) === undefined) {
        throw new ApiError("REPLICATION_UNKNOWN", `there is no replication rule ${name}`);
      }
      await appendAudit(context, request, { actor, action: "replication-requested", target: name });
      const job = await registryJobs.create(replicationJob({ rule: name, scope: "all" }, actor));
      return reply.code(202).send(toRegistryJobBody(job, languageOf(context, request)));
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/retention/run",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "runRetention",
      tags: ["registry retention"],
      body: runRetentionSchema,
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) => {
      const actor = accountOf(request).name;
      const planned = retentionJob(request.body, actor);
      await appendAudit(context, request, { actor, action: "retention-requested", target: planned.target });
      return reply.code(202).send(toRegistryJobBody(await registryJobs.create(planned), languageOf(context, request)));
    },
  });

  function assertRule(document: unknown): ReplicationRule {
    const parsed = parseReplicationRule(document);
    if ("problem" in parsed) {
      throw new ApiError("REPLICATION_INVALID", parsed.problem);
    }
    const { rule } = parsed;
    const problem = rule.trigger.kind === "schedule" ? scheduleProblem(rule.trigger, context.clock.now()) : undefined;
    if (problem !== undefined) {
      throw new ApiError("REPLICATION_INVALID", `trigger: ${problem}`);
    }
    if (context.configuration.registry.names.includes(rule.registry)) {
      throw new ApiError(
        "REPLICATION_INVALID",
        "registry: expected another registry; promotion copies within this one",
      );
    }
    return rule;
  }

  async function openJobsOf(name: string): Promise<readonly RegistryJobRecord[]> {
    const jobs = await registryJobs.list({ kind: "replicate", limit: RECENT_JOBS });
    return jobs.filter((job) => job.finishedAt === undefined && ruleOfJob(job) === name);
  }
}
