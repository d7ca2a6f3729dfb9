// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { ServerEvent } from "#database";
import { eventually } from "../../../../test/support/eventually.ts";
import { buildImage, buildIndex, type TestImage } from "../../../../test/support/image-builder.ts";
import {
  type Answer,
  call,
  pushBlob,
  pushImage,
  startTestRegistry,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";

let registry: TestRegistry;
const events: ServerEvent[] = [];
let count = 0;

beforeAll(async () => {
  registry = await startTestRegistry();
  registry.context.database.events.subscribe((event) => void events.push(event));
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

beforeEach(() => {
  events.length = 0;
});

describe("who may not delete", () => {
  it.each([
    { name: "nobody", as: undefined, status: 401, code: "UNAUTHORIZED" },
    { name: "a viewer", as: "viewer", status: 403, code: "DENIED" },
    { name: "an uploader", as: "uploader", status: 403, code: "DENIED" },
  ] as const)("$name", async ({ as, status, code }) => {
    const image = await pushed("team/kept:1");
    for (const path of [`manifests/${image.manifest.digest}`, "manifests/1", `blobs/${blobOf(image)}`]) {
      const answer = await call(registry, `DELETE /v2/team/kept/${path}`, as === undefined ? {} : { as });
      expect(answer).toMatchObject({ status, code });
    }
    expect((await get("/v2/team/kept/manifests/1")).status).toBe(200);
  });
});

describe("what stays", () => {
  it("a blob that a manifest needs", async () => {
    const image = await pushed("team/blob:1");
    const answer = await remove(`/v2/team/blob/blobs/${blobOf(image)}`);
    expect(answer).toMatchObject({ status: 403, code: "DENIED" });
    expect(answer.message).toContain(image.manifest.digest);
  });

  it("a child that an index needs, until the index is gone", async () => {
    const child = newImage();
    const index = buildIndex([{ image: child, os: "linux", architecture: "amd64" }]);
    await pushImage(registry, "team/index:1", index);
    const line = `/v2/team/index/manifests/${child.manifest.digest}`;
    expect(await remove(line)).toMatchObject({ status: 403, code: "DENIED" });
    expect((await get(line)).status).toBe(200);
    expect((await remove(`/v2/team/index/manifests/${index.manifest.digest}`)).status).toBe(202);
    expect((await remove(line)).status).toBe(202);
  });

  it("the same content of another repository", async () => {
    const image = newImage();
    await pushImage(registry, "team/one:1", image);
    await pushImage(registry, "team/two:1", image);
    expect((await remove(`/v2/team/one/manifests/${image.manifest.digest}`)).status).toBe(202);
    expect((await get("/v2/team/two/manifests/1")).status).toBe(200);
  });
});

describe("a deletion", () => {
  it("of a manifest takes its tags along, is told and is in the audit log", async () => {
    const image = await pushed("team/gone:1");
    await pushImage(registry, "team/gone:2", image);
    const { digest } = image.manifest;
    expect((await get("/v2/team/gone/manifests/2")).status).toBe(200);
    const answer = await remove(`/v2/team/gone/manifests/${digest}`);
    expect(answer).toMatchObject({ status: 202 });
    for (const reference of ["1", "2", digest]) {
      expect(await get(`/v2/team/gone/manifests/${reference}`)).toMatchObject({
        status: 404,
        code: "MANIFEST_UNKNOWN",
      });
    }
    await heard({ type: "image-deleted", repository: "team/gone", digest });
    const [entry] = await registry.context.database.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ actor: "admin", action: "manifest-deleted", target: `team/gone@${digest}` });
  });

  it("of a tag leaves the manifest, and is told", async () => {
    const image = await pushed("team/tag:1");
    const { digest } = image.manifest;
    expect((await remove("/v2/team/tag/manifests/1")).status).toBe(202);
    expect((await get("/v2/team/tag/manifests/1")).status).toBe(404);
    expect((await get(`/v2/team/tag/manifests/${digest}`)).status).toBe(200);
    await heard({ type: "image-deleted", repository: "team/tag", tag: "1", digest });
  });

  it("of what is attached to an image makes verdicts on the image anew", async () => {
    const image = await pushed("team/signed:1");
    const { digest } = image.manifest;
    const tag = `${digest.replace(":", "-")}.sig`;
    await pushImage(registry, `team/signed:${tag}`, newImage());
    events.length = 0;
    expect((await remove(`/v2/team/signed/manifests/${tag}`)).status).toBe(202);
    await heard({ type: "image-deleted", repository: "team/signed", subject: digest });
  });

  it("of a blob makes a HEAD miss it, so that it is pushed again", async () => {
    const digest = await pushBlob(registry, "team/loose", "loose blob");
    const line = `/v2/team/loose/blobs/${digest}`;
    expect((await call(registry, `HEAD ${line}`, { as: "uploader" })).status).toBe(200);
    expect((await remove(line)).status).toBe(202);
    expect((await call(registry, `HEAD ${line}`, { as: "uploader" })).status).toBe(404);
    expect(await remove(line)).toMatchObject({ status: 404, code: "BLOB_UNKNOWN" });
    await pushBlob(registry, "team/loose", "loose blob");
    expect((await call(registry, `HEAD ${line}`, { as: "uploader" })).status).toBe(200);
  });

  it("races with pushes of what it deletes: whatever is acknowledged last is whole", async () => {
    const image = await pushed("team/race:1");
    const { digest } = image.manifest;
    const layer = blobOf(image);
    let pushes = 0;
    async function tryPush(reference: string): Promise<void> {
      try {
        await pushImage(registry, reference, image);
        pushes += 1;
      } catch {
        // what it needs was deleted under its hands, and it was told so
      }
    }
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([
        tryPush("team/race:1"),
        remove(`/v2/team/race/manifests/${digest}`),
        remove(`/v2/team/race/blobs/${layer}`),
        tryPush("team/race:2"),
      ]);
      const found = await get(`/v2/team/race/manifests/${digest}`);
      if (found.status === 200) {
        expect((await get(`/v2/team/race/blobs/${layer}`)).status).toBe(200);
      }
      expect([200, 404]).toContain(found.status);
    }
    expect(pushes).toBeGreaterThan(0);
    await pushImage(registry, "team/race:1", image);
    expect((await get(`/v2/team/race/blobs/${layer}`)).status).toBe(200);
  });
});

describe("tags in one push", () => {
  it("come with the digest and are all there", async () => {
    const image = await pushed("team/many:0");
    const bytes = image.blobs.get(image.manifest.digest) ?? Buffer.alloc(0);
    const put = async (query: string): Promise<Answer> =>
      await call(registry, `PUT /v2/team/many/manifests/${image.manifest.digest}?${query}`, {
        as: "uploader",
        headers: { "content-type": image.manifest.mediaType },
        body: bytes,
      });
    expect(await put("tag=a&tag=b&tag=a")).toMatchObject({ status: 201, headers: { "oci-tag": "a, b" } });
    const list = await get("/v2/team/many/tags/list");
    expect(JSON.parse(list.body.toString())).toMatchObject({ tags: ["0", "a", "b"] });
    expect(await put("tag=ok&tag=.bad")).toMatchObject({ status: 400, code: "TAG_INVALID" });
    expect(await put(Array.from({ length: 51 }, (_, n) => `tag=t${n}`).join("&"))).toMatchObject({ status: 414 });
    expect((await get("/v2/team/many/manifests/ok")).status).toBe(404);
  });
});

async function heard(wanted: Partial<ServerEvent>): Promise<void> {
  await eventually(async () => {
    await Promise.resolve();
    return events.find((event) =>
      Object.entries(wanted).every(([key, value]) => (event as Readonly<Record<string, unknown>>)[key] === value),
    );
  });
}

function newImage(): TestImage {
  count += 1;
  return buildImage([{ entries: [{ path: "n", content: `image ${count}` }] }]);
}

async function pushed(reference: string): Promise<TestImage> {
  const image = newImage();
  await pushImage(registry, reference, image);
  return image;
}

function blobOf(image: TestImage): Digest {
  const digest = [...image.blobs.keys()].find((each) => each !== image.manifest.digest);
  return digest ?? digestOf("none");
}

async function remove(path: string): Promise<Answer> {
  return await call(registry, `DELETE ${path}`, { as: "admin" });
}

async function get(path: string): Promise<Answer> {
  return await call(registry, `GET ${path}`, { as: "admin" });
}
