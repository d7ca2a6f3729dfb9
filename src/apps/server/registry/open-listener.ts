// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Clock } from "#base";
import type { Telemetry } from "#telemetry";
import { readServingFiles, watchByReading } from "#tls";
import { ConnectionDrain } from "../connection-drain.ts";
import type { RegistryHandler } from "./create-handler.ts";
import { cutSlowReaders } from "./http/cut-slow-readers.ts";
import type { RegistryListener } from "./listeners.ts";

const KEEP_ALIVE_MS = 60_000;
const MAX_HEADER_BYTES = 32 * 1024;
const CERTIFICATE_CHECK_MS = 5_000;
const READ_MS = 60_000;

/** How patient the registry is with its clients. */
export interface RegistryPatience {
  /** A client must have sent its headers by then. */
  readonly headersMs: number;
  /** A connection on which neither side sends anything is closed; there is no limit on how long a large blob may take at an honest speed. */
  readonly idleMs: number;
  /** Requests in flight at a stop may finish within this time. */
  readonly drainMs: number;
  /** A client takes at least 64 KiB of its answer in this time; default a minute. */
  readonly readMs?: number;
}

/** A listener that is open. */
export interface OpenListener {
  readonly port: number;
  /** Takes no new requests, lets those in flight finish, and closes. */
  stop(): Promise<void>;
}

export interface OpenListenerOptions {
  readonly handler: RegistryHandler;
  readonly patience: RegistryPatience;
  readonly log: Telemetry["log"];
  readonly clock: Clock;
  readonly leaving: AbortSignal | undefined;
}

/**
 * Opens one address of the registry. Its certificate is read again when its files change; files that are broken or half
 * written are not used. Rejects with the system's error, or when the files are no certificate.
 */
export async function openListener(listener: RegistryListener, options: OpenListenerOptions): Promise<OpenListener> {
  using resources = new DisposableStack();
  const server = await createListenerServer(listener, options, resources);
  serve(server, options);
  const drain = new ConnectionDrain(server, options.patience.drainMs, options.leaving);
  await listen(server, listener);
  const { port } = server.address() as AddressInfo;
  const held = resources.move();
  return {
    port,
    async stop() {
      held.dispose();
      await drain.stop();
    },
  };
}

async function createListenerServer(
  { kind, certificateFiles: files }: RegistryListener,
  { patience, log, clock }: OpenListenerOptions,
  resources: DisposableStack,
): Promise<Server> {
  const settings: ServerOptions = {
    headersTimeout: patience.headersMs,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: Math.min(5_000, patience.headersMs),
  };
  if (files === undefined) {
    return createServer(settings);
  }
  let server: ReturnType<typeof createTlsServer> | undefined;
  const certificate = resources.use(
    await watchByReading({
      read: () => readServingFiles(files, clock.now()),
      isEqual: (a, b) => a.certPem === b.certPem && a.keyPem === b.keyPem,
      onChange: ({ certPem, keyPem, notAfter }) => {
        server?.setSecureContext({ cert: certPem, key: keyPem, minVersion: "TLSv1.2" });
        log.info({ listener: kind, notAfter: notAfter.toISOString() }, "the registry has a new certificate");
      },
      onProblem: (error) =>
        log.error(
          { err: error, listener: kind },
          "cannot use the registry's new certificate; it goes on with the old one",
        ),
      everyMs: CERTIFICATE_CHECK_MS,
    }),
  );
  const { certPem, keyPem } = certificate.current();
  server = createTlsServer({
    ...settings,
    cert: certPem,
    key: keyPem,
    minVersion: "TLSv1.2",
    handshakeTimeout: patience.headersMs,
  });
  return server;
}

function serve(server: Server, { handler, patience, log }: OpenListenerOptions): void {
  server.timeout = patience.idleMs;
  cutSlowReaders(server, {
    readMs: patience.readMs ?? READ_MS,
    onSlow: ({ remoteAddress }) => log.info({ remoteAddress }, "a client that reads too slowly is cut off"),
  });
  server.on("request", (request, response) => {
    response.shouldKeepAlive &&= server.listening;
    void handler(request, response);
  });
  server.on("checkContinue", (request, response) => {
    void handler(request, response, { expectsContinue: true });
  });
  server.on("clientError", (error: Error & { readonly code?: string }, socket: Socket) => {
    if (error.code === "ERR_TLS_HANDSHAKE_TIMEOUT") {
      // nothing can be said to it, and an end that waits to be said would keep the connection for ever
      socket.destroy();
      return;
    }
    const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
    if (socket.writable) {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    } else {
      socket.destroy();
    }
  });
}

async function listen(server: Server, { address: { host, port } }: RegistryListener): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
