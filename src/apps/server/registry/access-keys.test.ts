// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { AccessKeyRecord, NewAccount } from "#database";
import { buildImage } from "../../../../test/support/image-builder.ts";
import {
  type Answer,
  basic,
  call,
  pushBlob,
  pushImage,
  startTestRegistry,
  type TestRegistry,
  tokenFor,
} from "../../../../test/support/registry-server.ts";
import { createAccessKeyPair, openSecretHasher } from "../accounts/access-key-pair.ts";

const DIGEST: Digest = digestOf("hello");
const REPOSITORIES = ["other/app", "team/app", "team/lib", "team/secret/x"];
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startTestRegistry();
  for (const repository of REPOSITORIES) {
    await pushBlob(registry, repository, "hello");
    await pushImage(registry, `${repository}:1.0`, buildImage([{ entries: [{ path: "a" }] }]));
  }
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

interface Robot {
  readonly id: string;
  readonly key: AccessKeyRecord;
  readonly authorization: string;
}

async function robot(
  name: string,
  account: Pick<NewAccount, "role" | "grants" | "kind" | "identity">,
  target: TestRegistry = registry,
): Promise<Robot> {
  const { accounts, accessKeys, secrets } = target.context.database;
  const { id } = await accounts.create({ name, kind: "robot", ...account });
  const pair = createAccessKeyPair();
  const hasher = await openSecretHasher(secrets);
  const key = await accessKeys.create({
    accountId: id,
    accessKey: pair.accessKey,
    secretHash: hasher.hash(pair),
    description: "",
  });
  return { id, key, authorization: basicOf(pair.accessKey, pair.secretKey) };
}

describe("a key of somebody whom an identity provider knows", () => {
  const DAY_MS = 24 * 3_600_000;

  it("is refused when its owner has not signed in there for too long, with its tokens, until the next login", async () => {
    let now = new Date("2026-11-22T00:00:00Z");
    await using limited = await startTestRegistry({ now: () => now, oidc: { maxIdleMs: 30 * DAY_MS } });
    const { accounts, audit } = limited.context.database;
    const identity = { issuer: "https://login.example", subject: "kim" };
    const { authorization, id } = await robot("kim", { role: "ADMIN", kind: "person", identity }, limited);
    const other = await robot("ci", { role: "ADMIN" }, limited);
    const headers = { authorization };
    async function token(): Promise<string> {
      const answer = await call(limited, "GET /token?scope=registry:catalog:*", { headers });
      return (JSON.parse(answer.body.toString()) as { token: string }).token;
    }
    now = new Date(now.getTime() + 30 * DAY_MS - 60_000);
    expect((await call(limited, "GET /v2/", { headers })).status).toBe(200);
    const made = await token();
    expect((await call(limited, "GET /v2/_catalog", { token: made })).status).toBe(200);
    now = new Date(now.getTime() + 60_000);
    expect((await call(limited, "GET /v2/_catalog", { token: made })).status).toBe(401);
    const refused = await call(limited, "GET /v2/", { headers });
    expect(refused).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
    expect(refused.message).toContain("log in to the console once");
    expect((await call(limited, "GET /token", { headers })).message).toContain("log in to the console once");
    expect(await audit.list({ limit: 1 })).toMatchObject([{ action: "login-failed" }]);
    expect((await call(limited, "GET /v2/", { headers: { authorization: other.authorization } })).status).toBe(200);
    await accounts.noteSignIn(id);
    await expect.poll(async () => (await call(limited, "GET /v2/", { headers })).status).toBe(200);
  });
});

function basicOf(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
}

async function ask(line: string, authorization: string, target: TestRegistry = registry): Promise<Answer> {
  return await call(target, line, { headers: { authorization } });
}

async function tokenOf(authorization: string, scope: string): Promise<string> {
  const answer = await ask(`GET /token?scope=${encodeURIComponent(scope)}`, authorization);
  return `Bearer ${(JSON.parse(answer.body.toString()) as { token: string }).token}`;
}

/** What the four verbs come to in a repository. */
async function rights(authorization: string, repository: string): Promise<string> {
  const pull = await ask(`GET /v2/${repository}/tags/list`, authorization);
  const push = await ask(`POST /v2/${repository}/blobs/uploads/`, authorization);
  const remove = await ask(`DELETE /v2/${repository}/manifests/no-such-tag`, authorization);
  return [pull, push, remove].map(({ status }) => status).join(" ");
}

describe("the four roles", () => {
  it.each([
    { role: "ADMIN", want: "200 202 404" },
    { role: "IMAGE_UPLOADER", want: "200 202 403" },
    { role: "PERMISSION", want: "403 403 403" },
    { role: "VIEWER", want: "200 403 403" },
  ] as const)("$role: pull, push, delete $want, by Basic and by token", async ({ role, want }) => {
    const { authorization } = await robot(`role-${role}`, { role });
    expect(await rights(authorization, "team/app")).toBe(want);
    expect(await rights(await tokenOf(authorization, "repository:team/app:pull,push,delete"), "team/app")).toBe(want);
  });

  it("PERMISSION lists nothing", async () => {
    const { authorization } = await robot("permission-list", { role: "PERMISSION" });
    expect((await ask("GET /v2/_catalog", authorization)).status).toBe(401);
  });

  it("what a role does not allow is in the audit log, once", async () => {
    const { authorization } = await robot("refused", { role: "VIEWER" });
    for (let time = 0; time < 3; time += 1) {
      await ask("POST /v2/team/app/blobs/uploads/", authorization);
    }
    const audited = await registry.context.database.audit.list({ limit: 10 });
    const refused = audited.filter(({ actor }) => actor === "refused");
    expect(refused.map(({ action, target }) => `${action} ${target}`)).toEqual([
      "access-refused push team/app",
      expect.stringMatching(/^access-key-login HAK/),
    ]);
  });
});

describe("roles per prefix", () => {
  it("hold there, the longest prefix first, and elsewhere there is nothing", async () => {
    const { authorization } = await robot("scoped", {
      role: "VIEWER",
      grants: [
        { prefix: "team", role: "VIEWER" },
        { prefix: "team/app", role: "ADMIN" },
        { prefix: "team/secret", role: "PERMISSION" },
      ],
    });
    const found = [];
    for (const repository of ["team/lib", "team/app", "team/secret/x", "other/app", "teamwork"]) {
      found.push(await rights(authorization, repository));
    }
    expect(found).toEqual(["200 403 403", "200 202 404", "403 403 403", "403 403 403", "403 403 403"]);
    const catalog = await ask("GET /v2/_catalog", authorization);
    expect(JSON.parse(catalog.body.toString())).toEqual({ repositories: ["team/app", "team/lib"] });
    const first = await ask("GET /v2/_catalog?n=1", authorization);
    expect(JSON.parse(first.body.toString())).toEqual({ repositories: ["team/app"] });
    expect(first.headers["link"]).toContain("last=team%2Fapp");
    const token = await tokenOf(authorization, "registry:catalog:*");
    expect(JSON.parse((await ask("GET /v2/_catalog?last=team%2Fapp", token)).body.toString())).toEqual({
      repositories: ["team/lib"],
    });
  });

  it("a mount from a repository that may not be read becomes an upload", async () => {
    const { authorization } = await robot("mounts", {
      role: "VIEWER",
      grants: [{ prefix: "mine", role: "IMAGE_UPLOADER" }],
    });
    const answer = await ask(`POST /v2/mine/app/blobs/uploads/?mount=${DIGEST}&from=other/app`, authorization);
    expect(answer.status).toBe(202);
  });
});

describe("access keys", () => {
  it.each([
    { name: "another secret", authorization: (key: string) => basicOf(key, `hsk_${"A".repeat(43)}`) },
    { name: "no secret", authorization: (key: string) => basicOf(key, "") },
    { name: "the secret of another key", authorization: (key: string, other: string) => withName(other, key) },
  ])("with $name are refused, and audited by their name", async ({ authorization }) => {
    const mine = await robot(`mine-${Math.abs(authorization.toString().length)}`, { role: "VIEWER" });
    const other = await robot(`other-${Math.abs(authorization.toString().length)}`, { role: "ADMIN" });
    const answer = await ask("GET /v2/", authorization(mine.key.accessKey, other.authorization));
    expect(answer).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
    const [entry] = await registry.context.database.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ actor: "anonymous", action: "login-failed", target: mine.key.accessKey });
  });

  it("pull hundreds of times without being slowed down, and one line of the audit log", async () => {
    const { authorization, key } = await robot("busy", { role: "VIEWER" });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => ask("GET /v2/team/app/tags/list", authorization)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const audited = await registry.context.database.audit.list({ limit: 100 });
    expect(audited.filter(({ target }) => target === key.accessKey)).toHaveLength(1);
    await keys().setState(key.id, "disabled");
    await expect.poll(async () => (await ask("GET /v2/", authorization)).status).toBe(401);
    const [last] = await registry.context.database.audit.list({ limit: 1 });
    expect(last).toMatchObject({ actor: "anonymous", action: "login-failed", target: key.accessKey });
  });

  it("older than the limit of this server are refused, and their tokens end with them", async () => {
    let now = new Date("2026-11-22T12:00:00Z");
    const day = 24 * 60 * 60_000;
    await using strict = await startTestRegistry({ now: () => now, registry: { keyMaxAgeMs: 90 * day } });
    const { authorization } = await robot("aging", { role: "ADMIN" }, strict);
    now = new Date(now.getTime() + 90 * day - 60_000);
    const answer = await ask("GET /token?scope=repository:team/app:push", authorization, strict);
    const { token, expires_in } = JSON.parse(answer.body.toString()) as { token: string; expires_in: number };
    expect(expires_in).toBe(60);
    expect((await ask("POST /v2/team/app/blobs/uploads/", `Bearer ${token}`, strict)).status).toBe(202);
    now = new Date(now.getTime() + 60_000);
    expect((await ask("POST /v2/team/app/blobs/uploads/", `Bearer ${token}`, strict)).status).toBe(401);
    expect((await ask("GET /v2/", authorization, strict)).status).toBe(401);
  });
});

describe("a token that was right", () => {
  it.each([
    {
      name: "of an account that was disabled",
      change: ({ id }: Robot) => accounts().update(id, { state: "disabled" }),
      want: 401,
    },
    { name: "of an account that is gone", change: ({ id }: Robot) => accounts().remove(id), want: 401 },
    { name: "of a key that was disabled", change: ({ key }: Robot) => keys().setState(key.id, "disabled"), want: 401 },
    { name: "of a key that is gone", change: ({ key }: Robot) => keys().remove(key.id), want: 401 },
    {
      name: "of an account that lost the role",
      change: ({ id }: Robot) => accounts().update(id, { role: "PERMISSION" }),
      want: 403,
    },
    {
      name: "of an account that has roles elsewhere now",
      change: ({ id }: Robot) => accounts().update(id, { grants: [{ prefix: "other", role: "ADMIN" }] }),
      want: 403,
    },
  ])("$name is refused within a second, as is the key itself", async ({ name, change, want }) => {
    const made = await robot(name.replaceAll(" ", "-"), { role: "VIEWER" });
    const token = await tokenOf(made.authorization, "repository:team/app:pull");
    expect((await ask("GET /v2/team/app/tags/list", token)).status).toBe(200);
    expect((await ask("GET /v2/team/app/tags/list", made.authorization)).status).toBe(200);
    await change(made);
    const eventually = { timeout: 1_000, interval: 5 };
    await expect.poll(async () => (await ask("GET /v2/team/app/tags/list", token)).status, eventually).toBe(want);
    await expect
      .poll(async () => (await ask("GET /v2/team/app/tags/list", made.authorization)).status, eventually)
      .toBe(want);
  });

  it("by a password that was changed is refused, and the password, too", async () => {
    const { id = "" } = (await accounts().findByName("viewer")) ?? {};
    const token = await tokenFor(registry, "viewer", "repository:team/app:pull");
    expect((await call(registry, "GET /v2/team/app/tags/list", { token })).status).toBe(200);
    await accounts().setPassword(id, "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA");
    const eventually = { timeout: 1_000, interval: 5 };
    await expect
      .poll(async () => (await call(registry, "GET /v2/team/app/tags/list", { token })).status, eventually)
      .toBe(401);
    expect((await ask("GET /v2/", basic("viewer"))).status).toBe(401);
  });
});

function accounts(): TestRegistry["context"]["database"]["accounts"] {
  return registry.context.database.accounts;
}

function keys(): TestRegistry["context"]["database"]["accessKeys"] {
  return registry.context.database.accessKeys;
}

/** The secret of one key under the name of another. */
function withName(authorization: string, accessKey: string): string {
  const [, secret = ""] = Buffer.from(authorization.slice("Basic ".length), "base64").toString().split(":");
  return basicOf(accessKey, secret);
}
