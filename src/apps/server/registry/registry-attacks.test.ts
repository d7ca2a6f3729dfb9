// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { RunningImage } from "#database";
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST } from "#oci";
import { BAD_PACKAGES, DEBIAN_PACKAGES } from "../../../../test/support/api-server.ts";
import { type GatedRegistry, startGatedRegistry } from "../../../../test/support/gated-registry.ts";
import { buildImage, buildIndex } from "../../../../test/support/image-builder.ts";
import { type Answer, call, pushBlob, pushManifest } from "../../../../test/support/registry-server.ts";
import { runnableChildren } from "../judge/collect-facts.ts";
import { createScanWorker } from "../scan-jobs/scan-worker.ts";
import { promoteWorker } from "./promotion/promote-worker.ts";
import { requestPromotion } from "./promotion/request-promotion.ts";

const FOREIGN_LAYER = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
const GOOD = buildImage([{ entries: [{ path: "app", content: "good" }] }]);
const LATER_THAN_ANY_GRACE = new Date("2999-01-01T00:00:00Z");

let registry: GatedRegistry;

beforeAll(async () => {
  registry = await startGatedRegistry();
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

async function statusOf(line: string): Promise<number> {
  const [method = "", path = ""] = line.split(" ");
  return (await call(registry, `${method} /v2/${path}`, { as: "viewer" })).status;
}

/** An image whose only layer is called one that lies elsewhere; neither is stored by this. */
function foreignImage(name: string): { readonly config: Buffer; readonly layer: Buffer; readonly bytes: string } {
  const image = buildImage([{ entries: [{ path: "app", content: name }] }]);
  const [layer, config] = [...image.blobs.values()];
  if (layer === undefined || config === undefined) {
    throw new Error("the image builder changed");
  }
  const bytes = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: FOREIGN_LAYER, digest: digestOf(layer), size: layer.length }],
  });
  return { config, layer, bytes };
}

async function push(reference: string, bytes: string, mediaType: string = OCI_MANIFEST): Promise<Digest> {
  const answer = await pushManifest(registry, reference, { mediaType, bytes });
  expect(answer.status).toBe(201);
  return digestOf(bytes);
}

describe("layers that are called foreign and come after their manifest", () => {
  it("stay as long as the manifest: a collection takes none", async () => {
    const { config, layer, bytes } = foreignImage("late");
    await pushBlob(registry, "team/late", config);
    await push("team/late:1", bytes);
    const digest = await pushBlob(registry, "team/late", layer);
    await push("team/late:1", bytes);
    const { dropped } = await registry.context.database.registry.dropUnneededLinks({
      linkedBefore: LATER_THAN_ANY_GRACE,
      limit: 1_000,
    });
    expect(dropped.map((each) => each.digest)).not.toContain(digest);
  });

  it("of a refused image are refused, although an artifact lists them as well", async () => {
    const { config, layer, bytes } = foreignImage("freed");
    await pushBlob(registry, "team/freed", config);
    const image = await push("team/freed:1", bytes);
    await registry.scanned(image, { packages: BAD_PACKAGES });
    const digest = await pushBlob(registry, "team/freed", layer);
    const note = await pushBlob(registry, "team/freed", "{}");
    await push(
      "team/freed:note",
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: { mediaType: "application/vnd.note", digest: note, size: 2 },
        layers: [{ mediaType: OCI_LAYER_GZIP, digest, size: layer.length }],
      }),
    );
    expect(await statusOf("GET team/freed/manifests/note")).toBe(200);
    expect(await statusOf("GET team/freed/manifests/1")).toBe(403);
    expect(await statusOf(`GET team/freed/blobs/${digest}`)).toBe(403);
  });

  it("are not read out of other repositories", async () => {
    const { config, layer, bytes } = foreignImage("theirs");
    await pushBlob(registry, "theirs/app", layer);
    await pushBlob(registry, "theirs/app", config);
    const stolen = JSON.parse(bytes) as { config: { mediaType: string } };
    stolen.config.mediaType = FOREIGN_LAYER;
    const digest = await push("team/thief:1", JSON.stringify(stolen));
    const record = await registry.context.database.registry.findManifest("team/thief", { digest });
    expect(record?.platform).toBeUndefined();
    // the folder that scans read has the blobs of all repositories
    const { log } = registry.context.telemetry;
    const options = { layoutDir: "/nowhere", advisoryFile: "/nowhere", log, stopping: new AbortController().signal };
    await createScanWorker(registry.context, options).scan(digest, true);
    const scan = await registry.context.database.scans.find(digest);
    expect(scan).toMatchObject({ state: "failed", message: expect.stringContaining("no repository has both") });
  });
});

describe("an index that lists large blobs beside an image", () => {
  it("is judged, as a blob that nobody can run", async () => {
    const large = await pushBlob(registry, "team/cache", Buffer.alloc(5 * 1024 * 1024));
    await registry.push("team/cache:app", GOOD);
    const bytes = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [GOOD.manifest, { mediaType: OCI_LAYER_GZIP, digest: large, size: 5 * 1024 * 1024 }],
    });
    const index = await push("team/cache:1", bytes, OCI_INDEX);
    // the blob store itself: it refuses to read more than a manifest may have
    const children = await runnableChildren(registry.context, index);
    expect(children.map(({ digest }) => digest)).toEqual([GOOD.manifest.digest, large]);
  });
});

describe("an image that runs", () => {
  it("is kept, however many workloads run a copy of it from elsewhere", async () => {
    await registry.push("prod/app:1", GOOD);
    const { digest } = GOOD.manifest;
    function workload(reference: string, name: string): RunningImage {
      return {
        namespace: "shop",
        owner: { apiVersion: "apps/v1", kind: "Deployment", name, uid: name },
        reference,
        digest,
        containers: ["app"],
        podCount: 1,
        pods: [],
        standing: "admitted",
        firstSeenAt: "2026-11-22T00:00:00Z",
      };
    }
    await registry.context.database.workloads.save([
      workload("registry.test:5000/prod/app:1", "ours"),
      ...Array.from({ length: 400 }, (_, at) => workload("registry.test:5000/dev/copy:1", `copy-${at}`)),
    ]);
    const deleted = await call(registry, `DELETE /v2/prod/app/manifests/${digest}`, { as: "admin" });
    expect([deleted.status, deleted.code]).toEqual([403, "DENIED"]);
  });
});

describe("the list of what is attached to an image", () => {
  it("is read page by page, whatever was pushed", async () => {
    const config = await pushBlob(registry, "team/listed", "{}");
    const pushed: Digest[] = [];
    for (let at = 0; at < 12; at += 1) {
      const bytes = JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        artifactType: at === 0 ? "test/one" : "test/many",
        config: { mediaType: "application/vnd.note", digest: config, size: 2 },
        layers: [],
        subject: GOOD.manifest,
        padding: `${at}${"x".repeat(4_000_000)}`,
      });
      pushed.push(await push(`team/listed:${at}`, bytes));
    }
    const found: Digest[] = [];
    let pages = 0;
    let path: string | undefined = `/v2/team/listed/referrers/${GOOD.manifest.digest}`;
    while (path !== undefined) {
      const answer: Answer = await call(registry, `GET ${path}`, { as: "viewer" });
      const { manifests } = JSON.parse(answer.body.toString()) as { manifests: { digest: Digest }[] };
      found.push(...manifests.map(({ digest }) => digest));
      pages += 1;
      path = /^<([^>]*)>/.exec(String(answer.headers["link"] ?? ""))?.[1];
    }
    expect(found).toEqual(pushed.toSorted());
    expect(pages).toBe(2);
    const filtered = await call(
      registry,
      `GET /v2/team/listed/referrers/${GOOD.manifest.digest}?artifactType=test/one`,
      { as: "viewer" },
    );
    expect((JSON.parse(filtered.body.toString()) as { manifests: unknown[] }).manifests).toHaveLength(1);
  });
});

describe("an index that is promoted", () => {
  it("takes no image along that stands under the platform of attestations, which no verdict is about", async () => {
    const bad = buildImage([{ entries: [{ path: "app", content: "hidden" }] }]);
    const index = buildIndex([
      { image: GOOD, os: "linux", architecture: "amd64" },
      { image: bad, os: "unknown", architecture: "unknown" },
    ]);
    await registry.push("dev/hidden:1", index);
    await registry.scanned(GOOD.manifest.digest, { packages: DEBIAN_PACKAGES });
    await registry.scanned(bad.manifest.digest, { packages: BAD_PACKAGES });
    await registry.context.database.registryObjects.put({
      kind: "promotion",
      name: "dev",
      document: { from: "dev", to: "promoted", needsApproval: false, isImmutable: false },
      updatedBy: "admin",
    });
    const { context } = registry;
    const { content } = context;
    if (content === undefined) {
      throw new Error("it has the role registry");
    }
    const job = await requestPromotion(context, {
      rule: "dev",
      repository: "dev/hidden",
      tag: "1",
      requestedBy: "uploader",
    });
    const { log } = context.telemetry;
    const run = { job, context, content, log, signal: new AbortController().signal, report: () => Promise.resolve() };
    await expect(promoteWorker.run(run)).rejects.toMatchObject({ code: "DENIED" });
    expect(await content.findManifest("promoted/hidden", "1")).toBeUndefined();
    expect(await content.findManifest("promoted/hidden", bad.manifest.digest)).toBeUndefined();
  });
});

describe("a refused manifest", () => {
  const bad = buildImage([{ entries: [{ path: "app", content: "twofold" }] }]);
  const bytes = bad.blobs.get(bad.manifest.digest) ?? Buffer.alloc(0);

  beforeAll(async () => {
    await registry.push("team/twofold:bad", bad);
    await registry.scanned(bad.manifest.digest, { packages: BAD_PACKAGES });
    await pushBlob(registry, "team/twofold", bytes);
  });

  it("is not handed out as a blob that an artifact lists", async () => {
    const config = await pushBlob(registry, "team/twofold", "{}");
    const note = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: "application/vnd.note", digest: config, size: 2 },
      layers: [{ ...bad.manifest, mediaType: "application/vnd.note" }],
    };
    await push("team/twofold:note", JSON.stringify(note));
    expect(await statusOf(`GET team/twofold/blobs/${bad.manifest.digest}`)).toBe(403);
  });

  it("is judged in an index that lists it a second time as something else, and is needed by it", async () => {
    const manifests = [bad.manifest, { ...bad.manifest, mediaType: "application/vnd.note" }];
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
    await push("team/twofold:index", index, OCI_INDEX);
    expect(await statusOf("GET team/twofold/manifests/index")).toBe(403);
    const deleted = await call(registry, `DELETE /v2/team/twofold/manifests/${bad.manifest.digest}`, { as: "admin" });
    expect([deleted.status, deleted.code]).toEqual([403, "DENIED"]);
  });
});

it("text that the database cannot store is no failure of ours", async () => {
  const config = await pushBlob(registry, "team/nul", "{}");
  const bytes = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: "a\u0000b",
    config: { mediaType: "application/vnd.note", digest: config, size: 2 },
    layers: [],
  });
  const pushed = await pushManifest(registry, "team/nul:1", { mediaType: OCI_MANIFEST, bytes });
  expect([201, 400]).toContain(pushed.status);
  const filter = `${"x".repeat(255)}%F0%9F%98%80`;
  const path = `GET /v2/team/nul/referrers/${digestOf(bytes)}?artifactType=${filter}&last=%00`;
  expect((await call(registry, path, { as: "viewer" })).status).toBe(200);
});

it("an upload that is larger than the whole quota ends when the quota is full, not when the disk is", async () => {
  await registry.set("small", { quotaBytes: 1_000_000 });
  const started = await call(registry, "POST /v2/small/app/blobs/uploads/", { as: "uploader" });
  const path = new URL(started.headers.location ?? "", registry.url).pathname;
  const answer = await call(registry, `PATCH ${path}`, {
    as: "uploader",
    headers: { "transfer-encoding": "chunked" },
    body: Buffer.alloc(8_000_000),
  });
  expect([answer.status, answer.code]).toEqual([403, "QUOTA_EXCEEDED"]);
  // with it goes what it held of the quota and of the disk
  expect(await registry.context.blobs.findUpload(path.slice(path.lastIndexOf("/") + 1))).toBeUndefined();
});
