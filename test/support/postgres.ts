// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import pg from "pg";
import { afterAll, afterEach, describe } from "vitest";
import { type Database, type DatabaseLog, openDatabase, startEmbeddedPostgres } from "#database";
import { createReachableFolder } from "./reachable-folder.ts";
import { describeWithTools, findTool } from "./tools.ts";

/** Debian keeps it beside `postgres`, not on PATH; `tools.ts` looks there. */
const OLD_POSTGRES_TOOL = "initdb";

/** Says nothing; what goes wrong is thrown. */
export const SILENT_LOG: DatabaseLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The key of every test database. */
export const TEST_SECRET_KEY: Uint8Array = new Uint8Array(32).fill(7);

export interface TestDatabaseOptions {
  /** A database that exists already (`connectionString` of an open one); default: a new, empty one. */
  readonly url?: string;
  readonly secretKey?: Uint8Array;
  /** The clock's time; default: the system's. */
  readonly now?: () => Date;
}

/** A server for one test file; nothing of it outlives the file. */
interface TestServer {
  createDatabase(): Promise<string>;
  open(options: TestDatabaseOptions): Promise<Database>;
}

/**
 * A new database on the embedded PostgreSQL with all stores, closed at the latest when the test file ends. The server is
 * shared by the tests of one file and starts with the first call (about a second), each database takes some ten
 * milliseconds. Durability is switched off: tests of it start their own server.
 */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<Database> {
  const server = await serverOf(undefined);
  return server.open(options);
}

/** The connection string of a new, empty database without any table, on the embedded PostgreSQL. */
export async function createEmptyDatabase(): Promise<string> {
  const server = await serverOf(undefined);
  return server.createDatabase();
}

/** How the tests of {@link describeWithDatabases} get databases. */
export interface TestDatabases {
  /** A new database (or the given one) with all stores; closed after the test at the latest. */
  readonly open: (options?: TestDatabaseOptions) => Promise<Database>;
  /** The connection string of a new database without any table. */
  readonly createEmpty: () => Promise<string>;
}

/** The tests twice: on the embedded PostgreSQL 18 and on Debian's PostgreSQL 15, a new database for each `open`. */
export function describeWithDatabases(name: string, body: (databases: TestDatabases) => void): void {
  describe(`${name} (embedded PostgreSQL)`, () => body(databasesOn(undefined)));
  describeWithTools(`${name} (PostgreSQL 15)`, [OLD_POSTGRES_TOOL], () => {
    body(databasesOn(dirname(findTool(OLD_POSTGRES_TOOL) ?? "")));
  });
}

function databasesOn(binDir: string | undefined): TestDatabases {
  const opened: Database[] = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) {
      await database[Symbol.asyncDispose]();
    }
  });
  return {
    async open(options = {}) {
      const database = await (await serverOf(binDir)).open(options);
      opened.push(database);
      return database;
    },
    createEmpty: async () => (await serverOf(binDir)).createDatabase(),
  };
}

const servers = new Map<string, Promise<TestServer>>();
const cleanUps: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) {
    await cleanUp();
  }
});

function serverOf(binDir: string | undefined): Promise<TestServer> {
  const key = binDir ?? "";
  const known = servers.get(key);
  if (known !== undefined) {
    return known;
  }
  const server = startServer(binDir);
  servers.set(key, server);
  return server;
}

async function startServer(binDir: string | undefined): Promise<TestServer> {
  const dataDir = await createTestFolder();
  const embedded = await startEmbeddedPostgres({
    dataDir,
    log: SILENT_LOG,
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "100" },
    ...(binDir === undefined ? {} : { binDir }),
  });
  cleanUps.push(async () => embedded[Symbol.asyncDispose]());
  const template = { made: undefined as Promise<void> | undefined };

  return {
    createDatabase: () => createDatabase("template0"),
    async open(options) {
      template.made ??= makeTemplate();
      await template.made;
      const database = await openOn(options.url ?? (await createDatabase("haechi")), options);
      // Closing twice does nothing the second time.
      cleanUps.push(async () => database[Symbol.asyncDispose]());
      return database;
    },
  };

  /** The migrated database that others are copied from; it holds no cluster id yet. */
  async function makeTemplate(): Promise<void> {
    await using database = await openOn(embedded.connectionString, {});
    await query(database.connectionString, "delete from cluster");
  }

  async function openOn(url: string, { secretKey, now }: TestDatabaseOptions): Promise<Database> {
    return openDatabase({
      url,
      dataDir,
      secretKey: secretKey ?? TEST_SECRET_KEY,
      clock: { now: now ?? (() => new Date()) },
      log: SILENT_LOG,
    });
  }

  async function createDatabase(from: string): Promise<string> {
    const name = `test_${randomBytes(8).toString("hex")}`;
    const url = new URL(embedded.connectionString);
    url.pathname = "/postgres";
    await query(url.toString(), `create database ${name} template ${from}`);
    url.pathname = `/${name}`;
    return url.toString();
  }
}

/** Runs SQL beside the stores: to look behind them, or to damage what they find. */
export async function query(url: string, text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await client.query(text, [...values]);
  } finally {
    await client.end();
  }
}

/** A temporary folder that every account can pass through, removed when the test file ends. */
export async function createTestFolder(): Promise<string> {
  const folder = createReachableFolder("haechi-test-");
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
