// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { openTestDatabase } from "../../../test/support/postgres.ts";
import type { Database, ManifestRecord } from "./stores.ts";

const BLOB = digestOf("blob");
const IMAGE = digestOf("image");
const INDEX = digestOf("index");
let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

describe("what is deleted from a repository", () => {
  it("is unknown where it is not", async () => {
    const { registry } = database;
    await pushAll("team/a");
    expect(await registry.deleteManifest("team/b", IMAGE)).toEqual({ state: "unknown" });
    expect(await registry.unlinkBlob("team/b", BLOB)).toEqual({ state: "unknown" });
    expect(await registry.deleteManifest("team/a", BLOB)).toEqual({ state: "unknown" });
    expect(await registry.deleteTag("team/a", "none")).toBeUndefined();
    expect(await registry.deleteTag("team/b", "latest")).toBeUndefined();
  });

  it("stays while something needs it, and goes from the top", async () => {
    const { registry } = database;
    await pushAll("team/order");
    expect(await registry.unlinkBlob("team/order", BLOB)).toEqual({ state: "needed", by: IMAGE });
    expect(await registry.deleteManifest("team/order", IMAGE)).toEqual({ state: "needed", by: INDEX });
    expect(await registry.deleteManifest("team/order", INDEX)).toEqual({ state: "deleted" });
    expect(await registry.listTags("team/order", { limit: 10 })).toEqual(["image"]);
    expect(await registry.deleteManifest("team/order", IMAGE)).toEqual({ state: "deleted" });
    expect(await registry.unlinkBlob("team/order", BLOB)).toEqual({ state: "deleted" });
    expect(await registry.listTags("team/order", { limit: 10 })).toEqual([]);
    expect(await registry.findBlobLink("team/order", BLOB)).toBeUndefined();
  });

  it("is what a tag led to, and its manifest stays", async () => {
    const { registry } = database;
    await pushAll("team/tags");
    expect(await registry.listTagsOf("team/tags", INDEX)).toEqual(["latest", "v1"]);
    expect(await registry.deleteTag("team/tags", "v1")).toBe(INDEX);
    expect(await registry.listTagsOf("team/tags", INDEX)).toEqual(["latest"]);
    expect(await registry.findManifest("team/tags", { digest: INDEX })).toBeDefined();
  });

  it("is told apart by repository", async () => {
    const { registry } = database;
    await pushAll("team/one");
    await pushAll("team/two");
    expect(await registry.listBlobRepositories(BLOB, 100)).toEqual(expect.arrayContaining(["team/one", "team/two"]));
    expect(await registry.listBlobRepositories(BLOB, 1)).toHaveLength(1);
    expect(await registry.deleteManifest("team/one", INDEX)).toEqual({ state: "deleted" });
    expect(await registry.findManifest("team/two", { tag: "latest" })).toMatchObject({ digest: INDEX });
  });

  it("never leaves an index without its child, whoever is first", async () => {
    const { registry } = database;
    for (let round = 0; round < 30; round += 1) {
      const repository = `race/r${round}`;
      await registry.linkBlob(repository, { digest: BLOB, sizeBytes: 4 });
      await registry.putManifest(record(repository, IMAGE, "image", [BLOB, "blob"]), undefined);
      const [pushed, removal] = await Promise.allSettled([
        registry.putManifest(record(repository, INDEX, "index", [IMAGE, "manifest"]), "latest", {
          needs: "everything",
        }),
        registry.deleteManifest(repository, IMAGE),
      ]);
      const index = await registry.findManifest(repository, { tag: "latest" });
      const child = await registry.findManifest(repository, { digest: IMAGE });
      expect(removal.status).toBe("fulfilled");
      expect(index === undefined || child !== undefined, `${pushed.status} ${removal.status}`).toBe(true);
    }
  });
});

async function pushAll(repository: string): Promise<void> {
  const { registry } = database;
  await registry.linkBlob(repository, { digest: BLOB, sizeBytes: 4 });
  await registry.putManifest(record(repository, IMAGE, "image", [BLOB, "blob"]), "image");
  for (const tag of ["v1", "latest"]) {
    await registry.putManifest(record(repository, INDEX, "index", [IMAGE, "manifest"]), tag);
  }
}

function record(
  repository: string,
  digest: Digest,
  kind: ManifestRecord["kind"],
  [needed, needs]: readonly [Digest, "blob" | "manifest"],
): ManifestRecord {
  return {
    repository,
    digest,
    kind,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    sizeBytes: 10,
    references: [{ digest: needed, kind: needs, sizeBytes: 4 }],
    pushedBy: "tester",
    pushedAt: "2026-11-22T12:00:00.000Z",
  };
}
