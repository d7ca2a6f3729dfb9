// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KubeClient, openKubeClient } from "#kube";
import { createTestAuthority } from "./control-plane/test-certificates.ts";

/** One question to the scripted server. */
export interface ScriptedCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly response: ServerResponse;
  /** Answers with JSON. */
  json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
  /** Begins a watch; `send` writes one event. */
  watch(): { send(type: string, object: object): void; raw(text: string): void };
}

/** An HTTPS server that says what a real API server does not: silence, half lines, lists without end. */
export interface ScriptedApiServer extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly Pick<ScriptedCall, "method" | "path" | "query" | "headers" | "body">[];
  /** What it does from now on. */
  onCall: (call: ScriptedCall) => void;
  /** A client with a service account of this server. */
  readonly client: KubeClient;
  /** Replaces the token in the file of the service account. */
  setToken(token: string): void;
  /** Cuts every connection. */
  cut(): void;
  /** Connections that clients opened so far. */
  readonly connections: number;
}

export async function startScriptedApiServer(onCall: (call: ScriptedCall) => void): Promise<ScriptedApiServer> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-scripted-api-"));
  const authority = createTestAuthority(folder);
  const pair = authority.issue({ file: "server", commonName: "api", names: ["IP:127.0.0.1"] });
  writeFileSync(join(folder, "ca.crt"), readFileSync(authority.certificate));
  writeFileSync(join(folder, "token"), "first-token\n");
  const calls: ScriptedCall[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(
    { cert: readFileSync(pair.certificate), key: readFileSync(pair.key) },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const url = new URL(request.url ?? "/", "https://server");
        const call: ScriptedCall = {
          method: request.method ?? "",
          path: url.pathname,
          query: url.searchParams,
          headers: request.headers,
          body: Buffer.concat(chunks).toString("utf8"),
          response,
          json(status, body, headers = {}) {
            response.writeHead(status, { "content-type": "application/json", ...headers });
            response.end(JSON.stringify(body));
          },
          watch() {
            response.writeHead(200, { "content-type": "application/json" });
            response.flushHeaders();
            return {
              send: (type, object) => void response.write(`${JSON.stringify({ type, object })}\n`),
              raw: (text) => void response.write(text),
            };
          },
        };
        calls.push(call);
        scripted.onCall(call);
      });
    },
  );
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const client = await openKubeClient({ connection: "in-cluster", server: { host: "127.0.0.1", port }, folder });
  function cut(): void {
    for (const socket of sockets) {
      socket.destroy();
    }
  }
  const scripted: ScriptedApiServer = {
    url: `https://127.0.0.1:${port}`,
    calls,
    onCall,
    client,
    setToken: (token) => writeFileSync(join(folder, "token"), token),
    cut,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      cut();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return scripted;
}

/** An object as the API server writes it. */
export function kubeObject(name: string, resourceVersion: string, more: object = {}): object {
  return { metadata: { name, namespace: "team", resourceVersion }, ...more };
}

/** A page of a list. */
export function kubeList(items: readonly object[], resourceVersion: string, next?: string): object {
  return {
    kind: "ThingList",
    apiVersion: "v1",
    metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) },
    items,
  };
}
