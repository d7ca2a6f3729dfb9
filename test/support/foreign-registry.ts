// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Digest, isDigest } from "#base";
import type { TestImage } from "./image-builder.ts";

/** Answers a request, or says `undefined` to have it answered as an honest registry would. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => "answered" | undefined;

/** A registry of somebody else, in this process, that counts what it is asked and can be made to misbehave. */
export interface ForeignRegistry extends AsyncDisposable {
  /** `host:port`. */
  readonly host: string;
  /** `METHOD path` of each request, in order. */
  readonly asked: string[];
  /** The user of each request, in the same order; empty for nobody. */
  readonly users: string[];
  /** Repositories that only some may read, by name: user → password. Others are open. */
  readonly accounts: Map<string, Readonly<Record<string, string>>>;
  misbehave: Misbehaviour;
  /** Puts an image there; the tag is moved when it is there already. */
  push(repository: string, tag: string, image: TestImage): void;
  /** A reference to what was pushed. */
  reference(name: string): string;
}

/** Starts it on a free loopback port. */
export async function startForeignRegistry(): Promise<ForeignRegistry> {
  const tags = new Map<string, Digest>();
  const blobs = new Map<string, Buffer>();
  const types = new Map<string, string>();
  const server = createServer((request, response) => {
    const { authorization = "" } = request.headers;
    const [user = "", password = ""] = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
      .toString()
      .split(":");
    registry.asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
    registry.users.push(authorization.startsWith("Basic ") ? user : "");
    if (registry.misbehave(request, response) === "answered") {
      return;
    }
    const [, repository = "", kind = "", name = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^/?]+)/.exec(request.url ?? "") ?? [];
    const accounts = registry.accounts.get(repository);
    if (accounts !== undefined && (user === "" || accounts[user] !== password)) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="foreign"', "content-type": "application/json" });
      response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
      return;
    }
    const digest = isDigest(name) ? name : tags.get(`${repository}:${name}`);
    const bytes = digest === undefined ? undefined : blobs.get(`${repository} ${digest}`);
    if (kind === "referrers" || bytes === undefined || digest === undefined) {
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
      return;
    }
    response.writeHead(200, {
      "content-type": kind === "manifests" ? types.get(digest) : "application/octet-stream",
      "content-length": bytes.length,
      "docker-content-digest": digest,
    });
    response.end(request.method === "HEAD" ? undefined : bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry: ForeignRegistry = {
    host,
    asked: [],
    users: [],
    accounts: new Map(),
    misbehave: () => undefined,
    push(repository, tag, image) {
      tags.set(`${repository}:${tag}`, image.manifest.digest);
      for (const [digest, bytes] of image.blobs) {
        blobs.set(`${repository} ${digest}`, Buffer.from(bytes));
        types.set(digest, mediaTypeOf(bytes));
      }
    },
    reference: (name) => `${host}/${name}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return registry;
}

function mediaTypeOf(bytes: Uint8Array): string {
  try {
    const { mediaType } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly mediaType?: string };
    return mediaType ?? "application/octet-stream";
  } catch {
    return "application/octet-stream";
  }
}
