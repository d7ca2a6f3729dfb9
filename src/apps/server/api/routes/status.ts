// SPDX-License-Identifier: Apache-2.0
import { VERSION } from "#configuration";
import type { ServerContext } from "../../context.ts";
import { anonymousPullAt, registryListeners, uriOf } from "../../registry/listeners.ts";
import { type ApiApp, EVERY_ROLE } from "../api-app.ts";
import { checkHealth } from "../health.ts";
import { statusSchema } from "../schemas/status.ts";
import { toAdvisoryDatabaseBody } from "../views/advisory-database-body.ts";
import { registryName } from "../views/find-image.ts";

/** What runs here and how it is. */
export function addStatusRoute(app: ApiApp, context: ServerContext): void {
  app.route({
    method: "GET",
    url: "/api/v1/status",
    config: { access: EVERY_ROLE, isPerRepository: true },
    schema: { operationId: "status", tags: ["status"], response: { 200: statusSchema } },
    handler: async () => ({
      version: VERSION,
      clusterId: context.database.clusterId,
      roles: context.configuration.roles,
      time: context.clock.now().toISOString(),
      registry: registryName(context),
      registryAddresses: registryListeners(context.configuration).map((listener) => ({
        network: listener.kind,
        uri: uriOf(listener),
        isTls: listener.certificateFiles !== undefined,
        anonymousPull: anonymousPullAt(listener, context.configuration.registry, context.settings)(""),
      })),
      advisories: toAdvisoryDatabaseBody(context.judge.advisories),
      policies: context.judge.policies.current().registry.documents.map(({ kind, namespace, name }) => ({
        kind,
        ...(namespace === undefined ? {} : { namespace }),
        name,
      })),
      policyGenerations: {
        registry: context.judge.policies.current().registry.generation,
        admission: context.judge.policies.current().admission.generation,
      },
      components: await checkHealth(context),
    }),
  });
}
