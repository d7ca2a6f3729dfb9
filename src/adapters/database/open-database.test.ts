// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { testDigest, testManifest } from "../../../test/support/contracts/database.ts";
import { freePort } from "../../../test/support/free-ports.ts";
import {
  createEmptyDatabase,
  createTestFolder,
  query,
  SILENT_LOG,
  TEST_SECRET_KEY,
} from "../../../test/support/postgres.ts";
import { isAlive } from "./embedded/postmaster.ts";
import type { DatabaseError } from "./errors.ts";
import { type OpenDatabaseOptions, openDatabase } from "./open-database.ts";
import type { Database } from "./stores.ts";

const LONG_MS = 60_000;

async function open(options: Partial<OpenDatabaseOptions> & { readonly dataDir: string }) {
  return openDatabase({
    secretKey: TEST_SECRET_KEY,
    clock: { now: () => new Date() },
    log: SILENT_LOG,
    ...options,
  });
}

/** The server's process id, as it writes it down itself. */
async function serverPid(dataDir: string): Promise<number> {
  const [pid] = (await readFile(join(dataDir, "database/cluster/postmaster.pid"), "utf8")).split("\n");
  return Number(pid);
}

/** Pushes one manifest after the other, keeps what was acknowledged, and returns the first error. */
async function writeUntilRefused(database: Database, writer: number, acknowledged: string[]): Promise<unknown> {
  for (let number = 0; ; number++) {
    const repository = `writer-${writer}/${number}`;
    try {
      await database.registry.putManifest(testManifest({ repository, digest: testDigest(repository) }), "1");
      acknowledged.push(repository);
    } catch (error) {
      return error;
    }
  }
}

async function untilLength(database: Database, list: readonly string[], length: number): Promise<void> {
  while (list.length < length) {
    await database.ping(5_000);
  }
}

describe("the database in its own folder", () => {
  it("keeps everything over a restart, and leaves no process behind", async () => {
    const dataDir = await createTestFolder();
    const first = await open({ dataDir });
    const pid = await serverPid(dataDir);
    await first.secrets.set("s", Uint8Array.of(1));
    await first[Symbol.asyncDispose]();
    expect(isAlive(pid)).toBe(false);
    await using second = await open({ dataDir });
    expect(second.clusterId).toBe(first.clusterId);
    expect(await second.secrets.get("s")).toEqual(Uint8Array.of(1));
    expect(await readdir(dataDir)).toEqual(["database"]);
  });

  it("the wrong secret key is refused at the start, before anything listens", async () => {
    const dataDir = await createTestFolder();
    await (await open({ dataDir }))[Symbol.asyncDispose]();
    await expect(open({ dataDir, secretKey: new Uint8Array(32) })).rejects.toMatchObject({
      code: "SECRET_KEY_WRONG",
      details: { folder: join(dataDir, "database") },
    });
    await expect(stat(join(dataDir, "database/cluster/postmaster.pid"))).rejects.toThrow("ENOENT");
    await using _again = await open({ dataDir });
  });

  it(
    "kill -9 of the server: it comes back, subscribers hear of the gap, nothing acknowledged is lost",
    async () => {
      const dataDir = await createTestFolder();
      await using database = await open({ dataDir });
      await database.scans.markRunning(testDigest("a"));
      await database.secrets.set("s", Uint8Array.of(1));
      const acknowledged: string[] = [];
      const writers = Array.from({ length: 8 }, (_, writer) => writeUntilRefused(database, writer, acknowledged));
      const isBack = new Promise<void>((resolve) => {
        database.events.subscribe(() => undefined, resolve);
      });
      await Promise.race([...writers, untilLength(database, acknowledged, 50)]);
      process.kill(await serverPid(dataDir), "SIGKILL");
      await isBack;
      for (const failure of await Promise.all(writers)) {
        expect(failure).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
      }
      for (const repository of acknowledged) {
        expect(await database.registry.findManifest(repository, { tag: "1" })).toMatchObject({ repository });
      }
      expect(await database.secrets.get("s")).toEqual(Uint8Array.of(1));
      // This process still lives: its scans are not given to somebody else.
      expect(await database.scans.listUnfinished()).not.toContain(testDigest("a"));
      const event = new Promise((resolve) => database.events.subscribe(resolve));
      await database.scans.request(testDigest("b"));
      expect(await event).toMatchObject({ type: "scan-changed", digest: testDigest("b") });
      await database.ping(5_000);
    },
    LONG_MS,
  );

  it("fits beside a server on a small machine", async () => {
    const dataDir = await createTestFolder();
    await using database = await open({ dataDir });
    const { rows } = await query(database.connectionString, "select count(*)::int as n from pg_stat_activity");
    // Server processes and connections: each costs memory.
    expect(rows[0].n).toBeLessThan(12);
  });
});

describe("an external database", () => {
  it("is waited for, and then given up with a clear error without the password", async () => {
    const dataDir = await createTestFolder();
    const port = await freePort();
    const url = `postgresql://u:topsecret@127.0.0.1:${port}/x`;
    const failure = await open({ dataDir, url, connectTimeoutMs: 1 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "DATABASE_UNAVAILABLE",
      details: { host: `127.0.0.1:${port}`, reason: expect.stringContaining("ECONNREFUSED") as unknown },
    });
    expect(JSON.stringify(failure) + String(failure) + String((failure as Error).stack)).not.toContain("topsecret");
  });

  it.each([
    { name: "another scheme", url: "mysql://u:topsecret@db/x" },
    { name: "no scheme", url: "u:topsecret@db/x" },
    { name: "nothing", url: "" },
    { name: "a password that is not encoded", url: "postgresql://u:topsecret/#%@db:port/x" },
    { name: "a port that is none", url: "postgresql://u:topsecret@db:99999/x" },
  ])("with $name as its URL is refused at once, without the password", async ({ url }) => {
    const dataDir = await createTestFolder();
    const failure = await open({ dataDir, url }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "DATABASE_URL_INVALID" });
    expect(inspect(failure, { depth: 9 })).not.toContain("topsecret");
    expect(await readdir(dataDir)).toEqual([]);
  });

  it("on an unknown host says so when it was waited for", async () => {
    const url = "postgresql://u:topsecret@no-such-host.invalid/x";
    const failure = await open({ dataDir: await createTestFolder(), url, connectTimeoutMs: 1 }).catch(
      (error: unknown) => error,
    );
    // A machine without any name server cannot tell.
    expect(["DATABASE_HOST_UNKNOWN", "DATABASE_UNAVAILABLE"]).toContain((failure as DatabaseError).code);
    expect(failure).toMatchObject({ details: { host: "no-such-host.invalid:5432" } });
  });

  it("that does not have the database, or the role, is not waited for", async () => {
    const dataDir = await createTestFolder();
    const url = new URL(await createEmptyDatabase());
    url.username = "nobody-here";
    await expect(open({ dataDir, url: url.toString() })).rejects.toMatchObject({
      code: "DATABASE_LOGIN_REFUSED",
      details: { user: "nobody-here", reason: 'role "nobody-here" does not exist' },
    });
    url.username = "haechi";
    url.pathname = "/nowhere";
    await expect(open({ dataDir, url: url.toString() })).rejects.toMatchObject({
      code: "DATABASE_MISSING",
      details: { database: "nowhere", user: "haechi" },
      message: expect.stringContaining("has no database nowhere") as unknown,
    });
  });

  it("is not waited for once the start is aborted", async () => {
    const url = `postgresql://u@127.0.0.1:${await freePort()}/x`;
    const dataDir = await createTestFolder();
    await expect(open({ dataDir, url, signal: AbortSignal.abort() })).rejects.toThrow("abort");
  });

  it("in another encoding is refused", async () => {
    const url = await createEmptyDatabase();
    await query(url, "create database latin1 template template0 encoding 'LATIN1' locale 'C' locale_provider 'libc'");
    const latin1 = new URL(url);
    latin1.pathname = "/latin1";
    await expect(open({ dataDir: await createTestFolder(), url: latin1.toString() })).rejects.toMatchObject({
      code: "DATABASE_ENCODING",
    });
  });
});
