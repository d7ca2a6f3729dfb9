// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { openDatabase, startEmbeddedPostgres } from "#database";
import { createTestFolder, SILENT_LOG, TEST_SECRET_KEY } from "../../../../../test/support/postgres.ts";
import { call, startTestRegistry } from "../../../../../test/support/registry-server.ts";
import { HTTP_STATUS, RegistryError, type RegistryErrorCode } from "../errors.ts";
import { errorBody } from "./error-answer.ts";

const LONG_MS = 60_000;

/** distribution-spec 1.1, "Error Codes": `code` is one of those; TAG_INVALID is of "Legacy Docker support error codes". */
const SPECIFIED = `BLOB_UNKNOWN BLOB_UPLOAD_INVALID BLOB_UPLOAD_UNKNOWN DIGEST_INVALID MANIFEST_BLOB_UNKNOWN MANIFEST_INVALID
  MANIFEST_UNKNOWN NAME_INVALID NAME_UNKNOWN SIZE_INVALID UNAUTHORIZED DENIED UNSUPPORTED TOOMANYREQUESTS TAG_INVALID`;
const CODES = Object.keys(HTTP_STATUS) as RegistryErrorCode[];

it.each(CODES.filter((code) => HTTP_STATUS[code] < 500))("%s is refused with a code of the specification", (code) => {
  const error = new RegistryError(code, "no", { details: { maxBytes: 1 } });
  const { errors } = JSON.parse(errorBody(error).toString()) as {
    readonly errors: readonly { readonly code: string; readonly detail: Readonly<Record<string, unknown>> }[];
  };
  const [first] = errors;
  expect(SPECIFIED.split(/\s+/)).toContain(first?.code);
  expect(first?.detail).toEqual(first?.code === code ? { maxBytes: 1 } : { code, maxBytes: 1 });
});

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
