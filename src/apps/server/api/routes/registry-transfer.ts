// SPDX-License-Identifier: Apache-2.0
import type { Role } from "#database";
import type { ServerContext } from "../../context.ts";
import { importParametersSchema } from "../../registry/import/index.ts";
import { upstreamSecretName, writeUpstreamCredentials } from "../../registry/upstream/upstream-credentials.ts";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import { registryJobSchema } from "../schemas/registry-jobs.ts";
import {
  cacheListSchema,
  putUpstreamCredentialsSchema,
  upstreamCredentialsNameSchema,
} from "../schemas/registry-transfer.ts";
import { accountOf } from "../security/authenticate.ts";
import { appendAudit } from "../views/append-audit.ts";
import { toRegistryJobBody } from "../views/registry-job-body.ts";
import { languageOf } from "./images.ts";

const ADMINISTRATORS: readonly Role[] = ["ADMIN"];

/** Other registries: caches of them, credentials for them, and bringing all that they have here. */
export function addRegistryTransferRoutes(app: ApiApp, context: ServerContext): void {
  app.route({
    method: "GET",
    url: "/api/v1/registry/caches",
    config: { access: ADMINISTRATORS },
    schema: { operationId: "listRegistryCaches", tags: ["registry caches"], response: { 200: cacheListSchema } },
    handler: async () => {
      await context.settings.refresh();
      const known = new Map((context.proxyCache?.overview() ?? []).map((each) => [each.prefix, each]));
      return {
        caches: context.settings.tree.prefixes.flatMap(({ prefix, settings: { proxyCache } }) => {
          if (proxyCache === undefined) {
            return [];
          }
          const { registry, repositoryPrefix, credentials } = proxyCache;
          return [
            {
              prefix,
              registry,
              ...(repositoryPrefix === undefined ? {} : { repositoryPrefix }),
              ...(credentials === undefined ? {} : { credentials }),
              upstream: known.get(prefix)?.upstream ?? { registry, state: "answering" as const },
              fetching: known.get(prefix)?.fetching ?? [],
            },
          ];
        }),
      };
    },
  });

  app.route({
    method: "PUT",
    url: "/api/v1/registry/upstream-credentials",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "putUpstreamCredentials",
      tags: ["registry caches"],
      body: putUpstreamCredentialsSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name, ...credentials } = request.body;
      await appendAudit(context, request, {
        actor: accountOf(request).name,
        action: "upstream-credentials-changed",
        target: `${name} (${credentials.registry}${credentials.isPlainHttp === true ? ", HTTP" : ""})`,
      });
      await writeUpstreamCredentials(context.database.secrets, secretOf(name), credentials);
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/registry/upstream-credentials",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "deleteUpstreamCredentials",
      tags: ["registry caches"],
      querystring: upstreamCredentialsNameSchema,
      response: { 204: emptySchema },
    },
    handler: async (request, reply) => {
      const { name } = request.query;
      await appendAudit(context, request, {
        actor: accountOf(request).name,
        action: "upstream-credentials-removed",
        target: name,
      });
      await writeUpstreamCredentials(context.database.secrets, secretOf(name), undefined);
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/registry/import",
    config: { access: ADMINISTRATORS },
    schema: {
      operationId: "importRegistry",
      tags: ["registry import"],
      body: importParametersSchema,
      response: { 202: registryJobSchema },
    },
    handler: async (request, reply) => {
      const parameters = request.body;
      const target = `${parameters.registry} → ${parameters.to === "" ? "/" : parameters.to}`;
      const requestedBy = accountOf(request).name;
      await appendAudit(context, request, {
        actor: requestedBy,
        action: parameters.isDryRun ? "registry-import-planned" : "registry-import-requested",
        target,
      });
      const job = await context.database.registryJobs.create({ kind: "import", target, parameters, requestedBy });
      return reply.code(202).send(toRegistryJobBody(job, languageOf(context, request)));
    },
  });
}

function secretOf(name: string): string {
  const secret = upstreamSecretName(name);
  if (secret === undefined) {
    throw new ApiError("REQUEST_INVALID", "not a name of credentials");
  }
  return secret;
}
