// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";
import { VERSION } from "#configuration";
import type { ServerContext } from "../context.ts";
import type { ApiApp } from "./api-app.ts";
import { createApiMetrics } from "./api-metrics.ts";
import { sendError } from "./error-answer.ts";
import { ApiError } from "./errors.ts";
import { addRequestLog } from "./request-log.ts";
import { addClusterRoute } from "./routes/cluster.ts";
import { addConsoleFiles, CONSOLE_FOLDER } from "./routes/console-files.ts";
import { addEventsRoute } from "./routes/events.ts";
import { addExceptionRoutes } from "./routes/exceptions.ts";
import { acceptScannerBearer, addHarborScannerRoutes } from "./routes/harbor-scanner.ts";
import { addImageRoutes } from "./routes/images.ts";
import { addOidcRoutes } from "./routes/oidc.ts";
import { addProbeRoutes } from "./routes/probes.ts";
import { addRecordRoutes } from "./routes/records.ts";
import { addRegistryAccountRoutes } from "./routes/registry-accounts.ts";
import { addRegistryBackupRoutes } from "./routes/registry-backup.ts";
import { addRegistryContentRoutes } from "./routes/registry-content.ts";
import { addRegistryJobRoutes } from "./routes/registry-jobs.ts";
import { addRegistryKeyRoutes } from "./routes/registry-keys.ts";
import { addRegistryPromotionRoutes } from "./routes/registry-promotion.ts";
import { addRegistryReplicationRoutes } from "./routes/registry-replication.ts";
import { addRegistryScannerRoutes } from "./routes/registry-scanners.ts";
import { addRegistrySettingsRoutes } from "./routes/registry-settings.ts";
import { addRegistryStorageRoutes } from "./routes/registry-storage.ts";
import { addRegistryTransferRoutes } from "./routes/registry-transfer.ts";
import { addRegistryWebhookRoutes } from "./routes/registry-webhooks.ts";
import { addReplayRoute } from "./routes/replay.ts";
import { addRunningRoutes } from "./routes/running.ts";
import { addScanRoutes } from "./routes/scans.ts";
import { addSessionRoutes } from "./routes/session.ts";
import { addStatusRoute } from "./routes/status.ts";
import { errorSchema } from "./schemas/error.ts";
import { addAuthentication } from "./security/authenticate.ts";
import { createHostCheck } from "./security/host-check.ts";
import { isSameOrigin } from "./security/same-origin.ts";
import { SECURITY_HEADERS } from "./security/security-headers.ts";

/** The largest body is a pair of passwords. */
const MAX_BODY_BYTES = 64 * 1024;

/** The API and the console's files as an application that does not listen yet. */
export async function createApi(
  context: ServerContext,
  options: { readonly consoleFolder?: string } = {},
): Promise<ApiApp> {
  const app: ApiApp = Fastify({
    loggerInstance: context.telemetry.log.child({ role: "api" }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: MAX_BODY_BYTES,
    // Slow senders; answers may take as long as they need (events).
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    return503OnClosing: true,
  });
  const metrics = createApiMetrics(context.telemetry.metrics);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request, reply) => sendError(new ApiError("NOT_FOUND", "no such address"), request, reply));
  // JSON only: a form or plain text is what another site's page could send without asking first.
  app.removeContentTypeParser("text/plain");
  addRequestLog(app, context, metrics);
  addChecks(app, context);
  acceptScannerBearer(app);
  addAuthentication(app, context);
  addErrorAnswers(app);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Haechi API",
        version: VERSION,
        description:
          "The API of the Haechi server; the console uses nothing else. Errors have the shape `ErrorAnswer`.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (input) => withoutInputTwins(jsonSchemaTransformObject(input)),
  });
  addSessionRoutes(app, context, metrics);
  addOidcRoutes(app, context, metrics);
  addImageRoutes(app, context);
  addScanRoutes(app, context);
  addRecordRoutes(app, context);
  addRunningRoutes(app, context);
  addExceptionRoutes(app, context);
  addClusterRoute(app, context);
  addRegistrySettingsRoutes(app, context);
  addRegistryContentRoutes(app, context);
  addRegistryStorageRoutes(app, context);
  addRegistryBackupRoutes(app, context);
  addRegistryTransferRoutes(app, context);
  addRegistryPromotionRoutes(app, context);
  addReplayRoute(app, context);
  addRegistryAccountRoutes(app, context);
  addRegistryKeyRoutes(app, context);
  addRegistryJobRoutes(app, context);
  addRegistryReplicationRoutes(app, context);
  addRegistryWebhookRoutes(app, context);
  addRegistryScannerRoutes(app, context);
  addHarborScannerRoutes(app, context);
  addStatusRoute(app, context);
  addEventsRoute(app, context, metrics);
  addProbeRoutes(app, context);
  app.get("/api/openapi.json", { config: { access: "open" }, schema: { hide: true } }, async () => app.swagger());
  addConsoleFiles(app, options.consoleFolder ?? CONSOLE_FOLDER);
  await app.ready();
  return app;
}

/**
 * The library lists every named schema twice, as answer and as request (`VerdictInput`). Our requests name no schema, so
 * the twins are noise.
 */
function withoutInputTwins<Document extends object>(document: Document): Document {
  const { components } = document as { components?: { readonly schemas?: Readonly<Record<string, unknown>> } };
  const schemas = components?.schemas ?? {};
  const kept = Object.entries(schemas).filter(
    ([name]) => !(name.endsWith("Input") && Object.hasOwn(schemas, name.slice(0, -"Input".length))),
  );
  return { ...document, components: { ...components, schemas: Object.fromEntries(kept) } };
}

/** Every operation may answer with an error: said once, here. */
function addErrorAnswers(app: ApiApp): void {
  app.addHook("onRoute", (route) => {
    if (route.url.startsWith("/api/v1/") && route.schema !== undefined) {
      route.schema = { ...route.schema, response: Object.assign({}, route.schema.response, { default: errorSchema }) };
    }
  });
}

function addChecks(app: ApiApp, context: ServerContext): void {
  const { listen, registry } = context.configuration;
  const isKnownHost = createHostCheck(listen.console, registry.names);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header("x-request-id", request.id);
    if (request.url.startsWith("/api/")) {
      reply.header("cache-control", "no-store");
    }
    if (!isKnownHost(request.headers.host)) {
      throw new ApiError("HOST_REFUSED", "this server is not known by that name; configure registry.names");
    }
    if (!isSameOrigin(request.method, request.headers)) {
      throw new ApiError("ORIGIN_REFUSED", "a page of another origin may not do this");
    }
  });
}
