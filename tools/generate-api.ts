// SPDX-License-Identifier: Apache-2.0
// Writes docs/reference/openapi.json and the console's API types from the routes. `--check` compares instead of writing.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTelemetry } from "#telemetry";
import { createApi } from "../src/apps/server/api/create-api.ts";
import type { ServerContext } from "../src/apps/server/context.ts";
import { type OpenApiDocument, renderApiTypes } from "./generate-api/render-api-types.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

async function main(): Promise<void> {
  const document = await readOpenApiDocument();
  const files = {
    "docs/reference/openapi.json": `${JSON.stringify(document, undefined, 2)}\n`,
    "console/src/api/generated/api.ts": renderApiTypes(document),
  };
  for (const [path, text] of Object.entries(files)) {
    const target = join(ROOT, path);
    if (!process.argv.includes("--check")) {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    } else if ((await readFile(target, "utf8").catch(() => "")) !== text) {
      process.stderr.write(`${path} does not fit the code: run node tools/generate-api.ts\n`);
      process.exitCode = 1;
    }
  }
}

/** The document that a running server answers at `/api/openapi.json`, with sorted keys. */
async function readOpenApiDocument(): Promise<OpenApiDocument> {
  const app = await createApi(contextForRegistration());
  const answer = await app.inject({ method: "GET", url: "/api/openapi.json", headers: { host: "localhost" } });
  await app.close();
  return sortKeys(answer.json()) as OpenApiDocument;
}

/** Registering routes reads the configuration and the telemetry and may take stores along; using one is a mistake and fails. */
function contextForRegistration(): ServerContext {
  const unusable = new Proxy(
    {},
    {
      get: (_target, store) =>
        new Proxy({}, { get: (_store, name) => fail(`registering routes used ${String(store)}.${String(name)}`) }),
    },
  );
  return {
    configuration: {
      listen: { console: { host: "127.0.0.1", port: 0 } },
      registry: { names: [] },
      roles: ["api"],
    },
    telemetry: createTelemetry({ level: "error" }),
    stopping: new AbortController().signal,
    database: unusable,
    blobs: unusable,
    judge: unusable,
    clock: unusable,
  } as unknown as ServerContext;
}

function fail(message: string): never {
  throw new Error(message);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortKeys);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sortKeys(each)]));
}

await main();
