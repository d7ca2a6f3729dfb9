// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { digestOf } from "#base";
import { buildImage } from "../../../../../test/support/image-builder.ts";
import { call, pushBlob, pushImage, startTestRegistry } from "../../../../../test/support/registry-server.ts";
import { mountSmallDisk, SMALL_DISK_TOOLS } from "../../../../../test/support/small-disk.ts";
import { describeWithTools, tool } from "../../../../../test/support/tools.ts";

const MIB = 1024 * 1024;
const AUTHOR = { actor: "tester", requestId: "test" };

describeWithTools("a disk of blobs", SMALL_DISK_TOOLS, () => {
  it("that is full refuses pushes, serves pulls, and takes pushes again when something was removed", async () => {
    using disk = mountSmallDisk(4 * MIB);
    await using registry = await startTestRegistry({ folder: disk.folder });
    const first = buildImage([{ entries: [{ path: "a", content: randomBytes(2 * MIB) }], compression: "none" }]);
    await pushImage(registry, "disk/app:1", first);
    const layer = randomBytes(3 * MIB);
    const path = `/v2/disk/app/blobs/uploads/?digest=${digestOf(layer)}`;
    const refused = await call(registry, `POST ${path}`, { as: "uploader", body: layer });
    expect([refused.status, refused.code]).toEqual([507, "DISK_FULL"]);
    expect((await call(registry, "GET /v2/disk/app/manifests/1", { as: "admin" })).status).toBe(200);
    for (const [digest, bytes] of first.blobs) {
      const kind = digest === first.manifest.digest ? "manifests" : "blobs";
      const pulled = await call(registry, `GET /v2/disk/app/${kind}/${digest}`, { as: "admin" });
      expect(digestOf(pulled.body)).toBe(digestOf(bytes));
    }
    const { content, blobs } = registry.context;
    await content?.deleteManifest("disk/app", first.manifest.digest, AUTHOR);
    for (const digest of first.blobs.keys()) {
      await blobs.remove(digest);
    }
    expect((await call(registry, `POST ${path}`, { as: "uploader", body: layer })).status).toBe(201);
  });

  it("that takes no writes serves pulls, also after a restart, and says so to pushes", async () => {
    using disk = mountSmallDisk(8 * MIB);
    await using registry = await startTestRegistry({ folder: disk.folder });
    const image = buildImage([{ entries: [{ path: "a", content: "read only" }] }]);
    await pushImage(registry, "disk/app:1", image);
    execFileSync(tool("mount"), ["-o", "remount,ro", disk.folder]);
    try {
      await registry.restart();
      expect((await call(registry, "GET /v2/disk/app/manifests/1", { as: "admin" })).status).toBe(200);
      const started = await call(registry, "POST /v2/disk/app/blobs/uploads/", { as: "uploader" });
      expect([started.status, started.code]).toEqual([503, "UNAVAILABLE"]);
      const manifest = image.blobs.get(image.manifest.digest) ?? "";
      const pushed = await call(registry, "PUT /v2/disk/app/manifests/2", {
        as: "uploader",
        headers: { "content-type": image.manifest.mediaType },
        body: manifest,
      });
      expect([pushed.status, pushed.code]).toEqual([503, "UNAVAILABLE"]);
      expect(registry.log).toContainEqual(
        expect.objectContaining({ msg: expect.stringContaining("read-only") as string }),
      );
    } finally {
      execFileSync(tool("mount"), ["-o", "remount,rw", disk.folder]);
    }
    await pushBlob(registry, "disk/app", "writable again");
  });

  it("takes a thousand uploads at once, in chunks", async () => {
    using disk = mountSmallDisk(64 * MIB);
    await using registry = await startTestRegistry({ folder: disk.folder });
    const statuses = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const body = Buffer.from(`upload ${index} `.repeat(500));
        const repository = `many/app${index % 7}`;
        const started = await call(registry, `POST /v2/${repository}/blobs/uploads/`, { as: "uploader" });
        let path = pathOf(started.headers.location, registry.url);
        const half = body.length / 2;
        for (const chunk of [body.subarray(0, half), body.subarray(half)]) {
          const answer = await call(registry, `PATCH ${path}`, { as: "uploader", body: chunk });
          path = pathOf(answer.headers.location, registry.url);
        }
        return (await call(registry, `PUT ${path}?digest=${digestOf(body)}`, { as: "uploader" })).status;
      }),
    );
    expect(statuses.filter((status) => status !== 201)).toEqual([]);
    expect((await registry.context.database.registry.totalUsage()).blobs).toBe(1_000);
  }, 120_000);
});

function pathOf(location: string | undefined, base: string): string {
  const { pathname, search } = new URL(location ?? "", base);
  return `${pathname}${search}`;
}
