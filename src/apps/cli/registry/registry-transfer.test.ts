// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfiguration } from "#configuration";
import { type Database, hashPassword } from "#database";
import { eventually } from "../../../../test/support/eventually.ts";
import { startForeignRegistry } from "../../../../test/support/foreign-registry.ts";
import { buildImage } from "../../../../test/support/image-builder.ts";
import {
  call,
  DENY,
  pushImage,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { startApi } from "../../server/api/index.ts";
import type { RunningRole, ServerContext } from "../../server/context.ts";
import { importWorker } from "../../server/registry/import/index.ts";
import { openRegistryContent } from "../../server/registry/index.ts";
import { promoteWorker } from "../../server/registry/promotion/index.ts";
import { startRegistryJobs } from "../../server/registry-jobs/index.ts";

const APP = buildImage([{ entries: [{ path: "app" }] }]);
const BAD = buildImage([{ entries: [{ path: "bad" }] }]);
const SECOND = { name: "lee", password: "a second administrator" };

let registry: TestRegistry;
let api: RunningRole;
const open = new AsyncDisposableStack();

beforeAll(async () => {
  registry = await startTestRegistry({ registry: { scanWaitMs: 20_000 } });
  open.use(registry);
  const { content } = open.use(openRegistryContent(registry.context));
  const defaults = readConfiguration({ environment: {}, flags: {}, workingDir: registry.folder });
  const configuration = { ...defaults, ...registry.context.configuration };
  const context: ServerContext = { ...registry.context, configuration, content };
  const { database } = context;
  await database.accounts.create({
    name: SECOND.name,
    role: "ADMIN",
    passwordHash: await hashPassword(SECOND.password),
  });
  for (const [name, { password }] of [...Object.entries(TEST_ACCOUNTS), [SECOND.name, SECOND] as const]) {
    await changePassword(database, name, password);
  }
  const jobs = await startRegistryJobs(context, {
    content,
    workers: [importWorker, promoteWorker],
    schedules: [],
    pollMs: 50,
  });
  open.defer(() => jobs.stop());
  api = await startApi(context);
  open.defer(() => api.stop());
}, 60_000);

afterAll(async () => {
  await open.disposeAsync();
});

/** Passwords that somebody else made have to be changed before anything else. */
async function changePassword(database: Database, name: string, password: string): Promise<void> {
  const account = await database.accounts.findByName(name);
  await database.accounts.setPassword(account?.id ?? "", await hashPassword(password));
}

async function run(
  words: string,
  as: { readonly name: string; readonly password: string } = { name: "admin", password: TEST_ACCOUNTS.admin.password },
) {
  return await runCommandLine([...words.split(" "), "--server", api.url, "--username", as.name], {
    folder: registry.folder,
    variables: { HAECHI_PASSWORD: as.password },
  });
}

const UPLOADER = { name: "uploader", password: TEST_ACCOUNTS.uploader.password };
const VIEWER = { name: "viewer", password: TEST_ACCOUNTS.viewer.password };

describe("registry promote", () => {
  it("asks, is not agreed to by the one who asked, and is done when somebody else agrees", async () => {
    await pushImage(registry, "dev/team/app:1", APP);
    expect((await run("registry promote set-rule dev-to-prod dev prod")).code).toBe(0);
    expect((await run("registry promote rules")).stdout).toMatch(/dev-to-prod +dev +prod +somebody else +\*/);
    const asked = await run("registry promote request dev-to-prod dev/team/app:1 --format json");
    const { id, state } = JSON.parse(asked.stdout) as { id: number; state: string };
    expect(state).toBe("awaiting-approval");
    const own = await run(`registry promote approve ${id}`);
    expect(own.code).toBe(2);
    expect(own.stderr).toContain("JOB_OWN_REQUEST");
    const agreed = await run(`registry promote approve ${id}`, SECOND);
    expect(agreed).toMatchObject({ code: 0, stderr: "" });
    await eventually(async () => {
      const job = await registry.context.database.registryJobs.find(id);
      return job?.state === "done" ? job : undefined;
    });
    const pulled = await call(registry, "GET /v2/prod/team/app/manifests/1", { as: "viewer" });
    expect(pulled.headers["docker-content-digest"]).toBe(APP.manifest.digest);
    const settings = await registry.context.database.registryObjects.find("settings", "prod");
    expect(settings?.document).toEqual({ immutableTags: ["*", "!sha256-*", "!sha512-*"] });
  });

  it("refuses an image that is refused, and whoever may not push it", async () => {
    await pushImage(registry, "dev/team/bad:1", BAD);
    registry.judge.decide(BAD.manifest.digest, DENY);
    const refused = await run("registry promote request dev-to-prod dev/team/bad:1", UPLOADER);
    expect(refused.stderr).toContain("PROMOTION_REFUSED");
    expect(refused.stderr).toContain("CVE-2026-0001");
    expect((await run("registry promote request dev-to-prod dev/team/app:1", VIEWER)).stderr).toContain(
      "PERMISSION_DENIED",
    );
    expect((await run("registry promote request none dev/team/app:1")).stderr).toContain("PROMOTION_RULE_UNKNOWN");
    expect((await run("registry promote set-rule x dev prod", UPLOADER)).stderr).toContain("PERMISSION_DENIED");
    expect((await run("registry promote request dev-to-prod dev/team/app@sha256:1")).code).toBe(2);
  });

  it("shows uploaders their own requests only, and takes a rejected one away for good", async () => {
    const asked = await run("registry promote request dev-to-prod dev/team/app:1 --format json", UPLOADER);
    const { id } = JSON.parse(asked.stdout) as { id: number };
    const list = await run("registry promote list --format json", UPLOADER);
    expect((JSON.parse(list.stdout) as { jobs: { id: number }[] }).jobs.map((job) => job.id)).toEqual([id]);
    expect((await run(`registry promote reject ${id}`)).stdout).toContain("rejected");
    expect((await run(`registry promote approve ${id}`, SECOND)).stderr).toContain("JOB_NOT_AWAITING");
  });
});

describe("registry cache and import", () => {
  it("sets up a cache with credentials, shows it, and never shows the credentials", async () => {
    await using upstream = await startForeignRegistry();
    upstream.push("team/app", "1", APP);
    upstream.accounts.set("team/app", { robot: "t0ken" });
    const file = join(registry.folder, "token");
    await writeFile(file, "t0ken\n");
    const missing = await run(
      `registry cache login hub docker.io --registry-username robot --registry-password-file ${file}.no`,
    );
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("--registry-password-file: ENOENT") });
    const login = await run(
      `registry cache login hub ${upstream.host} --registry-username robot --registry-password-file ${file} --registry-plain-http`,
    );
    expect(login).toMatchObject({ code: 0, stderr: "" });
    expect((await run(`registry cache set hub ${upstream.host} --credentials hub --fresh 1h`)).code).toBe(0);
    const pulled = await call(registry, "GET /v2/hub/team/app/manifests/1", { as: "viewer" });
    expect(pulled.status).toBe(200);
    const list = await run("registry cache list");
    expect(list.stdout).toMatch(new RegExp(`hub +${upstream.host} +answers`));
    const everything = JSON.stringify([
      await run("registry cache list --format json"),
      await registry.context.database.registryObjects.list("settings"),
      await registry.context.database.audit.list({ limit: 100 }),
      registry.log,
    ]);
    expect(everything).not.toContain("t0ken");
    expect((await run("registry cache unset hub")).code).toBe(0);
    expect((await run("registry cache logout hub")).code).toBe(0);
    expect((await run("registry cache list", VIEWER)).stderr).toContain("PERMISSION_DENIED");
  });

  it("imports are jobs, for administrators, and their failures are told", async () => {
    const failed = await run("registry import 127.0.0.1:1 --no-wait --format json");
    const { id } = JSON.parse(failed.stdout) as { id: number };
    expect((await run(`registry jobs cancel ${id}`)).code).toBe(0);
    expect((await run("registry import 127.0.0.1:1", UPLOADER)).stderr).toContain("PERMISSION_DENIED");
    expect((await run("registry import https://nonsense/")).stderr).toContain("REQUEST_INVALID");
  });
});
