// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { Account } from "#database";
import type { ServerContext } from "../../context.ts";
import type { Access, ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { readSessionHash } from "./session-cookie.ts";

/** Adds the check of who may call what to the application. A route of the API without `config.access` is a bug that stops the start. */
export function addAuthentication(app: ApiApp, context: ServerContext): void {
  app.decorateRequest("account", undefined);
  app.decorateRequest("sessionHash", undefined);
  app.addHook("onRoute", (route) => {
    if (route.url.startsWith("/api/") && route.config?.access === undefined) {
      throw new Error(`the route ${route.url} does not say who may call it`);
    }
  });
  app.addHook("onRequest", async (request) => {
    const access = request.routeOptions.config?.access ?? "open";
    if (access !== "open") {
      await authenticate(context, request, access);
    }
  });
}

async function authenticate(
  context: ServerContext,
  request: FastifyRequest,
  access: Exclude<Access, "open">,
): Promise<void> {
  const hash = readSessionHash(request.headers.cookie);
  const account =
    hash === undefined ? undefined : await context.database.accounts.findSession(hash, context.clock.now());
  if (account === undefined) {
    throw new ApiError("NOT_SIGNED_IN", "no session, or it has ended");
  }
  if (access !== "signed-in") {
    if (account.mustChangePassword) {
      throw new ApiError("PASSWORD_CHANGE_REQUIRED", "the initial password must be changed first");
    }
    if (!access.includes(account.role)) {
      throw new ApiError("PERMISSION_DENIED", `the role ${account.role} may not do this`);
    }
  }
  request.account = account;
  request.sessionHash = hash;
}

/** Who asks, on a route that is not open. */
export function accountOf(request: FastifyRequest): Account {
  if (request.account === undefined) {
    throw new Error(`the route ${request.url} asked for an account, but is open`);
  }
  return request.account;
}
