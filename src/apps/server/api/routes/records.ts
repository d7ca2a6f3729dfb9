// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../../context.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { auditQuerySchema, decisionsQuerySchema } from "../schemas/query.ts";
import { auditListSchema, decisionListSchema } from "../schemas/records.ts";
import { toReasonBodies } from "../views/verdict-body.ts";
import { languageOf } from "./images.ts";

/** What the gates decided, and who did what. */
export function addRecordRoutes(app: ApiApp, context: ServerContext): void {
  app.route({
    method: "GET",
    url: "/api/v1/decisions",
    config: { access: READERS },
    schema: {
      operationId: "listDecisions",
      tags: ["records"],
      querystring: decisionsQuerySchema,
      response: { 200: decisionListSchema },
    },
    handler: async (request) => {
      const { lang, ...query } = request.query;
      const language = languageOf(context, request, lang);
      const decisions = await context.database.decisions.list(query);
      return {
        decisions: decisions.map((decision) => ({
          ...decision,
          reasons: toReasonBodies(decision.reasons, language),
        })),
      };
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/audit",
    config: { access: ["ADMIN"] },
    schema: {
      operationId: "listAudit",
      tags: ["records"],
      querystring: auditQuerySchema,
      response: { 200: auditListSchema },
    },
    handler: async (request) => ({ entries: await context.database.audit.list({ limit: request.query.limit }) }),
  });
}
