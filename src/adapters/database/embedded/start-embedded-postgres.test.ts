// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestFolder, query, SILENT_LOG } from "../../../../test/support/postgres.ts";
import { describeWithTools, tool } from "../../../../test/support/tools.ts";
import { isAlive, waitForEnd } from "./postmaster.ts";
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./start-embedded-postgres.ts";
import { chooseSystemAccount, isRoot } from "./system-account.ts";
import { startHolder } from "./testdata/database-holder.ts";

const LONG_MS = 30_000;

/** A log that keeps its lines. */
function createTestLog() {
  const lines: string[] = [];
  function keep(values: Readonly<Record<string, unknown>>, message: string): void {
    lines.push(`${message} ${JSON.stringify(values)}`);
  }
  return { lines, log: { debug: keep, info: keep, warn: keep, error: keep } };
}

async function start(dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}) {
  return startEmbeddedPostgres({ dataDir, log: SILENT_LOG, ...options });
}

describe("the embedded PostgreSQL", () => {
  it("keeps what was written, over a clean stop", async () => {
    const dataDir = await createTestFolder();
    const first = await start(dataDir);
    await query(first.connectionString, "create table t (v text); insert into t values ('한글')");
    await first[Symbol.asyncDispose]();
    expect(isAlive(first.pid ?? 0)).toBe(false);
    const { lines, log } = createTestLog();
    await using second = await start(dataDir, { log });
    expect((await query(second.connectionString, "select v from t")).rows).toEqual([{ v: "한글" }]);
    expect(lines.join("\n")).toContain("database system was shut down at");
    expect(lines.join("\n")).not.toContain("not properly shut down");
  });

  it("is durable, small and reachable through its private socket only", async () => {
    const dataDir = await createTestFolder();
    await using server = await start(dataDir);
    const settings = await query(
      server.connectionString,
      `select name, setting || coalesce(unit, '') as value from pg_settings where name in
       ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_connections', 'listen_addresses', 'server_encoding')`,
    );
    expect(Object.fromEntries(settings.rows.map(({ name, value }) => [name, value]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      shared_buffers: "20488kB",
      max_connections: "30",
      listen_addresses: "",
      server_encoding: "UTF8",
    });
    for (const folder of ["cluster", "socket"]) {
      expect((await stat(join(dataDir, "database", folder))).mode & 0o777).toBe(0o700);
    }
  });

  it("orders text by code point and knows letters beyond ASCII", async () => {
    await using server = await start(await createTestFolder());
    const { rows } = await query(server.connectionString, "select lower('ÄB') as lower, 'a' > 'B' as by_code_point");
    expect(rows).toEqual([{ lower: "äb", by_code_point: true }]);
  });

  it("a start that was broken off while making the database is made good", async () => {
    const dataDir = await createTestFolder();
    await mkdir(join(dataDir, "database/cluster.new/base"), { recursive: true });
    await using server = await start(dataDir);
    expect(await readdir(join(dataDir, "database"))).not.toContain("cluster.new");
    expect((await query(server.connectionString, "select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  it("an aborted start leaves nothing running and nothing locked", async () => {
    const dataDir = await createTestFolder();
    await expect(start(dataDir, { signal: AbortSignal.abort() })).rejects.toThrow("abort");
    await using server = await start(dataDir);
    expect(server.problem).toBeUndefined();
  });

  it("a data folder with a long path has its socket elsewhere", async () => {
    const dataDir = join(await createTestFolder(), "d".repeat(100));
    const before = await socketFolders();
    const server = await start(dataDir);
    expect(decodeURIComponent(server.connectionString).length).toBeLessThan(150);
    expect((await query(server.connectionString, "select 1 as one")).rows).toEqual([{ one: 1 }]);
    await server[Symbol.asyncDispose]();
    expect(await socketFolders()).toEqual(before);
  });
});

async function socketFolders(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("haechi-socket-"));
}

describe("two processes on one data folder", () => {
  it("the second is refused and told who the first is, and can start when that has stopped", async () => {
    const dataDir = await createTestFolder();
    await using holder = await startHolder(dataDir);
    expect(holder.first).toMatchObject({ state: "running" });
    await expect(start(dataDir)).rejects.toMatchObject({
      code: "DATABASE_IN_USE",
      message: expect.stringContaining(`pid ${holder.child.pid}`) as unknown,
      details: { pid: holder.child.pid },
    });
    holder.child.kill("SIGTERM");
    expect(await holder.next()).toEqual({ state: "stopped" });
    await using server = await start(dataDir);
    expect(server.problem).toBeUndefined();
  });

  it("the second in the same process is refused, too, and does no harm to the first", async () => {
    const dataDir = await createTestFolder();
    await using first = await start(dataDir);
    await expect(start(dataDir)).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
    await using holder = await startHolder(dataDir);
    expect(holder.first).toMatchObject({ state: "failed", code: "DATABASE_IN_USE" });
    expect((await query(first.connectionString, "select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  it("of several that start at once on a new folder, one runs", async () => {
    const dataDir = await createTestFolder();
    const results = await Promise.allSettled([start(dataDir), start(dataDir), start(dataDir)]);
    const running = results.filter((result) => result.status === "fulfilled");
    expect(running).toHaveLength(1);
    await running[0]?.value[Symbol.asyncDispose]();
  });
});

describe("after a process was killed", () => {
  it("a note about a holder that is gone keeps nobody out, even if its process id is in use again", async () => {
    const dataDir = await createTestFolder();
    await (await start(dataDir))[Symbol.asyncDispose]();
    await writeFile(join(dataDir, "database/lock.json"), JSON.stringify({ pid: process.ppid }));
    await using server = await start(dataDir);
    expect(server.problem).toBeUndefined();
  });

  describeWithTools("with setpriv", ["setpriv"], () => {
    it(
      "kill -9: the server ends with its parent, and no acknowledged row is lost",
      async () => {
        const dataDir = join(await createTestFolder(), "long".repeat(30));
        const before = await socketFolders();
        await using holder = await startHolder(dataDir);
        const { url = "", pid = 0 } = holder.first;
        await query(url, "create table t (v int); insert into t select generate_series(1, 1000)");
        holder.child.kill("SIGKILL");
        expect(await waitForEnd(pid, LONG_MS)).toBe(true);
        await using server = await start(dataDir);
        expect((await query(server.connectionString, "select count(*)::int as n from t")).rows).toEqual([{ n: 1000 }]);
        await server[Symbol.asyncDispose]();
        expect(await socketFolders()).toEqual(before);
      },
      LONG_MS,
    );

    it("Ctrl-C hits the process group, but the server stops only when it is told to", async () => {
      const dataDir = await createTestFolder();
      await using holder = await startHolder(dataDir);
      process.kill(-(holder.child.pid ?? 0), "SIGINT");
      expect(await holder.next()).toEqual({ state: "stopped" });
      expect(isAlive(holder.first.pid ?? 0)).toBe(false);
    });
  });

  it("a server that was left running is stopped cleanly before ours starts", async () => {
    const dataDir = await createTestFolder();
    await (await start(dataDir))[Symbol.asyncDispose]();
    // As it would be without setpriv: a server on our folder that nobody looks after.
    const cluster = join(dataDir, "database/cluster");
    const { binDir } = await packagedBinaries();
    const account = isRoot() ? await chooseSystemAccount(undefined) : undefined;
    const orphan = spawn(
      join(binDir, "postgres"),
      ["-D", cluster, "-c", "listen_addresses=", "-c", `unix_socket_directories=${join(dataDir, "database/socket")}`],
      {
        cwd: "/",
        env: { LC_ALL: "C" },
        stdio: ["ignore", "ignore", "pipe"],
        ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
      },
    );
    const ended = once(orphan, "exit");
    for await (const chunk of orphan.stderr) {
      if (String(chunk).includes("ready to accept connections")) {
        break;
      }
    }
    const { lines, log } = createTestLog();
    await using server = await start(dataDir, { log });
    await ended;
    expect(orphan.exitCode).toBe(0);
    expect(lines.join("\n")).toContain("stopping a PostgreSQL that was left running");
    expect(lines.join("\n")).not.toContain("not properly shut down");
    expect(server.pid).not.toBe(orphan.pid);
  });

  it("a postmaster.pid whose process id is another program's by now keeps nobody out", async () => {
    const dataDir = await createTestFolder();
    await (await start(dataDir))[Symbol.asyncDispose]();
    const account = isRoot() ? await chooseSystemAccount(undefined) : undefined;
    const other = spawn("sleep", ["60"], account === undefined ? {} : { uid: account.uid, gid: account.gid });
    try {
      const cluster = join(dataDir, "database/cluster");
      await writeFile(join(cluster, "postmaster.pid"), `${other.pid}\n${cluster}\n1700000000\n5432\n\n\n`);
      await using server = await start(dataDir);
      expect(server.problem).toBeUndefined();
      expect(isAlive(other.pid ?? 0)).toBe(true);
    } finally {
      other.kill();
    }
  });
});

it("a server that was killed can be stopped while it is coming back", async () => {
  const dataDir = await createTestFolder();
  const server = await start(dataDir);
  process.kill(server.pid ?? 0, "SIGKILL");
  await server[Symbol.asyncDispose]();
  await using again = await start(dataDir);
  expect(again.problem).toBeUndefined();
});

async function packagedBinaries(): Promise<{ readonly binDir: string }> {
  const { findBinaries } = await import("./postgres-binaries.ts");
  return findBinaries({ account: undefined, fallbackRoot: "/nonexistent", log: SILENT_LOG });
}

describeWithTools("a data folder of another major version", ["initdb"], () => {
  it("is refused with a message that says how to dump and restore, and left alone", async () => {
    const dataDir = await createTestFolder();
    await (await start(dataDir, { binDir: dirname(tool("initdb")) }))[Symbol.asyncDispose]();
    await expect(start(dataDir)).rejects.toMatchObject({
      code: "DATABASE_OTHER_MAJOR",
      details: { found: "15", expected: 18 },
      message: expect.stringMatching(/pg_dump.*pg_restore/) as unknown,
    });
    expect(await readFile(join(dataDir, "database/cluster/PG_VERSION"), "utf8")).toBe("15\n");
  });
});
