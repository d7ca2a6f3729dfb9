// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { ManifestRecord, Role, ScanJobRecord } from "#database";
import type { ServerContext } from "../../context.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { holdingPageSchema, holdingQuerySchema } from "../schemas/holding.ts";
import { namedImageSchema } from "../schemas/query.ts";
import {
  scanIdSchema,
  scanListSchema,
  scanRequestedSchema,
  scanStoppedSchema,
  scansQuerySchema,
} from "../schemas/scans.ts";
import { accountOf } from "../security/authenticate.ts";
import { appendAudit } from "../views/append-audit.ts";
import { findImage, findPlatforms } from "../views/find-image.ts";
import { toScanJobBody } from "../views/scan-job-body.ts";

const SCANNERS: readonly Role[] = ["ADMIN", "IMAGE_UPLOADER"];

/** Scans: what was asked for and how far it is, asking, stopping, trying again; and which images hold what. */
export function addScanRoutes(app: ApiApp, context: ServerContext): void {
  app.route({
    method: "POST",
    url: "/api/v1/image/scan",
    config: { access: SCANNERS },
    schema: {
      operationId: "scanImage",
      tags: ["scans"],
      body: namedImageSchema,
      response: { 202: scanRequestedSchema },
    },
    handler: async (request, reply) => {
      const platforms = await platformsOf(request.body.image);
      const actor = accountOf(request).name;
      await appendAudit(context, request, { actor, action: "scan-requested", target: request.body.image });
      for (const { digest } of platforms) {
        await context.database.scans.request(digest, { reason: "request", requestedBy: actor });
      }
      return reply.code(202).send({ requested: platforms.length });
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/image/scan",
    config: { access: SCANNERS },
    schema: {
      operationId: "stopScanOfImage",
      tags: ["scans"],
      querystring: namedImageSchema,
      response: { 200: scanStoppedSchema },
    },
    handler: async (request) => {
      const { image } = request.query;
      const platforms = await platformsOf(image);
      await appendAudit(context, request, { actor: accountOf(request).name, action: "scan-stopped", target: image });
      let stopped = 0;
      for (const { digest } of platforms) {
        stopped += (await stop(request, digest)) ? 1 : 0;
      }
      return { stopped };
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/scans",
    config: { access: READERS },
    schema: {
      operationId: "listScans",
      tags: ["scans"],
      querystring: scansQuerySchema,
      response: { 200: scanListSchema },
    },
    handler: async (request) => {
      const { digest, ...query } = request.query;
      const jobs = await context.database.scanJobs.list({
        ...query,
        ...(digest === undefined ? {} : { digests: [digest] }),
      });
      return { scans: jobs.map(toScanJobBody) };
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/scan",
    config: { access: SCANNERS },
    schema: {
      operationId: "stopScan",
      tags: ["scans"],
      querystring: scanIdSchema,
      response: { 200: scanStoppedSchema },
    },
    handler: async (request) => {
      const job = await findJob(request.query.id);
      if (!toScanJobBody(job).isStoppable) {
        throw new ApiError("SCAN_NOT_STOPPABLE", `scan ${job.id} is over, or of an image of another registry`);
      }
      await appendAudit(context, request, {
        actor: accountOf(request).name,
        action: "scan-stopped",
        target: nameOf(job),
      });
      return { stopped: (await stop(request, job.digest)) ? 1 : 0 };
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/scan/retry",
    config: { access: SCANNERS },
    schema: { operationId: "retryScan", tags: ["scans"], body: scanIdSchema, response: { 202: scanRequestedSchema } },
    handler: async (request, reply) => {
      const job = await findJob(request.body.id);
      const isOurs = (await context.database.registry.findHolder(job.digest))?.kind === "manifest";
      if (!isOurs) {
        throw new ApiError("IMAGE_UNKNOWN", `no image of this registry has the digest of scan ${job.id}`);
      }
      const actor = accountOf(request).name;
      await appendAudit(context, request, { actor, action: "scan-requested", target: nameOf(job) });
      await context.database.scans.request(job.digest, { reason: "request", requestedBy: actor });
      return reply.code(202).send({ requested: 1 });
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/images/holding",
    config: { access: READERS },
    schema: {
      operationId: "findImagesHolding",
      tags: ["images"],
      querystring: holdingQuerySchema,
      response: { 200: holdingPageSchema },
    },
    handler: async (request) => context.database.scanIndex.findHolding(request.query),
  });

  async function platformsOf(image: string): Promise<readonly ManifestRecord[]> {
    const { record } = await findImage(context, image);
    return await findPlatforms(context, record);
  }

  async function findJob(id: number): Promise<ScanJobRecord> {
    const job = await context.database.scanJobs.find(id);
    if (job === undefined) {
      throw new ApiError("SCAN_UNKNOWN", `no scan has the id ${id}`);
    }
    return job;
  }

  async function stop(request: FastifyRequest, digest: ScanJobRecord["digest"]): Promise<boolean> {
    return await context.database.scanJobs.abandon(digest, {
      state: "cancelled",
      message: `stopped by ${accountOf(request).name}`,
    });
  }
}

function nameOf({ names, digest }: ScanJobRecord): string {
  return names[0] ?? digest;
}
