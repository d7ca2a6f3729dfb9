// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestHex, digestOf } from "#base";
import { readConfiguration } from "#configuration";
import { openDatabase } from "#database";
import { createTranslate } from "#messages";
import {
  createEmptyDatabase,
  createTestFolder,
  openTestDatabase,
  SILENT_LOG,
  TEST_SECRET_KEY,
} from "../../../../test/support/postgres.ts";
import { COMMANDS } from "../commands/index.ts";
import { runCli } from "../run-cli.ts";
import { withAdministration } from "./with-administration.ts";

const BLOBS = [Buffer.from("first blob"), Buffer.from("second blob")];
const SECRET = Uint8Array.of(1, 2, 3);

let snapshot = "";

beforeAll(async () => {
  snapshot = join(await createTestFolder(), "snapshot");
  await mkdir(snapshot);
  await using database = await openTestDatabase();
  await database.secrets.set("s", SECRET);
  for (const blob of BLOBS) {
    await database.registry.linkBlob("team/app", { digest: digestOf(blob), sizeBytes: blob.length });
  }
  await database.registryJobs.create({ kind: "gc", target: "", parameters: {}, requestedBy: "kim" });
  await database.dump(join(snapshot, "database"));
  await mkdir(join(snapshot, "registry/blobs/sha256"), { recursive: true });
  for (const blob of BLOBS) {
    await writeFile(blobPath(blob), blob);
  }
  await describeSnapshot();
});

afterAll(() => rm(snapshot, { recursive: true, force: true }));

function blobPath(blob: Buffer): string {
  return join(snapshot, "registry/blobs/sha256", digestHex(digestOf(blob)));
}

async function describeSnapshot(more: object = {}): Promise<void> {
  const list = BLOBS.map((blob) => `${digestOf(blob)} ${blob.length}\n`).join("");
  await writeFile(join(snapshot, "blobs.txt"), list);
  const hex = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
  const description = {
    format: "haechi-snapshot/1",
    blobs: BLOBS.length,
    bytes: 21,
    blobListSha256: hex(list),
    databaseSha256: hex(await readFile(join(snapshot, "database/backup.json"))),
    ...more,
  };
  await writeFile(join(snapshot, "snapshot.json"), JSON.stringify(description));
}

interface World {
  readonly dataDir: string;
  readonly url: string;
}

async function emptyWorld(): Promise<World> {
  const dataDir = await createTestFolder();
  await writeFile(join(dataDir, "secret.key"), Buffer.from(TEST_SECRET_KEY).toString("hex"), { mode: 0o600 });
  return { dataDir, url: await createEmptyDatabase() };
}

async function restore({ dataDir, url }: World) {
  let stderr = "";
  const environment = { HAECHI_DATA_DIR: dataDir, HAECHI_DATABASE_URL: url };
  const code = await runCli(
    ["admin", "restore", snapshot],
    {
      createTranslate,
      stdout: () => undefined,
      stderr: (text) => {
        stderr += text;
      },
      readStdin: () => Promise.resolve(""),
      isTerminal: false,
      hasColor: false,
      columns: 120,
      environment: { language: "en", noColor: true, cacheDir: dataDir, proxy: {}, credentialFiles: [] },
      configuration: () => readConfiguration({ environment, flags: {}, workingDir: dataDir }),
      now: () => new Date(),
      signal: new AbortController().signal,
    },
    withAdministration(COMMANDS),
  );
  return { code, stderr };
}

async function open({ dataDir, url }: World) {
  const clock = { now: () => new Date() };
  return await openDatabase({ dataDir, url, secretKey: TEST_SECRET_KEY, clock, log: SILENT_LOG });
}

describe("haechi admin restore of a snapshot", () => {
  it.each([
    {
      name: "a blob that was changed",
      damage: (): Promise<unknown> => writeFile(blobPath(BLOBS[1] as Buffer), "second BLOB"),
      code: "BACKUP_INVALID",
    },
    {
      name: "a blob that is not there",
      damage: (): Promise<unknown> => rm(blobPath(BLOBS[1] as Buffer)),
      code: "BACKUP_INVALID",
    },
    {
      name: "a list of blobs that was changed",
      damage: (): Promise<unknown> => writeFile(join(snapshot, "blobs.txt"), ""),
      code: "BACKUP_INVALID",
    },
    {
      name: "rows of another snapshot",
      damage: (): Promise<unknown> => describeSnapshot({ databaseSha256: "0".repeat(64) }),
      code: "BACKUP_INVALID",
    },
    {
      name: "a description that is none",
      damage: (): Promise<unknown> => writeFile(join(snapshot, "snapshot.json"), "{"),
      code: "BACKUP_INVALID",
    },
  ])("brings back nothing with $name, and all of it once that is repaired", async ({ damage, code }) => {
    const world = await emptyWorld();
    await damage();
    const refused = await restore(world);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`(${code})`) as unknown });
    await writeFile(blobPath(BLOBS[1] as Buffer), BLOBS[1] as Buffer);
    await describeSnapshot();
    expect(await restore(world)).toMatchObject({ code: 0 });
    await using database = await open(world);
    expect(await database.secrets.get("s")).toEqual(SECRET);
    expect(await database.registry.findBlobLink("team/app", digestOf(BLOBS[0] as Buffer))).toEqual({ sizeBytes: 10 });
    expect(await database.registryJobs.list({ limit: 5 })).toMatchObject([{ state: "cancelled" }]);
    const stored = join(world.dataDir, "registry/blobs/sha256");
    expect((await readdir(stored)).toSorted()).toEqual(BLOBS.map((blob) => digestHex(digestOf(blob))).toSorted());
    expect((await database.audit.list({ limit: 1 }))[0]).toMatchObject({ action: "snapshot-restored" });
  });

  it("refuses a data folder that has other blobs, and one with rows", async () => {
    const world = await emptyWorld();
    const other = join(world.dataDir, "registry/blobs/sha256");
    await mkdir(other, { recursive: true });
    await writeFile(join(other, digestHex(digestOf("other"))), "other");
    expect((await restore(world)).stderr).toContain("(DATABASE_NOT_EMPTY)");
    await rm(join(world.dataDir, "registry"), { recursive: true });
    expect(await restore(world)).toMatchObject({ code: 0 });
    expect((await restore(world)).stderr).toContain("(DATABASE_NOT_EMPTY)");
  });

  it("refuses another key", async () => {
    const world = await emptyWorld();
    await writeFile(join(world.dataDir, "secret.key"), "1".repeat(64), { mode: 0o600 });
    expect((await restore(world)).stderr).toContain("(SECRET_KEY_WRONG)");
    expect(await readdir(world.dataDir)).toEqual(["secret.key"]);
  });
});
