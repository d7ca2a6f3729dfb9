// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { RegistryJobRecord, Role } from "#database";
import type { ServerContext } from "../../context.ts";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import {
  type RegistryJobBody,
  registryJobIdSchema,
  registryJobListSchema,
  registryJobSchema,
  registryJobsQuerySchema,
} from "../schemas/registry-jobs.ts";
import { accountOf } from "../security/authenticate.ts";
import { appendAudit } from "../views/append-audit.ts";
import { toRegistryJobBody } from "../views/registry-job-body.ts";
import { languageOf } from "./images.ts";

/** Jobs tell of all repositories, and what they do is everybody's. */
const ADMINISTRATORS: readonly Role[] = ["ADMIN"];

/** The long work of the registry: what was asked for, how far it is, stopping it, and agreeing to what needs that. */
export function addRegistryJobRoutes(app: ApiApp, context: ServerContext): void {
  const jobs = context.database.registryJobs;

  app.route({
    method: "GET",
    url: "/api/v1/registry/jobs",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "listRegistryJobs",
      tags: ["registry jobs"],
      querystring: registryJobsQuerySchema,
      response: { 200: registryJobListSchema },
    },
    handler: async (request) => ({
      jobs: (await jobs.list(request.query)).map((job) => toRegistryJobBody(job, languageOf(context, request))),
    }),
  });

  app.route({
    method: "GET",
    url: "/api/v1/registry/job",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "getRegistryJob",
      tags: ["registry jobs"],
      querystring: registryJobIdSchema,
      response: { 200: registryJobSchema },
    },
    handler: async (request) => toRegistryJobBody(await findJob(request.query.id), languageOf(context, request)),
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/jobs/cancel",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "cancelRegistryJob",
      tags: ["registry jobs"],
      body: registryJobIdSchema,
      response: { 200: registryJobSchema },
    },
    handler: async (request) => {
      const job = await findJob(request.body.id);
      await audit(request, "registry-job-cancelled", job);
      if (!(await jobs.cancel(job.id))) {
        throw new ApiError("JOB_OVER", `job ${job.id} is over already`);
      }
      return toRegistryJobBody(await findJob(job.id), languageOf(context, request));
    },
  });

  for (const [verb, isApproved] of [
    ["approve", true],
    ["reject", false],
  ] as const) {
    app.route({
      method: "POST",
      url: `/api/v1/registry/jobs/${verb}`,
      config: { access: ADMINISTRATORS },
      schema: {
        operationId: `${verb}RegistryJob`,
        tags: ["registry jobs"],
        body: registryJobIdSchema,
        response: { 200: registryJobSchema },
      },
      handler: async (request) => await decide(request, { id: request.body.id, isApproved }),
    });
  }

  async function decide(
    request: FastifyRequest,
    { id, isApproved }: { readonly id: number; readonly isApproved: boolean },
  ): Promise<RegistryJobBody> {
    const job = await findJob(id);
    const { name: decidedBy, kind } = accountOf(request);
    if (isApproved && kind === "robot") {
      // any administrator may have made its key
      throw new ApiError("PERMISSION_DENIED", "people approve, robots do not");
    }
    if (isApproved && job.requestedBy === decidedBy) {
      // four eyes: nobody agrees to what they asked for themselves
      throw new ApiError(
        "JOB_OWN_REQUEST",
        `job ${id} was asked for by ${decidedBy}, so somebody else has to approve it`,
      );
    }
    await audit(request, isApproved ? "registry-job-approved" : "registry-job-rejected", job);
    if (!(await jobs.decide(id, { isApproved, decidedBy }))) {
      throw new ApiError("JOB_NOT_AWAITING", `job ${id} does not await a decision`);
    }
    return toRegistryJobBody(await findJob(id), languageOf(context, request));
  }

  async function findJob(id: number): Promise<RegistryJobRecord> {
    const job = await jobs.find(id);
    if (job === undefined) {
      throw new ApiError("JOB_UNKNOWN", `no job has the id ${id}`);
    }
    return job;
  }

  async function audit(request: FastifyRequest, action: string, job: RegistryJobRecord): Promise<void> {
    await appendAudit(context, request, {
      actor: accountOf(request).name,
      action,
      target: `${job.kind} ${job.target} (job ${job.id})`,
    });
  }
}
