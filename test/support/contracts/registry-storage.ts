// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { Database, LinkCursor, RegistryStore } from "#database";
import type { TestDatabases } from "../postgres.ts";
import { testDigest, testManifest } from "./stored-records.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const EARLIER = new Date("2026-11-22T11:00:00Z");
const LATER = new Date("2026-11-22T13:00:00Z");

/** What the registry's store must do for storage; at the fixed time {@link NOW}. */
export function registryStorageContract({ open }: TestDatabases): void {
  async function openNow(): Promise<Database> {
    return await open({ now: () => NOW });
  }

  it("drops links that no manifest of the repository names, made before, and no other", async () => {
    const { registry } = await openNow();
    const layer = { digest: testDigest("layer"), sizeBytes: 10_000 };
    const alone = { digest: testDigest("alone"), sizeBytes: 5 };
    await registry.linkBlob("team/app", layer);
    await registry.linkBlob("team/app", alone);
    await registry.linkBlob("team/other", layer);
    await registry.putManifest(testManifest(), "1.0");
    expect(await dropAll(registry, { linkedBefore: NOW })).toEqual([]);
    const expected = [
      { repository: "team/app", ...alone },
      { repository: "team/other", ...layer },
    ];
    expect(await dropAll(registry, { linkedBefore: LATER, isDryRun: true })).toEqual(expected);
    expect(await dropAll(registry, { linkedBefore: LATER })).toEqual(expected);
    expect(await dropAll(registry, { linkedBefore: LATER })).toEqual([]);
    expect(await registry.findBlobLink("team/app", layer.digest)).toBeDefined();
  });

  it("walks over all links, few at a time", async () => {
    const { registry } = await openNow();
    const blobs = Array.from({ length: 25 }, (_, index) => ({ digest: testDigest(`blob ${index}`), sizeBytes: index }));
    for (const [index, blob] of blobs.entries()) {
      await registry.linkBlob(`r${index % 3}`, blob);
    }
    const dropped = await dropAll(registry, { linkedBefore: LATER, limit: 4 });
    expect(dropped.map(({ sizeBytes }) => sizeBytes).toSorted((a, b) => a - b)).toEqual(
      blobs.map(({ sizeBytes }) => sizeBytes),
    );
  });

  it("a push that needs its content says what is missing, and stores nothing then", async () => {
    const { registry } = await openNow();
    const record = testManifest();
    expect(await registry.putManifest(record, "1.0", { needs: "everything" })).toMatchObject({
      missing: record.references[0]?.digest,
    });
    expect(await registry.findManifest("team/app", { tag: "1.0" })).toBeUndefined();
    for (const { digest, sizeBytes } of record.references) {
      await registry.linkBlob("team/app", { digest, sizeBytes });
    }
    expect(await registry.putManifest(record, "1.0", { needs: "everything" })).toEqual({ isNewScan: true });
    const child = { digest: testDigest("absent"), kind: "manifest", sizeBytes: 5 } as const;
    const index = testManifest({ digest: testDigest("index"), kind: "index", references: [child] });
    expect(await registry.putManifest(index, "2.0", { needs: "everything" })).toMatchObject({ missing: child.digest });
    expect((await registry.putManifest(index, "2.0", { needs: "blobs" })).missing).toBeUndefined();
  });

  it("pushes and collections at once: what a manifest names is linked, always", async () => {
    const first = await openNow();
    const second = await open({ url: first.connectionString, now: () => NOW });
    const blobs = Array.from({ length: 8 }, (_, index) => ({ digest: testDigest(`b${index}`), sizeBytes: 1 }));
    async function push(count: number): Promise<void> {
      const references = blobs
        .filter((_, index) => (index + count) % 3 > 0)
        .map((blob) => ({ ...blob, kind: "blob" as const }));
      for (const blob of references) {
        await first.registry.linkBlob("team/app", blob);
      }
      const digest = testDigest(`m${count}`);
      const record = testManifest({ digest, references, kind: "artifact" });
      const { missing } = await first.registry.putManifest(record, undefined, { needs: "everything" });
      if (missing === undefined) {
        for (const blob of references) {
          expect(await first.registry.findBlobLink("team/app", blob.digest)).toBeDefined();
        }
        await first.registry.deleteManifest("team/app", digest);
      }
    }
    let isDone = false;
    const collections = (async () => {
      while (!isDone) {
        // whatever its age: only the locks of the rows protect it
        await dropAll(second.registry, { linkedBefore: LATER });
      }
    })();
    for (let count = 0; count < 40; count++) {
      await push(count);
    }
    isDone = true;
    await collections;
  });

  it("an empty repository goes, one with content or a young one stays", async () => {
    const { registry } = await openNow();
    await registry.linkBlob("empty", { digest: testDigest("x"), sizeBytes: 1 });
    await registry.linkBlob("full", { digest: testDigest("x"), sizeBytes: 1 });
    await registry.unlinkBlob("empty", testDigest("x"));
    expect(await registry.dropEmptyRepositories(EARLIER)).toBe(0);
    expect(await registry.dropEmptyRepositories(LATER)).toBe(1);
    expect(await registry.listRepositories({ limit: 10 })).toEqual(["full"]);
  });

  it("counts holders, and lists what is held in the order of digests, each once", async () => {
    const { registry } = await openNow();
    const digests = Array.from({ length: 12 }, (_, index) => testDigest(`held ${index}`)).toSorted();
    for (const digest of digests) {
      await registry.linkBlob("a", { digest, sizeBytes: 3 });
    }
    // one that very many repositories have must not hide the others
    for (let index = 0; index < 20; index++) {
      await registry.linkBlob(`many/${index}`, { digest: digests[0] as Digest, sizeBytes: 3 });
    }
    await registry.putManifest(testManifest({ digest: digests[3] as Digest }), undefined);
    const counts = await registry.countHolders([...digests.slice(0, 4), digestOf("none")]);
    expect([...counts].toSorted()).toEqual([
      [digests[0], 21],
      [digests[1], 1],
      [digests[2], 1],
      [digests[3], 2],
    ]);
    const listed: Digest[] = [];
    for (let after: Digest | undefined; ; after = listed.at(-1)) {
      const page = await registry.listHeld({ limit: 5, ...(after === undefined ? {} : { after }) });
      listed.push(...page.map(({ digest }) => digest));
      if (page.length === 0) {
        break;
      }
    }
    expect(listed).toEqual(digests);
  });

  it("says which images content belongs to, through manifests and indexes", async () => {
    const { registry } = await openNow();
    const layer = testDigest("layer");
    await registry.linkBlob("team/app", { digest: layer, sizeBytes: 10_000 });
    await registry.linkBlob("other", { digest: layer, sizeBytes: 10_000 });
    const child = testManifest();
    await registry.putManifest(child, "child");
    const references = [{ digest: child.digest, kind: "manifest" as const, sizeBytes: 500 }];
    await registry.putManifest(testManifest({ digest: testDigest("index"), kind: "index", references }), "multi");
    expect(await registry.findHolders(layer, 10)).toEqual([
      { repository: "other", kind: "blob", tags: [] },
      { repository: "team/app", kind: "blob", tags: ["child", "multi"] },
    ]);
    expect(await registry.findHolders(child.digest, 10)).toEqual([
      { repository: "team/app", kind: "manifest", tags: ["child", "multi"] },
    ]);
    expect(await registry.findHolders(digestOf("none"), 10)).toEqual([]);
  });

  it("sums each digest once, in total and under a prefix, and by repository", async () => {
    const { registry } = await openNow();
    const shared = { digest: testDigest("shared"), sizeBytes: 1_000 };
    for (const repository of ["team", "team/app", "team-b", "team0"]) {
      await registry.linkBlob(repository, shared);
    }
    await registry.linkBlob("team/app", { digest: testDigest("own"), sizeBytes: 6_000_000_000 });
    await registry.putManifest(testManifest({ repository: "team/app", references: [] }), "1.0");
    expect(await registry.totalUsage()).toEqual({
      bytes: 6_000_001_500,
      blobs: 2,
      manifests: 1,
      repositories: 4,
      tags: 1,
    });
    expect(await registry.sumUnder("team", [shared.digest, testDigest("none")])).toEqual({
      bytes: 6_000_001_500,
      present: new Map([[shared.digest, shared.sizeBytes]]),
    });
    expect(await registry.sumUnder("team-b", [])).toEqual({ bytes: 1_000, present: new Map() });
    expect((await registry.sumUnder("nowhere", [])).bytes).toBe(0);
    const usage = await registry.listUsage({ prefix: "team", limit: 10 });
    expect(usage.map(({ repository, bytes, tags }) => [repository, bytes, tags])).toEqual([
      ["team", 1_000, 0],
      ["team/app", 6_000_001_500, 1],
    ]);
    expect((await registry.listUsage({ after: "team", limit: 1 })).map(({ repository }) => repository)).toEqual([
      "team-b",
    ]);
  });

  it("remembers the last pull of tags and manifests, whatever order they are noted in", async () => {
    const { registry } = await openNow();
    const { digest } = testManifest();
    await registry.putManifest(testManifest(), "1.0");
    await registry.putManifest(testManifest(), "2.0");
    await registry.notePulls([
      { repository: "team/app", digest, tag: "1.0", at: NOW },
      { repository: "team/app", digest, tag: "1.0", at: EARLIER },
      { repository: "team/app", digest: testDigest("none"), tag: "none", at: NOW },
      { repository: "nowhere", digest, at: NOW },
    ]);
    await registry.notePulls([{ repository: "team/app", digest, at: LATER }]);
    await registry.notePulls([]);
    expect(
      (await registry.listTagRecords("team/app", { limit: 10 })).map(({ name, pulledAt }) => [name, pulledAt]),
    ).toEqual([
      ["1.0", NOW.toISOString()],
      ["2.0", undefined],
    ]);
    expect(await registry.listManifests("team/app", { limit: 10 })).toMatchObject([
      { digest, isTagged: true, isListed: false, pulledAt: LATER.toISOString() },
    ]);
  });
}

async function dropAll(
  registry: RegistryStore,
  how: { readonly linkedBefore: Date; readonly isDryRun?: boolean; readonly limit?: number },
): Promise<readonly { readonly repository: string; readonly digest: Digest; readonly sizeBytes: number }[]> {
  const all = [];
  for (let after: LinkCursor | undefined; ; ) {
    const { dropped, next } = await registry.dropUnneededLinks({
      limit: 100,
      ...how,
      ...(after === undefined ? {} : { after }),
    });
    all.push(...dropped);
    if (next === undefined) {
      return all.toSorted((a, b) => (a.repository < b.repository ? -1 : 1));
    }
    after = next;
  }
}
