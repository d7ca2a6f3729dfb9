// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import { mayDo } from "../../accounts/account-rights.ts";
import type { ServerContext } from "../../context.ts";
import type { Author, RegistryContent } from "../../registry/content/registry-content.ts";
import { RegistryError } from "../../registry/errors.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import {
  deletedSchema,
  deleteManifestQuerySchema,
  deleteTagQuerySchema,
  repositoriesQuerySchema,
  repositoryListSchema,
  tagListSchema,
  tagsQuerySchema,
} from "../schemas/registry-content.ts";
import { accountOf } from "../security/authenticate.ts";
import { readablePrefixes } from "../views/readable-repositories.ts";

/** Repositories and tags as lists, and what is deleted from them. */
export function addRegistryContentRoutes(app: ApiApp, context: ServerContext): void {
  const { registry } = context.database;

  app.route({
    method: "GET",
    url: "/api/v1/registry/repositories",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "listRegistryRepositories",
      tags: ["registry content"],
      querystring: repositoriesQuerySchema,
      response: { 200: repositoryListSchema },
    },
    handler: async (request) => {
      const readable = readablePrefixes(request);
      const page = { ...request.query, ...(readable === undefined ? {} : { readable }) };
      return { repositories: await registry.listUsage(page) };
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/registry/tags",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "listRegistryTags",
      tags: ["registry content"],
      querystring: tagsQuerySchema,
      response: { 200: tagListSchema },
    },
    handler: async (request) => {
      const { repository, ...page } = request.query;
      // one that may not be read is none, as far as the asker is told
      if (!mayDo(accountOf(request), "pull", repository) || !(await registry.hasRepository(repository))) {
        throw new ApiError("CONTENT_UNKNOWN", `there is no repository ${repository}`);
      }
      return { repository, tags: await registry.listTagRecords(repository, page) };
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/tag",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "deleteRegistryTag",
      tags: ["registry content"],
      querystring: deleteTagQuerySchema,
      response: { 200: deletedSchema },
    },
    handler: async (request) => {
      const { repository, tag } = request.query;
      assertMayDelete(request, repository);
      await change(async (content) => content.deleteTag(repository, tag, authorOf(request)));
      return { repository, deleted: tag };
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/manifest",
    config: { access: READERS, isPerRepository: true },
    schema: {
      operationId: "deleteRegistryManifest",
      tags: ["registry content"],
      querystring: deleteManifestQuerySchema,
      response: { 200: deletedSchema },
    },
    handler: async (request) => {
      const { repository, digest } = request.query;
      assertMayDelete(request, repository);
      await change(async (content) => content.deleteManifest(repository, digest, authorOf(request)));
      return { repository, deleted: digest };
    },
  });

  async function change(work: (content: RegistryContent) => Promise<void>): Promise<void> {
    const { content } = context;
    if (content === undefined) {
      throw new ApiError("CONTENT_ELSEWHERE", "this process does not have the role registry: ask one that does");
    }
    try {
      await work(content);
    } catch (error) {
      throw error instanceof RegistryError ? toApiError(error) : error;
    }
  }
}

/** As by the protocol: `ADMIN`, in all repositories or by the longest prefix; whether there is the repository plays no part. */
function assertMayDelete(request: FastifyRequest, repository: string): void {
  const account = accountOf(request);
  if (!mayDo(account, "delete", repository)) {
    throw new ApiError("PERMISSION_DENIED", `the account may not delete in ${repository}`);
  }
}

function authorOf(request: FastifyRequest): Author {
  return { actor: accountOf(request).name, requestId: request.id, remoteAddress: request.ip };
}

function toApiError(error: RegistryError): unknown {
  switch (error.code) {
    case "MANIFEST_UNKNOWN":
    case "NAME_UNKNOWN":
      return new ApiError("CONTENT_UNKNOWN", "there is no such tag or manifest", { cause: error });
    case "DENIED":
      return new ApiError("CONTENT_PROTECTED", error.message, { cause: error });
    default:
      return error;
  }
}
