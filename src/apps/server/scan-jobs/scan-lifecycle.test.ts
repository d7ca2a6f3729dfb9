// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase } from "#advisory-db";
import type { Digest } from "#base";
import type { Configuration } from "#configuration";
import { type ApiTestBed, createApiTestBed } from "../../../../test/support/api-server.ts";
import { CLAMD_MARKER, CLAMD_NAME, startClamd } from "../../../../test/support/clamd.ts";
import { eventually } from "../../../../test/support/eventually.ts";
import { buildImage, type TestImage, writeOciLayout } from "../../../../test/support/image-builder.ts";
import { manyEntriesImage } from "../../../../test/support/many-entries-image.ts";
import { type LiveAdvisories, openLiveAdvisories, withDatabaseInUse } from "../advisory-updates/index.ts";
import { type ScanJobs, startScanJobs } from "./start-scan-jobs.ts";

/** Looks like a real one, and is none. */
const KEY_ID = ["AKIA", "Q7LZKPT5WVN2DHJX"].join("");

const ORDINARY = buildImage([
  {
    entries: [
      { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
      {
        path: "var/lib/dpkg/status",
        content: "Package: libfoo1\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\nSource: foo\n\n",
      },
      { path: "app/node_modules/p/package.json", content: '{"name":"p","version":"1.0.0"}' },
      { path: "app/.env", content: `AWS_ACCESS_KEY_ID=${KEY_ID}\n` },
    ],
  },
]);

const OTHER = buildImage([
  {
    entries: [
      { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
      { path: "app/node_modules/q/package.json", content: '{"name":"q","version":"1.0.0"}' },
    ],
  },
]);

let folder: string;
let bed: ApiTestBed;
let live: LiveAdvisories;
let inUse: string;
let jobs: ScanJobs | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-scan-lifecycle-"));
  bed = await createApiTestBed();
  inUse = await advisoriesNamed("one", [record("A-1", "npm", "p", "2.0.0")]);
  live = await openLiveAdvisories(() => Promise.resolve(inUse));
});

afterEach(async () => {
  await jobs?.stop();
  jobs = undefined;
  live[Symbol.dispose]();
  await bed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function record(id: string, ecosystem: string, name: string, fixed: string): object {
  const events = [{ introduced: "0" }, { fixed }];
  const affected = [{ package: { ecosystem, name }, ranges: [{ type: "ECOSYSTEM", events }] }];
  return { id, modified: "2026-01-01T00:00:00Z", affected };
}

async function advisoriesNamed(name: string, records: readonly object[]): Promise<string> {
  const output = join(folder, name);
  await buildAdvisoryDatabase({ records, output });
  return output;
}

async function start(
  change: Partial<Configuration["scan"]> = {},
  malware: Configuration["malware"] = {},
): Promise<void> {
  bed.context.telemetry.metrics.clear();
  const configuration = {
    ...bed.context.configuration,
    malware,
    scan: { ...bed.context.configuration.scan, ...change },
  };
  jobs = await startScanJobs(
    { ...bed.context, configuration },
    {
      layoutDir: join(folder, "registry"),
      get advisoryFile() {
        return live.file;
      },
      advisories: live,
      sweepIntervalMs: 200,
    },
  );
}

async function push(name: string, image: TestImage): Promise<Digest> {
  writeOciLayout(join(folder, "registry"), { [name]: image });
  const { digest, mediaType, size } = image.manifest;
  const pushed = { repository: `team/${name}`, digest, mediaType, kind: "image", sizeBytes: size } as const;
  await bed.database.registry.putManifest(
    { ...pushed, references: [], pushedBy: "alice", pushedAt: new Date().toISOString() },
    "1.0",
  );
  return digest;
}

/** The scan once it is over. */
async function ended(digest: Digest) {
  return await eventually(async () => {
    const scan = await bed.database.scans.find(digest);
    return scan?.state === "pending" || scan?.state === "running" ? undefined : scan;
  }, 60);
}

/** Ids of the findings once the report was made with the database. */
async function matchedWith(database: string, digest: Digest): Promise<readonly string[] | undefined> {
  const scan = await eventually(async () => {
    const found = await bed.database.scans.find(digest);
    return found?.report?.database.digest === database ? found : undefined;
  }, 30);
  return scan.report?.findings.map(({ id }) => id).sort();
}

async function lastJob(digest: Digest) {
  const [job] = await bed.database.scanJobs.list({ limit: 1, digests: [digest] });
  return job;
}

describe("findings", () => {
  it("made again of the stored inventory are byte for byte those of a new scan", async () => {
    await start();
    const digest = await push("app", ORDINARY);
    const before = await ended(digest);
    expect(before?.report?.findings.map(({ id }) => id)).toEqual(["A-1"]);
    inUse = await advisoriesNamed("two", [
      record("A-2", "npm", "p", "1.0.1"),
      record("D-1", "Debian:12", "foo", "1.0-2"),
    ]);
    expect(await live.reload()).toBe(true);
    const rematched = await eventually(async () => {
      const scan = await bed.database.scans.find(digest);
      return scan?.report?.database.digest === live.info.digest ? scan : undefined;
    }, 30);
    expect(new Set(rematched.report?.findings.map(({ id }) => id))).toEqual(new Set(["A-2", "D-1"]));
    // the image was not read for it
    expect(rematched.scannedAt).toBe(before?.scannedAt);
    expect(await bed.database.scanJobs.list({ limit: 9 })).toHaveLength(1);
    expect((await bed.database.scanIndex.findHolding({ vulnerability: "D-1", limit: 9, offset: 0 })).total).toBe(1);

    await bed.database.scans.request(digest);
    const scanned = await ended(digest);
    expect(scanned?.scannedAt).not.toBe(before?.scannedAt);
    expect(JSON.stringify(scanned?.report)).toBe(JSON.stringify(rematched.report));
  });

  it("of images that new advisories do not concern stay as they are, and show the database that they are those of", async () => {
    await start();
    const [concerned, other] = [await push("app", ORDINARY), await push("other", OTHER)];
    const before = new Map([
      [concerned, await ended(concerned)],
      [other, await ended(other)],
    ]);
    inUse = await advisoriesNamed("two", [record("A-1", "npm", "p", "2.0.0"), record("A-2", "npm", "p", "2.0.0")]);
    expect(await live.reload()).toBe(true);
    expect(await matchedWith(live.info.digest, concerned)).toEqual(["A-1", "A-2"]);
    const kept = await eventually(async () => {
      const scan = await bed.database.scans.find(other);
      return scan?.databaseDigest === live.info.digest ? scan : undefined;
    }, 30);
    expect(kept).toEqual({ ...before.get(other), databaseDigest: live.info.digest });
    expect(kept.report?.database.digest).not.toBe(live.info.digest);
    const shown = await withDatabaseInUse(bed.database.scans, () => live.info).find(other);
    expect(shown?.report).toEqual({ ...kept.report, database: live.info });
    await bed.database.scans.request(other);
    expect(JSON.stringify((await ended(other))?.report)).toBe(JSON.stringify(shown?.report));

    // an advisory that was taken back is a change, too
    inUse = await advisoriesNamed("three", [record("A-2", "npm", "p", "2.0.0")]);
    expect(await live.reload()).toBe(true);
    expect(await matchedWith(live.info.digest, concerned)).toEqual(["A-2"]);
    expect((await bed.database.scans.find(concerned))?.scannedAt).toBe(before.get(concerned)?.scannedAt);
  }, 90_000);

  it("are all made again when more changes than names: another ecosystem, or a start with another database", async () => {
    await start();
    const other = await push("other", OTHER);
    const first = await ended(other);
    inUse = await advisoriesNamed("two", [record("A-1", "npm", "p", "2.0.0"), record("P-1", "PyPI", "p", "2.0.0")]);
    expect(await live.reload()).toBe(true);
    expect(await matchedWith(live.info.digest, other)).toEqual([]);
    expect((await bed.database.scans.find(other))?.finishedAt).not.toBe(first?.finishedAt);
    await jobs?.stop();
    inUse = await advisoriesNamed("three", [record("A-2", "npm", "p", "2.0.0"), record("P-1", "PyPI", "p", "2.0.0")]);
    expect(await live.reload()).toBe(true);
    await start();
    expect(await matchedWith(live.info.digest, other)).toEqual([]);
  }, 90_000);

  it("of other analyzers than ours make a scan in the background, and a scan that fails leaves them in force", async () => {
    await start();
    const good = await push("good", ORDINARY);
    const gone = await push("gone", buildImage([{ entries: [{ path: "a", content: "b" }] }]));
    const [goodScan, goneScan] = [await ended(good), await ended(gone)];
    await jobs?.stop();
    for (const scan of [goodScan, goneScan]) {
      const { report } = scan ?? {};
      if (report !== undefined && scan !== undefined) {
        const inventory = { ...report.inventory, analyzers: { dpkg: "0" } };
        await bed.database.scans.finish(scan.digest, { state: "done", report: { ...report, inventory } });
      }
    }
    await rm(join(folder, "registry", "blobs", "sha256", gone.slice("sha256:".length)));
    await start();
    const renewed = await eventually(async () => {
      const job = await lastJob(good);
      return job?.reason === "analyzers" && job.state === "done" ? job : undefined;
    }, 60);
    expect(renewed.requestedBy).toBeUndefined();
    expect((await bed.database.scans.find(good))?.report?.inventory.analyzers).not.toEqual({ dpkg: "0" });
    await eventually(async () => ((await lastJob(gone))?.state === "failed" ? true : undefined), 60);
    expect(await bed.database.scans.find(gone)).toMatchObject({
      state: "done",
      report: { inventory: { analyzers: { dpkg: "0" } } },
    });
  });
});

describe("a scan", () => {
  it("keeps what it found in layers, and looks for what the settings say", async () => {
    await start({ scanners: ["vulnerability", "secret"] });
    const scan = await ended(await push("app", ORDINARY));
    const kinds = new Set(scan?.report?.otherFindings?.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(["secret"]));
    expect(JSON.stringify(scan?.report)).not.toContain(KEY_ID);
    expect(await readdir(join(bed.context.configuration.dataDir, "cache", "layers"))).toHaveLength(1);
  });

  it("gives files to the clamd that is configured, when malware is looked for", async () => {
    await using clamd = await startClamd();
    await start({ scanners: ["vulnerability", "malware"] }, { clamd: clamd.socketAddress });
    const digest = await push("bad", buildImage([{ entries: [{ path: "srv/tool", content: `x${CLAMD_MARKER}` }] }]));
    expect((await ended(digest))?.report?.otherFindings).toMatchObject([
      { kind: "malware", rule: CLAMD_NAME, evidence: { path: "srv/tool" } },
    ]);
  }, 90_000);

  it("that needs too much memory fails with its reason, once, and the next one runs", async () => {
    const hostile = await manyEntriesImage(600_000);
    await start({ memoryMiB: 64, layerCacheBytes: 0 });
    const bad = await push("hostile", hostile);
    const good = await push("app", ORDINARY);
    expect(await ended(bad)).toMatchObject({
      state: "failed",
      attempts: 1,
      message: expect.stringContaining("more memory than 64 MiB"),
    });
    expect((await ended(good))?.state).toBe("done");
  });

  it("that takes too long is tried again, then fails with its reason, and says how far it came", async () => {
    const large = await manyEntriesImage(600_000);
    await start({ timeoutMs: 700, maxAttempts: 2, layerCacheBytes: 0 });
    const digest = await push("large", large);
    expect(await ended(digest)).toMatchObject({ state: "failed", message: "the scan took longer than 700 ms" });
    expect(await lastJob(digest)).toMatchObject({ state: "failed", attempts: 2 });
  });

  it("that somebody stops ends at once, and the next one runs", async () => {
    const large = await manyEntriesImage(1_500_000);
    await start({ layerCacheBytes: 0 });
    const digest = await push("large", large);
    await eventually(async () => {
      const job = await lastJob(digest);
      return job?.state === "running" && job.totalBytes > 0 ? true : undefined;
    }, 60);
    const good = await push("app", ORDINARY);
    expect(await bed.database.scanJobs.abandon(digest, { state: "cancelled", message: "stopped by alice" })).toBe(true);
    expect((await ended(good))?.state).toBe("done");
    expect(await bed.database.scans.find(digest)).toMatchObject({ state: "failed", message: "stopped by alice" });
    expect(await lastJob(digest)).toMatchObject({ state: "cancelled", attempts: 1 });
  });
});
