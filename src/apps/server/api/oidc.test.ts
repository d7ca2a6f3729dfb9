// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiTestBed, addAccount, createApiTestBed } from "../../../../test/support/api-server.ts";
import { OIDC_CLIENT, startOidcProvider, type TestOidcProvider } from "../../../../test/support/oidc-provider.ts";
import type { ApiApp } from "./api-app.ts";
import { createApi } from "./create-api.ts";

const CONSOLE = "http://127.0.0.1:8080";
const CALLBACK = `${CONSOLE}/api/v1/session/oidc/callback`;
const ROLES = [
  { group: "admins", role: "ADMIN" },
  { group: "dev", role: "IMAGE_UPLOADER", prefix: "team" },
  { group: "audit", role: "VIEWER" },
] as const;

let provider: TestOidcProvider;
let bed: ApiTestBed;
let app: ApiApp;
let folder: string;

beforeAll(async () => {
  provider = await startOidcProvider(CALLBACK);
  folder = await mkdtemp(join(tmpdir(), "haechi-oidc-"));
  await writeFile(join(folder, "secret"), `${OIDC_CLIENT.secret}\n`, { mode: 0o600 });
  bed = await createApiTestBed();
  app = await createApi(
    {
      ...bed.context,
      configuration: {
        ...bed.context.configuration,
        oidc: {
          issuer: provider.issuer,
          clientId: OIDC_CLIENT.id,
          clientSecretFile: join(folder, "secret"),
          consoleUrl: CONSOLE,
          scopes: ["openid"],
          groupsClaim: "groups",
          roles: ROLES,
        },
      },
    },
    { consoleFolder: "/nowhere" },
  );
  await addAccount(bed.database, { name: "admin", role: "ADMIN", password: "correct horse battery" });
});

beforeEach(() => provider.people.clear());

afterAll(async () => {
  await app.close();
  await bed[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Visit {
  readonly statusCode: number;
  readonly body: string;
  readonly cookies: readonly string[];
  readonly location: string;
}

async function visit(url: string, cookie = ""): Promise<Visit> {
  const answer = await app.inject({ method: "GET", url, headers: { host: "127.0.0.1:8080", cookie } });
  const set = answer.headers["set-cookie"];
  return {
    statusCode: answer.statusCode,
    body: answer.body,
    cookies: Array.isArray(set) ? set : [set ?? ""],
    location: String(answer.headers.location ?? ""),
  };
}

function valueOf(cookies: readonly string[], name: string): string {
  return cookies.map((each) => each.split(";", 1).join("")).find((each) => each.startsWith(`${name}=`)) ?? "";
}

/** Signs in through the provider; the login's cookie is changed on the way when asked. */
async function signIn(login: string, claims: object, change: (url: URL) => void = () => undefined): Promise<Visit> {
  provider.people.set(login, claims as Readonly<Record<string, unknown>>);
  const begun = await visit("/api/v1/session/oidc");
  expect(begun.statusCode).toBe(303);
  const back = await provider.signIn(new URL(begun.location), login);
  change(back);
  return await visit(`${back.pathname}${back.search}`, valueOf(begun.cookies, "haechi_oidc"));
}

async function sessionOf(visited: Visit): Promise<Record<string, unknown>> {
  const answer = await visit("/api/v1/session", valueOf(visited.cookies, "haechi_session"));
  return JSON.parse(answer.body) as Record<string, unknown>;
}

describe("signing in by an identity provider", () => {
  it("whose groups give no role is refused, and makes no account", async () => {
    const answer = await signIn("nobody", { groups: ["others"], preferred_username: "nobody" });
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain("nothing it says gives you a role here");
    expect(valueOf(answer.cookies, "haechi_session")).toBe("");
    expect(await bed.database.accounts.findByName("nobody")).toBeUndefined();
  });

  it.each([
    { name: "another state", change: (url: URL) => url.searchParams.set("state", "x".repeat(43)) },
    { name: "another issuer", change: (url: URL) => url.searchParams.set("iss", "https://evil.example") },
    { name: "a code that was made up", change: (url: URL) => url.searchParams.set("code", "x".repeat(43)) },
    { name: "a refusal", change: (url: URL) => (url.search = "?error=access_denied&state=x") },
  ])("an answer with $name is refused", async ({ change }) => {
    const answer = await signIn("kim", { groups: ["audit"] }, change);
    expect(answer.statusCode).toBe(401);
    expect(valueOf(answer.cookies, "haechi_session")).toBe("");
  });

  it("an answer in another browser is refused", async () => {
    provider.people.set("kim", { groups: ["audit"] });
    const begun = await visit("/api/v1/session/oidc");
    const back = await provider.signIn(new URL(begun.location), "kim");
    expect((await visit(`${back.pathname}${back.search}`)).statusCode).toBe(401);
    const other = await visit("/api/v1/session/oidc");
    const stolen = await visit(`${back.pathname}${back.search}`, valueOf(other.cookies, "haechi_oidc"));
    expect(stolen.statusCode).toBe(401);
  });

  it("gives the role of the groups, by PKCE, and an account that has no password", async () => {
    const begun = await visit("/api/v1/session/oidc");
    expect(new URL(begun.location).searchParams.get("code_challenge_method")).toBe("S256");
    expect(begun.cookies.join()).toContain("HttpOnly; SameSite=Lax");
    const answer = await signIn("lee", { groups: ["audit"], preferred_username: "lee" });
    expect(answer.statusCode).toBe(200);
    expect(await sessionOf(answer)).toMatchObject({ name: "lee", role: "VIEWER", mustChangePassword: false });
    expect(await bed.database.accounts.findByName("lee")).toMatchObject({ passwordHash: "", grants: [] });
    const audited = await bed.database.audit.list({ limit: 2 });
    expect(audited.map(({ action, actor }) => `${action} ${actor}`)).toEqual(["login lee", "account-created lee"]);
  });

  it("follows the groups at the next login, with roles per prefix", async () => {
    await signIn("park", { groups: ["audit", "admins"], preferred_username: "park" });
    const answer = await signIn("park", { groups: ["dev", "audit"], preferred_username: "another name" });
    expect(await sessionOf(answer)).toMatchObject({ name: "park", role: "VIEWER" });
    expect(await bed.database.accounts.findByName("park")).toMatchObject({
      grants: [
        { prefix: "", role: "VIEWER" },
        { prefix: "team", role: "IMAGE_UPLOADER" },
      ],
    });
  });

  it("never becomes an account that was there, whatever name somebody took at the provider", async () => {
    const answer = await signIn("evil", { groups: ["audit"], preferred_username: "admin", email: "admin" });
    const session = await sessionOf(answer);
    expect(session).toMatchObject({ role: "VIEWER" });
    expect(session["name"]).toMatch(/^admin-[0-9a-f]{12}$/);
  });

  it("ends for an account that an administrator disabled", async () => {
    const session = await signIn("choi", { groups: ["audit"], preferred_username: "choi" });
    const { id = "" } = (await bed.database.accounts.findByName("choi")) ?? {};
    await bed.database.accounts.update(id, { state: "disabled" });
    expect((await visit("/api/v1/session", valueOf(session.cookies, "haechi_session"))).statusCode).toBe(401);
    expect((await signIn("choi", { groups: ["audit"], preferred_username: "choi" })).statusCode).toBe(403);
  });

  it("whose groups give no role any more takes the account, its sessions and its keys", async () => {
    const session = await signIn("jung", { groups: ["audit"], preferred_username: "jung" });
    const { id = "" } = (await bed.database.accounts.findByName("jung")) ?? {};
    const accessKey = `HAK${"J".repeat(20)}`;
    await bed.database.accessKeys.create({ accountId: id, accessKey, secretHash: "x", description: "" });
    expect((await signIn("jung", { groups: ["others"], preferred_username: "jung" })).statusCode).toBe(403);
    expect((await visit("/api/v1/session", valueOf(session.cookies, "haechi_session"))).statusCode).toBe(401);
    expect(await bed.database.accessKeys.findUsable(accessKey)).toBeUndefined();
    expect(await bed.database.accounts.find(id)).toMatchObject({ state: "disabled" });
    const entries = await bed.database.audit.list({ limit: 5 });
    expect(entries).toContainEqual(
      expect.objectContaining({
        action: "account-changed",
        target: expect.stringMatching(/^jung \(disabled/) as string,
      }),
    );
  });

  it("is offered where it is set up, and says so where it is not", async () => {
    expect(JSON.parse((await visit("/api/v1/session/methods")).body)).toEqual({
      password: true,
      oidc: { name: new URL(provider.issuer).host, url: "/api/v1/session/oidc" },
    });
    await using other = await createApiTestBed();
    const without = await createApi(other.context, { consoleFolder: "/nowhere" });
    const headers = { host: "127.0.0.1:8080" };
    expect((await without.inject({ url: "/api/v1/session/oidc", headers })).statusCode).toBe(404);
    expect((await without.inject({ url: "/api/v1/session/methods", headers })).json()).toEqual({ password: true });
    await without.close();
  });
});
