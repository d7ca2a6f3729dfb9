// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { TestDatabases } from "../postgres.ts";
import { testDigest, testManifest, testReport } from "./stored-records.ts";

/** What every implementation of `ScanJobStore` has to do. */
export function scanJobContract({ open }: TestDatabases): void {
  const digest = testManifest().digest;

  it("a push is a job with its progress, its end and the names of the image", async () => {
    const { registry, scans, scanJobs } = await open();
    await registry.putManifest(testManifest(), "1.0");
    expect(await scanJobs.list({ limit: 10 })).toMatchObject([
      {
        digest,
        reason: "push",
        requestedBy: "alice",
        state: "pending",
        attempts: 0,
        names: ["team/app:1.0", expect.anything()],
      },
    ]);
    await scans.markRunning(digest);
    expect(await scanJobs.noteProgress(digest, { doneBytes: 5_000_000_000, totalBytes: 6_000_000_000 })).toBe(true);
    await scanJobs.noteFailure(digest, "took too long");
    const [running] = await scanJobs.list({ limit: 10, state: "running" });
    expect(running).toMatchObject({ attempts: 1, doneBytes: 5_000_000_000, message: "took too long" });
    expect(running?.finishedAt).toBeUndefined();
    await scans.finish(digest, { state: "done", report: testReport(digest) });
    expect(await scanJobs.find(running?.id ?? 0)).toMatchObject({ state: "done", finishedAt: expect.any(String) });
    expect(await scanJobs.noteProgress(digest, { doneBytes: 1, totalBytes: 1 })).toBe(false);
  });

  it("what is asked for while it waits in the background does not wait there any more", async () => {
    const { scans, scanJobs } = await open();
    await scans.request(digest, { reason: "analyzers" });
    await scans.markRunning(digest);
    expect(await scanJobs.list({ limit: 10 })).toMatchObject([{ reason: "analyzers", state: "running" }]);
    await scanJobs.abandon(digest, { state: "failed", message: "x" });
    await scans.request(digest, { reason: "analyzers" });
    expect(await scanJobs.listBackground()).toEqual(new Set([digest]));
    await scans.request(digest, { reason: "request", requestedBy: "bob" });
    await scans.request(digest, { reason: "analyzers" });
    expect(await scanJobs.list({ limit: 1 })).toMatchObject([{ reason: "request", requestedBy: "bob" }]);
    expect(await scanJobs.listBackground()).toEqual(new Set());
  });

  it("a stopped scan without a report has failed, with one the report counts again", async () => {
    const { scans, scanJobs } = await open();
    const end = { state: "cancelled", message: "stopped by bob" } as const;
    expect(await scanJobs.abandon(digest, end)).toBe(false);
    await scans.request(digest);
    expect(await scanJobs.abandon(digest, end)).toBe(true);
    expect(await scans.find(digest)).toMatchObject({ state: "failed", message: "stopped by bob" });
    await scans.finish(digest, { state: "done", report: testReport(digest) });
    await scans.request(digest);
    await scans.markRunning(digest);
    expect(await scanJobs.abandon(digest, end)).toBe(true);
    const record = await scans.find(digest);
    expect([record?.state, record?.message, record?.report?.image.digest]).toEqual(["done", undefined, digest]);
    expect((await scanJobs.list({ limit: 10 })).map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  });

  it("the scan of an image of another registry is listed, and nobody here can stop it", async () => {
    const { remoteImages, scanJobs } = await open();
    await remoteImages.claimScan(digest, 60_000);
    expect(await scanJobs.abandon(digest, { state: "cancelled", message: "x" })).toBe(false);
    await remoteImages.releaseScan(digest, "the registry is away");
    expect(await scanJobs.list({ limit: 10 })).toMatchObject([
      { reason: "admission", state: "failed", message: "the registry is away", names: [] },
    ]);
  });

  it("are listed by state, reason, digest and repository, a page at a time, and forgotten when they are old", async () => {
    let now = new Date("2026-01-01T00:00:00Z");
    const { registry, scans, scanJobs } = await open({ now: () => now });
    await registry.putManifest(testManifest(), "1.0");
    const others = ["a", "b", "c"].map(testDigest);
    for (const each of others) {
      await scans.request(each);
    }
    await scans.finish(digest, { state: "unsupported", message: "application/x" });
    const all = await scanJobs.list({ limit: 10 });
    expect(all.map((job) => job.digest)).toEqual([...others.toReversed(), digest]);
    expect(await scanJobs.list({ limit: 2, before: all[1]?.id ?? 0 })).toEqual(all.slice(2));
    expect(await scanJobs.list({ limit: 9, state: "unsupported" })).toEqual([all[3]]);
    expect(await scanJobs.list({ limit: 9, reason: "push" })).toEqual([all[3]]);
    expect(await scanJobs.list({ limit: 9, repository: "team/app" })).toEqual([all[3]]);
    expect(await scanJobs.list({ limit: 9, digests: [testDigest("a"), "\0"] })).toEqual([all[2]]);
    now = new Date("2026-03-01T00:00:00Z");
    expect(await scanJobs.prune(now, 10)).toBe(1);
    expect(await scanJobs.list({ limit: 9 })).toHaveLength(3);
  });

  it("a report in the place of another one leaves the scan that waits alone, and no report that nobody read", async () => {
    const { scans, scanJobs } = await open();
    await scans.finish(digest, { state: "done", report: testReport(digest) });
    const before = await scans.find(digest);
    await scans.request(digest);
    const newer = testReport(digest, "database-2");
    expect(await scans.replaceReport({ digest, finishedAt: "2020-01-01T00:00:00Z" }, newer)).toBe(false);
    expect(await scans.replaceReport(before ?? { digest }, newer)).toBe(true);
    expect(await scans.find(digest)).toMatchObject({
      state: "pending",
      report: { database: { digest: "database-2" } },
      scannedAt: before?.scannedAt,
    });
    expect(await scanJobs.list({ limit: 9, state: "pending" })).toHaveLength(1);
  });

  it("work that only one process may do is done by one at a time", async () => {
    const first = await open();
    const second = await open({ url: first.connectionString });
    await first.scans.withExclusive("rematch", async () => {
      expect(await second.scans.withExclusive("rematch", () => Promise.reject(new Error("never")))).toBe(false);
    });
    expect(await second.scans.withExclusive("rematch", () => Promise.resolve())).toBe(true);
  });
}
