// SPDX-License-Identifier: Apache-2.0
import type { FastifyReply, FastifyRequest } from "fastify";
import { createTranslate } from "#messages";
import { createOidcProvider, OidcError, type OidcIdentity, type OidcProvider } from "#oidc";
import { disableOidcAccount, ensureOidcAccount } from "../../accounts/ensure-oidc-account.ts";
import { rightsOfClaims } from "../../accounts/oidc-roles.ts";
import type { ServerContext } from "../../context.ts";
import { LoginThrottle } from "../../login-throttle.ts";
import type { ApiApp } from "../api-app.ts";
import type { ApiMetrics } from "../api-metrics.ts";
import { ApiError, HTTP_STATUS } from "../errors.ts";
import { loginMethodsSchema } from "../schemas/session.ts";
import { readOidcCookie, renderEndedOidcCookie, renderOidcCookie } from "../security/oidc-cookie.ts";
import { startSession } from "../security/start-session.ts";
import { answeringRefusals } from "../views/account-errors.ts";
import { appendAudit } from "../views/append-audit.ts";
import { languageOf } from "./images.ts";

/** What has a sentence of its own for people who sign in. */
const SAID = ["OIDC_OFF", "OIDC_FAILED", "OIDC_NO_ROLE", "TOO_MANY_ATTEMPTS", "LAST_ADMINISTRATOR"] as const;
/** Each asks the provider. */
const MAX_LOGINS_AT_ONCE = 10;
const CALLBACK = "/api/v1/session/oidc/callback";

/** Signing in to the console by an OIDC provider. Programs sign in by access keys, which people make in the console. */
export function addOidcRoutes(app: ApiApp, context: ServerContext, metrics: ApiMetrics): void {
  const { oidc } = context.configuration;
  const failures = new LoginThrottle();
  let running = 0;
  const provider = oidc === undefined ? undefined : openProvider(context, oidc);
  const isSecure = oidc?.consoleUrl.startsWith("https:") ?? false;

  app.route({
    method: "GET",
    url: "/api/v1/session/methods",
    config: { access: "open" },
    schema: { operationId: "loginMethods", tags: ["session"], response: { 200: loginMethodsSchema } },
    handler: async () => ({
      password: true,
      ...(oidc === undefined ? {} : { oidc: { name: new URL(oidc.issuer).host, url: "/api/v1/session/oidc" } }),
    }),
  });

  app.get("/api/v1/session/oidc", { config: { access: "open" }, schema: { hide: true } }, (request, reply) =>
    answeringPeople(context, request, reply, async () => {
      const { url, login } = await assertOn(provider).begin();
      return reply.header("set-cookie", renderOidcCookie(login, { isSecure })).redirect(url.href, 303);
    }),
  );

  app.get(CALLBACK, { config: { access: "open" }, schema: { hide: true } }, (request, reply) =>
    answeringPeople(context, request, reply, async () => {
      reply.header("set-cookie", renderEndedOidcCookie());
      const cookie = await login(request);
      reply.header("set-cookie", cookie);
      // Not a redirect: this request came from another site, and so would the next one, which would not carry the cookie.
      return sendPage(reply, 200, '<meta http-equiv="refresh" content="0;url=/">');
    }),
  );

  async function login(request: FastifyRequest): Promise<string> {
    const began = readOidcCookie(request.headers.cookie);
    if (began === undefined) {
      throw new ApiError("OIDC_FAILED", "this browser began no login, or more than ten minutes ago");
    }
    if (running >= MAX_LOGINS_AT_ONCE) {
      metrics.logins.inc({ result: "throttled" });
      throw new ApiError("TOO_MANY_ATTEMPTS", "too many logins at once", { retryAfterSeconds: 1 });
    }
    running += 1;
    try {
      const cookie = await admit(request, await assertOn(provider).finish(began, searchOf(request)));
      metrics.logins.inc({ result: "ok" });
      return cookie;
    } catch (error) {
      metrics.logins.inc({ result: "failed" });
      // The provider guards its passwords; here only the audit log must not be filled.
      if (failures.begin("oidc", request.ip, context.clock.now()) === 0) {
        await appendAudit(context, request, {
          actor: "anonymous",
          action: "login-failed",
          target: "(identity provider)",
        });
      }
      throw error;
    } finally {
      running -= 1;
    }
  }

  async function admit(request: FastifyRequest, identity: OidcIdentity): Promise<string> {
    const rights = oidc === undefined ? undefined : rightsOfClaims(identity.claims, oidc);
    const { accounts } = context.database;
    if (rights === undefined) {
      const disabled = await answeringRefusals(() => disableOidcAccount(accounts, identity));
      if (disabled !== undefined) {
        const target = `${disabled.name} (disabled, the provider gives no role)`;
        await appendAudit(context, request, { actor: disabled.name, action: "account-changed", target });
      }
    }
    const found = rights && (await answeringRefusals(() => ensureOidcAccount(accounts, identity, rights)));
    if (found === undefined) {
      throw new ApiError("OIDC_NO_ROLE", "the provider's claims give no role, or the account is disabled");
    }
    const { account, isNew } = found;
    if (isNew) {
      await appendAudit(context, request, { actor: account.name, action: "account-created", target: account.name });
    }
    await appendAudit(context, request, { actor: account.name, action: "login", target: account.name });
    return await startSession(context, account.id, { isSecure });
  }
}

type OidcSettings = NonNullable<ServerContext["configuration"]["oidc"]>;

function openProvider({ configuration, clock }: ServerContext, oidc: OidcSettings): OidcProvider {
  return createOidcProvider({
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    ...(oidc.clientSecretFile === undefined ? {} : { clientSecretFile: oidc.clientSecretFile }),
    scopes: oidc.scopes,
    redirectUri: new URL(CALLBACK, oidc.consoleUrl).href,
    http: {
      proxy: configuration.proxy,
      ...(oidc.certificateAuthority === undefined ? {} : { caFile: oidc.certificateAuthority }),
    },
    clock,
  });
}

function assertOn(provider: OidcProvider | undefined): OidcProvider {
  if (provider === undefined) {
    throw new ApiError("OIDC_OFF", "oidc.issuer is not set");
  }
  return provider;
}

function searchOf(request: FastifyRequest): string {
  return new URL(request.url, "http://console").search;
}

/** A browser is at the other end: what went wrong is said in a page, in its language. */
async function answeringPeople(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await answer();
  } catch (error) {
    const known =
      error instanceof OidcError ? new ApiError("OIDC_FAILED", error.message, { cause: error }) : (error as Error);
    if (!(known instanceof ApiError)) {
      throw error;
    }
    if (known.code === "OIDC_FAILED") {
      request.log.warn({ err: error }, "a login by the identity provider did not work");
    }
    const translate = createTranslate(languageOf(context, request));
    const seconds = known.retryAfterSeconds ?? 0;
    const said = SAID.find((code) => code === known.code) ?? "OIDC_FAILED";
    const text = translate(`console.error.${said}`, { seconds });
    const back = translate("session.oidc.back");
    return sendPage(reply, HTTP_STATUS[known.code], `<p>${text}</p><p><a href="/">${back}</a></p>`);
  }
}

/** Only sentences of our own get into the page. */
function sendPage(reply: FastifyReply, status: number, content: string): FastifyReply {
  const page = `<!doctype html><meta charset="utf-8"><title>Haechi</title>${content}\n`;
  return reply
    .code(status)
    .header("content-type", "text/html; charset=utf-8")
    .serializer((payload: unknown) => String(payload))
    .send(page);
}
