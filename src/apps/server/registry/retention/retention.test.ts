// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestHex, digestOf } from "#base";
import type { RegistryJobRecord } from "#database";
import type { RepositorySettings } from "#registry";
import { eventually } from "../../../../../test/support/eventually.ts";
import { buildImage, buildIndex, type TestImage } from "../../../../../test/support/image-builder.ts";
import { interposed } from "../../../../../test/support/interposed.ts";
import {
  call,
  pushBlob,
  pushImage,
  pushManifest,
  startTestRegistry,
  type TestRegistry,
} from "../../../../../test/support/registry-server.ts";
import { type RegistryJobs, startRegistryJobs } from "../../registry-jobs/index.ts";
import { openRegistryContent } from "../content/open-registry-content.ts";
import { createChangeGuard } from "../settings/index.ts";
import { retentionJob, retentionSchedule } from "./index.ts";
import type { RetentionResult } from "./retention-result.ts";
import { retention } from "./retention-worker.ts";

const DAY_MS = 24 * 3_600_000;
let now = Date.parse("2026-01-01T00:00:00Z");
let registry: TestRegistry;
let opened: ReturnType<typeof openRegistryContent>;
let jobs: RegistryJobs;

beforeAll(async () => {
  registry = await startTestRegistry({ now: () => new Date(now) });
  const { context } = registry;
  context.telemetry.metrics.clear();
  opened = openRegistryContent(context, { changes: createChangeGuard(context) });
  jobs = await startRegistryJobs(context, {
    content: opened.content,
    workers: [retention],
    schedules: [],
    triggers: [],
    pollMs: 20,
  });
});

afterAll(async () => {
  await jobs.stop();
  opened[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

async function set(prefix: string, document: RepositorySettings): Promise<void> {
  const { database, settings } = registry.context;
  await database.registryObjects.put({ kind: "settings", name: prefix, document, updatedBy: "test" });
  await settings.refresh();
}

async function run(prefix: string, isDryRun: boolean): Promise<RegistryJobRecord> {
  const { registryJobs } = registry.context.database;
  const { id } = await registryJobs.create(retentionJob({ prefix, isDryRun }, "test"));
  return await eventually(async () => {
    const job = await registryJobs.find(id);
    return job?.finishedAt === undefined ? undefined : job;
  }, 20);
}

/** The result of both: what a dry run says is what comes true, and it changes nothing. */
async function retain(prefix: string): Promise<RetentionResult> {
  const before = await tagsUnder(prefix);
  const dry = (await run(prefix, true)).result as RetentionResult;
  expect(await tagsUnder(prefix)).toEqual(before);
  const job = await run(prefix, false);
  expect(job).toMatchObject({ state: "done" });
  const result = job.result as RetentionResult;
  expect({ ...dry, isDryRun: false }).toEqual(result);
  return result;
}

async function tagsUnder(prefix: string): Promise<readonly string[]> {
  const { registry: store } = registry.context.database;
  const repositories = await store.listRepositories({ limit: 1_000 });
  const all = repositories
    .filter((name) => name.startsWith(prefix))
    .map(async (name) => (await store.listTags(name, { limit: 1_000 })).map((tag) => `${name}:${tag}`));
  return (await Promise.all(all)).flat();
}

function image(content: string): TestImage {
  return buildImage([{ entries: [{ path: "app", content }] }]);
}

async function pushEachDay(repository: string, tags: readonly string[]): Promise<ReadonlyMap<string, TestImage>> {
  const images = new Map(tags.map((tag) => [tag, image(`${repository}:${tag}`)]));
  for (const [tag, each] of images) {
    await pushImage(registry, `${repository}:${tag}`, each);
    now += DAY_MS;
  }
  return images;
}

/** Retention of the prefix, with something that happens right before each tag is taken away. */
async function retainWhile(
  prefix: string,
  options: {
    readonly happens: (repository: string, tag: string) => Promise<void> | void;
    readonly signal?: AbortSignal;
  },
): Promise<RetentionResult> {
  const { happens, signal = new AbortController().signal } = options;
  const content = interposed(opened.content, {
    async deleteTag(...args) {
      await happens(args[0], args[1]);
      await opened.content.deleteTag(...args);
    },
  });
  const { parameters } = retentionJob({ prefix, isDryRun: false }, "test");
  return (await retention.run({
    job: { id: 1, parameters } as unknown as RegistryJobRecord,
    context: registry.context,
    content,
    log: registry.context.telemetry.log,
    signal,
    report: () => Promise.resolve(),
  })) as RetentionResult;
}

async function attach(repository: string, subject: TestImage): Promise<Digest> {
  const config = await pushBlob(registry, repository, "{}");
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      artifactType: "application/vnd.cncf.notary.signature",
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: config, size: 2 },
      layers: [],
      subject: { mediaType: subject.manifest.mediaType, digest: subject.manifest.digest, size: subject.manifest.size },
    }),
  );
  const digest = digestOf(bytes);
  expect((await pushManifest(registry, `${repository}@${digest}`, { mediaType, bytes })).status).toBe(201);
  return digest;
}

it("a retention that is cancelled removes no further tag, and goes on later", async () => {
  await pushEachDay("cancelled/app", ["1", "2", "3", "4"]);
  await set("cancelled", { retention: [{ keepNewest: 1 }] });
  const cancelled = new AbortController();
  const retaining = retainWhile("cancelled", {
    happens: () => cancelled.abort(new Error("cancelled")),
    signal: cancelled.signal,
  });
  await expect(retaining).rejects.toThrow("cancelled");
  expect(await tagsUnder("cancelled")).toHaveLength(3);
  expect(await retain("cancelled")).toMatchObject({ removed: [{}, {}] });
  expect(await tagsUnder("cancelled")).toEqual(["cancelled/app:4"]);
});

describe("what stays", () => {
  it("everything where nobody wrote a rule", async () => {
    await pushEachDay("free/app", ["1", "2", "3"]);
    expect(await retain("free")).toMatchObject({ repositories: 0, removed: [] });
    expect(await tagsUnder("free")).toHaveLength(3);
  });

  it("immutable and protected tags and what workloads run, whatever the rules say, and why is said", async () => {
    const images = await pushEachDay("kept/app", ["final", "keep", "runs", "4", "5"]);
    await set("kept", {
      retention: [{ keepNewest: 1, removeUntaggedAfterDays: 1 }],
      immutableTags: ["final"],
      protectedTags: ["keep"],
    });
    const running = images.get("runs")?.manifest.digest ?? digestOf("");
    await registry.context.database.workloads.save([
      {
        namespace: "prod",
        owner: { apiVersion: "apps/v1", kind: "Deployment", name: "app", uid: "u" },
        reference: "registry.example/kept/app:runs",
        digest: running,
        containers: ["app"],
        podCount: 1,
        pods: [],
        standing: "admitted",
        firstSeenAt: new Date(now).toISOString(),
      },
    ]);
    const result = await retain("kept");
    expect(result.removed).toEqual([
      { repository: "kept/app", tag: "4", digest: images.get("4")?.manifest.digest },
      { repository: "kept/app", digest: images.get("4")?.manifest.digest },
    ]);
    expect(result).toMatchObject({ protectedContent: 3, removedTags: 1, removedManifests: 1 });
    expect(result.protectedBy.map(({ tag, why }) => `${tag}: ${why}`)).toEqual([
      expect.stringMatching(/^final: .*immutableTags/),
      expect.stringMatching(/^keep: .*protectedTags/),
      expect.stringMatching(/^runs: .*protectInUse/),
    ]);
  });

  it("signatures as long as their image, whatever rules say of tags, and then they go with it", async () => {
    const images = await pushEachDay("signed/app", ["1", "2"]);
    const [first, second] = [...images.values()];
    if (first === undefined || second === undefined) {
      throw new Error("two images were pushed");
    }
    const sig = (of: TestImage) => `sha256-${digestHex(of.manifest.digest)}.sig`;
    await pushImage(registry, `signed/app:${sig(first)}`, image("signature 1"));
    await pushImage(registry, `signed/app:${sig(second)}`, image("signature 2"));
    now += 9 * DAY_MS;
    await set("signed", { retention: [{ keepNewest: 1 }] });
    expect((await retain("signed")).removed.map(({ tag }) => tag)).toEqual(["1"]);
    expect(await tagsUnder("signed")).toEqual(
      [`signed/app:2`, `signed/app:${sig(first)}`, `signed/app:${sig(second)}`].toSorted(),
    );
    await set("signed", { retention: [{ keepNewest: 1, removeUntaggedAfterDays: 5 }] });
    await run("signed", false);
    await run("signed", false);
    expect(await tagsUnder("signed")).toEqual(["signed/app:2", `signed/app:${sig(second)}`].toSorted());
  });
});

describe("a tag that is pushed again while its retention is decided", () => {
  it("stays, with the same image too, and so does its manifest", async () => {
    const images = await pushEachDay("again/app", ["1", "2", "3"]);
    await set("again", { retention: [{ keepNewest: 1, removeUntaggedAfterDays: 1 }] });
    const result = await retainWhile("again", {
      happens: async (repository, tag) => {
        now += 1_000;
        if (tag === "1") {
          await pushImage(registry, `${repository}:${tag}`, images.get("1") ?? image(""));
        }
      },
    });
    expect(result.removed.map(({ tag }) => tag)).toEqual(["2", undefined]);
    expect(await tagsUnder("again")).toEqual(["again/app:1", "again/app:3"]);
    expect((await call(registry, "GET /v2/again/app/manifests/1", { as: "viewer" })).status).toBe(200);
  });
});

describe("manifests that nothing leads to", () => {
  it("stay until their days are over; children of an index and what is attached go with it, and not before", async () => {
    const [amd64, arm64] = [image("amd64"), image("arm64")];
    const index = buildIndex([
      { image: amd64, os: "linux", architecture: "amd64" },
      { image: arm64, os: "linux", architecture: "arm64" },
    ]);
    await pushImage(registry, "untagged/app:1", index);
    const ofSubject = image("subject");
    await pushImage(registry, `untagged/app:s`, ofSubject);
    const signature = await attach("untagged/app", ofSubject);
    now += 3 * DAY_MS;
    await pushImage(registry, "untagged/app:1", image("newer"));
    await set("untagged", { retention: [{ removeUntaggedAfterDays: 5 }] });
    expect(await retain("untagged")).toMatchObject({ removed: [] });
    now += 3 * DAY_MS;
    const result = await retain("untagged");
    expect(new Set(result.removed.map(({ digest }) => digest))).toEqual(
      new Set([index.manifest.digest, amd64.manifest.digest, arm64.manifest.digest]),
    );
    const list = await call(registry, `GET /v2/untagged/app/referrers/${ofSubject.manifest.digest}`, {
      as: "uploader",
    });
    expect(list.body.toString()).toContain(signature);
  });
});

describe("a job", () => {
  it("that is interrupted goes on after the last repository, and counts once", async () => {
    for (const name of ["a", "b", "c"]) {
      await pushEachDay(`many/${name}`, ["1", "2"]);
    }
    await set("many", { retention: [{ keepNewest: 1 }] });
    const { registryJobs } = registry.context.database;
    const result: RetentionResult = {
      isDryRun: false,
      repositories: 2,
      keptTags: 2,
      removedTags: 2,
      removedManifests: 0,
      protectedContent: 0,
      removed: [],
      protectedBy: [],
    };
    await jobs.stop();
    const { id } = await registryJobs.create(retentionJob({ prefix: "many", isDryRun: false }, "test"));
    await registryJobs.claim(["retention"]);
    await registryJobs.noteProgress(id, { position: { repository: "many/b", result } });
    await registryJobs.finish(id, { state: "pending" });
    registry.context.telemetry.metrics.clear();
    jobs = await startRegistryJobs(registry.context, {
      content: opened.content,
      workers: [retention],
      schedules: [],
      triggers: [],
    });
    await expect.poll(async () => (await registryJobs.find(id))?.state).toBe("done");
    expect((await registryJobs.find(id))?.result).toMatchObject({ repositories: 3, removedTags: 3 });
    expect(await tagsUnder("many")).toHaveLength(5);
  });

  it("is planned where rules are written: when a prefix says, else each night", async () => {
    const seoul = { cron: "0 5 * * 6", timeZone: "Asia/Seoul" };
    await set("planned", { retention: [{ keepNewest: 1 }], retentionSchedule: seoul });
    await set("planned/below", { retention: [{ keepNewest: 2 }] });
    await set("nothing", { protectInUse: true });
    const planned = await retentionSchedule(registry.context);
    expect(planned.find(({ name }) => name === "retention/planned")).toMatchObject(seoul);
    expect(planned.some(({ name }) => name === "retention/planned/below" || name === "retention/nothing")).toBe(false);
    expect(planned.find(({ name }) => name === "retention/many")).toMatchObject({ cron: "17 3 * * *" });
  });
});
