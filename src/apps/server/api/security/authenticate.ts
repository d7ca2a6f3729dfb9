// SPDX-License-Identifier: Apache-2.0
import type { FastifyRequest } from "fastify";
import type { Account } from "#database";
import type { ServerContext } from "../../context.ts";
import type { Access, ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { createKeyLogin, type KeyLogin } from "./key-login.ts";
import { readSessionHash } from "./session-cookie.ts";

/** Adds the check of who may call what to the application. A route of the API without `config.access` is a bug that stops the start. */
export function addAuthentication(app: ApiApp, context: ServerContext): void {
  const keys = createKeyLogin(context);
  app.decorateRequest("account", undefined);
  app.decorateRequest("accessKey", undefined);
  app.decorateRequest("sessionHash", undefined);
  app.addHook("onRoute", (route) => {
    if (route.url.startsWith("/api/") && route.config?.access === undefined) {
      throw new Error(`the route ${route.url} does not say who may call it`);
    }
  });
  app.addHook("onRequest", async (request) => {
    const { access = "open", isPerRepository = false } = request.routeOptions.config ?? {};
    if (access !== "open") {
      await authenticate(context, request, keys);
      assertMayCall(accountOf(request), { access, isPerRepository });
    }
  });
  app.addHook("onClose", () => keys.close());
}

/** An access key in the request comes before a cookie, which a browser may add. */
async function authenticate(context: ServerContext, request: FastifyRequest, keys: KeyLogin): Promise<void> {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const { account, key } = await keys.login(request, authorization);
    // A robot never had a password, and a person's key is no password.
    request.account = { ...account, mustChangePassword: false };
    request.accessKey = key;
    return;
  }
  const hash = readSessionHash(cookie);
  const account =
    hash === undefined ? undefined : await context.database.accounts.findSession(hash, context.clock.now());
  if (account === undefined) {
    throw new ApiError("NOT_SIGNED_IN", "no session, or it has ended");
  }
  request.account = account;
  request.sessionHash = hash;
}

function assertMayCall(
  account: Account,
  { access, isPerRepository }: { readonly access: Exclude<Access, "open">; readonly isPerRepository: boolean },
): void {
  if (access === "signed-in") {
    return;
  }
  if (account.mustChangePassword) {
    throw new ApiError(
      "PASSWORD_CHANGE_REQUIRED",
      "the first password must be changed: sign in to the console with it and choose another one, then use that here",
    );
  }
  if (!access.includes(account.role)) {
    throw new ApiError("PERMISSION_DENIED", `the role ${account.role} may not do this`);
  }
  if (account.grants.length > 0 && !isPerRepository) {
    // It would see repositories that it has no role in.
    throw new ApiError("PERMISSION_DENIED", "an account with roles for some repositories only may not do this");
  }
}

/** Who asks, on a route that is not open. */
export function accountOf(request: FastifyRequest): Account {
  if (request.account === undefined) {
    throw new Error(`the route ${request.url} asked for an account, but is open`);
  }
  return request.account;
}
