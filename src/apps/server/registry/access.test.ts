// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { hashPassword } from "#database";
import {
  basic,
  call,
  pushBlob,
  startTestRegistry,
  type TestRegistry,
  tokenFor,
} from "../../../../test/support/registry-server.ts";

const DIGEST = digestOf("hello");
/** The clock stands still, so that no wait ends by itself. */
const NOON = new Date("2026-11-22T12:00:00Z");
let registry: TestRegistry;
let open: TestRegistry;

beforeAll(async () => {
  registry = await startTestRegistry();
  open = await startTestRegistry({ registry: { anonymousPull: true } });
  for (const each of [registry, open]) {
    await pushBlob(each, "team/app", "hello");
  }
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await open[Symbol.asyncDispose]();
});

describe("who may do what", () => {
  it.each([
    { name: "nobody sees the registry", line: "GET /v2/", want: 401 },
    { name: "an account does", line: "GET /v2/", as: "viewer", want: 200 },
    { name: "nobody pulls", line: `GET /v2/team/app/blobs/${DIGEST}`, want: 401 },
    { name: "nobody can tell what exists", line: `GET /v2/no/such/blobs/${DIGEST}`, want: 401 },
    { name: "nobody lists repositories", line: "GET /v2/_catalog", want: 401 },
    { name: "an account lists repositories", line: "GET /v2/_catalog", as: "viewer", want: 200 },
    { name: "a viewer may not push", line: "POST /v2/team/app/blobs/uploads/", as: "viewer", want: 403 },
    { name: "an uploader may", line: "POST /v2/team/app/blobs/uploads/", as: "uploader", want: 202 },
    { name: "an administrator may", line: "POST /v2/team/app/blobs/uploads/", as: "admin", want: 202 },
  ] as const)("$name", async ({ line, want, ...rest }) => {
    const answer = await call(registry, line, rest);
    expect(answer.status).toBe(want);
    expect(answer.code).toBe(want === 401 ? "UNAUTHORIZED" : want === 403 ? "DENIED" : undefined);
  });

  it("a challenge leads to the token endpoint under the host that the client used", async () => {
    const answer = await call(registry, `GET /v2/team/app/blobs/${DIGEST}`, {
      headers: { host: "registry.example:5000" },
    });
    expect(answer.headers["www-authenticate"]).toBe(
      'Bearer realm="http://registry.example:5000/token",service="haechi-registry",scope="repository:team/app:pull"',
    );
    expect(answer.headers["docker-distribution-api-version"]).toBe("registry/2.0");
  });

  it.each(['evil"host', "a b", "a/b", "x".repeat(300), "host:port"])(
    "the host %j does not get into the challenge",
    async (host) => {
      const answer = await call(registry, "GET /v2/", { headers: { host } });
      expect(answer.headers["www-authenticate"]).toContain(`realm="${registry.url}/token"`);
    },
  );

  it("behind a TLS proxy the realm is https", async () => {
    const answer = await call(registry, "GET /v2/", { headers: { host: "r.example", "x-forwarded-proto": "https" } });
    expect(answer.headers["www-authenticate"]).toContain('realm="https://r.example/token"');
  });
});

describe("a password that somebody else made", () => {
  const path = ["GET /v2/", "GET /token?service=haechi-registry", `GET /v2/team/app/blobs/${DIGEST}`] as const;

  it.each([
    { name: "first", make: async (id: string) => await Promise.resolve(id) },
    {
      name: "reset",
      make: async (id: string) => {
        await registry.context.database.accounts.setPassword(id, await hashPassword("my own words"));
        await registry.context.database.accounts.setPassword(id, await hashPassword("made for me"), {
          mustChange: true,
        });
      },
    },
  ])("opens nothing until it is changed ($name)", async ({ name, make }) => {
    const { accounts, audit } = registry.context.database;
    const { id } = await accounts.create({ name, role: "ADMIN", passwordHash: await hashPassword("made for me") });
    await make(id);
    const made = { authorization: `Basic ${Buffer.from(`${name}:made for me`).toString("base64")}` };
    for (const line of path) {
      const answer = await call(registry, line, { headers: made });
      expect(answer).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
      expect(answer.message).toContain("haechi registry accounts password");
    }
    const korean = await call(registry, path[0], { headers: { ...made, "accept-language": "ko" } });
    expect(korean.message).toContain("비밀번호는 먼저 바꿔야 합니다");
    const failures = (await audit.list({ limit: 4 })).filter(({ target }) => target === name);
    expect(failures.map(({ action }) => action)).toEqual(Array(4).fill("login-failed"));
    await call(registry, path[0], { headers: made });
    expect((await call(registry, path[0], { headers: made })).status).toBe(429);
  });

  it("is not told to anybody who does not have it, and its owner's own works", async () => {
    const { accounts } = registry.context.database;
    const { id } = await accounts.create({ name: "kim", role: "VIEWER", passwordHash: await hashPassword("made") });
    const wrong = { authorization: `Basic ${Buffer.from("kim:guess").toString("base64")}` };
    expect((await call(registry, path[0], { headers: wrong })).message).not.toContain("changed");
    await accounts.setPassword(id, await hashPassword("my own words"));
    const own = { authorization: `Basic ${Buffer.from("kim:my own words").toString("base64")}` };
    for (const line of path.slice(0, 2)) {
      expect((await call(registry, line, { headers: own })).status).toBe(200);
    }
  });
});

describe("tokens", () => {
  it.each([
    { name: "pull for a viewer", as: "viewer", scope: "repository:team/app:pull", read: 200, write: 403 },
    {
      name: "push that a viewer asked for is not granted",
      as: "viewer",
      scope: "repository:team/app:pull,push",
      read: 200,
      write: 403,
    },
    { name: "push for an uploader", as: "uploader", scope: "repository:team/app:pull,push", read: 200, write: 202 },
    { name: "of an uploader for pull only", as: "uploader", scope: "repository:team/app:pull", read: 200, write: 401 },
    { name: "for another repository", as: "uploader", scope: "repository:team/other:pull,push", read: 401, write: 401 },
    { name: "without scope", as: "uploader", scope: "", read: 401, write: 401 },
  ] as const)("$name", async ({ as, scope, read, write }) => {
    const token = await tokenFor(registry, as, scope);
    expect((await call(registry, "GET /v2/team/app/tags/list", { token })).status).toBe(read);
    const post = await call(registry, "POST /v2/team/app/blobs/uploads/", { token });
    expect(post.status).toBe(write);
    if (write === 401) {
      expect(post.headers["www-authenticate"]).toContain(
        'scope="repository:team/app:pull,push",error="insufficient_scope"',
      );
    }
  });

  it.each(["Bearer forged", "Bearer ", "Negotiate abc", "Basic", "Basic !!!", ""])(
    "%j is refused",
    async (authorization) => {
      const answer = await call(registry, "GET /v2/", { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.code).toBe("UNAUTHORIZED");
    },
  );

  it("a token of another registry is refused", async () => {
    const token = await tokenFor(open, "admin", "repository:team/app:pull");
    expect((await call(registry, `GET /v2/team/app/blobs/${DIGEST}`, { token })).status).toBe(401);
  });

  it("the endpoint answers as docker expects, and wants an account", async () => {
    const answer = await call(registry, "GET /token?service=haechi-registry", { as: "viewer" });
    const body = JSON.parse(answer.body.toString()) as Record<string, unknown>;
    expect(body).toMatchObject({ token: expect.any(String), access_token: body["token"], expires_in: 300 });
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect((await call(registry, "GET /token")).status).toBe(401);
    expect((await call(registry, "GET /token?service=other", { as: "viewer" })).status).toBe(403);
    expect((await call(registry, "POST /token", { as: "viewer" })).status).toBe(405);
  });

  it("listing repositories needs its own scope", async () => {
    expect((await call(registry, "GET /v2/_catalog", { token: await tokenFor(registry, "admin", "") })).status).toBe(
      401,
    );
    const token = await tokenFor(registry, "viewer", "registry:catalog:*");
    expect((await call(registry, "GET /v2/_catalog", { token })).status).toBe(200);
  });
});

describe("anonymous pull", () => {
  it.each([
    { name: "reads without a token", line: `GET /v2/team/app/blobs/${DIGEST}`, want: 404 },
    { name: "is still led to a token", line: "GET /v2/", want: 401 },
    { name: "pushes nothing", line: "POST /v2/team/app/blobs/uploads/", want: 401 },
    { name: "lists no repositories", line: "GET /v2/_catalog", want: 401 },
  ])("$name", async ({ line, want }) => {
    expect((await call(open, line)).status).toBe(want);
  });

  it("gets a token that reads", async () => {
    const token = await tokenFor(open, undefined, "repository:team/app:pull,push,inspect registry:catalog:*");
    expect((await call(open, "GET /v2/", { token })).status).toBe(200);
    expect((await call(open, "GET /v2/team/app/tags/list", { token })).status).toBe(200);
    expect((await call(open, "POST /v2/team/app/blobs/uploads/", { token })).status).toBe(401);
    expect((await call(open, "GET /v2/_catalog", { token })).status).toBe(401);
  });

  it("does not make a wrong password right", async () => {
    const authorization = `Basic ${Buffer.from("admin:wrong").toString("base64")}`;
    expect((await call(open, "GET /v2/", { headers: { authorization } })).status).toBe(401);
    expect((await call(open, "GET /token", { headers: { authorization } })).status).toBe(401);
  });
});

describe("guessing passwords", () => {
  it("is slowed down for the name from that address, looks the same for unknown names, and is audited", async () => {
    await using guessed = await startTestRegistry({ now: () => NOON });
    const answers = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      answers.push(await guess(guessed, "admin", `guess ${attempt}`));
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(answers.at(-1)).toMatchObject({ code: "TOOMANYREQUESTS", headers: { "retry-after": "1" } });
    const unknown = await guess(guessed, "my secret password", "guess");
    expect({ ...unknown, headers: {} }).toEqual({ ...answers[0], headers: {} });
    const audited = await guessed.context.database.audit.list({ limit: 10 });
    expect(audited.map(({ action, actor, target }) => `${action} ${actor} ${target}`)).toEqual([
      "login-failed anonymous (unknown account)",
      ...Array.from({ length: 5 }, () => "login-failed anonymous admin"),
    ]);
  });

  it("does not lock out who was right a moment ago", async () => {
    await using guessed = await startTestRegistry({ now: () => NOON });
    expect((await call(guessed, "GET /v2/", { as: "admin" })).status).toBe(200);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await guess(guessed, "admin", `guess ${attempt}`);
    }
    expect((await guess(guessed, "admin", "guess")).status).toBe(429);
    expect((await call(guessed, "GET /v2/", { headers: { authorization: basic("admin") } })).status).toBe(200);
  });
});

describe("answers", () => {
  it("carry the request id, the client's when it is harmless", async () => {
    expect(
      (await call(registry, "GET /v2/", { headers: { "x-request-id": "abc-12345" } })).headers["x-request-id"],
    ).toBe("abc-12345");
    const made = (await call(registry, "GET /v2/", { headers: { "x-request-id": "a b<script>" } })).headers[
      "x-request-id"
    ];
    expect(made).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("are Korean for a client that asks for it", async () => {
    const answer = await call(registry, "GET /v2/", { headers: { "accept-language": "ko-KR,ko;q=0.9,en;q=0.8" } });
    expect(answer.message).toContain("인증이 필요합니다");
  });

  it("never put a password or a token into the log", async () => {
    await call(registry, "GET /token?account=x&password=battery+staple", { as: "uploader" });
    const text = JSON.stringify(registry.log);
    expect(text).not.toContain("battery");
    expect(text).not.toContain("haechi1.");
    expect(text).not.toContain(basic("uploader").slice("Basic ".length));
  });
});

async function guess(target: TestRegistry, name: string, password: string): ReturnType<typeof call> {
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
  return await call(target, "GET /v2/", { headers: { authorization } });
}
