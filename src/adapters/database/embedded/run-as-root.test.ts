// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { chmod, chown, cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
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
    const location = (await readFile(join(dataDir, "database/location"), "utf8")).trim();
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
