// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiTestBed, addAccount, createApiTestBed, pushImage } from "../../../../test/support/api-server.ts";
import { startKeyReminder } from "../accounts/key-reminder.ts";
import type { ApiApp } from "./api-app.ts";
import { createApi } from "./create-api.ts";

const PASSWORD = "correct horse battery";
const DAY_MS = 24 * 60 * 60_000;

let bed: ApiTestBed;
let app: ApiApp;
let now = new Date("2026-11-22T12:00:00Z");
let admin: Send;

type Method = "GET" | "POST" | "PUT" | "DELETE";
type Send = (method: Method, url: string, body?: object) => Promise<{ readonly status: number; readonly json: any }>;

beforeAll(async () => {
  bed = await createApiTestBed({ now: () => now });
  app = await createApi(bed.context, { consoleFolder: "/nowhere" });
  await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD });
});

/** The clock moves by months, and a session lasts a day. */
beforeEach(async () => {
  admin = await login("admin", PASSWORD);
});

afterAll(async () => {
  await app.close();
  await bed[Symbol.asyncDispose]();
});

function sender(headers: Readonly<Record<string, string>>): Send {
  return async (method, url, body) => {
    const answer = await app.inject({
      method,
      url,
      headers: { host: "127.0.0.1:8080", ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, json: answer.body === "" ? undefined : answer.json() };
  };
}

async function login(name: string, password: string): Promise<Send> {
  const answer = await app.inject({
    method: "POST",
    url: "/api/v1/session",
    headers: { host: "127.0.0.1:8080" },
    payload: { name, password },
  });
  expect(answer.statusCode).toBe(200);
  return sender({ cookie: String(answer.headers["set-cookie"]).split(";", 1).join() });
}

function withKey(accessKey: string, secretKey: string): Send {
  return sender({ authorization: `Basic ${Buffer.from(`${accessKey}:${secretKey}`).toString("base64")}` });
}

/** A robot with a key, and the key as it was told. */
async function robot(
  name: string,
  account: object,
): Promise<{ readonly id: string; readonly keyId: string; readonly accessKey: string; readonly secretKey: string }> {
  const made = await admin("POST", "/api/v1/registry/accounts", { name, kind: "robot", ...account });
  expect(made.status).toBe(201);
  const key = await admin("POST", "/api/v1/registry/keys", { account: name, description: "build" });
  expect(key.status).toBe(201);
  const { key: shown, secretKey } = key.json;
  return { id: made.json.account.id, keyId: shown.id, accessKey: shown.accessKey, secretKey };
}

describe("accounts", () => {
  it.each(["IMAGE_UPLOADER", "PERMISSION", "VIEWER"] as const)("are not kept by %s", async (role) => {
    await addAccount(bed.database, { name: `keeper-${role}`, role, password: PASSWORD });
    const send = await login(`keeper-${role}`, PASSWORD);
    const { id = "" } = (await bed.database.accounts.findByName("admin")) ?? {};
    for (const [method, url, body] of [
      ["GET", "/api/v1/registry/accounts", undefined],
      ["POST", "/api/v1/registry/accounts", { name: "x", role: "ADMIN" }],
      ["PUT", `/api/v1/registry/accounts/${id}`, { state: "disabled" }],
      ["DELETE", `/api/v1/registry/accounts/${id}`, undefined],
      ["POST", `/api/v1/registry/accounts/${id}/password`, undefined],
      ["GET", "/api/v1/registry/keys?all=true", undefined],
      ["GET", "/api/v1/registry/keys?account=admin", undefined],
      ["POST", "/api/v1/registry/keys", { account: "admin" }],
    ] as const) {
      expect({ url, status: (await send(method, url, body)).status }).toEqual({ url, status: 403 });
    }
    expect((await sender({})("GET", "/api/v1/registry/accounts")).status).toBe(401);
  });

  it.each([
    { name: "taken, in other letters", body: { name: "ADMIN", role: "VIEWER" }, want: "ACCOUNT_EXISTS" },
    { name: "of the server itself", body: { name: "Anonymous", role: "VIEWER" }, want: "ACCOUNT_EXISTS" },
    { name: "of its retention", body: { name: "retention", role: "VIEWER" }, want: "ACCOUNT_EXISTS" },
    { name: "of its caches", body: { name: "Proxy-Cache", role: "VIEWER" }, want: "ACCOUNT_EXISTS" },
    { name: "of its schedules", body: { name: "schedule", role: "VIEWER" }, want: "ACCOUNT_EXISTS" },
    { name: "like an access key", body: { name: `HAK${"A".repeat(20)}`, role: "VIEWER" }, want: "ACCOUNT_EXISTS" },
    { name: "with a colon", body: { name: "a:b", role: "VIEWER" }, want: "REQUEST_INVALID" },
    { name: "with a line break", body: { name: "a\nb", role: "VIEWER" }, want: "REQUEST_INVALID" },
    { name: "longer than 64", body: { name: "a".repeat(65), role: "VIEWER" }, want: "REQUEST_INVALID" },
  ])("with a name $name are refused", async ({ body, want }) => {
    expect((await admin("POST", "/api/v1/registry/accounts", body)).json.error.code).toBe(want);
  });

  it.each([
    { name: "a role that there is not", body: { role: "ROOT" }, want: "REQUEST_INVALID" },
    {
      name: "a prefix that is none",
      body: { role: "VIEWER", grants: [{ prefix: "Team/", role: "VIEWER" }] },
      want: "REQUEST_INVALID",
    },
    {
      name: "a prefix twice",
      body: {
        role: "VIEWER",
        grants: [
          { prefix: "a", role: "VIEWER" },
          { prefix: "a", role: "ADMIN" },
        ],
      },
      want: "REQUEST_INVALID",
    },
    {
      name: "an administrator of some repositories",
      body: { role: "ADMIN", grants: [{ prefix: "a", role: "VIEWER" }] },
      want: "ADMINISTRATOR_OF_PARTS",
    },
  ])("with $name are refused", async ({ body, want }) => {
    const answer = await admin("POST", "/api/v1/registry/accounts", { name: "somebody", ...body });
    expect(answer.json.error.code).toBe(want);
  });

  it("of people begin with a password that is told once and must be changed", async () => {
    const made = await admin("POST", "/api/v1/registry/accounts", { name: "김철수", role: "VIEWER" });
    expect(made.status).toBe(201);
    const send = await login("김철수", made.json.password);
    expect((await send("GET", "/api/v1/images")).json.error.code).toBe("PASSWORD_CHANGE_REQUIRED");
    const { password, account } = made.json;
    const reset = await admin("POST", `/api/v1/registry/accounts/${String(account.id)}/password`);
    expect(reset.json.password).not.toBe(password);
    expect((await send("GET", "/api/v1/session")).status).toBe(401);
    const listed = await admin("GET", "/api/v1/registry/accounts");
    expect(JSON.stringify(listed.json)).not.toContain(reset.json.password);
  });

  it("that are disabled are out at once, and come back", async () => {
    const made = await admin("POST", "/api/v1/registry/accounts", { name: "leaving", role: "VIEWER" });
    const { account, password } = made.json;
    const send = await login("leaving", password);
    const url = `/api/v1/registry/accounts/${String(account.id)}`;
    expect((await admin("PUT", url, { state: "disabled" })).json.state).toBe("disabled");
    expect((await send("GET", "/api/v1/session")).status).toBe(401);
    expect((await sender({})("POST", "/api/v1/session", { name: "leaving", password })).status).toBe(401);
    await admin("PUT", url, { state: "active" });
    await login("leaving", password);
    expect((await admin("DELETE", url)).status).toBe(204);
    expect((await admin("DELETE", url)).json.error.code).toBe("ACCOUNT_UNKNOWN");
  });

  it("the last administrator stays, and a robot is none", async () => {
    await robot("root-robot", { role: "ADMIN" });
    const { id = "" } = (await bed.database.accounts.findByName("admin")) ?? {};
    const url = `/api/v1/registry/accounts/${id}`;
    const tried = [
      await admin("PUT", url, { state: "disabled" }),
      await admin("PUT", url, { role: "VIEWER" }),
      await admin("DELETE", url),
    ];
    expect(tried.map(({ json }) => json.error.code)).toEqual(Array(3).fill("LAST_ADMINISTRATOR"));
    expect((await admin("GET", "/api/v1/session")).status).toBe(200);
  });

  it.each(["nonsense", "00000000-0000-4000-8000-000000000000", "'; drop table account; --"])(
    "%j is none",
    async (id) => {
      const url = `/api/v1/registry/accounts/${encodeURIComponent(id)}`;
      expect((await admin("PUT", url, { role: "VIEWER" })).json.error.code).toBe("ACCOUNT_UNKNOWN");
    },
  );

  it("every change is in the audit log, without secrets", async () => {
    const key = await robot("audited", { role: "VIEWER", grants: [{ prefix: "team", role: "IMAGE_UPLOADER" }] });
    const { entries } = (await admin("GET", "/api/v1/audit")).json;
    expect(entries.slice(0, 2)).toMatchObject([
      { actor: "admin", action: "access-key-created", target: `${key.accessKey} of audited` },
      { actor: "admin", action: "account-created", target: "audited (robot, VIEWER, IMAGE_UPLOADER in team)" },
    ]);
    expect(JSON.stringify(entries)).not.toContain("hsk_");
  });
});

describe("access keys", () => {
  it.each([
    { name: "a wrong secret", change: (secret: string) => secret.replace(/.$/, (last) => (last === "A" ? "B" : "A")) },
    { name: "no secret", change: () => "" },
    { name: "the hash of nothing", change: () => "hsk_" },
  ])("with $name are refused", async ({ change }) => {
    const key = await robot(`wrong-${change("hsk_xA").length}`, { role: "VIEWER" });
    const answer = await withKey(key.accessKey, change(key.secretKey))("GET", "/api/v1/images");
    expect(answer).toMatchObject({ status: 401, json: { error: { code: "LOGIN_FAILED" } } });
  });

  it("names and passwords of accounts are no access keys", async () => {
    expect((await withKey("admin", PASSWORD)("GET", "/api/v1/images")).status).toBe(401);
    const { entries } = (await admin("GET", "/api/v1/audit")).json;
    expect(entries[0]).toMatchObject({ action: "login-failed", target: "(unknown account)" });
  });

  it.each(["Bearer abc", "Basic", "Basic !!!", "Negotiate x"])(
    "%j comes before the cookie, and is refused",
    async (authorization) => {
      const session = await app.inject({
        method: "POST",
        url: "/api/v1/session",
        headers: { host: "127.0.0.1:8080" },
        payload: { name: "admin", password: PASSWORD },
      });
      const cookie = String(session.headers["set-cookie"]).split(";", 1).join();
      expect((await sender({ cookie, authorization })("GET", "/api/v1/images")).status).toBe(401);
    },
  );

  it("do all that their account may, without a session, and not for pages of others", async () => {
    const key = await robot("scripts", { role: "ADMIN" });
    const send = withKey(key.accessKey, key.secretKey);
    expect((await send("GET", "/api/v1/session")).json).toMatchObject({ name: "scripts", role: "ADMIN" });
    expect((await send("GET", "/api/v1/registry/accounts")).status).toBe(200);
    const pair = Buffer.from(`${key.accessKey}:${key.secretKey}`).toString("base64");
    const page = sender({ authorization: `Basic ${pair}`, origin: "https://evil.example" });
    expect((await page("POST", "/api/v1/registry/keys", {})).json.error.code).toBe("ORIGIN_REFUSED");
    const answer = await app.inject({ url: "/api/v1/session", headers: { host: "127.0.0.1:8080" } });
    expect(answer.headers["www-authenticate"]).toBeUndefined();
  });

  it("guessing is slowed down and does not fill the audit log", async () => {
    const codes: string[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const send = withKey(`HAK${"Z".repeat(20)}`, `hsk_${"x".repeat(43)}`);
      codes.push((await send("GET", "/api/v1/images")).json.error.code);
    }
    expect(codes).toEqual([...Array<string>(5).fill("LOGIN_FAILED"), "TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]);
  });

  it("are two at most, so that one can take the place of the other", async () => {
    await robot("two", { role: "VIEWER" });
    expect((await admin("POST", "/api/v1/registry/keys", { account: "two" })).status).toBe(201);
    const third = await admin("POST", "/api/v1/registry/keys", { account: "two" });
    expect(third.json.error.code).toBe("ACCESS_KEYS_FULL");
  });

  it("are rotated with an overlap; the old one ends after it", async () => {
    const old = await robot("rotated", { role: "VIEWER" });
    const send = withKey(old.accessKey, old.secretKey);
    now = new Date(now.getTime() + 5 * DAY_MS);
    const next = await send("POST", `/api/v1/registry/keys/${old.keyId}/rotate`, { overlapHours: 1 });
    expect(next.status).toBe(201);
    const { key, secretKey } = next.json;
    expect(Date.parse(key.rotatedAt) - Date.parse(key.createdAt)).toBe(5 * DAY_MS);
    const renewed = withKey(key.accessKey, secretKey);
    expect((await renewed("GET", "/api/v1/images")).status).toBe(200);
    expect((await send("GET", "/api/v1/images")).status).toBe(200);
    now = new Date(now.getTime() + DAY_MS / 24);
    expect((await send("GET", "/api/v1/images")).status).toBe(401);
    expect((await renewed("POST", `/api/v1/registry/keys/${old.keyId}/rotate`, {})).json.error.code).toBe(
      "ACCESS_KEY_UNKNOWN",
    );
    const { keys } = (await renewed("GET", "/api/v1/registry/keys")).json;
    expect(keys.map(({ state }: { state: string }) => state)).toEqual(["expired", "active"]);
  });

  it("that end make none that go on", async () => {
    await admin("POST", "/api/v1/registry/accounts", { name: "for-a-day", kind: "robot", role: "VIEWER" });
    const made = await admin("POST", "/api/v1/registry/keys", { account: "for-a-day", expiresInDays: 1 });
    const send = withKey(made.json.key.accessKey, made.json.secretKey);
    const { expiresAt } = made.json.key;
    const second = await send("POST", "/api/v1/registry/keys", { expiresInDays: 300 });
    expect(second.json.key.expiresAt).toBe(expiresAt);
    await send("DELETE", `/api/v1/registry/keys/${String(second.json.key.id)}`);
    const rotated = await send("POST", `/api/v1/registry/keys/${String(made.json.key.id)}/rotate`, { overlapHours: 1 });
    expect(rotated.json.key.expiresAt).toBe(expiresAt);
  });

  it("that are made for some days are followed by one for as many, from then on", async () => {
    await admin("POST", "/api/v1/registry/accounts", { name: "for-ten-days", kind: "robot", role: "VIEWER" });
    const made = await admin("POST", "/api/v1/registry/keys", { account: "for-ten-days", expiresInDays: 10 });
    const endless = await robot("endless", { role: "ADMIN" });
    const boss = withKey(endless.accessKey, endless.secretKey);
    now = new Date(now.getTime() + 7 * DAY_MS);
    const rotated = await boss("POST", `/api/v1/registry/keys/${String(made.json.key.id)}/rotate`, { overlapHours: 1 });
    expect(rotated.json.key.expiresAt).toBe(new Date(now.getTime() + 10 * DAY_MS).toISOString());
    const next = await boss("POST", `/api/v1/registry/keys/${endless.keyId}/rotate`, { overlapHours: 1 });
    expect(next.json.key).not.toHaveProperty("expiresAt");
  });

  it("that are disabled or removed are refused at once", async () => {
    const key = await robot("stopped", { role: "VIEWER" });
    const send = withKey(key.accessKey, key.secretKey);
    const url = `/api/v1/registry/keys/${key.keyId}`;
    expect((await send("GET", "/api/v1/images")).status).toBe(200);
    await admin("PUT", url, { state: "disabled" });
    await expect.poll(async () => (await send("GET", "/api/v1/images")).status).toBe(401);
    expect((await admin("PUT", url, { state: "active" })).json.state).toBe("active");
    expect((await admin("DELETE", url)).status).toBe(204);
    await expect.poll(async () => (await send("GET", "/api/v1/registry/keys")).status).not.toBe(200);
  });

  it("of a person are made by that person only, and stopped by administrators", async () => {
    await addAccount(bed.database, { name: "owner", role: "VIEWER", password: PASSWORD });
    await addAccount(bed.database, { name: "other", role: "VIEWER", password: PASSWORD });
    expect((await admin("POST", "/api/v1/registry/keys", { account: "owner" })).json.error.code).toBe(
      "ACCESS_KEY_OF_PERSON",
    );
    const owner = await login("owner", PASSWORD);
    const { key } = (await owner("POST", "/api/v1/registry/keys", { description: "laptop" })).json;
    const url = `/api/v1/registry/keys/${String(key.id)}`;
    expect((await admin("POST", `${url}/rotate`, {})).json.error.code).toBe("ACCESS_KEY_OF_PERSON");
    const other = await login("other", PASSWORD);
    expect((await other("DELETE", url)).json.error.code).toBe("ACCESS_KEY_UNKNOWN");
    expect((await other("GET", "/api/v1/registry/keys")).json.keys).toEqual([]);
    expect((await admin("PUT", url, { state: "disabled" })).json.state).toBe("disabled");
    expect((await owner("GET", "/api/v1/registry/keys")).json.keys).toMatchObject([
      { description: "laptop", state: "disabled" },
    ]);
  });

  it("that are older than 90 days are due: in the inventory, the metric and the log", async () => {
    const key = await robot("old", { role: "VIEWER" });
    const send = withKey(key.accessKey, key.secretKey);
    now = new Date(now.getTime() + 90 * DAY_MS - 1);
    const before = (await send("GET", "/api/v1/registry/keys")).json.keys;
    expect(before).toMatchObject([{ isRotationDue: false, rotateBy: new Date(now.getTime() + 1).toISOString() }]);
    now = new Date(now.getTime() + 1);
    expect((await send("GET", "/api/v1/registry/keys")).json.keys).toMatchObject([
      { isRotationDue: true, state: "active" },
    ]);
    using _ = startKeyReminder(bed.context);
    expect(await bed.context.telemetry.metrics.metrics()).toMatch(/haechi_access_keys\{state="rotation-due"\} [1-9]/);
    await expect.poll(() => JSON.stringify(bed.log)).toContain(`${key.accessKey} of old`);
    expect(JSON.stringify(bed.log)).not.toContain("hsk_");
  });

  it("tell when they were used last", async () => {
    const key = await robot("used", { role: "VIEWER" });
    await withKey(key.accessKey, key.secretKey)("GET", "/api/v1/images");
    await bed.database.accessKeys.flush();
    const { keys } = (await admin("GET", "/api/v1/registry/keys?account=used")).json;
    expect(keys).toMatchObject([{ lastUsedAt: now.toISOString(), description: "build" }]);
  });
});

describe("an account with roles for some repositories", () => {
  it("sees only these, and nothing that tells of others", async () => {
    for (const repository of ["team/app", "team/secret/x", "other/app"]) {
      await pushImage(bed.database, { repository, tag: "1.0" });
    }
    const key = await robot("scoped", {
      role: "VIEWER",
      grants: [
        { prefix: "team", role: "VIEWER" },
        { prefix: "team/secret", role: "PERMISSION" },
      ],
    });
    const send = withKey(key.accessKey, key.secretKey);
    const list = await send("GET", "/api/v1/images");
    expect(list.json.images.map(({ repository }: { repository: string }) => repository)).toEqual(["team/app"]);
    expect(list.json.total).toBe(1);
    const statuses = [];
    for (const url of [
      "/api/v1/image?image=team/app:1.0",
      "/api/v1/image?image=other/app:1.0",
      "/api/v1/image?image=team/secret/x:1.0",
      `/api/v1/image/packages?image=other/app:1.0&digest=sha256:${"0".repeat(64)}`,
      "/api/v1/decisions",
      "/api/v1/running",
      "/api/v1/scans",
      "/api/v1/exceptions",
      "/api/v1/status",
    ]) {
      statuses.push((await send("GET", url)).status);
    }
    expect(statuses).toEqual([200, 404, 404, 404, 403, 403, 403, 403, 200]);
  });
});
