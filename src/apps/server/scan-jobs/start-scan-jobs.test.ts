// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureBundledDatabase, openAdvisoryDatabase } from "#advisory-db";
import { digestOf } from "#base";
import { type ApiTestBed, BAD_PACKAGES, createApiTestBed, finishScan } from "../../../../test/support/api-server.ts";
import { eventually } from "../../../../test/support/eventually.ts";
import { buildImage, writeOciLayout } from "../../../../test/support/image-builder.ts";
import { type ScanJobs, startScanJobs } from "./start-scan-jobs.ts";

const IMAGE = buildImage([
  {
    entries: [
      { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
      { path: "var/lib/dpkg/status", content: "" },
    ],
  },
]);
const { digest } = IMAGE.manifest;

let folder: string;
let bed: ApiTestBed;
let advisoryFile: string;
let advisories: ReturnType<typeof openAdvisoryDatabase>;
let jobs: ScanJobs | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-scan-jobs-"));
  writeOciLayout(join(folder, "registry"), { "1.0": IMAGE });
  bed = await createApiTestBed();
  advisoryFile = await ensureBundledDatabase(join(folder, "cache"));
  advisories = openAdvisoryDatabase(advisoryFile);
  await start();
});

afterEach(async () => {
  await jobs?.stop();
  advisories[Symbol.dispose]();
  await bed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  bed.context.telemetry.metrics.clear();
  jobs = await startScanJobs(bed.context, {
    layoutDir: join(folder, "registry"),
    advisoryFile,
    advisories,
    sweepIntervalMs: 200,
  });
}

/** As a push does, up to the event that tells the scanner: the process that pushed was killed in between. */
async function pushUnheard(): Promise<void> {
  await bed.database.registry.putManifest(
    {
      repository: "team/app",
      digest,
      mediaType: IMAGE.manifest.mediaType,
      kind: "image",
      sizeBytes: IMAGE.manifest.size,
      references: [],
      pushedBy: "admin",
      pushedAt: new Date().toISOString(),
    },
    "1.0",
  );
}

describe("a scan that waits without a job", () => {
  it("is done though nobody heard of the push", async () => {
    await pushUnheard();
    const { report } = await eventually(async () => {
      const record = await bed.database.scans.find(digest);
      return record?.state === "done" ? record : undefined;
    }, 20);
    expect(report?.inventory.status).toBe("complete");
  });

  it("is done when it was asked for at the very end of the last one", async () => {
    const { events, scans } = bed.database;
    const ended: string[] = [];
    const unsubscribe = events.subscribe((event) => {
      if (event.type === "scan-changed" && event.state === "done") {
        ended.push(event.digest);
        if (ended.length < 3) {
          // the job of the scan that just ended is still in the queue, and an image has one job at a time
          void scans.request(digest);
        }
      }
    });
    await scans.request(digest);
    await eventually(() => Promise.resolve(ended.length === 3 ? true : undefined), 20);
    unsubscribe();
    expect((await scans.find(digest))?.state).toBe("done");
  });
});

it("findings made with another advisory database are made again at the start, without reading the image", async () => {
  await jobs?.stop();
  const gone = digestOf("an image whose blobs are not here");
  const packages = BAD_PACKAGES.map(({ findings: _old, ...each }) => each);
  await finishScan(bed.database, gone, { packages });
  await start();
  const report = await eventually(async () => {
    const found = (await bed.database.scans.find(gone))?.report;
    return found?.database.digest === advisories.info.digest ? found : undefined;
  }, 20);
  expect(report.findings.map((finding) => finding.id)).toContain("CVE-2019-10744");
  expect(report.inventory.packages).toHaveLength(packages.length);
});
