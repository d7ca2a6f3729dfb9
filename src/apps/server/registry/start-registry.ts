// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { verifyPassword } from "#database";
import { ConnectionDrain } from "../connection-drain.ts";
import type { RunningRole, ServerContext } from "../context.ts";
import { LoginThrottle } from "../login-throttle.ts";
import { createAuthenticator } from "./access/authenticator.ts";
import { openBearerTokens } from "./access/local-inspect-token.ts";
import { PasswordCheck } from "./access/password-check.ts";
import { createHandler, type RegistryHandler } from "./create-handler.ts";
import { DecisionLog } from "./gate/decision-log.ts";
import { PullGate } from "./gate/pull-gate.ts";
import { RecentPushes } from "./gate/recent-pushes.ts";
import { BlobCatalog } from "./manifests/blob-catalog.ts";
import { ManifestCatalog } from "./manifests/manifest-catalog.ts";
import { createRegistryMetrics } from "./metrics.ts";

const KEEP_ALIVE_MS = 60_000;
const MAX_HEADER_BYTES = 32 * 1024;

/** How patient the registry is with its clients. */
export interface RegistryPatience {
  /** A client must have sent its headers by then. */
  readonly headersMs: number;
  /** A connection on which neither side sends anything is closed; there is no limit on how long a large blob may take. */
  readonly idleMs: number;
  /** Requests in flight at a stop may finish within this time. */
  readonly drainMs: number;
}

const PATIENCE: RegistryPatience = { headersMs: 20_000, idleMs: 120_000, drainMs: 10_000 };

/**
 * Starts the registry on its configured address and resolves when it listens; rejects with the system's error when it
 * cannot. `stop` takes no new requests, lets those in flight finish for ten seconds and closes.
 */
export async function startRegistry(
  context: ServerContext,
  patience: RegistryPatience = PATIENCE,
): Promise<RunningRole> {
  const { configuration, database } = context;
  const { host } = configuration.listen.registry;
  let listeningAt = host;
  const manifests = new ManifestCatalog(database.registry, context.blobs);
  const blobCatalog = new BlobCatalog(database.registry);
  const handler = createHandlerOf(context, {
    manifests,
    blobCatalog,
    tokens: await openBearerTokens(context),
    registryName: () => configuration.registry.names[0] ?? listeningAt,
  });
  const server = createHttpServer(handler, {
    ...patience,
    idleMs: patience.idleMs + configuration.registry.scanWaitMs,
  });
  const drain = new ConnectionDrain(server, patience.drainMs, context.leaving);
  const unsubscribe = database.events.subscribe(
    (event) => {
      if (event.type === "image-pushed") {
        if (event.tag !== undefined) {
          manifests.forgetTag(event.repository, event.tag);
        }
        blobCatalog.forgetHolders();
      }
    },
    () => {
      manifests.forgetTags();
      blobCatalog.forgetHolders();
    },
  );
  try {
    await listen(server, configuration.listen.registry);
  } catch (error) {
    unsubscribe();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  listeningAt = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    name: "registry",
    url: `http://${listeningAt}`,
    async stop() {
      unsubscribe();
      await drain.stop();
    },
  };
}

function createHandlerOf(
  context: ServerContext,
  shared: Pick<Parameters<typeof createHandler>[0], "manifests" | "blobCatalog" | "tokens"> & {
    readonly registryName: () => string;
  },
): RegistryHandler {
  const { configuration, database, clock, telemetry } = context;
  const metrics = createRegistryMetrics(telemetry.metrics);
  const { manifests, blobCatalog, tokens, registryName } = shared;
  const pushes = new RecentPushes(clock);
  return createHandler({
    configuration: configuration.registry,
    language: configuration.language,
    store: database.registry,
    audit: database.audit,
    events: database.events,
    blobs: context.blobs,
    manifests,
    blobCatalog,
    tokens,
    pushes,
    metrics,
    clock,
    log: telemetry.log,
    authenticator: createAuthenticator({
      accounts: database.accounts,
      passwords: new PasswordCheck({ accounts: database.accounts, verify: verifyPassword, clock }),
      throttle: new LoginThrottle(),
      tokens,
      audit: database.audit,
      metrics,
      clock,
      anonymousPull: configuration.registry.anonymousPull,
    }),
    gate: new PullGate({
      judge: context.judge,
      configuration: configuration.registry,
      registryName,
      manifests,
      blobCatalog,
      pushes,
      decisions: new DecisionLog(database.decisions, clock),
      audit: database.audit,
      metrics,
      clock,
    }),
  });
}

function createHttpServer(handler: RegistryHandler, patience: RegistryPatience): Server {
  const server = createServer({
    headersTimeout: patience.headersMs,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: Math.min(5_000, patience.headersMs),
  });
  server.timeout = patience.idleMs;
  server.on("request", (request, response) => {
    response.shouldKeepAlive &&= server.listening;
    void handler(request, response);
  });
  server.on("checkContinue", (request, response) => {
    void handler(request, response, { expectsContinue: true });
  });
  server.on("clientError", (error: Error & { readonly code?: string }, socket: Socket) => {
    const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
    if (socket.writable) {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    } else {
      socket.destroy();
    }
  });
  return server;
}

async function listen(server: Server, address: { readonly host: string; readonly port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: address.host, port: address.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
