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

describe("a tag that shall move from where somebody saw it", () => {
  const [ONE, TWO] = [digestOf("one"), digestOf("two")];

  it("does not when it leads elsewhere by now, and then nothing is stored", async () => {
    const { registry } = database;
    await registry.putManifest(record("team/moves", ONE, "index", [BLOB, "blob"]), "v1");
    const other = record("team/moves", TWO, "index", [BLOB, "blob"]);
    for (const from of [undefined, IMAGE]) {
      const answer = await registry.putManifest(other, "v1", { ifTag: { from } });
      expect(answer).toEqual({ isNewScan: false, taken: ONE });
      expect(await registry.findManifest("team/moves", { digest: TWO })).toBeUndefined();
    }
    expect(await registry.putManifest(other, "v1", { ifTag: { from: ONE } })).toEqual({ isNewScan: false });
    expect(await registry.putManifest(other, "v1", { ifTag: { from: undefined } })).toEqual({ isNewScan: false });
    expect(await registry.findManifest("team/moves", { tag: "v1" })).toMatchObject({ digest: TWO });
  });

  it("is given to one of those who all found it free", async () => {
    const { registry } = database;
    for (let round = 0; round < 20; round += 1) {
      const digests = [ONE, TWO, IMAGE, INDEX];
      const answers = await Promise.all(
        digests.map((digest) =>
          registry.putManifest(record("team/free", digest, "index", [BLOB, "blob"]), `v${round}`, {
            ifTag: { from: undefined },
          }),
        ),
      );
      const winner = digests.filter((_, index) => answers[index]?.taken === undefined);
      expect(winner).toHaveLength(1);
      expect(await registry.findManifest("team/free", { tag: `v${round}` })).toMatchObject({ digest: winner[0] });
    }
  });
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

  it("is what somebody looked at: a tag that was pushed again since stays, were it the same image", async () => {
    const { registry } = database;
    await registry.linkBlob("team/again", { digest: BLOB, sizeBytes: 4 });
    const first = { ...record("team/again", IMAGE, "image", [BLOB, "blob"]), pushedAt: "2026-01-01T00:00:00.123Z" };
    const again = { ...first, pushedAt: "2026-01-02T00:00:00.000Z" };
    await registry.putManifest(first, "v1");
    const seen = { digest: IMAGE, pushedAt: new Date(first.pushedAt) };
    await registry.putManifest(again, "v1");
    expect(await registry.deleteTag("team/again", "v1", seen)).toBeUndefined();
    expect(await registry.deleteTag("team/again", "v1", { digest: INDEX })).toBeUndefined();
    expect(await registry.deleteManifest("team/again", IMAGE, { isUntagged: true })).toEqual({
      state: "tagged",
      tags: ["v1"],
    });
    const now = { digest: IMAGE, pushedAt: new Date(again.pushedAt) };
    expect(await registry.deleteTag("team/again", "v1", now)).toBe(IMAGE);
    expect(await registry.deleteManifest("team/again", IMAGE, { isUntagged: true })).toEqual({ state: "deleted" });
  });

  it("is never an image that somebody tags at that moment", async () => {
    const { registry } = database;
    for (let round = 0; round < 30; round += 1) {
      const repository = `tagged/r${round}`;
      await registry.linkBlob(repository, { digest: BLOB, sizeBytes: 4 });
      const pushed = record(repository, IMAGE, "image", [BLOB, "blob"]);
      await registry.putManifest(pushed, undefined);
      const [, push] = await Promise.allSettled([
        registry.deleteManifest(repository, IMAGE, { isUntagged: true }),
        registry.putManifest(pushed, "v1", { needs: "everything" }),
      ]);
      // a push that came too late fails; one that was acknowledged is there
      const wanted = push.status === "fulfilled" ? [IMAGE, 1] : [undefined, 0];
      const tagged = await registry.findManifest(repository, { tag: "v1" });
      expect([tagged?.digest, (await registry.listTags(repository, { limit: 10 })).length]).toEqual(wanted);
    }
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
