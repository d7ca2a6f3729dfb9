// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestHex, digestOf } from "#base";
import { type NewRegistryJob, type RegistryJobRecord, readDumpedContent } from "#database";
import type { BackupRule } from "#registry";
import { buildImage, buildIndex, type TestImage } from "../../../../../test/support/image-builder.ts";
import { attachToImage } from "../../../../../test/support/push-to-registry.ts";
import {
  call,
  pushImage,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
} from "../../../../../test/support/registry-server.ts";
import { runTool } from "../../../../../test/support/run-tool.ts";
import { mountSmallDisk, SMALL_DISK_TOOLS } from "../../../../../test/support/small-disk.ts";
import { describeWithTools, tool } from "../../../../../test/support/tools.ts";
import type { ServerContext } from "../../context.ts";
import { JobEnding } from "../../registry-jobs/job-ending.ts";
import type { RegistryJobProgress, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { garbageCollector } from "../storage/index.ts";
import {
  type BackupResult,
  backupJob,
  backupSchedule,
  backupWorker,
  listBackups,
  type RestoreResult,
  restoreWorker,
  type SnapshotResult,
  snapshotWorker,
} from "./index.ts";

const APP = buildImage([{ entries: [{ path: "app" }] }]);
const OTHER = buildImage([{ entries: [{ path: "other" }] }]);
const ARM = buildImage([{ entries: [{ path: "arm" }] }], { architecture: "arm64" });
const MULTI = buildIndex([
  { image: APP, os: "linux", architecture: "amd64" },
  { image: ARM, os: "linux", architecture: "arm64" },
]);
const UPLOADER = { username: "uploader", password: TEST_ACCOUNTS.uploader.password };

let registry: TestRegistry;
let base = "";
let root = "";
let round = 0;
// ahead of the times of files, so that a collection takes what was stored just now
let clock = Date.now() + 3_600_000;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "haechi-backup-"));
  registry = await startTestRegistry({ registry: { gcGraceMs: 0 }, now: () => new Date((clock += 1_000)) });
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(base, { recursive: true, force: true });
});

beforeEach(() => {
  round += 1;
  root = join(base, `root${round}`);
});

afterEach(() => registry.judge.reset());

function contextWith(backupDir: string = root): ServerContext {
  const { configuration } = registry.context;
  return {
    ...registry.context,
    configuration: { ...configuration, registry: { ...configuration.registry, backupDir } },
  };
}

/** Does the job as the runner would; `onReport` may end it. */
async function run(
  worker: RegistryJobWorker,
  job: NewRegistryJob,
  options: {
    readonly context?: ServerContext;
    readonly position?: unknown;
    readonly onReport?: (
      progress: RegistryJobProgress,
      end: (why: "cancelled" | "stopping") => void,
    ) => Promise<void> | void;
  } = {},
): Promise<unknown> {
  const ending = new AbortController();
  const context = options.context ?? contextWith();
  const { content } = context;
  if (content === undefined) {
    throw new Error("no content");
  }
  const record: RegistryJobRecord = {
    ...job,
    id: round,
    state: "running",
    done: 0,
    total: 0,
    unit: "items",
    attempts: 1,
    requestedAt: "",
    ...(options.position === undefined ? {} : { position: options.position }),
  };
  return await worker.run({
    job: record,
    context,
    content,
    log: context.telemetry.log,
    signal: ending.signal,
    report: async (progress) => {
      await options.onReport?.(progress, (why) => ending.abort(new JobEnding(why)));
    },
  });
}

function images(name: string, more: object = {}): NewRegistryJob {
  const rule = { content: "images", format: "oci", keep: 2, repositories: [`r${round}/*`], ...more } as BackupRule;
  return backupJob({ name, rule }, "kim");
}

function snapshot(keep = 2): NewRegistryJob {
  return backupJob({ name: "all", rule: { content: "everything", keep } }, "kim");
}

function restore(backup: string, more: object = {}): NewRegistryJob {
  return { kind: "restore", target: backup, requestedBy: "kim", parameters: { backup, ...more } };
}

async function push(name: string, image: TestImage): Promise<void> {
  await pushImage(registry, `r${round}/${name}`, image);
}

async function digestOfTag(name: string): Promise<string | undefined> {
  const at = name.lastIndexOf(":");
  return (await registry.context.content?.findManifest(`r${round}/${name.slice(0, at)}`, name.slice(at + 1)))?.digest;
}

async function forget(name: string): Promise<void> {
  const at = name.lastIndexOf(":");
  const path = `/v2/r${round}/${name.slice(0, at)}/manifests/`;
  const digest = await digestOfTag(name);
  expect((await call(registry, `DELETE ${path}${digest}`, { as: "admin" })).status).toBe(202);
}

const collect = (context: ServerContext = contextWith()) =>
  run(garbageCollector, { kind: "gc", target: "", parameters: {}, requestedBy: "kim" }, { context });

describe("a backup that cannot be made", () => {
  it("says that there is no folder", async () => {
    await expect(run(backupWorker, images("n"), { context: registry.context })).rejects.toMatchObject({
      code: "BACKUP_OFF",
    });
    expect(await backupSchedule(registry.context)).toEqual([]);
  });

  it("tells of an image that is damaged, has the others, and keeps older backups", async () => {
    const broken = buildImage([{ entries: [{ path: `broken${round}` }] }]);
    await push("app:1", OTHER);
    for (let each = 0; each < 2; each += 1) {
      await run(backupWorker, images("n"));
    }
    await push("app:2", broken);
    const layer = [...broken.blobs.keys()].find((digest) => digest !== broken.manifest.digest);
    writeFileSync(registry.context.blobs.pathOf(layer as Digest), "damaged");
    await expect(run(backupWorker, images("n"))).rejects.toMatchObject({
      code: "COPY_INCOMPLETE",
      result: { images: 1, problems: [expect.stringContaining("app:2")], pruned: 0 },
    });
    expect(readdirSync(join(root, "images/n"))).toHaveLength(3);
    await push("app:2", broken);
  });

  it("leaves nothing when it is cancelled", async () => {
    await push("app:1", APP);
    await expect(
      run(backupWorker, images("n"), {
        onReport: ({ message }, end) => (message === undefined ? undefined : end("cancelled")),
      }),
    ).rejects.toBeDefined();
    expect(readdirSync(join(root, "images/n"))).toEqual([]);
  });
});

describeWithTools("a full disk", SMALL_DISK_TOOLS, () => {
  it("fails the backup, which gives the room back, and leaves older ones whole", async () => {
    using disk = mountSmallDisk(256 * 1024);
    const context = contextWith(disk.folder);
    await push("app:1", APP);
    const { backup } = (await run(backupWorker, images("n"), { context })) as BackupResult;
    const noise = Buffer.alloc(400 * 1024);
    for (let at = 0; at < noise.length; at += 32) {
      noise.write(digestHex(digestOf(Buffer.from(String(at)))).slice(0, 32), at, "latin1");
    }
    await push("app:2", buildImage([{ tar: noise, compression: "none" }]));
    await expect(run(backupWorker, images("n"), { context })).rejects.toMatchObject({ code: "BACKUP_UNWRITABLE" });
    expect(readdirSync(join(disk.folder, "images/n"))).toEqual([backup.split("/")[1]]);
    await expect(run(snapshotWorker, snapshot(), { context })).rejects.toMatchObject({
      code: expect.stringMatching(/^BACKUP_/) as unknown,
    });
    expect(readdirSync(join(disk.folder, "snapshots/all"))).toEqual([]);
    const restored = (await run(restoreWorker, restore(backup), { context })) as RestoreResult;
    expect(restored).toMatchObject({ present: 1 });
  });
});

describe("a backup of images", () => {
  it("has each tag with what is attached to it, and brings all of it back after it was deleted and collected", async () => {
    await push("team/app:1", MULTI);
    await push("team/app:2", OTHER);
    await pushImage(registry, "elsewhere/x:1", OTHER);
    const host = new URL(registry.url).host;
    const attached = await attachToImage(host, `r${round}/team/app`, OTHER, UPLOADER);
    const result = (await run(backupWorker, images("n"))) as BackupResult;
    expect(result).toMatchObject({ images: 2, problems: [], unchanged: 0 });
    expect(await listBackups(contextWith())).toMatchObject([{ name: result.backup, content: "images", count: 2 }]);
    for (const name of [`team/app:${attached.tag}`, "team/app:1", "team/app:2"]) {
      await forget(name);
    }
    await collect();
    expect(await digestOfTag("team/app:1")).toBeUndefined();
    expect(await run(restoreWorker, restore(result.backup))).toMatchObject({ restored: 2, failed: 0 });
    expect(await digestOfTag("team/app:1")).toBe(MULTI.manifest.digest);
    expect(await digestOfTag("team/app:2")).toBe(OTHER.manifest.digest);
    expect(await digestOfTag(`team/app:${attached.tag}`)).toBeDefined();
    const referrers = await call(registry, `GET /v2/r${round}/team/app/referrers/${OTHER.manifest.digest}`, {
      as: "admin",
    });
    expect(referrers.body.toString()).toContain(attached.referrer);
    for (const digest of MULTI.blobs.keys()) {
      expect(await registry.context.blobs.check(digest)).toBe("whole");
    }
  });

  it("stores layers that are read in many pieces as they were", async () => {
    const large = buildImage([{ entries: [{ path: "large", content: randomBytes(5 * 1024 * 1024) }] }]);
    await push("large:1", large);
    const { backup } = (await run(backupWorker, images("n"))) as BackupResult;
    expect(await run(restoreWorker, restore(backup, { prefix: "large" }))).toMatchObject({ restored: 1, failed: 0 });
    for (const digest of large.blobs.keys()) {
      expect(await registry.context.blobs.check(digest)).toBe("whole");
    }
  });

  it("does not write again what did not change, and keeps so many", async () => {
    await push("app:1", APP);
    const first = (await run(backupWorker, images("n"))) as BackupResult;
    await push("app:2", OTHER);
    const second = (await run(backupWorker, images("n"))) as BackupResult;
    expect(second).toMatchObject({ images: 2, unchanged: 1, pruned: 0 });
    const file = `r${round}+app@1.tar`;
    const inode = (backup: string) => statSync(join(root, "images", backup, file)).ino;
    expect(inode(second.backup)).toBe(inode(first.backup));
    const third = (await run(backupWorker, images("n"))) as BackupResult;
    expect(third).toMatchObject({ unchanged: 2, pruned: 1 });
    expect(readdirSync(join(root, "images/n"))).toHaveLength(2);
  });

  it("goes on where it was when the server stopped", async () => {
    for (const tag of ["1", "2", "3"]) {
      await push(`app:${tag}`, buildImage([{ entries: [{ path: `${round}-${tag}` }] }]));
    }
    let position: unknown;
    await expect(
      run(backupWorker, images("n"), {
        onReport(progress, end) {
          position = progress.position ?? position;
          const name = progress.message?.params["name"];
          if (typeof name === "string" && name.endsWith(":3")) {
            end("stopping");
          }
        },
      }),
    ).rejects.toBeDefined();
    const [unfinished = ""] = readdirSync(join(root, "images/n"));
    expect(unfinished).toMatch(/\.unfinished$/);
    const before = statSync(join(root, "images/n", unfinished, `r${round}+app@1.tar`));
    const result = (await run(backupWorker, images("n"), { position })) as BackupResult;
    expect(result.images).toBe(3);
    expect(unfinished).toBe(`${result.backup.split("/")[1]}.unfinished`);
    expect(statSync(join(root, "images", result.backup, `r${round}+app@1.tar`)).ino).toBe(before.ino);
    expect(await run(restoreWorker, restore(result.backup))).toMatchObject({ present: 3 });
  });

  it("follows schedules", async () => {
    const rule = { content: "images", format: "oci", keep: 2, schedule: { cron: "0 2 * * *", timeZone: "Asia/Seoul" } };
    await registry.context.database.registryObjects.put({
      kind: "backup",
      name: "nightly",
      document: rule,
      updatedBy: "kim",
    });
    await registry.context.database.registryObjects.put({
      kind: "backup",
      name: "asked",
      document: { content: "everything", keep: 1 },
      updatedBy: "kim",
    });
    expect(await backupSchedule(contextWith())).toMatchObject([
      { name: "backup/nightly", cron: "0 2 * * *", timeZone: "Asia/Seoul", job: { kind: "backup", target: "nightly" } },
    ]);
  });
});

describe("a restoration", () => {
  it.each([
    { name: "a path", backup: "../../etc/2026-11-22T00-00-00-000Z", code: "JOB_INVALID" },
    { name: "one that does not exist", backup: "n/2026-11-22T00-00-00-000Z", code: "BACKUP_UNREADABLE" },
  ])("refuses $name", async ({ backup, code }) => {
    await expect(run(restoreWorker, restore(backup))).rejects.toMatchObject({ code });
  });

  it("refuses a listing that somebody changed, and an archive that has something else", async () => {
    await push("app:1", APP);
    await push("app:2", OTHER);
    const { backup } = (await run(backupWorker, images("n", { keep: 9 }))) as BackupResult;
    const folder = join(root, "images", backup);
    const [one, two] = [1, 2].map((tag) => join(folder, `r${round}+app@${tag}.tar`)) as [string, string];
    await forget("app:1");
    writeFileSync(one, readFileSync(two));
    await expect(run(restoreWorker, restore(backup))).rejects.toMatchObject({
      code: "COPY_INCOMPLETE",
      result: { failed: 1, present: 1, problems: [expect.stringContaining("IMAGE_NOT_FOUND")] },
    });
    expect(await digestOfTag("app:1")).toBeUndefined();
    const listing = join(folder, "archives.jsonl");
    writeFileSync(listing, readFileSync(listing, "utf8").replaceAll("+app@", "+app@../"));
    await expect(run(restoreWorker, restore(backup))).rejects.toMatchObject({ code: "BACKUP_UNREADABLE" });
  });

  it("leaves tags that lead to something else, unless told otherwise, and never moves an immutable one", async () => {
    await push("app:1", APP);
    const { backup } = (await run(backupWorker, images("n"))) as BackupResult;
    await push("app:1", OTHER);
    expect(await run(restoreWorker, restore(backup))).toMatchObject({ skipped: 1 });
    expect(await digestOfTag("app:1")).toBe(OTHER.manifest.digest);
    expect(await run(restoreWorker, restore(backup, { prefix: "back" }))).toMatchObject({ restored: 1 });
    expect((await registry.context.content?.findManifest(`back/r${round}/app`, "1"))?.digest).toBe(APP.manifest.digest);
    expect(await run(restoreWorker, restore(backup, { duplicates: "overwrite" }))).toMatchObject({ restored: 1 });
    expect(await digestOfTag("app:1")).toBe(APP.manifest.digest);
  });
});

describe("a snapshot", () => {
  it("has every row of one instant and every blob that they name, whatever is pushed, deleted and collected meanwhile", async () => {
    const gone = buildImage([{ entries: [{ path: `gone${round}` }] }]);
    const [ofGone] = [...gone.blobs.keys()] as [Digest];
    await push("app:1", APP);
    await push("gone:1", gone);
    // as whoever does it has it: while it is running, no process removes what it copies
    const { registryJobs } = registry.context.database;
    await registryJobs.create({ kind: "snapshot", target: "all", parameters: {}, requestedBy: "test" });
    const job = await registryJobs.claim(["snapshot"]);
    let isHeld = false;
    let isChanged = false;
    const result = (await run(snapshotWorker, snapshot(), {
      // between the rows and the blobs
      async onReport({ message }) {
        if (message?.code === "blobs" && !isChanged) {
          isChanged = true;
          await forget("gone:1");
          await collect();
          isHeld = (await registry.context.blobs.stat(ofGone)) !== undefined;
          await push("new:1", OTHER);
        }
      },
    })) as SnapshotResult;
    await registryJobs.finish(job?.id ?? 0, { state: "done" });
    const folder = join(root, "snapshots", result.snapshot);
    const named = new Set<string>();
    for await (const { digest, sizeBytes } of readDumpedContent(join(folder, "database"))) {
      const bytes = readFileSync(join(folder, "registry/blobs/sha256", digestHex(digest)));
      expect(digestOf(bytes)).toBe(digest);
      expect(bytes.length).toBe(sizeBytes);
      named.add(digest);
    }
    expect(named.size).toBe(result.blobs);
    for (const digest of [...APP.blobs.keys(), ...gone.blobs.keys()]) {
      expect(named.has(digest)).toBe(true);
    }
    expect(isHeld).toBe(true);
    // what was held is taken by the next collection
    await collect();
    expect(await registry.context.blobs.stat(ofGone)).toBeUndefined();
    expect(await listBackups(contextWith())).toMatchObject([
      { name: result.snapshot, content: "everything", count: named.size },
    ]);
  });

  it("says which blobs it lacks, and keeps older ones then", async () => {
    await run(snapshotWorker, snapshot(1));
    const lost = buildImage([{ entries: [{ path: `lost${round}` }] }]);
    await push("app:1", lost);
    const [digest] = [...lost.blobs.keys()];
    const path = registry.context.blobs.pathOf(digest as Digest);
    const bytes = readFileSync(path);
    rmSync(path);
    await expect(run(snapshotWorker, snapshot(1))).rejects.toMatchObject({
      code: "SNAPSHOT_INCOMPLETE",
      message: expect.stringContaining(digest ?? "") as unknown,
      result: { lost: [digest] },
    });
    expect(readdirSync(join(root, "snapshots/all"))).toHaveLength(2);
    writeFileSync(path, bytes);
  });
});

describe("what is cancelled", () => {
  it("a restoration brings no further image, and goes on with the next one later", async () => {
    await push("app:1", APP);
    await push("app:2", OTHER);
    const { backup } = (await run(backupWorker, images("n"))) as BackupResult;
    await forget("app:1");
    await forget("app:2");
    let reports = 0;
    const restoring = run(restoreWorker, restore(backup), {
      onReport(_, end) {
        reports += 1;
        end("cancelled");
      },
    });
    await expect(restoring).rejects.toBeInstanceOf(JobEnding);
    expect(reports).toBeGreaterThan(0);
    const there = [await digestOfTag("app:1"), await digestOfTag("app:2")].filter((each) => each !== undefined);
    expect(there.length).toBeLessThan(2);
    expect(await run(restoreWorker, restore(backup))).toMatchObject({ failed: 0 });
    expect(await digestOfTag("app:2")).toBe(OTHER.manifest.digest);
  });

  it("a snapshot is none, and leaves older ones", async () => {
    await push("app:1", APP);
    const { snapshot: older } = (await run(snapshotWorker, snapshot(1))) as SnapshotResult;
    const taking = run(snapshotWorker, snapshot(1), {
      onReport: ({ message }, end) => (message?.code === "blobs" ? end("cancelled") : undefined),
    });
    await expect(taking).rejects.toBeInstanceOf(JobEnding);
    expect((await listBackups(contextWith())).map(({ name }) => name)).toEqual([older]);
  });
});

describeWithTools("snapshots on another storage", [...SMALL_DISK_TOOLS], () => {
  it("are copies the first time and links to them the next time", async () => {
    using disk = mountSmallDisk(64 * 1024 * 1024);
    const context = contextWith(disk.folder);
    await push("app:1", APP);
    const first = (await run(snapshotWorker, snapshot(), { context })) as SnapshotResult;
    expect(first.copied).toBe(first.blobs);
    await push("app:2", buildImage([{ entries: [{ path: `later${round}` }] }]));
    const second = (await run(snapshotWorker, snapshot(), { context })) as SnapshotResult;
    expect(second.copied).toBe(second.blobs - first.blobs);
  });
});

describeWithTools("other programs and a backup", ["skopeo"], () => {
  it("skopeo inspects an archive of docker's form", async () => {
    await push("app:1", APP);
    const { backup } = (await run(backupWorker, images("n", { format: "docker" }))) as BackupResult;
    const path = join(root, "images", backup, `r${round}+app@1.tar`);
    const result = await runTool(tool("skopeo"), [
      "inspect",
      "--override-os",
      "linux",
      "--override-arch",
      "amd64",
      `docker-archive:${path}`,
    ]);
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /);
  });
});
