// SPDX-License-Identifier: Apache-2.0
import type { Role } from "#database";
import { type BackupRule, nextTime, scheduleProblem } from "#registry";
import type { ServerContext } from "../../context.ts";
import { type BackupParameters, backupJob, listBackups, readableBackupRules } from "../../registry/backup/index.ts";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import {
  type BackupRequestBody,
  type BackupRuleBody,
  backupListSchema,
  backupRequestSchema,
  backupRuleNameSchema,
  putBackupRuleSchema,
  restoreRequestSchema,
} from "../schemas/registry-backup.ts";
import { registryJobSchema } from "../schemas/registry-jobs.ts";
import { accountOf } from "../security/authenticate.ts";
import { createAudit } from "../views/append-audit.ts";
import { toRegistryJobBody } from "../views/registry-job-body.ts";
import { languageOf } from "./images.ts";

/** A backup has everything, and a restoration changes everything. */
const ADMINISTRATORS: readonly Role[] = ["ADMIN"];
/** Backups that somebody asked for without a rule, and how many of them stay. */
const MANUAL = "manual";
const MANUAL_KEPT = 1_000;

/** Backups of images, snapshots of the registry, and putting images back. */
export function addRegistryBackupRoutes(app: ApiApp, context: ServerContext): void {
  const audit = createAudit(context);
  const { registryObjects, registryJobs } = context.database;

  app.route({
    method: "GET",
    url: "/api/v1/registry/backups",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "listBackups",
      tags: ["registry backup"],
      response: { 200: backupListSchema },
    },
    handler: async () => {
      const isOn = context.configuration.registry.backupDir !== undefined;
      return { rules: await listRules(), backups: isOn ? await listBackups(context) : [] };
    },
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/backup-rule",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "putBackupRule",
      tags: ["registry backup"],
      body: putBackupRuleSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name, rule } = request.body;
      const problem = rule.schedule === undefined ? undefined : scheduleProblem(rule.schedule, context.clock.now());
      if (problem !== undefined) {
        throw new ApiError("REQUEST_INVALID", `rule.schedule: ${problem}`);
      }
      assertOn();
      await audit(request, "backup-rule-changed", `${name} ${JSON.stringify(rule)}`);
      await registryObjects.put({ kind: "backup", name, document: rule, updatedBy: accountOf(request).name });
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/backup-rule",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "deleteBackupRule",
      tags: ["registry backup"],
      querystring: backupRuleNameSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name } = request.query;
      await audit(request, "backup-rule-removed", name);
      if (!(await registryObjects.remove("backup", name))) {
        throw unknownRule(name);
      }
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/backup",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "makeBackup",
      tags: ["registry backup"],
      body: backupRequestSchema,
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) => {
      assertOn();
      const parameters = await parametersOf(request.body);
      await audit(request, "registry-backup-requested", `${parameters.name} (${parameters.rule.content})`);
      const job = await registryJobs.create(backupJob(parameters, accountOf(request).name));
      return reply.code(202).send(toRegistryJobBody(job, languageOf(context, request)));
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/restore",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "restoreBackup",
      tags: ["registry backup"],
      body: restoreRequestSchema,
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) => {
      assertOn();
      const parameters = request.body;
      const there = (await listBackups(context)).find(({ name }) => name === parameters.backup);
      if (there === undefined) {
        throw new ApiError("BACKUP_UNKNOWN", `there is no backup ${parameters.backup}`);
      }
      if (there.content === "everything") {
        throw new ApiError(
          "BACKUP_UNKNOWN",
          `${parameters.backup} is a snapshot: it is restored by haechi admin restore into an empty data folder`,
        );
      }
      await audit(request, "registry-restore-requested", JSON.stringify(parameters));
      const requestedBy = accountOf(request).name;
      const job = { kind: "restore", target: parameters.backup, parameters, requestedBy } as const;
      return reply.code(202).send(toRegistryJobBody(await registryJobs.create(job), languageOf(context, request)));
    },
  });

  async function listRules(): Promise<readonly BackupRuleBody[]> {
    const objects = await registryObjects.list("backup");
    return readableBackupRules(objects).flatMap(({ name, rule }) => {
      const object = objects.find((each) => each.name === name);
      const next = rule.schedule === undefined ? undefined : nextTime(rule.schedule, context.clock.now());
      return object === undefined
        ? []
        : [
            {
              name,
              rule,
              updatedBy: object.updatedBy,
              updatedAt: object.updatedAt,
              ...(next === undefined ? {} : { nextAt: next.toISOString() }),
            },
          ];
    });
  }

  async function parametersOf(body: BackupRequestBody): Promise<BackupParameters> {
    const { rule: name, content, format, ...selection } = body;
    if (name !== undefined) {
      const object = await registryObjects.find("backup", name);
      const [found] = object === undefined ? [] : readableBackupRules([object]);
      if (found === undefined) {
        throw unknownRule(name);
      }
      return found;
    }
    const rule: BackupRule =
      content === "images" ? { content, ...selection, format, keep: MANUAL_KEPT } : { content, keep: MANUAL_KEPT };
    return { name: MANUAL, rule };
  }

  function unknownRule(name: string): ApiError {
    return new ApiError("BACKUP_RULE_UNKNOWN", `there is no backup rule ${name}`);
  }

  function assertOn(): void {
    if (context.configuration.registry.backupDir === undefined) {
      throw new ApiError("BACKUP_OFF", "set registry.backupDir to a folder and start the server again");
    }
  }
}
