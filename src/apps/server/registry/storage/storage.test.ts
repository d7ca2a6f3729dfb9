// SPDX-License-Identifier: Apache-2.0
import { open, rm, stat, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import type { RegistryJobRecord, ServerEvent } from "#database";
import { eventually } from "../../../../../test/support/eventually.ts";
import { buildImage, buildIndex, type TestImage } from "../../../../../test/support/image-builder.ts";
import { interposed } from "../../../../../test/support/interposed.ts";
import { openTestDatabase } from "../../../../../test/support/postgres.ts";
import {
  call,
  pushBlob,
  pushImage,
  pushManifest,
  startTestRegistry,
  type TestRegistry,
} from "../../../../../test/support/registry-server.ts";
import type { RegistryJobProgress, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { integrityCheck } from "./check-integrity.ts";
import { type CollectionResult, garbageCollector } from "./collect-garbage.ts";
import type { CollectionPosition } from "./collection-position.ts";
import { readStorageUsage } from "./storage-usage.ts";

const HOUR_MS = 3_600_000;
const AUTHOR = { actor: "tester", requestId: "test" };

/** Ahead of the real time, which the disk has. */
let aheadMs = 0;
let registry: TestRegistry;

beforeAll(async () => {
  const now = (): Date => new Date(Date.now() + aheadMs);
  registry = await startTestRegistry({
    now,
    database: await openTestDatabase({ now }),
    registry: { gcGraceMs: HOUR_MS, uploadMaxAgeMs: HOUR_MS },
  });
});
afterAll(() => registry[Symbol.asyncDispose]());
afterEach(async () => {
  await setQuota("", undefined);
  await setQuota("q", undefined);
});

describe("garbage collection", () => {
  it("takes what nothing needs, and only that", async () => {
    const kept = image("kept", ["shared layer", "own layer"]);
    const doomed = image("doomed", ["shared layer", "doomed layer"]);
    const untagged = image("untagged", ["untagged layer"]);
    await pushImage(registry, "gc/app:kept", kept);
    await pushImage(registry, "gc/app:doomed", doomed);
    await pushImage(registry, "gc/other:untagged", untagged);
    await pushImage(registry, "gc/other:twice", doomed);
    await content().deleteTag("gc/other", "untagged", AUTHOR);
    await content().deleteManifest("gc/app", doomed.manifest.digest, AUTHOR);
    const orphan = await pushBlob(registry, "gc/app", "uploaded, and never named by a manifest");
    await later(async () => {
      expect(await collect({ isDryRun: true })).toMatchObject({ isDryRun: true, links: 3, blobs: 1 });
      expect(await isStored(orphan)).toBe(true);
      // the config, the layer and the orphan leave one repository; the other one still has the image
      expect(await collect()).toMatchObject({ links: 3, blobs: 1 });
      expect(await isStored(orphan)).toBe(false);
      for (const each of [kept, untagged, doomed]) {
        expect(await areStored(each)).toBe(true);
      }
      await content().deleteManifest("gc/other", doomed.manifest.digest, AUTHOR);
      const { blobs } = await collect();
      expect(blobs).toBe(3);
      expect(await isStored(doomed.manifest.digest)).toBe(false);
      expect(await areStored(kept)).toBe(true);
      expect(await collect()).toMatchObject({ links: 0, blobs: 0, bytes: 0 });
    });
    expect((await call(registry, `GET /v2/gc/app/blobs/${orphan}`, { as: "admin" })).code).toBe("BLOB_UNKNOWN");
    // whatever was remembered of what went: it can be pushed again
    await pushImage(registry, "gc/app:doomed", doomed);
    expect(await areStored(doomed)).toBe(true);
  });

  it("leaves a blob to the push that brought it, mounted it or asked for it", async () => {
    const brought = await pushBlob(registry, "grace/app", "brought a moment ago");
    const asked = await pushBlob(registry, "grace/app", "asked for a moment ago");
    const mounted = await pushBlob(registry, "grace/app", "mounted a moment ago");
    expect(await collect()).toMatchObject({ blobs: 0 });
    await later(async () => {
      expect(await content().hasBlob("grace/app", asked)).toBe(true);
      expect(await content().linkBlob("grace/other", "grace/app", mounted)).toBe(true);
      await collect();
      expect(await Promise.all([brought, asked, mounted].map(isStored))).toEqual([false, true, true]);
      expect(await content().hasBlob("grace/app", mounted)).toBe(false);
      expect(await content().hasBlob("grace/other", mounted)).toBe(true);
    });
  });

  it("a manifest never names a blob that went, whatever this process remembers", async () => {
    const pushed = image("late", ["late layer"]);
    for (const [digest, bytes] of pushed.blobs) {
      if (digest !== pushed.manifest.digest) {
        await pushBlob(registry, "late/app", bytes);
      }
    }
    const linkedBefore = new Date(Date.now() + 2 * HOUR_MS);
    // behind the back of this process, as by another one
    const { dropped } = await registry.context.database.registry.dropUnneededLinks({ linkedBefore, limit: 10_000 });
    expect(dropped.filter(({ repository }) => repository === "late/app")).toHaveLength(2);
    const bytes = pushed.blobs.get(pushed.manifest.digest) ?? "";
    const answer = await pushManifest(registry, "late/app:1", { mediaType: pushed.manifest.mediaType, bytes });
    expect([answer.status, answer.code]).toEqual([404, "MANIFEST_BLOB_UNKNOWN"]);
    await pushImage(registry, "late/app:1", pushed);
  });

  it("pushes go on while it runs, and lose nothing", async () => {
    const images = Array.from({ length: 40 }, (_, index) => image(`busy ${index}`, [`busy ${index % 5}`]));
    const pushes = Promise.all(
      images.map(async (each, index) => {
        const reference = `busy/app${index % 4}:t${index}`;
        await pushImage(registry, reference, each);
        if (index % 2 === 1) {
          await content().deleteManifest(`busy/app${index % 4}`, each.manifest.digest, AUTHOR);
        }
      }),
    );
    const collections = (async () => {
      for (let round = 0; round < 10; round++) {
        await collect();
      }
    })();
    await Promise.all([pushes, collections]);
    await later(async () => {
      await collect();
      for (const each of images.filter((_, index) => index % 2 === 0)) {
        expect(await areStored(each)).toBe(true);
      }
    });
  });

  it("takes abandoned uploads and empty repositories", async () => {
    const started = await call(registry, "POST /v2/half/app/blobs/uploads/", { as: "uploader" });
    const path = new URL(started.headers.location ?? "", registry.url).pathname;
    const alone = await pushBlob(registry, "empty/app", "the only one");
    await later(async () => {
      await content().deleteBlob("empty/app", alone, AUTHOR);
      const result = await collect();
      expect(result.uploads).toBe(1);
      expect(result.repositories).toBeGreaterThan(0);
    });
    expect((await call(registry, `GET ${path}`, { as: "uploader" })).code).toBe("BLOB_UPLOAD_UNKNOWN");
    expect(await registry.context.database.registry.hasRepository("empty/app")).toBe(false);
  });
});

describe("a quota", () => {
  it("refuses what does not fit: the upload, its end, and the manifest", async () => {
    await setQuota("q", 1_000);
    await pushBlob(registry, "q/app", "x".repeat(600));
    const announced = await call(registry, `POST /v2/q/app/blobs/uploads/?digest=${digestOf("y".repeat(500))}`, {
      as: "uploader",
      body: "y".repeat(500),
    });
    expect([announced.status, announced.code]).toEqual([403, "QUOTA_EXCEEDED"]);
    expect(announced.message).toContain("600 B");
    const started = await call(registry, "POST /v2/q/app/blobs/uploads/", { as: "uploader" });
    const path = new URL(started.headers.location ?? "", registry.url).pathname;
    const finished = await call(registry, `PUT ${path}?digest=${digestOf("z".repeat(500))}`, {
      as: "uploader",
      body: "z".repeat(500),
    });
    expect([finished.status, finished.code]).toEqual([403, "QUOTA_EXCEEDED"]);
    expect(await isStored(digestOf("z".repeat(500)))).toBe(false);
    // elsewhere there is room; and what is there already takes none
    await pushBlob(registry, "other/app", "z".repeat(500));
    await pushBlob(registry, "q/second", "x".repeat(600));
    await setQuota("q", 601);
    const config = await pushBlob(registry, "q/second", "x".repeat(600));
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.example", digest: config, size: 600 },
      layers: [],
    });
    const answer = await pushManifest(registry, "q/second:1", {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      bytes: manifest,
    });
    expect([answer.status, answer.code]).toEqual([403, "QUOTA_EXCEEDED"]);
  });

  it("counts uploads that nobody finishes, over a restart too, until they are cancelled or pruned", async () => {
    await setQuota("q", 10_000);
    const before = (await registry.context.database.registry.sumUnder("q", [])).bytes;
    async function begin(repository: string): Promise<{ readonly status: number; readonly path: string }> {
      const { status, headers } = await call(registry, `POST /v2/${repository}/blobs/uploads/`, { as: "uploader" });
      return { status, path: new URL(headers.location ?? "/", registry.url).pathname };
    }
    async function send(path: string, bytes: number) {
      return await call(registry, `PATCH ${path}`, { as: "uploader", body: "u".repeat(bytes) });
    }
    const first = await begin("q/one");
    const second = await begin("q/two");
    expect((await send(first.path, 4_000)).status).toBe(202);
    expect((await send(second.path, 4_000)).status).toBe(202);
    // each fits alone; what is refused is gone, and takes no room from others until it is pruned
    const refused = await send(second.path, 4_000);
    expect([refused.status, refused.code]).toEqual([403, "QUOTA_EXCEEDED"]);
    expect(refused.message).toContain("in uploads that are not finished");
    expect((await call(registry, `GET ${second.path}`, { as: "uploader" })).code).toBe("BLOB_UPLOAD_UNKNOWN");
    const third = await begin("q/two");
    expect((await send(third.path, 10_000 - before - 4_000)).status).toBe(202);
    expect((await begin("q/three")).status).toBe(403);
    expect((await begin("elsewhere/app")).status).toBe(202);

    await registry.restart();
    expect((await begin("q/three")).status).toBe(403);
    expect((await send(first.path, 1)).status).toBe(403);
    expect((await begin("q/three")).status).toBe(202);
    expect((await call(registry, `DELETE ${third.path}`, { as: "uploader" })).status).toBe(204);
    await pushBlob(registry, "q/one", "whole".repeat(200));

    const abandoned = await begin("q/four");
    expect((await send(abandoned.path, 10_000 - before - 1_000)).status).toBe(202);
    expect((await begin("q/five")).status).toBe(403);
    await later(async () => void (await collect()));
    expect((await begin("q/five")).status).toBe(202);
  });

  it("shows what uploads take of it that nobody finished", async () => {
    await setQuota("q", 100_000);
    const { configuration, ...context } = registry.context;
    const asServer = { ...context, configuration: { ...configuration, roles: ["registry"] as const } };
    const read = async () => await readStorageUsage(asServer, { prefix: "q", limit: 1 });
    const before = await read();
    const begun: string[] = [];
    for (const [repository, bytes] of [
      ["q/unfinished", 3_000],
      ["q/unfinished", 0],
      ["elsewhere/app", 1_000],
    ] as const) {
      const { headers } = await call(registry, `POST /v2/${repository}/blobs/uploads/`, { as: "uploader" });
      await call(registry, `PATCH ${headers.location ?? ""}`, { as: "uploader", body: "u".repeat(bytes) });
      begun.push(headers.location ?? "");
    }
    const after = await read();
    expect(after.unfinished).toEqual({
      uploads: (before.unfinished?.uploads ?? 0) + 2,
      bytes: (before.unfinished?.bytes ?? 0) + 3_000,
    });
    expect(after.quotas).toEqual([
      {
        prefix: "q",
        maxBytes: 100_000,
        usedBytes: before.quotas[0]?.usedBytes,
        unfinishedBytes: after.unfinished?.bytes,
      },
    ]);
    // as the guard counts
    expect(after.unfinished?.bytes).toBe(content().parts.openUploads.sumUnder("q"));
    for (const location of begun) {
      await call(registry, `DELETE ${location}`, { as: "uploader" });
    }
    expect((await read()).unfinished).toEqual(before.unfinished);
  });

  it("is not widened by whoever announces what is there and sends something else", async () => {
    const { registry: store } = registry.context.database;
    const there = "k".repeat(6_000);
    await pushBlob(registry, "q/there", there);
    const { bytes } = await store.sumUnder("q", []);
    await setQuota("q", bytes + 500);
    const path = `/v2/q/there/blobs/uploads/?digest=${digestOf(there)}`;
    // the same bytes may come once more, and find out that they do not match; more than that may not even arrive
    for (const [body, code] of [
      ["j".repeat(6_000), "DIGEST_INVALID"],
      ["j".repeat(6_501), "QUOTA_EXCEEDED"],
      [there, undefined],
    ] as const) {
      expect((await call(registry, `POST ${path}`, { as: "uploader", body })).code).toBe(code);
    }
    expect((await store.sumUnder("q", [])).bytes).toBe(bytes);
  });

  it("holds for many pushes at once, and for a mount", async () => {
    await setQuota("q", 10_000);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const body = `${index}`.padEnd(1_000, "-");
        const path = `/v2/q/many${index % 3}/blobs/uploads/?digest=${digestOf(body)}`;
        return (await call(registry, `POST ${path}`, { as: "uploader", body })).status;
      }),
    );
    const { bytes } = await registry.context.database.registry.sumUnder("q", []);
    expect(bytes).toBeLessThanOrEqual(10_000);
    expect(answers.filter((status) => status === 201).length).toBeGreaterThan(0);
    const elsewhere = await pushBlob(registry, "other/app", "m".repeat(9_990));
    await expect(content().linkBlob("q/app", "other/app", elsewhere)).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
  });
});

it("a repository with too many uploads begins no more until some are cancelled or expire; others go on, and so do jobs", async () => {
  const begin = async (repository: string) =>
    await call(registry, `POST /v2/${repository}/blobs/uploads/`, { as: "uploader" });
  /** Empty ones, which any quota lets in. They are not on the disk, so again before each refusal: a look finds out. */
  const fill = (): void => {
    for (let index = 1; index < LIMITS.maxOpenUploadsPerRepository; index += 1) {
      content().parts.openUploads.begin({ id: `empty ${index}`, repository: "full/app" });
    }
  };
  const first = await begin("full/app");
  expect(first.status).toBe(202);
  fill();
  const refused = await begin("full/app");
  expect(refused).toMatchObject({ status: 429, code: "TOOMANYREQUESTS", headers: { "retry-after": "30" } });
  expect(refused.message).toContain("full/app has 2,000 uploads that are not finished");
  fill();
  const whole = `/v2/full/app/blobs/uploads/?digest=${digestOf("whole")}`;
  expect((await call(registry, `POST ${whole}`, { as: "uploader", body: "whole" })).status).toBe(429);
  expect((await begin("full/other")).status).toBe(202);
  const copied = Buffer.from("copied by a job");
  await content().uploads.put("full/app", { digest: digestOf(copied) }, Readable.from([copied]));
  // one that was begun goes on
  const location = first.headers.location ?? "";
  expect((await call(registry, `PATCH ${location}`, { as: "uploader", body: "u" })).status).toBe(202);

  expect((await call(registry, `DELETE ${location}`, { as: "uploader" })).status).toBe(204);
  expect((await begin("full/app")).status).toBe(202);
  fill();
  expect((await begin("full/app")).status).toBe(429);
  await later(async () => void (await collect()));
  expect((await begin("full/app")).status).toBe(202);
});

it("a collection that is cancelled removes nothing more, and the next one takes the rest", async () => {
  const orphan = await pushBlob(registry, "gc/cancelled", "uploaded, and named by nothing");
  const stopping = new AbortController();
  await later(async () => {
    const collecting = run(garbageCollector, {
      signal: stopping.signal,
      // the repository let go of it; the file is still there
      onMessage: (message) => void (message === "links" && stopping.abort(new Error("cancelled"))),
    });
    await expect(collecting).rejects.toThrow("cancelled");
    expect(await isStored(orphan)).toBe(true);
    await collect();
    expect(await isStored(orphan)).toBe(false);
  });
});

describe("a collection that is interrupted", () => {
  const REPOSITORY = "gc/resumed";
  /** More than are looked at between two positions. */
  const FILES = 1_200;

  /** Files that a crash left: no repository has them. */
  async function leaveFiles(prefix: string): Promise<readonly Digest[]> {
    return await Promise.all(
      Array.from({ length: FILES }, async (_, index) => {
        const bytes = `${prefix} ${index}`;
        const digest = digestOf(Buffer.from(bytes));
        await writeFile(registry.context.blobs.pathOf(digest), bytes);
        return digest;
      }),
    );
  }

  /** Until it wrote down the first place that `isLast` names, as if the server were killed there. */
  async function collectUntil(
    isLast: (position: CollectionPosition) => boolean,
    parameters: object = {},
  ): Promise<CollectionPosition> {
    const killed = new Error("killed");
    let place: CollectionPosition | undefined;
    const collecting = run(garbageCollector, {
      parameters,
      onPosition(position) {
        place = JSON.parse(JSON.stringify(position)) as CollectionPosition;
        if (isLast(place)) {
          throw killed;
        }
      },
    });
    await expect(collecting).rejects.toBe(killed);
    return place ?? expect.fail("it wrote a position");
  }

  it.each([{ isDryRun: false }, { isDryRun: true }])(
    "goes on after the files that it looked at, and counts on: $isDryRun",
    async (parameters) => {
      const orphans = (await leaveFiles(`left ${parameters.isDryRun}`)).toSorted();
      await later(async () => {
        const position = await collectUntil(({ file }) => file !== undefined, parameters);
        expect(position).toMatchObject({ hasSeenLinks: true, blobs: expect.any(Number) });
        const [first = expect.fail()] = orphans;
        expect(position.file).toSatisfy((file: string) => file > first);
        // what comes to lie before the place is the next collection's
        const skipped = registry.context.blobs.pathOf(first);
        await writeFile(skipped, "there again");
        const reports: RegistryJobProgress[] = [];
        const result = await run(garbageCollector, { parameters, position, onReport: (each) => reports.push(each) });
        expect(result).toMatchObject({ blobs: FILES, links: position.links, uploads: position.uploads });
        expect(reports.every(({ done = 0, total = 0 }) => done > 0 && done <= total)).toBe(true);
        expect(reports[0]?.done).toBeGreaterThan(position.seenFiles);
        expect(await isStored(first)).toBe(true);
        await collect();
        expect((await Promise.all(orphans.map(isStored))).filter(Boolean)).toEqual([]);
      });
    },
  );

  it("goes on after the links that it looked at", async () => {
    const before = await pushBlob(registry, REPOSITORY, "let go before the kill");
    await later(async () => {
      const position = await collectUntil(({ hasSeenLinks }) => !hasSeenLinks);
      expect(position).toMatchObject({ links: 1, link: { digest: expect.any(String) } });
      expect(await isStored(before)).toBe(true);
      const asked: unknown[] = [];
      const store = interposed(registry.context.database.registry, {
        dropUnneededLinks(walk) {
          asked.push(walk.after);
          return registry.context.database.registry.dropUnneededLinks(walk);
        },
      });
      const result = await run(garbageCollector, { position, store });
      expect(asked).toEqual([position.link]);
      expect(result).toMatchObject({ links: 1, blobs: 1 });
      expect(await isStored(before)).toBe(false);
    });
  });

  it("takes nothing that is needed by then, whatever its position says", async () => {
    const needed = image("needed", ["a layer that is needed"]);
    await pushImage(registry, `${REPOSITORY}:1`, needed);
    await later(async () => {
      const position = await collectUntil(({ hasSeenLinks }) => hasSeenLinks);
      await run(garbageCollector, { position: { ...position, file: undefined, hasSeenLinks: true } });
      expect(await areStored(needed)).toBe(true);
      // a position of no version that is known is none
      expect(await run(garbageCollector, { position: { file: "../../etc" } })).toMatchObject({ links: 0 });
      expect(await areStored(needed)).toBe(true);
    });
  });
});

describe("a damaged file", () => {
  it("is an error, an alert that names the images, and healed by a push", async () => {
    const events: ServerEvent[] = [];
    const unsubscribe = registry.context.database.events.subscribe((event) => void events.push(event));
    const broken = image("broken", ["broken layer, ".repeat(100)]);
    await pushImage(registry, "damage/app:1.0", broken);
    const layer = layerOf(broken);
    await damage(layer);
    const ranged = await call(registry, `GET /v2/damage/app/blobs/${layer}`, {
      as: "admin",
      headers: { range: "bytes=0-9" },
    }).catch(() => undefined);
    expect(ranged?.body.length ?? 0).toBe(0);
    expect((await call(registry, `GET /v2/damage/app/blobs/${layer}`, { as: "admin" })).status).toBe(404);
    await eventually(() =>
      Promise.resolve(events.find((event) => event.type === "blob-damaged" && event.digest === layer)),
    );
    unsubscribe();
    const [entry] = (await registry.context.database.audit.list({ limit: 100 })).filter(
      ({ action }) => action === "blob-damaged",
    );
    expect(entry?.target).toBe(`${layer} (damage/app:1.0)`);
    expect(registry.log).toContainEqual(expect.objectContaining({ digest: layer, images: ["damage/app:1.0"] }));
    expect(await registry.context.telemetry.metrics.metrics()).toContain(
      'haechi_registry_damaged_blobs_total{condition="damaged"} 1',
    );
    await pushImage(registry, "damage/app:1.0", broken);
    expect((await call(registry, `GET /v2/damage/app/blobs/${layer}`, { as: "admin" })).status).toBe(200);
    await eventually(async () => ((await damagedNow()).length === 0 ? true : undefined));
  });

  it.each([
    { what: "an image", name: "manifest/app", reads: "GET" },
    { what: "an image in memory", name: "manifest/busy", reads: "check" },
    { what: "an image that is lost", name: "manifest/lost", reads: "HEAD" },
  ])("of a manifest is missing for GET and HEAD, named by the alert, and healed by a push: $what", async (row) => {
    const { name, reads } = row;
    const broken = image(name, [`layer of ${name}`]);
    const { digest } = broken.manifest;
    await pushImage(registry, `${name}:1.0`, broken);
    if (reads === "check") {
      expect((await ask("GET", name)).status).toBe(200);
    }
    await (reads === "HEAD" ? rm(registry.context.blobs.pathOf(digest)) : damage(digest));
    if (reads === "check") {
      expect(await run(integrityCheck)).toMatchObject({ damaged: 1 });
      await expect.poll(async () => (await ask("HEAD", name)).status).toBe(404);
    }
    for (const method of [reads === "HEAD" ? "HEAD" : "GET", "HEAD", "GET", "HEAD"]) {
      expect((await ask(method, name)).status).toBe(404);
      expect((await ask(method, name, digest)).status).toBe(404);
    }
    expect((await ask("GET", name)).code).toBe("MANIFEST_UNKNOWN");
    const index = buildIndex([{ image: broken, os: "linux", architecture: "amd64" }]);
    const parent = { bytes: bytesOf(index, index.manifest.digest), mediaType: index.manifest.mediaType };
    expect(await pushManifest(registry, `${name}:index`, parent)).toMatchObject({ code: "MANIFEST_BLOB_UNKNOWN" });
    if (reads !== "HEAD") {
      await eventually(async () => {
        const entries = await registry.context.database.audit.list({ limit: 100 });
        return entries.find(({ target }) => target === `${digest} (${name}:1.0)`);
      });
      expect(registry.log).toContainEqual(expect.objectContaining({ digest, images: [`${name}:1.0`] }));
    }
    expect(await content().findWholeManifest(name, "1.0")).toBeUndefined();
    await pushImage(registry, `${name}:1.0`, broken);
    for (const method of ["HEAD", "GET"]) {
      expect((await ask(method, name)).status).toBe(200);
    }
    await eventually(async () => ((await damagedNow()).length === 0 ? true : undefined));
  });

  it("is remembered over a restart, until it is pushed again, checked well or deleted", async () => {
    const built = ["pushed", "checked", "deleted"].map((name) => image(name, [`${name} after a restart`]));
    const layers = built.map(layerOf);
    const [pushed, checked, deleted] = layers as [Digest, Digest, Digest];
    for (const [index, each] of built.entries()) {
      await pushImage(registry, `restart/app${index}:1`, each);
      await damage(layers[index] as Digest);
    }
    const file = registry.context.blobs.pathOf(checked);
    expect(await run(integrityCheck)).toMatchObject({ damaged: 3, missing: 0 });
    await eventually(async () => ((await damagedNow()).length === 3 ? true : undefined));

    await registry.restart();
    expect(await damagedNow()).toEqual(layers.toSorted());
    expect(await registry.context.database.damagedBlobs.count()).toEqual({ damaged: 3, missing: 0 });
    expect(registry.log).toContainEqual(expect.objectContaining({ level: 50, count: 3 }));
    // nothing is served of it, and a push is asked for it although the file is there
    const answer = await call(registry, `HEAD /v2/restart/app0/blobs/${pushed}`, { as: "admin" });
    expect(answer.status).toBe(404);

    await pushImage(registry, "restart/app0:1", built[0] as TestImage);
    await content().deleteManifest("restart/app2", built[2]?.manifest.digest ?? deleted, AUTHOR);
    await later(async () => void (await collect()));
    expect(await stat(file)).toBeDefined();
    expect(await damagedNow()).toEqual([checked]);
    expect(await run(integrityCheck)).toMatchObject({ damaged: 1 });
    await registry.restart();
    expect(await damagedNow()).toEqual([checked]);
    await writeFile(file, bytesOf(built[1] as TestImage, checked));
    expect(await run(integrityCheck)).toMatchObject({ damaged: 0 });
    await eventually(async () => ((await damagedNow()).length === 0 ? true : undefined));
    expect((await call(registry, `GET /v2/restart/app1/blobs/${checked}`, { as: "admin" })).status).toBe(200);
  });

  it("and a missing one are found by a check, which goes on where it was", async () => {
    const broken = image("to check", ["to check, damaged", "to check, missing"]);
    await pushImage(registry, "check/app:1.0", broken);
    const [damaged, missing] = [...broken.blobs.keys()].filter((each) => each !== broken.manifest.digest);
    await damage(damaged as Digest);
    await rm(registry.context.blobs.pathOf(missing as Digest));
    const positions: unknown[] = [];
    const result = await run(integrityCheck, { onPosition: (position) => positions.push(position) });
    expect(result).toMatchObject({ damaged: 1, missing: 1 });
    expect((result as { problems: unknown }).problems).toEqual(
      expect.arrayContaining([
        { digest: damaged, condition: "damaged", images: ["check/app:1.0"] },
        { digest: missing, condition: "missing", images: ["check/app:1.0"] },
      ]),
    );
    // at its end nothing is left to read
    expect(await run(integrityCheck, { position: positions.at(-1) })).toEqual(result);
    const stopped = AbortSignal.abort(new Error("cancelled"));
    await expect(run(integrityCheck, { signal: stopped })).rejects.toThrow("cancelled");
  });
});

async function damagedNow(): Promise<readonly Digest[]> {
  return (await registry.context.database.damagedBlobs.list({ limit: 10 })).map(({ digest }) => digest);
}

function ask(method: string, name: string, reference = "1.0"): ReturnType<typeof call> {
  return call(registry, `${method} /v2/${name}/manifests/${reference}`, { as: "admin" });
}

function bytesOf(built: TestImage, digest: Digest): Uint8Array {
  return built.blobs.get(digest) ?? new Uint8Array();
}

function content(): NonNullable<TestRegistry["context"]["content"]> {
  if (registry.context.content === undefined) {
    throw new Error("the test registry has content");
  }
  return registry.context.content;
}

async function collect(parameters: object = {}): Promise<CollectionResult> {
  return (await run(garbageCollector, { parameters })) as CollectionResult;
}

async function run(
  worker: RegistryJobWorker,
  options: {
    readonly parameters?: object;
    readonly position?: unknown;
    readonly signal?: AbortSignal;
    readonly onPosition?: (position: unknown) => void;
    readonly onMessage?: (message: string) => void;
    readonly onReport?: (progress: RegistryJobProgress) => void;
    readonly store?: TestRegistry["context"]["database"]["registry"];
  } = {},
): Promise<unknown> {
  const job = { parameters: options.parameters ?? {}, position: options.position } as unknown as RegistryJobRecord;
  return await worker.run({
    job,
    context: {
      ...registry.context,
      database: { ...registry.context.database, registry: options.store ?? registry.context.database.registry },
    },
    content: content(),
    log: registry.context.telemetry.log,
    signal: options.signal ?? new AbortController().signal,
    async report(progress) {
      const { position, message } = progress;
      options.onReport?.(progress);
      options.onMessage?.(message?.code ?? "");
      if (position !== undefined) {
        options.onPosition?.(position);
      }
      await Promise.resolve();
    },
  });
}

/** Two hours later, for the registry. */
async function later(work: () => Promise<void>): Promise<void> {
  aheadMs = 2 * HOUR_MS;
  try {
    await work();
  } finally {
    aheadMs = 0;
  }
}

async function setQuota(prefix: string, quotaBytes: number | undefined): Promise<void> {
  const objects = registry.context.database.registryObjects;
  if (quotaBytes === undefined) {
    await objects.remove("settings", prefix);
  } else {
    await objects.put({ kind: "settings", name: prefix, document: { quotaBytes }, updatedBy: "tester" });
  }
  await registry.context.settings.refresh();
}

function image(name: string, layers: readonly string[]): TestImage {
  return buildImage(
    layers.map((text) => ({ entries: [{ path: "data", content: text }] })),
    { author: name },
  );
}

function layerOf(built: TestImage): Digest {
  const manifest = JSON.parse(built.blobs.get(built.manifest.digest)?.toString() ?? "") as {
    readonly layers: readonly { readonly digest: Digest }[];
  };
  return manifest.layers[0]?.digest ?? digestOf("");
}

async function areStored(built: TestImage): Promise<boolean> {
  return (await Promise.all([...built.blobs.keys()].map((digest) => isStored(digest as Digest)))).every(Boolean);
}

async function isStored(digest: Digest): Promise<boolean> {
  return await stat(registry.context.blobs.pathOf(digest)).then(
    () => true,
    () => false,
  );
}

async function damage(digest: Digest): Promise<void> {
  const handle = await open(registry.context.blobs.pathOf(digest), "r+");
  await handle.write(Buffer.from([0xff, 0x00, 0xff, 0x00]), 0, 4, 5);
  await handle.close();
}
