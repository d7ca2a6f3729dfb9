// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, it } from "vitest";
import { digestOf } from "#base";
import { type ApiTestBed, addAccount, createApiTestBed } from "../../../../test/support/api-server.ts";
import type { ApiApp } from "./api-app.ts";
import { createApi } from "./create-api.ts";

const PASSWORD = "correct horse battery";

let bed: ApiTestBed;
let app: ApiApp;

beforeAll(async () => {
  bed = await createApiTestBed();
  app = await createApi(
    { ...bed.context, configuration: { ...bed.context.configuration, roles: ["api"] } },
    { consoleFolder: "/nowhere" },
  );
  await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD });
  await addAccount(bed.database, { name: "uploader", role: "IMAGE_UPLOADER", password: PASSWORD });
});
afterAll(async () => {
  await app.close();
  await bed[Symbol.asyncDispose]();
});

it("figures, collections and checks are for administrators only", async () => {
  for (const [method, url] of [
    ["GET", "/api/v1/registry/usage"],
    ["GET", "/api/v1/registry/damaged-blobs"],
    ["POST", "/api/v1/registry/gc"],
    ["POST", "/api/v1/registry/check"],
  ] as const) {
    expect((await ask("uploader", method, url, {})).statusCode).toBe(403);
  }
});

it("figures say what is stored, against quotas, page by page", async () => {
  await bed.database.registry.linkBlob("team/app", { digest: digestOf("a"), sizeBytes: 600 });
  await bed.database.registry.linkBlob("team/second", { digest: digestOf("a"), sizeBytes: 600 });
  await bed.database.registryObjects.put({
    kind: "settings",
    name: "team",
    document: { quotaBytes: 1_000 },
    updatedBy: "admin",
  });
  await bed.context.settings.refresh();
  const { json } = await ask("admin", "GET", "/api/v1/registry/usage?limit=1&after=team/app");
  expect(json).toMatchObject({
    total: { bytes: 600, blobs: 1, repositories: 2 },
    quotas: [{ prefix: "team", maxBytes: 1_000, usedBytes: 600 }],
    repositories: [{ repository: "team/second", bytes: 600, tags: 0 }],
  });
});

it("what is damaged is listed with the images to push again, as long as somebody has it", async () => {
  const { damagedBlobs, registry } = bed.database;
  for (const [content, repository] of [
    ["lost", "team/lost"],
    ["broken", "team/broken"],
  ] as const) {
    await registry.linkBlob(repository, { digest: digestOf(content), sizeBytes: 4 });
  }
  await damagedBlobs.note(digestOf("broken"), "damaged");
  await damagedBlobs.note(digestOf("lost"), "damaged");
  await damagedBlobs.note(digestOf("lost"), "missing");
  await damagedBlobs.note(digestOf("nobody has this"), "missing");
  const { json } = await ask("admin", "GET", "/api/v1/registry/damaged-blobs");
  const { blobs } = json as { readonly blobs: readonly { readonly digest: string }[] };
  expect(blobs).toHaveLength(2);
  expect(blobs).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ digest: digestOf("broken"), condition: "damaged", images: ["team/broken"] }),
      expect.objectContaining({ digest: digestOf("lost"), condition: "missing", images: ["team/lost"] }),
    ]),
  );
  const next = await ask("admin", "GET", `/api/v1/registry/damaged-blobs?limit=1&after=${blobs[0]?.digest ?? ""}`);
  expect(next.json).toEqual({ blobs: [blobs[1]] });
  expect((await ask("admin", "GET", "/api/v1/registry/usage")).json).toMatchObject({
    damage: { damaged: 1, missing: 1 },
  });
  expect(await damagedBlobs.forgetUnheld()).toBe(1);
  await damagedBlobs.forget(digestOf("lost"));
  await damagedBlobs.forget(digestOf("broken"));
  expect((await ask("admin", "GET", "/api/v1/registry/damaged-blobs")).json).toEqual({ blobs: [] });
});

it("asked for twice, a collection is one job, and both times are in the audit log", async () => {
  const first = await ask("admin", "POST", "/api/v1/registry/gc", { isDryRun: false });
  const second = await ask("admin", "POST", "/api/v1/registry/gc", {});
  expect([first.statusCode, second.statusCode]).toEqual([202, 202]);
  expect(second.json).toEqual(first.json);
  expect(first.json).toMatchObject({ kind: "gc", state: "pending", requestedBy: "admin" });
  expect((await ask("admin", "POST", "/api/v1/registry/check")).json).toMatchObject({ kind: "check" });
  const actions = (await bed.database.audit.list({ limit: 20 })).map(({ action }) => action);
  expect(actions.filter((action) => action === "registry-gc-requested")).toHaveLength(2);
});

async function ask(
  name: string,
  method: "GET" | "POST",
  url: string,
  payload?: object,
): Promise<{ readonly statusCode: number; readonly json: unknown }> {
  const headers = { host: "127.0.0.1:8080" };
  const login = await app.inject({
    method: "POST",
    url: "/api/v1/session",
    headers,
    payload: { name, password: PASSWORD },
  });
  const cookie = String(login.headers["set-cookie"]).split(";", 1).join();
  const answer = await app.inject({
    method,
    url,
    headers: { ...headers, cookie },
    ...(payload === undefined || method === "GET" ? {} : { payload }),
  });
  return { statusCode: answer.statusCode, json: answer.json() };
}
