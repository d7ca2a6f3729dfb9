// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import type { NotaryService } from "./start-notary-server.ts";

/** What is answered instead: other bytes, no such file, bytes without end, or nothing but the beginning. */
export type FalseAnswer = Uint8Array | "absent" | "endless" | "reset";

/** A server between client and notary-server whose certificate the client trusts. It passes on what it is asked with GET. */
export interface ManInTheMiddle extends AsyncDisposable {
  readonly url: string;
  readonly caFile: string;
  /**
   * Called with the GUN, the name below `_trust/tuf/` and what the server answered (`undefined`: not found); `undefined`
   * passes it on unchanged.
   */
  answer: (gun: string, name: string, original: Buffer | undefined) => FalseAnswer | undefined;
}

export async function startManInTheMiddle(service: NotaryService): Promise<ManInTheMiddle> {
  const pair = service.authority.issue({ file: "middle", commonName: "middle", names: ["IP:127.0.0.1"] });
  const ca = await readFile(service.caFile, "utf8");
  const options = { cert: await readFile(pair.certificate, "utf8"), key: await readFile(pair.key, "utf8") };
  const server = createServer(options, (request, response) => {
    void reply(request.url ?? "/", response);
  });
  async function reply(path: string, response: ServerResponse): Promise<void> {
    const original = await ask(new URL(path, service.url), ca);
    const [, gun = "", name = ""] = /^\/v2\/(.+)\/_trust\/tuf\/(.+)$/.exec(path) ?? [];
    const changed =
      name === "" ? undefined : middle.answer(gun, name, original.status === 200 ? original.body : undefined);
    send(response, original, changed);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const middle: ManInTheMiddle = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caFile: service.caFile,
    answer: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return middle;
}

interface Original {
  readonly status: number;
  readonly body: Buffer;
}

async function ask(url: URL, ca: string): Promise<Original> {
  const request = get(url, { ca, agent: false });
  const [response] = (await once(request, "response")) as [NodeJS.ReadableStream & { readonly statusCode: number }];
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(Buffer.from(chunk));
  }
  return { status: response.statusCode, body: Buffer.concat(chunks) };
}

function send(response: ServerResponse, original: Original, changed: FalseAnswer | undefined): void {
  switch (changed) {
    case undefined:
      response.writeHead(original.status, { "content-type": "application/json" }).end(original.body);
      return;
    case "absent":
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"errors":[{"code":"METADATA_NOT_FOUND","message":"no such file","detail":{}}]}');
      return;
    case "reset":
      response.writeHead(200, { "content-length": "1000" });
      response.write("{", () => response.destroy());
      return;
    case "endless":
      response.writeHead(200);
      pour(response);
      return;
    default:
      response.writeHead(200, { "content-type": "application/json" }).end(changed);
  }
}

/** As fast as the reader takes it, until it hangs up. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, " ");
  while (!response.destroyed && response.write(chunk)) {
    // the next one fits, too
  }
  if (!response.destroyed) {
    response.once("drain", () => pour(response));
  }
}
