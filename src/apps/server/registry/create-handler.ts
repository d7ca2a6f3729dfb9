// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import { anonymousAccess } from "./access/access.ts";
import { assertAllowed } from "./access/authorize.ts";
import { bearerChallenge } from "./access/challenge.ts";
import { HTTP_STATUS, RegistryError } from "./errors.ts";
import { errorBody, toRegistryError } from "./http/error-answer.ts";
import { Exchange } from "./http/exchange.ts";
import { parseRegistryPath, type RegistryPath } from "./http/registry-path.ts";
import { assertNoCache } from "./proxy-cache/prepare-request.ts";
import type { RegistryParts } from "./registry-parts.ts";
import { isRepositoryName } from "./repository-name.ts";
import { RequestLog } from "./request-log.ts";
import type { Route, RoutedRequest } from "./routes/route.ts";
import { ROUTES } from "./routes/routes.ts";

/** How long the rest of a body that nobody wants may still arrive after it was answered, so that the client reads why. */
const LINGER_MS = 10_000;
/** Where nobody is asked who they are, nobody may do anything. */
const NOBODY = anonymousAccess(() => false);

/** Answers one request; never rejects. */
export type RegistryHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  options?: { readonly expectsContinue: boolean },
) => Promise<void>;

/** The registry as a function of request and response. */
export function createHandler(parts: RegistryParts): RegistryHandler {
  const requestLog = new RequestLog(parts.log);
  return async (request, response, options) => {
    const startedAt = performance.now();
    const exchange = new Exchange(request, response, { language: parts.language, ...options });
    parts.metrics.running.inc();
    try {
      await answer(parts, exchange);
    } catch (error) {
      answerError(exchange, error, requestLog);
    } finally {
      parts.metrics.running.dec();
      exchange.dropRestOfBody(LINGER_MS);
      const durationMs = performance.now() - startedAt;
      parts.metrics.countRequest({
        method: exchange.route === "none" ? "other" : (request.method ?? "other"),
        route: exchange.route,
        status: response.statusCode,
        seconds: durationMs / 1_000,
      });
      parts.metrics.countSent(exchange.sentBytes);
      requestLog.finished(exchange, durationMs);
    }
  };
}

async function answer(parts: RegistryParts, exchange: Exchange): Promise<void> {
  const path = parseRegistryPath(exchange.path);
  if (path === undefined) {
    throw new RegistryError("NAME_UNKNOWN", "nothing is known under this path");
  }
  if (!parts.settings.isServiceOn) {
    throw new RegistryError("UNAVAILABLE", "this registry is switched off", {
      text: { id: "registry.serviceOff", params: {} },
    });
  }
  const route = findRoute(exchange, path);
  const request = await admit(parts, exchange, path, route);
  await route.handle(request);
}

function findRoute(exchange: Exchange, path: RegistryPath): Route {
  const methods = ROUTES[path.kind];
  const method = exchange.request.method ?? "";
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route === undefined) {
    throw new RegistryError("UNSUPPORTED", `this registry does not support ${method.slice(0, 20)} here`, {
      headers: { allow: Object.keys(methods).join(", ") },
    });
  }
  exchange.route = path.kind;
  return route;
}

async function admit(
  parts: RegistryParts,
  exchange: Exchange,
  path: RegistryPath,
  route: Route,
): Promise<RoutedRequest> {
  const repository = "name" in path ? path.name : "";
  const reference = "reference" in path ? path.reference : "";
  if ("name" in path && !isRepositoryName(repository)) {
    throw new RegistryError("NAME_INVALID", "invalid repository name", { details: { name: repository.slice(0, 300) } });
  }
  const access = route.needs === "open" ? NOBODY : await parts.authenticator.authenticate(exchange);
  exchange.actor = access.actor;
  if (route.needs === "account") {
    const isAllowed = path.kind === "catalog" ? access.mayListRepositories : access.hasCredentials;
    if (!isAllowed) {
      throw new RegistryError("UNAUTHORIZED", exchange.translate("registry.unauthorized"), {
        headers: { "www-authenticate": bearerChallenge(exchange, path.kind === "catalog" ? "catalog" : undefined) },
      });
    }
  } else if (route.needs !== "open") {
    if (!access.allows(route.needs, repository)) {
      await parts.authenticator.noteRefusal(exchange, access, { action: route.needs, repository });
    }
    assertAllowed(exchange, access, route.needs, repository);
  }
  const request = { parts, exchange, access, repository, reference };
  if (route.needs === "push") {
    assertNoCache(request);
  }
  return request;
}

function answerError(exchange: Exchange, error: unknown, requestLog: RequestLog): void {
  const { request, response } = exchange;
  const answered = toRegistryError(error);
  if (response.headersSent || response.destroyed || request.socket.destroyed) {
    // Too late for an answer: a closed connection is the only way to say that the body is not whole.
    requestLog.brokenOff(exchange, error);
    response.destroy();
    return;
  }
  const status = HTTP_STATUS[answered.code];
  // Switched off is what somebody wanted: no line of the log for each request.
  if (status >= 500 && answered.text?.id !== "registry.serviceOff") {
    requestLog.failed(exchange, error, "registry request failed");
  }
  exchange.send(
    status,
    { "content-type": "application/json", ...answered.headers },
    errorBody(answered, exchange.translate),
  );
}
