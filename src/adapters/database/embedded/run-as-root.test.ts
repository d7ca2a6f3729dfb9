// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { chmod, chown, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestFolder, query, SILENT_LOG } from "../../../../test/support/postgres.ts";
import { findBinaries } from "./postgres-binaries.ts";
import { startEmbeddedPostgres } from "./start-embedded-postgres.ts";
import { chooseSystemAccount, findSystemAccount, isRoot } from "./system-account.ts";
import { startHolder } from "./testdata/database-holder.ts";

/** The account of these tests: there on every system. */
const NOBODY = "nobody";

/** A folder that only root can enter, as a home folder of root is. */
async function createPrivateFolder(): Promise<string> {
  const folder = join(await createTestFolder(), "private");
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/** A data folder that only root can enter, whose database is elsewhere by now, with a table `t`; stopped. */
async function startElsewhere() {
  const dataDir = await createPrivateFolder();
  const fallbackRoot = join(await createTestFolder(), "lib");
  const warnings: string[] = [];
  const log = { ...SILENT_LOG, warn: (_: unknown, message: string) => void warnings.push(message) };
  const options = { dataDir, fallbackRoot, log, settings: { fsync: "off" } };
  await using server = await startEmbeddedPostgres(options);
  await query(server.connectionString, "create table t (v int)");
  return { dataDir, options, warnings };
}

function uidOf(pid: number | undefined): number {
  return Number(execFileSync("ps", ["-o", "uid=", "-p", String(pid)], { encoding: "utf8" }));
}

// PostgreSQL refuses to run as root; everything here needs root to be tried.
describe.skipIf(!isRoot())("started as root", () => {
  it("the server runs as an unprivileged account, which owns its folders and nothing of ours", async () => {
    const dataDir = await createTestFolder();
    await using server = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG });
    const account = await chooseSystemAccount(undefined);
    expect(uidOf(server.pid)).toBe(account.uid);
    expect(account.uid).not.toBe(0);
    const owners = await Promise.all(
      [".", "lock", "lock.json", "cluster", "socket"].map(
        async (name) => (await stat(join(dataDir, "database", name))).uid,
      ),
    );
    expect(owners).toEqual([0, 0, 0, account.uid, account.uid]);
  });

  it("the account can be named", async () => {
    const dataDir = await createTestFolder();
    const nobody = await findSystemAccount(NOBODY);
    await using server = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG, systemUser: NOBODY });
    expect(uidOf(server.pid)).toBe(nobody?.uid);
  });

  it.each(["root", "no-such-account-here", "-u", "a b", ""])("the account %j is refused", async (systemUser) => {
    const dataDir = await createTestFolder();
    await expect(startEmbeddedPostgres({ dataDir, log: SILENT_LOG, systemUser })).rejects.toMatchObject({
      code: "SYSTEM_ACCOUNT_MISSING",
    });
  });

  it("a database stays with its account, and another one is refused", async () => {
    const dataDir = await createTestFolder();
    const first = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG, systemUser: NOBODY });
    const uid = uidOf(first.pid);
    await first[Symbol.asyncDispose]();
    const second = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG });
    expect(uidOf(second.pid)).toBe(uid);
    await second[Symbol.asyncDispose]();
    await expect(startEmbeddedPostgres({ dataDir, log: SILENT_LOG, systemUser: "daemon" })).rejects.toMatchObject({
      code: "DATA_FOLDER_OWNER",
      details: { owner: uid },
    });
  });

  it("a database below a folder of mode 0700 goes to the folder for that, says so, and stays there", async () => {
    const dataDir = await createPrivateFolder();
    const fallbackRoot = join(await createTestFolder(), "lib");
    const warnings: string[] = [];
    const log = { ...SILENT_LOG, warn: (_: unknown, message: string) => void warnings.push(message) };
    const first = await startEmbeddedPostgres({ dataDir, fallbackRoot, log });
    await query(first.connectionString, "create table t (v int)");
    await first[Symbol.asyncDispose]();
    const [location = ""] = (await readFile(join(dataDir, "database/location"), "utf8")).split("\n");
    expect(dirname(location)).toBe(fallbackRoot);
    expect(warnings.join()).toContain(`cannot enter ${join(dataDir, "database")}; the database is in ${location}`);
    // Even when the folder could be entered by now: the data is where it is.
    await chmod(dataDir, 0o755);
    await using second = await startEmbeddedPostgres({ dataDir, fallbackRoot, log });
    expect((await query(second.connectionString, "select * from t")).rows).toEqual([]);
    await expect(startEmbeddedPostgres({ dataDir, fallbackRoot, log })).rejects.toMatchObject({
      code: "DATABASE_IN_USE",
    });
  });

  it("a data folder that was removed leaves its database behind under another name, and the next one begins anew", async () => {
    const { dataDir, options, warnings } = await startElsewhere();
    await rm(join(dataDir, "database"), { recursive: true });
    const second = await startEmbeddedPostgres(options);
    await expect(query(second.connectionString, "select * from t")).rejects.toThrow("does not exist");
    await second[Symbol.asyncDispose]();
    const [own = "", abandoned = "", ...others] = (await readdir(options.fallbackRoot)).sort();
    expect(others).toEqual([]);
    expect(abandoned).toMatch(new RegExp(`^${own}\\.abandoned-\\d{4}-`));
    expect(warnings.join()).toContain(`renamed to ${join(options.fallbackRoot, abandoned)}`);
    expect(await readdir(join(options.fallbackRoot, abandoned))).toContain("cluster");
  });

  it("a data folder that comes back finds its own database, not that of the one in between", async () => {
    const { dataDir, options } = await startElsewhere();
    await rename(join(dataDir, "database"), join(dataDir, "kept"));
    await (await startEmbeddedPostgres(options))[Symbol.asyncDispose]();
    await rm(join(dataDir, "database"), { recursive: true });
    await rename(join(dataDir, "kept"), join(dataDir, "database"));
    for (const _ of ["found by its id", "found where it is now"]) {
      await using again = await startEmbeddedPostgres(options);
      expect((await query(again.connectionString, "select * from t")).rows).toEqual([]);
      expect(again.folder).toContain(".abandoned-");
    }
    expect(await readdir(options.fallbackRoot)).toHaveLength(2);
  });

  it("a database that a server still uses is not renamed under it", async () => {
    const { dataDir, options } = await startElsewhere();
    await using _running = await startEmbeddedPostgres(options);
    await rm(join(dataDir, "database"), { recursive: true });
    await expect(startEmbeddedPostgres(options)).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
    expect(await readdir(options.fallbackRoot)).toHaveLength(1);
  });

  it.each([
    { name: "with its location stays", lost: [], registry: false, isKept: true },
    { name: "without its location stays with the images", lost: ["location"], registry: true, isKept: true },
    {
      name: "without a location is set aside for a new data folder",
      lost: ["location"],
      registry: false,
      isKept: false,
    },
  ])("a database of an early version, without an id, $name", async ({ lost, registry, isKept }) => {
    const { dataDir, options } = await startElsewhere();
    const location = join(dataDir, "database/location");
    const [base = ""] = (await readFile(location, "utf8")).split("\n");
    await rm(join(base, "id"));
    await writeFile(location, `${base}\n`);
    for (const name of lost) {
      await rm(join(dataDir, "database", name));
    }
    if (registry) {
      await mkdir(join(dataDir, "registry"));
    }
    for (const _ of ["as it was", "tied by now"]) {
      await using again = await startEmbeddedPostgres(options);
      const { rows } = await query(again.connectionString, "select to_regclass('t') is not null as kept");
      expect(rows).toEqual([{ kept: isKept }]);
    }
    expect(await readdir(options.fallbackRoot)).toHaveLength(isKept ? 1 : 2);
  });

  it("a database that is gone, as on a volume that is not mounted, is not replaced by an empty one", async () => {
    const { options } = await startElsewhere();
    await rename(options.fallbackRoot, `${options.fallbackRoot}.away`);
    await expect(startEmbeddedPostgres(options)).rejects.toMatchObject({ code: "DATA_FOLDER_UNREACHABLE" });
    await rename(`${options.fallbackRoot}.away`, options.fallbackRoot);
    await using again = await startEmbeddedPostgres(options);
    expect((await query(again.connectionString, "select * from t")).rows).toEqual([]);
  });

  it("where there is no such folder either, it says what to change", async () => {
    const dataDir = await createPrivateFolder();
    const fallbackRoot = join(dataDir, "lib");
    await expect(startEmbeddedPostgres({ dataDir, fallbackRoot, log: SILENT_LOG })).rejects.toMatchObject({
      code: "DATA_FOLDER_UNREACHABLE",
      message: expect.stringContaining("choose a data folder that it can enter (HAECHI_DATA_DIR)") as unknown,
    });
    const file = join(await createTestFolder(), "file");
    await writeFile(file, "");
    await expect(startEmbeddedPostgres({ dataDir, fallbackRoot: file, log: SILENT_LOG })).rejects.toMatchObject({
      code: "DATA_FOLDER_UNREACHABLE",
    });
  });

  it("programs that the account cannot reach are copied once, with the links that npm packages lack", async () => {
    const account = await chooseSystemAccount(NOBODY);
    const packaged = await findBinaries({ account: undefined, fallbackRoot: "", log: SILENT_LOG });
    const folder = await createPrivateFolder();
    const native = join(folder, "package/native");
    await cp(join(packaged.binDir, "../.."), join(folder, "package"), { recursive: true });
    const fallbackRoot = join(await createTestFolder(), "lib");
    const warnings: string[] = [];
    const log = { ...SILENT_LOG, warn: (_: unknown, message: string) => void warnings.push(message) };
    const [first, second] = await Promise.all([
      findBinaries({ native, account, fallbackRoot, log }),
      findBinaries({ native, account, fallbackRoot, log }),
    ]);
    const third = await findBinaries({ native, account, fallbackRoot, log });
    expect(first).toEqual(third);
    expect(second).toEqual(third);
    expect(third.binDir.startsWith(fallbackRoot)).toBe(true);
    expect(await readdir(fallbackRoot)).toHaveLength(1);
    expect(warnings.join()).toContain("they were copied");
    const dataDir = await createTestFolder();
    await using server = await startEmbeddedPostgres({ dataDir, log, binDir: third.binDir, systemUser: NOBODY });
    expect((await query(server.connectionString, "show server_version")).rows).toEqual([{ server_version: "18.4" }]);
  });
});

describe.skipIf(!isRoot())("started as somebody else", () => {
  it("the server runs as that user; root takes it over as that user; others are refused", async () => {
    const dataDir = await createTestFolder();
    const { uid, gid } = await chooseSystemAccount(NOBODY);
    await chown(dataDir, uid, gid);
    {
      await using holder = await startHolder(dataDir, { uid, gid });
      expect(holder.first).toMatchObject({ state: "running" });
      expect(uidOf(holder.first.pid)).toBe(uid);
      holder.child.kill("SIGTERM");
      expect(await holder.next()).toEqual({ state: "stopped" });
    }
    const taken = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG });
    expect(uidOf(taken.pid)).toBe(uid);
    await taken[Symbol.asyncDispose]();
    const other = await chooseSystemAccount("daemon");
    await chmod(dataDir, 0o777);
    await chmod(join(dataDir, "database"), 0o777);
    await using refused = await startHolder(dataDir, { uid: other.uid, gid: other.gid });
    expect(refused.first).toMatchObject({ state: "failed", code: "DATA_FOLDER_OWNER" });
  });
});
