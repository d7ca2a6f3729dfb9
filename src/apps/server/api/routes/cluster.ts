// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../../context.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { clusterComponentsSchema } from "../schemas/cluster.ts";
import { toAdvisoryDatabaseBody } from "../views/advisory-database-body.ts";

/** What the cluster itself is made of, and what is known about it. */
export function addClusterRoute(app: ApiApp, context: ServerContext): void {
  app.route({
    method: "GET",
    url: "/api/v1/cluster/components",
    config: { access: READERS },
    schema: { operationId: "listClusterComponents", tags: ["cluster"], response: { 200: clusterComponentsSchema } },
    handler: async () => {
      const { clusterComponents } = context;
      const match = await clusterComponents?.current();
      return {
        isWatched: clusterComponents !== undefined,
        components: (match?.components ?? []).map(({ findings, ...component }) => ({
          ...component,
          findings: findings.map(
            ({ id, aliases, state, severity, title, url, fixedVersions, exploitation, match: found }) => ({
              id,
              aliases,
              state,
              severity,
              title,
              ...(url === undefined ? {} : { url }),
              fixedVersions,
              isKnownExploited: exploitation?.knownExploited !== undefined,
              advisoryId: found.advisoryId,
              range: found.range,
            }),
          ),
        })),
        gaps: match?.gaps ?? [],
        database: toAdvisoryDatabaseBody(context.judge.advisories),
      };
    },
  });
}
