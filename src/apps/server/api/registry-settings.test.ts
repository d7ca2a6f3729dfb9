// SPDX-License-Identifier: Apache-2.0
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AccountGrant, Role } from "#database";
import { addAccount, BAD_PACKAGES } from "../../../../test/support/api-server.ts";
import { type GatedRegistry, startGatedRegistry } from "../../../../test/support/gated-registry.ts";
import { buildImage } from "../../../../test/support/image-builder.ts";
import type { ApiApp } from "./api-app.ts";
import { createApi } from "./create-api.ts";

const PASSWORD = "the gate is guarded";
const ROLES: readonly Role[] = ["ADMIN", "IMAGE_UPLOADER", "PERMISSION", "VIEWER"];
const IMAGE = buildImage([{ entries: [{ path: "app", content: "api" }] }]);
const headers = { host: "127.0.0.1:8080" };
const LIMITED: Readonly<Record<string, { readonly role: Role; readonly grants: readonly AccountGrant[] }>> = {
  "team-admin": {
    role: "VIEWER",
    grants: [
      { prefix: "team", role: "ADMIN" },
      // nothing, as far as repositories go
      { prefix: "team/closed", role: "PERMISSION" },
    ],
  },
  "team-viewer": { role: "VIEWER", grants: [{ prefix: "team", role: "VIEWER" }] },
  "team-switcher": { role: "VIEWER", grants: [{ prefix: "team", role: "PERMISSION" }] },
  switcher: { role: "PERMISSION", grants: [{ prefix: "team", role: "ADMIN" }] },
};
const cookies = new Map<string, string>();

let registry: GatedRegistry;
let app: ApiApp;

beforeAll(async () => {
  registry = await startGatedRegistry();
  app = await createApi(registry.context, { consoleFolder: "/nowhere" });
  for (const role of ROLES) {
    const name = `some-${role.toLowerCase().replace("_", "-")}`;
    await addAccount(registry.context.database, { name, role, password: PASSWORD });
    cookies.set(role, await signIn(name));
  }
  for (const [name, { role, grants }] of Object.entries(LIMITED)) {
    await addAccount(registry.context.database, { name, role, password: PASSWORD });
    const { id = "" } = (await registry.context.database.accounts.findByName(name)) ?? {};
    await registry.context.database.accounts.update(id, { grants });
    cookies.set(name, await signIn(name));
  }
});
afterAll(async () => {
  await app.close();
  await registry[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const { prefix } of registry.context.settings.tree.prefixes) {
    await registry.unset(prefix);
  }
  await registry.context.database.registryObjects.remove("service", "");
  await registry.context.settings.refresh();
});

async function signIn(name: string): Promise<string> {
  const payload = { name, password: PASSWORD };
  const login = await app.inject({ method: "POST", url: "/api/v1/session", headers, payload });
  return String(login.headers["set-cookie"]).split(";")[0] ?? "";
}

type Method = "GET" | "PUT" | "POST" | "DELETE";

/** As the account that has the role, or as one of those with roles for some repositories. */
async function ask(line: string, payload?: object, who: string = "ADMIN"): Promise<{ status: number; json: unknown }> {
  const [method, url = ""] = line.split(" ");
  const answer = await app.inject({
    method: method as Method,
    url: `/api/v1/registry/${url}`,
    headers: { ...headers, cookie: cookies.get(who) ?? "" },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, json: answer.json() };
}

async function audited(): Promise<readonly string[]> {
  const entries = await registry.context.database.audit.list({ limit: 20 });
  return entries.map(({ actor, action, target }) => `${actor} ${action} ${target}`);
}

describe("who may do what", () => {
  it.each<{ line: string; payload?: object; may: readonly Role[]; status?: number }>([
    { line: "GET settings", may: ["ADMIN", "IMAGE_UPLOADER", "VIEWER"] },
    { line: "GET settings/effective?repository=team", may: ["ADMIN", "IMAGE_UPLOADER", "VIEWER"] },
    { line: "PUT settings", payload: { prefix: "team", settings: {} }, may: ["ADMIN"] },
    { line: "POST settings/change", payload: { prefix: "team" }, may: ["ADMIN"] },
    { line: "DELETE settings?prefix=none", may: ["ADMIN"], status: 404 },
    { line: "GET service", may: ROLES },
    { line: "PUT service", payload: { isOn: true }, may: ["ADMIN", "PERMISSION"] },
    { line: "GET repositories", may: ["ADMIN", "IMAGE_UPLOADER", "VIEWER"] },
    { line: "GET tags?repository=none", may: ["ADMIN", "IMAGE_UPLOADER", "VIEWER"], status: 404 },
    { line: "DELETE tag?repository=none&tag=x", may: ["ADMIN"], status: 404 },
    { line: `DELETE manifest?repository=none&digest=${IMAGE.manifest.digest}`, may: ["ADMIN"], status: 404 },
  ])("$line: $may", async ({ line, payload, may, status = 200 }) => {
    for (const role of ROLES) {
      expect([role, (await ask(line, payload, role)).status]).toEqual([role, may.includes(role) ? status : 403]);
    }
  });
});

describe("an account with roles for some repositories", () => {
  it.each([
    { who: "team-admin", line: "PUT service", payload: { isOn: false }, status: 403 },
    { who: "team-switcher", line: "PUT service", payload: { isOn: false }, status: 403 },
    { who: "switcher", line: "DELETE tag?repository=team/app&tag=1.0", status: 403 },
    { who: "switcher", line: "GET repositories", status: 403 },
    { who: "team-admin", line: "DELETE tag?repository=other/app&tag=1.0", status: 403 },
    { who: "team-admin", line: "DELETE tag?repository=team/closed&tag=1.0", status: 403 },
    { who: "team-admin", line: `DELETE manifest?repository=none&digest=${IMAGE.manifest.digest}`, status: 403 },
    { who: "team-admin", line: "GET tags?repository=other/app", status: 404 },
    { who: "team-viewer", line: "DELETE tag?repository=team/app&tag=1.0", status: 403 },
    { who: "team-admin", line: "POST gc", payload: {}, status: 403 },
    { who: "team-viewer", line: "GET tags?repository=team/app", status: 200 },
    { who: "switcher", line: "PUT service", payload: { isOn: true }, status: 200 },
  ])("$who: $line is $status", async ({ who, line, payload, status }) => {
    for (const name of ["team/app:1.0", "other/app:1.0", "team/closed:1.0"]) {
      await registry.push(name, IMAGE);
    }
    expect((await ask(line, payload, who)).status).toBe(status);
  });

  it("lists what it may read, and deletes under its prefix", async () => {
    for (const name of ["team/app:1.0", "team/app:2.0", "other/app:1.0", "team/closed:1.0"]) {
      await registry.push(name, IMAGE);
    }
    const { json } = await ask("GET repositories", undefined, "team-admin");
    expect((json as { repositories: { repository: string }[] }).repositories.map((each) => each.repository)).toEqual([
      "team/app",
    ]);
    expect((await ask("DELETE tag?repository=team/app&tag=1.0", undefined, "team-admin")).status).toBe(200);
    const { digest } = IMAGE.manifest;
    expect((await ask(`DELETE manifest?repository=team/app&digest=${digest}`, undefined, "team-admin")).status).toBe(
      200,
    );
    expect((await ask("GET tags?repository=team/app", undefined, "team-admin")).json).toMatchObject({ tags: [] });
  });
});

describe("settings", () => {
  it.each([
    { name: "an unknown field", settings: { scanOnpush: true }, message: "scanOnpush" },
    { name: "a wrong severity", settings: { preventPullFrom: "severe" }, message: "preventPullFrom" },
    { name: "a list instead of settings", settings: { retention: {} }, message: "retention" },
  ])("$name is refused, and nothing is written", async ({ settings, message }) => {
    const answer = await ask("PUT settings", { prefix: "team", settings });
    expect(answer).toMatchObject({ status: 422, json: { error: { code: "SETTINGS_INVALID" } } });
    expect(JSON.stringify(answer.json)).toContain(message);
    expect((await ask("GET settings")).json).toEqual({ prefixes: [] });
  });

  it.each(["Team", "team/", "../x", "*", "a".repeat(300)])("the prefix %s is refused", async (prefix) => {
    expect((await ask("PUT settings", { prefix, settings: {} })).status).toBe(400);
  });

  it("are written, changed field by field, taken back, and every change is audited", async () => {
    await ask("PUT settings", { prefix: "team", settings: { preventPullFrom: "high", onlyFixable: true } });
    const changed = await ask("POST settings/change", {
      prefix: "team",
      set: { scanOnPush: false },
      unset: ["onlyFixable"],
    });
    expect(changed).toMatchObject({
      status: 200,
      json: {
        prefixes: [
          { prefix: "team", settings: { preventPullFrom: "high", scanOnPush: false }, updatedBy: "some-admin" },
        ],
      },
    });
    await ask("PUT settings", { prefix: "", settings: { undecided: "deny" } });
    expect((await ask("GET settings/effective?repository=team/app")).json).toMatchObject({
      settings: { preventPullFrom: "high", scanOnPush: false, undecided: "deny" },
      from: { preventPullFrom: "team", scanOnPush: "team", undecided: "" },
    });
    expect((await ask("DELETE settings?prefix=team")).status).toBe(200);
    expect(registry.context.settings.of("team/app").settings).toEqual({ undecided: "deny" });
    expect((await audited()).slice(0, 4)).toEqual([
      "some-admin registry-settings-removed team",
      'some-admin registry-settings-changed * {"undecided":"deny"}',
      'some-admin registry-settings-changed team {"scanOnPush":false,"preventPullFrom":"high"}',
      'some-admin registry-settings-changed team {"preventPullFrom":"high","onlyFixable":true}',
    ]);
  });

  it("that are changed at the same time are all there afterwards", async () => {
    const changes = [{ scanOnPush: false }, { onlyFixable: true }, { undecided: "deny" }, { quotaBytes: 5 }];
    await Promise.all(changes.map((set) => ask("POST settings/change", { prefix: "busy", set })));
    expect(registry.context.settings.of("busy").settings).toEqual(Object.assign({}, ...changes));
  });

  it("that cannot be read are shown with what is wrong, and can be written anew", async () => {
    const broken = { kind: "settings", name: "team", document: { preventPullFrom: 7 }, updatedBy: "older" } as const;
    await registry.context.database.registryObjects.put(broken);
    expect((await ask("GET settings")).json).toMatchObject({
      prefixes: [{ prefix: "team", settings: { preventPullFrom: "negligible" }, problem: /preventPullFrom/ }],
    });
    expect((await ask("PUT settings", { prefix: "team", settings: {} })).status).toBe(200);
    expect(registry.context.settings.problems.size).toBe(0);
  });
});

it("PERMISSION switches the service off and on, and that is audited", async () => {
  expect((await ask("PUT service", { isOn: false }, "PERMISSION")).json).toMatchObject({
    isOn: false,
    updatedBy: "some-permission",
  });
  expect(registry.context.settings.isServiceOn).toBe(false);
  expect((await ask("PUT service", { isOn: true }, "PERMISSION")).json).toMatchObject({ isOn: true });
  expect((await audited()).slice(0, 2)).toEqual([
    "some-permission registry-switched-on registry",
    "some-permission registry-switched-off registry",
  ]);
});

describe("content", () => {
  it("is listed and deleted, unless something protects it", async () => {
    await registry.push("api/app:1.0", IMAGE);
    await registry.push("api/app:2.0", IMAGE);
    await registry.set("api", { protectedTags: ["2.*"] });
    expect((await ask("GET repositories?prefix=api")).json).toMatchObject({
      repositories: [{ repository: "api/app", tags: 2, manifests: 1 }],
    });
    expect((await ask("GET tags?repository=api/app")).json).toMatchObject({
      tags: [{ name: "1.0" }, { name: "2.0", digest: IMAGE.manifest.digest, pushedBy: "uploader" }],
    });
    expect((await ask("GET tags?repository=api/app&after=1.0")).json).toMatchObject({ tags: [{ name: "2.0" }] });
    for (const line of [
      "tag?repository=api/app&tag=2.0",
      `manifest?repository=api/app&digest=${IMAGE.manifest.digest}`,
    ]) {
      const refused = await ask(`DELETE ${line}`);
      expect(refused).toMatchObject({ status: 409, json: { error: { code: "CONTENT_PROTECTED" } } });
      expect(JSON.stringify(refused.json)).toContain("protectedTags");
    }
    expect((await ask("DELETE tag?repository=api/app&tag=1.0")).status).toBe(200);
    await registry.unset("api");
    const { digest } = IMAGE.manifest;
    expect((await ask(`DELETE manifest?repository=api/app&digest=${digest}`)).status).toBe(200);
    expect((await ask("DELETE tag?repository=api/app&tag=2.0")).status).toBe(404);
  });

  it.each(["sha256:xyz", "md5:0", "", "1.0"])("%s is no digest to delete", async (digest) => {
    expect((await ask(`DELETE manifest?repository=api/app&digest=${encodeURIComponent(digest)}`)).status).toBe(400);
  });
});

it("the list of images has when it was pulled, and the worst severity with all and fixable findings", async () => {
  await registry.push("shown/app:1.0", IMAGE);
  await registry.scanned(IMAGE.manifest.digest, { packages: BAD_PACKAGES });
  const at = new Date("2026-11-20T10:00:00Z");
  const pulled = { repository: "shown/app", digest: IMAGE.manifest.digest, tag: "1.0", at };
  await registry.context.database.registry.notePulls([pulled]);
  for (const [lang, text] of [
    ["en", /^(Critical|High|Medium) \(total \d+ \/ fix \d+\)$/],
    ["ko", /^(심각|높음|중간) \(전체 \d+ \/ 수정 가능 \d+\)$/],
  ] as const) {
    const answer = await app.inject({
      method: "GET",
      url: `/api/v1/images?repository=shown/app&lang=${lang}`,
      headers: { ...headers, cookie: cookies.get("VIEWER") ?? "" },
    });
    const { images } = answer.json<{ images: { pulledAt?: string; vulnerabilities?: string }[] }>();
    expect(images[0]?.pulledAt).toBe(at.toISOString());
    expect(images[0]?.vulnerabilities).toMatch(text);
  }
});
