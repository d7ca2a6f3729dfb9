// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { openDatabase, startEmbeddedPostgres } from "#database";
import { createTestFolder, SILENT_LOG, TEST_SECRET_KEY } from "../../../../../test/support/postgres.ts";
import { call, startTestRegistry } from "../../../../../test/support/registry-server.ts";

const LONG_MS = 60_000;

it.each(["GET", "PUT"])(
  "%s while the external PostgreSQL is stopped is answered with 503, and with nothing about the server",
  async (method) => {
    const dataDir = await createTestFolder();
    await using stack = new AsyncDisposableStack();
    const server = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG, settings: { fsync: "off" } });
    stack.use(server);
    const clock = { now: () => new Date() };
    const url = server.connectionString;
    const database = await openDatabase({ url, dataDir, secretKey: TEST_SECRET_KEY, clock, log: SILENT_LOG });
    stack.use(database);
    const registry = stack.use(await startTestRegistry({ database }));
    await server[Symbol.asyncDispose]();
    const answer = await call(registry, `${method} /v2/team/app/manifests/1`, {
      as: "uploader",
      headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" },
      ...(method === "PUT" ? { body: "{}" } : {}),
    });
    expect(answer).toMatchObject({ status: 503, code: "UNAVAILABLE" });
    expect(String(answer.body)).not.toContain("socket");
  },
  LONG_MS,
);
