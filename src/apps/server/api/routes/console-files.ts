// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ApiApp } from "../api-app.ts";
import { ApiError } from "../errors.ts";
import { renderPagePolicy } from "../security/security-headers.ts";

/** Where `npm run build -w console` puts the console. */
export const CONSOLE_FOLDER: string = fileURLToPath(new URL("../../../../../console/dist/", import.meta.url));

/** In index.html; replaced for each answer. */
const NONCE_PLACEHOLDER = "__HAECHI_NONCE__";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

interface ConsoleFile {
  readonly bytes: Buffer;
  readonly encodings: Readonly<Partial<Record<"br" | "gzip", Buffer>>>;
  readonly mediaType: string;
  readonly etag: string;
  readonly isImmutable: boolean;
}

/**
 * Serves the built console from memory: the files were read once, so no address can name a file outside. Every other
 * address that a browser navigates to gets the page, whose router knows what to show.
 */
export function addConsoleFiles(app: ApiApp, folder: string): void {
  let loading: Promise<ReadonlyMap<string, ConsoleFile>> | undefined;
  function load(): Promise<ReadonlyMap<string, ConsoleFile>> {
    loading ??= readConsole(folder).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }
  app.get("/*", { schema: { hide: true } }, async (request, reply) => {
    const path = new URL(request.url, "http://console.invalid").pathname;
    const files = await load();
    const file = files.get(path);
    if (file !== undefined && path !== "/index.html") {
      return sendFile(request, reply, file);
    }
    const index = files.get("/index.html");
    if (path.startsWith("/api/") || path.startsWith("/assets/")) {
      throw new ApiError("NOT_FOUND", "no such address");
    }
    return index === undefined ? sendNotBuilt(reply) : sendPage(reply, index);
  });
}

function sendPage(reply: FastifyReply, index: ConsoleFile): FastifyReply {
  const nonce = randomBytes(16).toString("base64");
  return reply
    .header("content-type", index.mediaType)
    .header("cache-control", "no-store")
    .header("content-security-policy", renderPagePolicy(nonce))
    .send(index.bytes.toString("utf8").replaceAll(NONCE_PLACEHOLDER, nonce));
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): FastifyReply {
  reply
    .header("content-type", file.mediaType)
    .header("etag", file.etag)
    .header("vary", "accept-encoding")
    .header("cache-control", file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.headers["if-none-match"] === file.etag) {
    return reply.code(304).send();
  }
  const accepted = request.headers["accept-encoding"] ?? "";
  const encoding = (["br", "gzip"] as const).find((each) => accepted.includes(each) && file.encodings[each]);
  return encoding === undefined
    ? reply.send(file.bytes)
    : reply.header("content-encoding", encoding).send(file.encodings[encoding]);
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .header("content-type", "text/plain; charset=utf-8")
    .send("The console is not built. Run: npm run build -w console\n");
}

async function readConsole(folder: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const files = new Map<string, ConsoleFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const url = `/${relative(folder, path).split(sep).join("/")}`;
    files.set(url, await readConsoleFile(path, url));
  }
  return files;
}

async function readConsoleFile(path: string, url: string): Promise<ConsoleFile> {
  const bytes = await readFile(path);
  const isText = [".js", ".css", ".svg", ".json", ".txt"].includes(extname(path)) && bytes.length > 1024;
  return {
    bytes,
    encodings: isText
      ? {
          br: await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 7 } }),
          gzip: await promisify(gzip)(bytes, { level: 6 }),
        }
      : {},
    mediaType: MEDIA_TYPES[extname(path)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`,
    // Vite puts a hash of the content into every name under assets/.
    isImmutable: url.startsWith("/assets/"),
  };
}
