// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { chmod, open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { AuditEntry, Database } from "#database";
import { createTestFolder, query, SILENT_LOG, TEST_SECRET_KEY } from "../../../../test/support/postgres.ts";
import { describeWithTools } from "../../../../test/support/tools.ts";
import { openDatabase } from "../open-database.ts";

const run = promisify(execFile);

/** A file system of a few megabytes, unmounted when disposed. */
async function mountSmallDisk(sizeMib: number): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await createTestFolder();
  await run("mount", ["-t", "tmpfs", "-o", `size=${sizeMib}m,mode=711`, "haechi-test", folder]);
  return {
    folder,
    async [Symbol.asyncDispose]() {
      await run("umount", ["--lazy", folder]);
      await chmod(folder, 0o711);
    },
  };
}

async function openOn(dataDir: string): Promise<Database> {
  return openDatabase({
    dataDir,
    secretKey: TEST_SECRET_KEY,
    clock: { now: () => new Date() },
    log: SILENT_LOG,
  });
}

function entry(number: number): AuditEntry {
  return {
    actor: "a",
    action: "test",
    target: `${number} `.padEnd(2_000, "x"),
    requestId: String(number),
    at: "2026-11-22T00:00:00.000Z",
  };
}

/** Fills the disk up to some kilobytes. */
async function fill(path: string): Promise<void> {
  const file = await open(path, "w");
  try {
    const { bavail, bsize } = await statfs(path);
    await file.write(Buffer.alloc(Math.max(0, bavail * bsize - 256 * 1024)));
  } finally {
    await file.close();
  }
}

async function untilItFails(call: () => Promise<void>): Promise<unknown> {
  for (;;) {
    const error = await call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error !== undefined && (error as { code?: unknown }).code !== "DATABASE_UNAVAILABLE") {
      return error;
    }
  }
}

describeWithTools("a full disk", ["mount"], () => {
  it("is said, loses no row that was acknowledged, and is over when there is space again", async () => {
    await using disk = await mountSmallDisk(128);
    const acknowledged: string[] = [];
    {
      await using database = await openOn(disk.folder);
      await fill(join(disk.folder, "filler"));
      let failure: unknown;
      for (let number = 0; failure === undefined; number++) {
        await database.audit.append(entry(number)).then(
          () => acknowledged.push(String(number)),
          (error: unknown) => {
            failure = error;
          },
        );
      }
      expect(acknowledged.length).toBeGreaterThan(10);
      expect(failure).toMatchObject({ code: "DISK_FULL" });
      await rm(join(disk.folder, "filler"));
    }
    await using database = await openOn(disk.folder);
    const stored = (await database.audit.list({ limit: 1_000_000 })).map((each) => each.requestId);
    expect(stored).toEqual(expect.arrayContaining(acknowledged));
    await database.audit.append(entry(-1));
    expect(await database.audit.list({ limit: 1 })).toEqual([entry(-1)]);
  }, 60_000);

  it("that stops the server is said, loses no row, and is over by itself when there is space again", async () => {
    await using disk = await mountSmallDisk(128);
    await using database = await openOn(disk.folder);
    await database.audit.append(entry(1));
    const isBack = new Promise<void>((resolve) => {
      database.events.subscribe(() => undefined, resolve);
    });
    await fill(join(disk.folder, "filler"));
    // Only the write-ahead log grows: that the server cannot survive (it panics, and cannot recover).
    await expect(
      query(
        database.connectionString,
        "select pg_logical_emit_message(true, '', repeat('x', 1000000)) from generate_series(1, 100)",
      ),
    ).rejects.toMatchObject({ code: "53100" });
    await expect(untilItFails(() => database.ping(5_000))).resolves.toMatchObject({ code: "DISK_FULL" });
    await expect(database.audit.append(entry(2))).rejects.toMatchObject({ code: "DISK_FULL" });
    await rm(join(disk.folder, "filler"));
    await isBack;
    await database.audit.append(entry(3));
    expect(await database.audit.list({ limit: 10 })).toEqual([entry(3), entry(1)]);
  }, 60_000);

  it("at the first start is said, and a later start makes the database", async () => {
    await using disk = await mountSmallDisk(60);
    await fill(join(disk.folder, "filler"));
    await expect(openOn(disk.folder)).rejects.toMatchObject({ code: "DISK_FULL" });
    await rm(join(disk.folder, "filler"));
    await using database = await openOn(disk.folder);
    expect(database.clusterId).toMatch(/./);
  }, 60_000);
});
