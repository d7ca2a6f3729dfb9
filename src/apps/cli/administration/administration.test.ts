// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readConfiguration } from "#configuration";
import { type Database, hashPassword, openDatabase, readOrCreateSecretKey, verifyPassword } from "#database";
import { createTranslate } from "#messages";
import {
  createEmptyDatabase,
  createTestFolder,
  openTestDatabase,
  query,
  SILENT_LOG,
  TEST_SECRET_KEY,
} from "../../../../test/support/postgres.ts";
import { COMMANDS } from "../commands/index.ts";
import { runCli } from "../run-cli.ts";
import { withAdministration } from "./with-administration.ts";

const LONG_MS = 60_000;
const SECRET = Uint8Array.of(1, 2, 3);

interface World {
  readonly dataDir: string;
  /** Absent: embedded. */
  readonly url?: string;
}

async function admin(world: World, ...argv: string[]) {
  let stdout = "";
  let stderr = "";
  const environment = {
    HAECHI_DATA_DIR: world.dataDir,
    ...(world.url === undefined ? {} : { HAECHI_DATABASE_URL: world.url }),
  };
  const code = await runCli(
    ["admin", ...argv],
    {
      createTranslate,
      stdout: (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
      readStdin: () => Promise.resolve(""),
      isTerminal: false,
      hasColor: false,
      columns: 120,
      environment: { language: "en", noColor: true, cacheDir: world.dataDir, proxy: {}, credentialFiles: [] },
      configuration: () => readConfiguration({ environment, flags: {}, workingDir: world.dataDir }),
      now: () => new Date(),
      signal: new AbortController().signal,
    },
    withAdministration(COMMANDS),
  );
  return { code, stdout, stderr };
}

function keyFileOf(world: World): string {
  return join(world.dataDir, "secret.key");
}

/** As the server opens it; the file says which key. */
async function open(world: World, secretKeyFile = keyFileOf(world)): Promise<Database> {
  return openDatabase({
    ...world,
    secretKey: await readOrCreateSecretKey(secretKeyFile),
    secretKeyFile: keyFileOf(world),
    clock: { now: () => new Date() },
    log: SILENT_LOG,
  });
}

/** A server's folder, which has the key, with the database on a PostgreSQL that runs already: faster than embedded. */
async function createWorld(): Promise<World> {
  const dataDir = await createTestFolder();
  await writeFile(join(dataDir, "secret.key"), Buffer.from(TEST_SECRET_KEY).toString("hex"), { mode: 0o600 });
  const database = await openTestDatabase();
  await database.secrets.set("s", SECRET);
  const account = await database.accounts.create({
    name: "admin",
    passwordHash: await hashPassword("old"),
    role: "ADMIN",
  });
  await database.accounts.setPassword(account.id, await hashPassword("own password"));
  await database.accounts.createSession(account.id, "token", new Date("2100-01-01"));
  const { connectionString } = database;
  await database[Symbol.asyncDispose]();
  return { dataDir, url: connectionString };
}

async function actions(database: Database): Promise<readonly string[]> {
  return (await database.audit.list({ limit: 10 })).map((entry) => `${entry.actor} ${entry.action} ${entry.target}`);
}

describe("haechi admin reset-password", () => {
  it("prints a password once that works, must be changed, and ends all sessions", async () => {
    const world = await createWorld();
    const { code, stdout, stderr } = await admin(world, "reset-password");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}\n$/);
    expect(stderr).not.toContain(stdout.trim());
    await using database = await open(world);
    const account = await database.accounts.findByName("admin");
    expect(account?.mustChangePassword).toBe(true);
    expect(await verifyPassword(stdout.trim(), account?.passwordHash)).toMatchObject({ isValid: true });
    expect(await database.accounts.findSession("token", new Date())).toBeUndefined();
    expect(await actions(database)).toEqual(["(command line) password-reset admin"]);
    expect(JSON.stringify(await database.audit.list({ limit: 10 }))).not.toContain(stdout.trim());
  });

  it("refuses an account that does not exist", async () => {
    const world = await createWorld();
    const result = await admin(world, "reset-password", "Nobody");
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toMatch(/Nobody.*\(ACCOUNT_UNKNOWN\)/);
  });

  it("makes nothing in a folder that is not the server's", async () => {
    const dataDir = await createTestFolder();
    const result = await admin({ dataDir }, "reset-password");
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("(SECRET_KEY_FILE)");
    expect(await readdir(dataDir)).toEqual([]);
  });

  it(
    "works on the embedded database, and is refused while the server has it",
    async () => {
      const dataDir = await createTestFolder();
      const server = await open({ dataDir });
      await server.accounts.createFirst("admin", await hashPassword("first password"));
      const refused = await admin({ dataDir }, "reset-password");
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain("(DATABASE_IN_USE)");
      await server[Symbol.asyncDispose]();
      expect(await admin({ dataDir }, "reset-password")).toMatchObject({ code: 0 });
    },
    LONG_MS,
  );
});

describe("haechi admin rotate-key", () => {
  async function checkRotated(world: World, before: string): Promise<void> {
    expect(await readFile(keyFileOf(world), "utf8")).not.toBe(before);
    expect((await stat(keyFileOf(world))).mode & 0o777).toBe(0o600);
    expect(await readdir(world.dataDir)).toEqual(["secret.key"]);
    await using database = await open(world);
    expect(await database.secrets.get("s")).toEqual(SECRET);
    expect(await actions(database)).toEqual(["(command line) secret-key-rotated secret key"]);
  }

  it("encrypts the secrets with a new key, which is in the file then", async () => {
    const world = await createWorld();
    const before = await readFile(keyFileOf(world), "utf8");
    const result = await admin(world, "rotate-key");
    expect(result.code).toBe(0);
    await checkRotated(world, before);
    const { stdout, stderr } = result;
    expect(stdout + stderr).not.toContain((await readFile(keyFileOf(world), "utf8")).trim());
  });

  it("goes on with the key that an interrupted run left before it changed the database", async () => {
    const world = await createWorld();
    const before = await readFile(keyFileOf(world), "utf8");
    const left = await readOrCreateSecretKey(`${keyFileOf(world)}.new`);
    await (await open(world))[Symbol.asyncDispose]();
    expect((await admin(world, "rotate-key")).code).toBe(0);
    await checkRotated(world, before);
    expect(await readOrCreateSecretKey(keyFileOf(world))).toEqual(left);
  });

  it("finishes what was interrupted after the database was changed; until then the start says what to do", async () => {
    const world = await createWorld();
    const before = await readFile(keyFileOf(world), "utf8");
    const next = await readOrCreateSecretKey(`${keyFileOf(world)}.new`);
    {
      await using database = await open(world);
      await database.secrets.rotate(next);
    }
    await expect(open(world)).rejects.toMatchObject({
      code: "KEY_ROTATION_UNFINISHED",
      message: expect.stringContaining("haechi admin rotate-key") as unknown,
    });
    expect((await admin(world, "rotate-key")).code).toBe(0);
    await checkRotated(world, before);
    expect(await readOrCreateSecretKey(keyFileOf(world))).toEqual(next);
  });

  it.each([
    {
      name: "neither key opens the database",
      newKey: "1".repeat(64),
      oldKey: "2".repeat(64),
      code: "SECRET_KEY_WRONG",
    },
    { name: "the new key is malformed", newKey: "x", oldKey: undefined, code: "SECRET_KEY_FILE" },
    {
      name: "the new key is the old one",
      newKey: Buffer.from(TEST_SECRET_KEY).toString("hex"),
      oldKey: undefined,
      code: "SECRET_KEY_FILE",
    },
  ])("changes nothing when $name", async ({ newKey, oldKey, code }) => {
    const world = await createWorld();
    await writeFile(`${keyFileOf(world)}.new`, newKey, { mode: 0o600 });
    if (oldKey !== undefined) {
      await writeFile(keyFileOf(world), oldKey);
    }
    const before = await readFile(keyFileOf(world), "utf8");
    const result = await admin(world, "rotate-key");
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`(${code})`);
    expect(await readFile(keyFileOf(world), "utf8")).toBe(before);
    expect(await readFile(`${keyFileOf(world)}.new`, "utf8")).toBe(newKey);
  });

  it("makes no key where there is none", async () => {
    const dataDir = await createTestFolder();
    expect((await admin({ dataDir }, "rotate-key")).stderr).toContain("(SECRET_KEY_FILE)");
    expect(await readdir(dataDir)).toEqual([]);
  });
});

describe("haechi admin restore", () => {
  /** Some tables, as a migration writes them before it changes anything. */
  async function createBackup(world: World): Promise<string> {
    const folder = join(world.dataDir, "backups/2026-before-next");
    await mkdir(folder, { recursive: true });
    const rowsOf = async (sql: string) => (await query(world.url ?? "", sql)).rows as { readonly value: string }[];
    const tables = [];
    for (const name of ["cluster", "account", "secret"]) {
      const rows = await rowsOf(`select to_jsonb(t)::text as value from ${name} t`);
      const bytes = zstdCompressSync(rows.map(({ value }) => `${value}\n`).join(""));
      const file = `${name}.jsonl.zst`;
      await writeFile(join(folder, file), bytes);
      tables.push({ name, file, rows: rows.length, sha256: createHash("sha256").update(bytes).digest("hex") });
    }
    const [newest] = await rowsOf("select max(name) as value from kysely_migration");
    const description = { format: "haechi-backup/1", schemaVersion: newest?.value, tables };
    await writeFile(join(folder, "backup.json"), JSON.stringify(description));
    return folder;
  }

  it("fills an empty database, which then opens with its key and its sessions, and says so in the audit log", async () => {
    const world = await createWorld();
    const folder = await createBackup(world);
    const restored = { ...world, url: await createEmptyDatabase() };
    expect(await admin(restored, "restore", folder)).toMatchObject({ code: 0 });
    await using database = await open(restored);
    expect(await database.secrets.get("s")).toEqual(SECRET);
    expect(await database.accounts.findByName("admin")).toMatchObject({ role: "ADMIN" });
    expect(await actions(database)).toEqual([`(command line) database-restored ${folder}`]);
  });

  it("refuses a database with rows and names what to move away", async () => {
    const world = await createWorld();
    const result = await admin(world, "restore", await createBackup(world));
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("(DATABASE_NOT_EMPTY)");
    expect(result.stderr).toContain(join(world.dataDir, "database"));
  });

  it("restores nothing when the key is not that of the backup, and can be repeated with the right one", async () => {
    const world = await createWorld();
    const folder = await createBackup(world);
    const restored = { ...world, url: await createEmptyDatabase() };
    await rename(keyFileOf(world), `${keyFileOf(world)}.right`);
    await readOrCreateSecretKey(keyFileOf(world));
    expect((await admin(restored, "restore", folder)).stderr).toContain("(SECRET_KEY_WRONG)");
    expect((await query(restored.url, "select 1 from account")).rows).toEqual([]);
    await rename(`${keyFileOf(world)}.right`, keyFileOf(world));
    expect(await admin(restored, "restore", folder)).toMatchObject({ code: 0 });
  });

  it("refuses what is no backup", async () => {
    const world = await createWorld();
    const restored = { ...world, url: await createEmptyDatabase() };
    expect((await admin(restored, "restore", world.dataDir)).stderr).toContain("(BACKUP_INVALID)");
  });

  it(
    "works on the embedded database after the old one was moved away",
    async () => {
      const world = await createWorld();
      const folder = await createBackup(world);
      const embedded = { dataDir: world.dataDir };
      await expect(open(embedded).then((database) => database[Symbol.asyncDispose]())).resolves.toBeUndefined();
      expect((await admin(embedded, "restore", folder)).stderr).toContain("(DATABASE_NOT_EMPTY)");
      await rename(join(world.dataDir, "database"), join(world.dataDir, "database-old"));
      expect(await admin(embedded, "restore", folder)).toMatchObject({ code: 0 });
      await using database = await open(embedded);
      expect(await database.secrets.get("s")).toEqual(SECRET);
    },
    LONG_MS,
  );
});
