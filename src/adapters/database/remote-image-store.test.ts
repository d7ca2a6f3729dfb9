// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { testDigest, testManifest, testReport } from "../../../test/support/contracts/database.ts";
import { describeWithDatabases, query } from "../../../test/support/postgres.ts";
import type { Database } from "./stores.ts";

const DIGEST = testDigest("remote");
const LEASE_MS = 60_000;
const RECORD = {
  digest: DIGEST,
  registry: "docker.io",
  repository: "library/nginx",
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  kind: "image",
} as const;

async function stateOf(database: Database): Promise<string | undefined> {
  return (await database.scans.find(DIGEST))?.state;
}

describeWithDatabases("images of other registries", ({ open }) => {
  it("a record is found as it was put, and keeps what was read of it", async () => {
    const now = new Date("2026-11-22T00:00:00Z");
    const { remoteImages } = await open({ now: () => now });
    const index = {
      ...RECORD,
      digest: testDigest("index"),
      kind: "index" as const,
      children: [{ digest: DIGEST, mediaType: RECORD.mediaType, platform: "linux/amd64" }],
    };
    await remoteImages.put({ ...RECORD, config: { platform: "linux/amd64", user: "1000" } });
    await remoteImages.put(RECORD);
    await remoteImages.put(index);
    const seen = { firstSeenAt: now.toISOString(), lastSeenAt: now.toISOString() };
    const found = await remoteImages.findMany([DIGEST, testDigest("index"), testDigest("unknown")]);
    expect([...found.values()]).toEqual(
      expect.arrayContaining([
        { ...RECORD, config: { platform: "linux/amd64", user: "1000" }, ...seen },
        { ...index, ...seen },
      ]),
    );
    expect(found.size).toBe(2);
  });

  it("a scan belongs to one process at a time", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const claims = await Promise.all(
      [first, second, first, second].map(({ remoteImages }) => remoteImages.claimScan(DIGEST, LEASE_MS)),
    );
    expect(claims.toSorted()).toEqual(["busy", "busy", "busy", "claimed"]);
    const [owner, other] = claims.indexOf("claimed") % 2 === 0 ? [first, second] : [second, first];
    expect(await other.remoteImages.keepScan(DIGEST, LEASE_MS)).toBe(false);
    expect(await owner.remoteImages.keepScan(DIGEST, LEASE_MS)).toBe(true);
    await other.remoteImages.releaseScan(DIGEST);
    expect(await stateOf(first)).toBe("running");
    await owner.scans.finish(DIGEST, { state: "done", report: testReport(DIGEST) });
    expect(await other.remoteImages.claimScan(DIGEST, LEASE_MS)).toBe("finished");
  });

  it("a scan whose process died, or fell silent, is another's", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    const third = await open({ url: first.connectionString });
    await first.remoteImages.claimScan(DIGEST, LEASE_MS);
    await first[Symbol.asyncDispose]();
    expect(await second.remoteImages.claimScan(DIGEST, -1)).toBe("claimed");
    // alive, as far as the database can tell, but silent
    expect(await third.remoteImages.claimScan(DIGEST, LEASE_MS)).toBe("claimed");
    expect(await second.remoteImages.keepScan(DIGEST, LEASE_MS)).toBe(false);
  });

  it("a scan that is given back leaves nothing, or the report that was there", async () => {
    const database = await open();
    const { remoteImages, scans } = database;
    await remoteImages.claimScan(DIGEST, LEASE_MS);
    await remoteImages.releaseScan(DIGEST);
    expect(await stateOf(database)).toBeUndefined();
    await remoteImages.claimScan(DIGEST, LEASE_MS);
    await scans.finish(DIGEST, { state: "done", report: testReport(DIGEST) });
    await scans.request(DIGEST);
    expect(await remoteImages.claimScan(DIGEST, LEASE_MS)).toBe("claimed");
    await remoteImages.releaseScan(DIGEST);
    expect(await scans.find(DIGEST)).toMatchObject({ state: "pending", isRemote: true, report: testReport(DIGEST) });
  });

  it("the scanner of our own images leaves them alone, until the image is pushed here", async () => {
    const database = await open();
    const { remoteImages, scans, registry } = database;
    await remoteImages.claimScan(DIGEST, LEASE_MS);
    await scans.request(DIGEST);
    await query(database.connectionString, "update scan set state = 'pending'");
    expect(await scans.listUnfinished()).toEqual([]);
    await registry.putManifest(testManifest({ digest: DIGEST }), "1.0");
    expect(await scans.listUnfinished()).toEqual([DIGEST]);
    expect(await remoteImages.claimScan(DIGEST, LEASE_MS)).toBe("busy");
  });

  it("what nobody saw for long is forgotten with its scan; a look keeps it, and our own images stay", async () => {
    let now = new Date("2026-01-01T00:00:00Z");
    const database = await open({ now: () => now });
    const { remoteImages, scans, registry } = database;
    const [kept, ours] = [testDigest("kept"), testDigest("ours")];
    for (const digest of [DIGEST, kept]) {
      await remoteImages.put({ ...RECORD, digest });
      await remoteImages.claimScan(digest, LEASE_MS);
      await scans.finish(digest, { state: "done", report: testReport(digest) });
    }
    await registry.putManifest(testManifest({ digest: ours }), "1.0");
    now = new Date("2026-06-01T00:00:00Z");
    await remoteImages.findMany([kept]);
    expect(await remoteImages.prune(new Date("2026-03-01T00:00:00Z"), 10)).toBe(1);
    const left = await scans.findMany([DIGEST, kept, ours]);
    expect([...left.keys()].toSorted()).toEqual([kept, ours].toSorted());
    expect((await remoteImages.findMany([DIGEST])).size).toBe(0);
  });

  it("the repository that holds a digest is found, as a manifest before a blob", async () => {
    const { registry } = await open();
    await registry.putManifest(testManifest(), "1.0");
    await registry.linkBlob("team/b", { digest: testDigest("manifest"), sizeBytes: 1 });
    await registry.linkBlob("team/b", { digest: testDigest("layer"), sizeBytes: 1 });
    expect(await registry.findHolder(testDigest("manifest"))).toEqual({ repository: "team/app", kind: "manifest" });
    expect(await registry.findHolder(testDigest("layer"))).toEqual({ repository: "team/b", kind: "blob" });
    expect(await registry.findHolder(testDigest("nothing"))).toBeUndefined();
  });
});
