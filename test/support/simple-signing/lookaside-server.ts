// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface LookasideAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A server on loopback that answers as a test says, and remembers what it was asked. */
export interface LookasideServer extends AsyncDisposable {
  readonly url: string;
  /** Path and headers of every request, in order. */
  readonly asked: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
}

/** Starts a server that answers each path with `answer`; a throw is answered by closing the connection. */
export async function startLookasideServer(
  answer: (path: string, headers: IncomingHttpHeaders) => LookasideAnswer | Promise<LookasideAnswer>,
): Promise<LookasideServer> {
  const asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push({ path, headers: request.headers });
    Promise.resolve()
      .then(() => answer(path, request.headers))
      .then(
        ({ status, headers, body }) => response.writeHead(status, headers).end(body),
        () => request.socket.destroy(),
      );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Serves a folder as skopeo fills it; what is not there is 404. */
export async function startLookasideFolder(folder: string): Promise<LookasideServer> {
  return await startLookasideServer(async (path) => {
    try {
      return { status: 200, body: await readFile(join(folder, decodeURIComponent(path))) };
    } catch {
      // not there
      return { status: 404 };
    }
  });
}
