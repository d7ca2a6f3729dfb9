// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import { type Account, hashPassword, verifyPassword } from "#database";
import type { ServerContext } from "../../context.ts";
import { LoginThrottle } from "../../login-throttle.ts";
import type { ApiApp } from "../api-app.ts";
import type { ApiMetrics } from "../api-metrics.ts";
import { ApiError } from "../errors.ts";
import { emptySchema } from "../schemas/empty.ts";
import { loginSchema, passwordSchema, type SessionBody, sessionSchema } from "../schemas/session.ts";
import { accountOf } from "../security/authenticate.ts";
import { findPasswordFault } from "../security/password-rules.ts";
import { renderExpiredCookie } from "../security/session-cookie.ts";
import { startSession } from "../security/start-session.ts";
import { appendAudit } from "../views/append-audit.ts";

/** Each check takes a thread of the pool that file access needs too. */
const MAX_CHECKS_AT_ONCE = 4;

/** Signing in and out, and changing one's password. */
export function addSessionRoutes(app: ApiApp, context: ServerContext, metrics: ApiMetrics): void {
  const throttle = new LoginThrottle();
  let checks = 0;

  async function check(request: FastifyRequest, name: string, password: string): Promise<Account | undefined> {
    const waitSeconds = checks >= MAX_CHECKS_AT_ONCE ? 1 : throttle.begin(name, request.ip, context.clock.now());
    if (waitSeconds > 0) {
      metrics.logins.inc({ result: "throttled" });
      throw new ApiError("TOO_MANY_ATTEMPTS", `too many failed attempts: try again in ${waitSeconds} s`, {
        retryAfterSeconds: waitSeconds,
      });
    }
    checks += 1;
    try {
      const account = await context.database.accounts.findByName(name);
      const { isValid: isRight } = await verifyPassword(password, account?.passwordHash);
      metrics.logins.inc({ result: isRight ? "ok" : "failed" });
      if (isRight && account !== undefined) {
        throttle.succeed(name, request.ip);
        return account;
      }
      // Somebody who types the password into the wrong field must not find it in the audit log.
      const target = account === undefined ? "(unknown account)" : account.name;
      await appendAudit(context, request, { actor: "anonymous", action: "login-failed", target });
      return undefined;
    } finally {
      checks -= 1;
    }
  }

  app.route({
    method: "POST",
    url: "/api/v1/session",
    config: { access: "open" },
    schema: { operationId: "login", tags: ["session"], body: loginSchema, response: { 200: sessionSchema } },
    handler: async (request, reply) => {
      const { name, password } = request.body;
      const account = await check(request, name, password);
      if (account === undefined) {
        throw new ApiError("LOGIN_FAILED", "name or password is wrong");
      }
      await appendAudit(context, request, { actor: account.name, action: "login", target: account.name });
      reply.header("set-cookie", await startSession(context, account.id, { isSecure: isOverTls(request) }));
      return toSessionBody(account);
    },
  });

  app.route({
    method: "GET",
    url: "/api/v1/session",
    config: { access: "signed-in" },
    schema: { operationId: "me", tags: ["session"], response: { 200: sessionSchema } },
    handler: async (request) => toSessionBody(accountOf(request)),
  });

  app.route({
    method: "DELETE",
    url: "/api/v1/session",
    config: { access: "signed-in" },
    schema: { operationId: "logout", tags: ["session"], response: { 204: emptySchema } },
    handler: async (request, reply) => {
      const account = accountOf(request);
      await context.database.accounts.endSession(request.sessionHash ?? "");
      await appendAudit(context, request, { actor: account.name, action: "logout", target: account.name });
      return reply.code(204).header("set-cookie", renderExpiredCookie()).send(null);
    },
  });

  app.route({
    method: "POST",
    url: "/api/v1/session/password",
    config: { access: "signed-in" },
    schema: {
      operationId: "changePassword",
      tags: ["session"],
      body: passwordSchema,
      response: { 200: sessionSchema },
    },
    handler: async (request, reply) => {
      const { currentPassword, newPassword } = request.body;
      const { id, name } = accountOf(request);
      if ((await check(request, name, currentPassword)) === undefined) {
        throw new ApiError("PASSWORD_WRONG", "the current password is wrong");
      }
      const fault = findPasswordFault({ current: currentPassword, next: newPassword });
      if (fault !== undefined) {
        throw new ApiError(fault, "the new password is not accepted");
      }
      await context.database.accounts.setPassword(id, await hashPassword(newPassword));
      await appendAudit(context, request, { actor: name, action: "password-changed", target: name });
      // Whoever else held a session of this account is out; this browser gets a new one.
      reply.header("set-cookie", await startSession(context, id, { isSecure: isOverTls(request) }));
      return { ...toSessionBody(accountOf(request)), mustChangePassword: false };
    },
  });
}

/** We speak HTTP; a TLS proxy says that the browser does not. Whoever lies about it only loses the own cookie. */
function isOverTls({ headers }: FastifyRequest): boolean {
  const scheme = headers["x-forwarded-proto"];
  return typeof scheme === "string" && scheme.trim().toLowerCase() === "https";
}

function toSessionBody(account: Account): SessionBody {
  return { name: account.name, role: account.role, mustChangePassword: account.mustChangePassword };
}
