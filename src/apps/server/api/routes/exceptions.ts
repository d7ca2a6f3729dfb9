// SPDX-License-Identifier: Apache-2.0
import type { ServerContext } from "../../context.ts";
import { type ApiApp, READERS } from "../api-app.ts";
import { exceptionListSchema } from "../schemas/exceptions.ts";
import { exceptionsQuerySchema } from "../schemas/query.ts";
import { listExceptions } from "../views/list-exceptions.ts";

/** The exceptions that admission knows, with their use. */
export function addExceptionRoutes(app: ApiApp, context: ServerContext): void {
  app.route({
    method: "GET",
    url: "/api/v1/exceptions",
    config: { access: READERS },
    schema: {
      operationId: "listExceptions",
      tags: ["exceptions"],
      querystring: exceptionsQuerySchema,
      response: { 200: exceptionListSchema },
    },
    handler: async () => ({ exceptions: await listExceptions(context) }),
  });
}
