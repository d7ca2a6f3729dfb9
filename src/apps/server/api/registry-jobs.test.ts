// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from "vitest";
import type { NewRegistryJob, Role } from "#database";
import { type ApiTestBed, addAccount, createApiTestBed } from "../../../../test/support/api-server.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import type { RegistryContent } from "../registry/content/registry-content.ts";
import type { RegistryJobWorker } from "../registry-jobs/registry-job-worker.ts";
import { startRegistryJobs } from "../registry-jobs/start-registry-jobs.ts";
import type { ApiApp } from "./api-app.ts";
import { createApi } from "./create-api.ts";

const PASSWORD = "the gate is guarded";
const GC: NewRegistryJob = { kind: "gc", target: "all", parameters: { hidden: "parameter" }, requestedBy: "lee" };
const RULE = {
  direction: "push",
  registry: "registry.example:5000",
  duplicates: "skip",
  trigger: { kind: "schedule", cron: "0 3 * * *", timeZone: "Asia/Seoul" },
};
const open: (() => PromiseLike<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) {
    await close();
  }
});

async function openAs(role: Role, name: string = "kim") {
  const bed = await createApiTestBed();
  open.push(() => bed[Symbol.asyncDispose]());
  const app = await createApi(bed.context, { consoleFolder: "/nowhere" });
  open.push(() => app.close());
  await addAccount(bed.database, { name, role, password: PASSWORD });
  return { bed, app, jobs: bed.database.registryJobs, ...(await signIn(app, name)) };
}

async function signIn(app: ApiApp, name: string) {
  const host = "127.0.0.1:8080";
  const payload = { name, password: PASSWORD };
  const login = await app.inject({ method: "POST", url: "/api/v1/session", headers: { host }, payload });
  const cookie = String(login.headers["set-cookie"]).split(";")[0] ?? "";
  return {
    send: (method: "GET" | "POST" | "PUT" | "DELETE", url: string, body?: object) =>
      app.inject({ method, url, headers: { host, cookie }, ...(body === undefined ? {} : { payload: body }) }),
  };
}

function codeOf(answer: { json(): unknown }): string {
  return (answer.json() as { error: { code: string } }).error.code;
}

async function actions(bed: ApiTestBed): Promise<readonly string[]> {
  return (await bed.database.audit.list({ limit: 20 })).map(({ action }) => action);
}

describe("who is no administrator", () => {
  it.each(["IMAGE_UPLOADER", "PERMISSION", "VIEWER"] as const)(
    "%s neither reads nor changes anything",
    async (role) => {
      const { send, jobs } = await openAs(role);
      const { id } = await jobs.create(GC);
      for (const [method, url, body] of [
        ["GET", "/api/v1/registry/jobs", undefined],
        ["GET", `/api/v1/registry/job?id=${id}`, undefined],
        ["POST", "/api/v1/registry/jobs/cancel", { id }],
        ["POST", "/api/v1/registry/jobs/approve", { id }],
        ["POST", "/api/v1/registry/jobs/reject", { id }],
        ["GET", "/api/v1/registry/replication", undefined],
        ["PUT", "/api/v1/registry/replication", { name: "a", rule: RULE }],
        ["POST", "/api/v1/registry/replication/run", { name: "a" }],
        ["DELETE", "/api/v1/registry/replication?name=a", undefined],
        ["POST", "/api/v1/registry/retention/run", {}],
      ] as const) {
        expect([url, (await send(method, url, body)).statusCode]).toEqual([url, 403]);
      }
      expect(await jobs.find(id)).toMatchObject({ state: "pending" });
    },
  );
});

describe("jobs", () => {
  it("are listed and shown without what only their worker needs", async () => {
    const { send, jobs } = await openAs("ADMIN");
    const { id } = await jobs.create(GC);
    const list = await send("GET", "/api/v1/registry/jobs?kind=gc&state=pending");
    expect(list.json()).toMatchObject({ jobs: [{ id, kind: "gc", state: "pending", target: "all" }] });
    const one = await send("GET", `/api/v1/registry/job?id=${id}`);
    expect(one.json()).toMatchObject({ id, requestedBy: "lee" });
    expect(`${list.body}${one.body}`).not.toContain("hidden");
    expect(codeOf(await send("GET", "/api/v1/registry/job?id=999999"))).toBe("JOB_UNKNOWN");
    expect((await send("GET", "/api/v1/registry/jobs?kind=nonsense")).statusCode).toBe(400);
  });

  it("are cancelled once, with a line in the audit log", async () => {
    const { send, jobs, bed } = await openAs("ADMIN");
    const { id } = await jobs.create(GC);
    expect((await send("POST", "/api/v1/registry/jobs/cancel", { id })).json()).toMatchObject({ state: "cancelled" });
    expect(codeOf(await send("POST", "/api/v1/registry/jobs/cancel", { id }))).toBe("JOB_OVER");
    expect(await actions(bed)).toContain("registry-job-cancelled");
  });

  it("that need approval get it from somebody else than who asked; a rejection ends them", async () => {
    const { send, jobs } = await openAs("ADMIN");
    const own = await jobs.create({ ...GC, requestedBy: "kim", needsApproval: true });
    expect(codeOf(await send("POST", "/api/v1/registry/jobs/approve", { id: own.id }))).toBe("JOB_OWN_REQUEST");
    expect(await jobs.find(own.id)).toMatchObject({ state: "awaiting-approval" });
    const other = await jobs.create({ ...GC, needsApproval: true });
    expect((await send("POST", "/api/v1/registry/jobs/approve", { id: other.id })).json()).toMatchObject({
      state: "pending",
      decidedBy: "kim",
    });
    expect(codeOf(await send("POST", "/api/v1/registry/jobs/approve", { id: other.id }))).toBe("JOB_NOT_AWAITING");
    expect((await send("POST", "/api/v1/registry/jobs/reject", { id: own.id })).json()).toMatchObject({
      state: "rejected",
    });
  });
});

it("a robot approves nothing: its key may be the requester's", async () => {
  const { app, jobs, bed, send } = await openAs("ADMIN");
  const { id } = await jobs.create({ ...GC, requestedBy: "kim", needsApproval: true });
  await send("POST", "/api/v1/registry/accounts", { name: "root-robot", kind: "robot", role: "ADMIN" });
  const made = (await send("POST", "/api/v1/registry/keys", { account: "root-robot" })).json() as {
    readonly key: { readonly accessKey: string };
    readonly secretKey: string;
  };
  const pair = `${made.key.accessKey}:${made.secretKey}`;
  const answer = await app.inject({
    method: "POST",
    url: "/api/v1/registry/jobs/approve",
    headers: { host: "127.0.0.1:8080", authorization: `Basic ${Buffer.from(pair).toString("base64")}` },
    payload: { id },
  });
  expect(codeOf(answer)).toBe("PERMISSION_DENIED");
  expect(await bed.database.registryJobs.find(id)).toMatchObject({ state: "awaiting-approval" });
});

describe("replication rules", () => {
  it.each([
    { name: "no name", body: { name: "../x", rule: RULE }, code: "REQUEST_INVALID" },
    { name: "an unknown field", body: { name: "a", rule: { ...RULE, password: "x" } }, code: "REPLICATION_INVALID" },
    {
      name: "a time that never comes",
      body: { name: "a", rule: { ...RULE, trigger: { kind: "schedule", cron: "0 0 30 2 *" } } },
      code: "REPLICATION_INVALID",
    },
    {
      name: "this registry itself",
      body: { name: "a", rule: { ...RULE, registry: "127.0.0.1:5000" } },
      code: "REPLICATION_INVALID",
    },
  ])("with $name are refused", async ({ body, code }) => {
    const { send, bed } = await openAs("ADMIN");
    expect(codeOf(await send("PUT", "/api/v1/registry/replication", body))).toBe(code);
    expect(await bed.database.registryObjects.list("replication")).toEqual([]);
  });

  it("are written, listed with their last job and next time, carried out once while they wait, and deleted with their jobs", async () => {
    const { send, jobs, bed } = await openAs("ADMIN");
    expect((await send("PUT", "/api/v1/registry/replication", { name: "seoul", rule: RULE })).statusCode).toBe(204);
    const asked = await send("POST", "/api/v1/registry/replication/run", { name: "seoul" });
    expect(asked.statusCode).toBe(202);
    const { id } = asked.json() as { id: number };
    expect((await send("POST", "/api/v1/registry/replication/run", { name: "seoul" })).json()).toMatchObject({ id });
    expect((await send("GET", "/api/v1/registry/replication")).json()).toEqual({
      rules: [
        {
          name: "seoul",
          rule: RULE,
          updatedBy: "kim",
          updatedAt: expect.any(String),
          lastJob: expect.objectContaining({ id, state: "pending", requestedBy: "kim" }),
          nextAt: expect.stringMatching(/T18:00:00\.000Z$/),
        },
      ],
    });
    expect(codeOf(await send("POST", "/api/v1/registry/replication/run", { name: "busan" }))).toBe(
      "REPLICATION_UNKNOWN",
    );
    expect((await send("DELETE", "/api/v1/registry/replication?name=seoul")).statusCode).toBe(204);
    expect(await jobs.find(id)).toMatchObject({ state: "cancelled" });
    expect(codeOf(await send("DELETE", "/api/v1/registry/replication?name=seoul"))).toBe("REPLICATION_UNKNOWN");
    expect(await actions(bed)).toEqual(
      expect.arrayContaining(["replication-rule-changed", "replication-requested", "replication-rule-deleted"]),
    );
  });
});

describe("the command line", () => {
  async function begin(workers: readonly RegistryJobWorker[] = []) {
    const { app, bed, jobs } = await openAs("ADMIN");
    const server = await app.listen({ host: "127.0.0.1", port: 0 });
    const running = await startRegistryJobs(bed.context, {
      content: {} as RegistryContent,
      workers,
      schedules: [],
      triggers: [],
    });
    open.push(() => running.stop());
    return {
      jobs,
      haechi: (...words: readonly string[]) =>
        runCommandLine([...words, "--server", server, "--username", "kim"], {
          folder: bed.context.configuration.dataDir,
          variables: { HAECHI_PASSWORD: PASSWORD },
        }),
    };
  }

  it("lists, shows, follows and cancels jobs", async () => {
    const { haechi, jobs } = await begin([
      {
        kind: "gc",
        async run({ report }) {
          await report({ done: 3, total: 4, message: { code: "at", params: { name: "third" } } });
          return { freedBytes: 7 };
        },
      },
    ]);
    const held = await jobs.create({ ...GC, kind: "import", target: "harbor.example" });
    const { id } = await jobs.create(GC);
    const watched = await haechi("registry", "jobs", "watch", String(id), "--format", "json");
    expect(watched).toMatchObject({ code: 0 });
    expect(JSON.parse(watched.stdout)).toMatchObject({ id, state: "done", result: { freedBytes: 7 } });
    expect(watched.stderr).toContain("done");
    const list = await haechi("registry", "jobs", "list");
    expect(list.stdout).toMatch(/harbor\.example/);
    expect((await haechi("registry", "jobs", "show", `#${id}`)).stdout).toMatch(/"freedBytes": 7/);
    const cancelled = await haechi("registry", "jobs", "cancel", String(held.id), "--lang", "ko");
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining("취소했습니다") });
    expect((await haechi("registry", "jobs", "watch", String(held.id))).code).toBe(1);
  });

  it("says what failed in the language that is asked for", async () => {
    const { haechi, jobs } = await begin();
    const { id } = await jobs.create({ ...GC, kind: "restore" });
    await jobs.claim(["restore"]);
    const message = { code: "COPY_INCOMPLETE", params: { work: "restore", count: 2, detail: "2 images" } };
    await jobs.finish(id, { state: "failed", message });
    const english = await haechi("registry", "jobs", "show", String(id), "--lang", "en");
    expect(english.stdout).toContain("2 images were not restored. The result says which and why (COPY_INCOMPLETE)");
    const korean = await haechi("registry", "jobs", "show", String(id), "--lang", "ko");
    expect(korean.stdout).toContain("이미지 2개를 복원하지 못했습니다.");
    const json = await haechi("registry", "jobs", "show", String(id), "--lang", "ko", "--format", "json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      message: expect.stringContaining("복원하지 못했습니다"),
      messageCode: "COPY_INCOMPLETE",
    });
  });

  it.each([
    { words: ["registry", "jobs", "show", "one"], says: "one" },
    { words: ["registry", "jobs", "show", "4711"], says: "JOB_UNKNOWN" },
    { words: ["registry", "jobs", "list", "--limit", "0"], says: "--limit" },
    { words: ["registry", "replicate", "set", "a", "r.example", "--time-zone", "Asia/Seoul"], says: "--cron" },
    { words: ["registry", "replicate", "set", "a", "r.example", "--max-rate", "fast"], says: "--max-rate" },
    { words: ["registry", "replicate", "run", "none"], says: "REPLICATION_UNKNOWN" },
  ])("$words is refused", async ({ words, says }) => {
    const { haechi } = await begin();
    const { code, stderr } = await haechi(...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it("writes, lists, carries out and deletes replication rules, and shows what retention would do", async () => {
    const { haechi } = await begin([
      {
        kind: "replicate",
        run: () =>
          Promise.resolve({
            counts: { copied: 2, present: 1, kept: 0, "not-allowed": 0, gone: 0, deleted: 0, failed: 0 },
            bytes: 10,
            problems: [{ what: "team/app:1", why: "a signature" }],
          }),
      },
      {
        kind: "retention",
        run: ({ job }) =>
          Promise.resolve({
            ...(job.parameters as { isDryRun: boolean }),
            repositories: 1,
            keptTags: 4,
            removedTags: 1,
            removedManifests: 0,
            protectedContent: 1,
            removed: [{ repository: "team/app", tag: "old", digest: "sha256:1" }],
            protectedBy: [{ repository: "team/app", tag: "prod", digest: "sha256:2", why: "a workload runs it" }],
          }),
      },
    ]);
    const rule = ["--repository", "team/*", "--tag", "v*", "--exclude-tag", "*-rc", "--max-rate", "10M", "--on-push"];
    expect(await haechi("registry", "replicate", "set", "seoul", "r.example", ...rule)).toMatchObject({ code: 0 });
    const listed = await haechi("registry", "replicate", "list", "--format", "json");
    expect(JSON.parse(listed.stdout)).toMatchObject({
      rules: [
        {
          rule: {
            repositories: ["team/*"],
            tags: ["v*"],
            excludedTags: ["*-rc"],
            maxBytesPerSecond: 10_485_760,
            trigger: { kind: "event" },
          },
        },
      ],
    });
    const run = await haechi("registry", "replicate", "run", "seoul");
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 images copied/) });
    expect(run.stdout).toContain("team/app:1: a signature");
    expect((await haechi("registry", "replicate", "list")).stdout).toMatch(/seoul +push +r\.example +team\/\*/);
    expect((await haechi("registry", "replicate", "delete", "seoul")).code).toBe(0);
    const dry = await haechi("registry", "retention", "team", "--dry-run");
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining("would be removed") });
    expect(dry.stdout).toMatch(/team\/app:old/);
    expect(dry.stdout).toMatch(/team\/app:prod +a workload runs it/);
  });
});
