// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import { accountOf } from "../security/authenticate.ts";

/** Writes who did what to the audit log before the answer goes out; a log that cannot be written refuses the act. */
export async function appendAudit(
  context: ServerContext,
  request: FastifyRequest,
  entry: { readonly actor: string; readonly action: string; readonly target: string },
): Promise<void> {
  await context.database.audit.append({
    ...entry,
    requestId: request.id,
    remoteAddress: request.ip,
    at: context.clock.now().toISOString(),
  });
}

/** The same for acts of whoever is signed in. */
export function createAudit(
  context: ServerContext,
): (request: FastifyRequest, action: string, target: string) => Promise<void> {
  return (request, action, target) => appendAudit(context, request, { actor: accountOf(request).name, action, target });
}
