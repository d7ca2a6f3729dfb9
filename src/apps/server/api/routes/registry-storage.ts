// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { NewRegistryJob, Role } from "#database";
import type { ServerContext } from "../../context.ts";
import { imagesOf, readStorageUsage } from "../../registry/storage/index.ts";
import type { ApiApp } from "../api-app.ts";
import { type RegistryJobBody, registryJobSchema } from "../schemas/registry-jobs.ts";
import {
  collectionRequestSchema,
  type DamagedBlobBody,
  damagedBlobListSchema,
  damagedBlobsQuerySchema,
  storageUsageSchema,
  usageQuerySchema,
} from "../schemas/registry-storage.ts";
import { accountOf } from "../security/authenticate.ts";
import { appendAudit } from "../views/append-audit.ts";
import { toRegistryJobBody } from "../views/registry-job-body.ts";
import { languageOf } from "./images.ts";

/** The figures name every repository. */
const ADMINISTRATORS: readonly Role[] = ["ADMIN"];

const MAX_HOLDERS = 10;

/** The storage of the registry: figures, garbage collection, the check of what is stored. */
export function addRegistryStorageRoutes(app: ApiApp, context: ServerContext): void {
  app.route({
    method: "GET",
    url: "/api/v1/registry/usage",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "getStorageUsage",
      tags: ["registry storage"],
      querystring: usageQuerySchema,
      response: { 200: storageUsageSchema },
    },
    handler: async (request) => await readStorageUsage(context, request.query),
  });

  app.route({
    method: "GET",
    url: "/api/v1/registry/damaged-blobs",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "listDamagedBlobs",
      tags: ["registry storage"],
      querystring: damagedBlobsQuerySchema,
      response: { 200: damagedBlobListSchema },
    },
    handler: async (request) => {
      const { damagedBlobs, registry } = context.database;
      const blobs: DamagedBlobBody[] = [];
      for (const blob of await damagedBlobs.list(request.query)) {
        blobs.push({ ...blob, images: imagesOf(await registry.findHolders(blob.digest, MAX_HOLDERS)) });
      }
      return { blobs };
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/gc",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "collectGarbage",
      tags: ["registry storage"],
      body: collectionRequestSchema,
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) => {
      const { isDryRun = false } = request.body;
      const target = isDryRun ? "dry-run" : "";
      return reply.code(202).send(await begin(request, { kind: "gc", target, parameters: { isDryRun } }));
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/check",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "checkStorage",
      tags: ["registry storage"],
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) =>
      reply.code(202).send(await begin(request, { kind: "check", target: "", parameters: {} })),
  });

  async function begin(
    request: FastifyRequest,
    job: Pick<NewRegistryJob, "kind" | "target" | "parameters">,
  ): Promise<RegistryJobBody> {
    const requestedBy = accountOf(request).name;
    await appendAudit(context, request, {
      actor: requestedBy,
      action: `registry-${job.kind}-requested`,
      target: job.target,
    });
    return toRegistryJobBody(
      await context.database.registryJobs.create({ ...job, requestedBy, isOnce: true }),
      languageOf(context, request),
    );
  }
}
