// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestImage } from "../image-builder.ts";

/** Takes over one answer; false: the usual one. */
export type Script = (path: string, response: ServerResponse, request: IncomingMessage) => boolean;

/** A registry over plain HTTP on loopback that says whatever a test wants it to say. */
export interface ScriptedRegistry extends AsyncDisposable {
  /** `host:port`. */
  readonly host: string;
  /** `REPOSITORY:TAG` → image; its manifests and blobs are served by digest too, from any repository. */
  readonly tags: Map<string, TestImage>;
  /** Asked before the usual answers. */
  script: Script | undefined;
  /** `GET /v2/…` as they came. */
  readonly requests: string[];
}

const MANIFEST = /^\/v2\/(.+)\/manifests\/([^/]+)$/;
const BLOB = /^\/v2\/.+\/blobs\/([^/]+)$/;

/** Starts it with no images. */
export async function startScriptedRegistry(): Promise<ScriptedRegistry> {
  const tags = new Map<string, TestImage>();
  const requests: string[] = [];
  const state: { script: Script | undefined } = { script: undefined };
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    requests.push(`${request.method ?? ""} ${path}`);
    if (state.script?.(path, response, request) !== true) {
      answer(path, request, response, tags);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tags,
    requests,
    get script() {
      return state.script;
    },
    set script(script) {
      state.script = script;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  tags: ReadonlyMap<string, TestImage>,
): void {
  if (path === "/v2/") {
    response.end("{}");
    return;
  }
  const manifest = MANIFEST.exec(path);
  if (manifest !== null) {
    const [, repository = "", reference = ""] = manifest;
    const image = tags.get(`${repository}:${reference}`);
    const digest = image?.manifest.digest ?? reference;
    sendBytes(request, response, { digest, bytes: blobOf(tags, digest), isManifest: true });
    return;
  }
  const digest = BLOB.exec(path)?.[1] ?? "";
  sendBytes(request, response, { digest, bytes: blobOf(tags, digest), isManifest: false });
}

function blobOf(tags: ReadonlyMap<string, TestImage>, digest: string): Buffer | undefined {
  for (const image of tags.values()) {
    const bytes = (image.blobs as ReadonlyMap<string, Buffer>).get(digest);
    if (bytes !== undefined) {
      return bytes;
    }
  }
  return undefined;
}

/** Sends bytes as a registry does, under whatever digest is claimed. */
export function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  content: {
    readonly digest: string;
    readonly bytes: Buffer | undefined;
    readonly isManifest: boolean;
    readonly mediaType?: string;
  },
): void {
  const { bytes } = content;
  if (bytes === undefined) {
    response.writeHead(404, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code: content.isManifest ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN" }] }));
    return;
  }
  const mediaType =
    content.mediaType ??
    (content.isManifest
      ? (JSON.parse(bytes.toString()) as { mediaType: string }).mediaType
      : "application/octet-stream");
  response.writeHead(200, {
    "content-type": mediaType,
    "content-length": bytes.length,
    "docker-content-digest": content.digest,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}
