// SPDX-License-Identifier: Apache-2.0

import { randomInt } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DigestAlgorithm, DigestStream, digestOf } from "#base";
import { type Database, openDatabase, readSecretKey, startEmbeddedPostgres } from "#database";
import {
  Acknowledged,
  CRASH_REPOSITORIES,
  type CrashClient,
  deleteUntilGone,
  pushUntilGone,
} from "../support/crash-clients.ts";
import { type CrashingServer, prepareServerStarts } from "../support/crashing-server.ts";
import { eventually } from "../support/eventually.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { rounds } from "../support/rounds.ts";

const ROUNDS = rounds({ short: 200, long: 1_500 });
const PUSHERS = ["p", "q", "r"];
const CHECK_EVERY = 25;
const PASSWORD = "an old hand at crashing";
const SILENT = pino({ enabled: false });

/** PostgreSQL lives on, so that a round costs a second; that it survives, too, is tested in `crash.test.ts`. */
describe("kill -9 in the middle of pushes, deletions and garbage collections", () => {
  const cleanUps = new AsyncDisposableStack();
  let folder = "";
  let database: Database;
  let starts: ReturnType<typeof prepareServerStarts>;

  beforeAll(async () => {
    folder = createReachableFolder("haechi-registry-crash-");
    cleanUps.defer(() => rm(folder, { recursive: true, force: true }));
    const postgres = cleanUps.use(await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), log: SILENT }));
    await writeFile(join(folder, "password"), PASSWORD);
    starts = prepareServerStarts([
      ...["--data-dir", join(folder, "data"), "--database-url", postgres.connectionString],
      ...[
        "--roles",
        "registry,api",
        "--registry-scan-wait",
        "0s",
        "--registry-gc-grace",
        "1s",
        "--registry-upload-max-age",
        "1m",
      ],
      ...["--admin-password-file", join(folder, "password")],
    ]);
    cleanUps.defer(() => starts.end());
    await (await starts.start()).kill();
    database = cleanUps.use(
      await openDatabase({
        url: postgres.connectionString,
        dataDir: join(folder, "test"),
        secretKey: await readSecretKey(join(folder, "data/secret.key")),
        clock: { now: () => new Date() },
        log: SILENT,
      }),
    );
    const administrator = await database.accounts.findByName("admin");
    // as its owner does at the first login
    await database.accounts.setPassword(administrator?.id ?? "", administrator?.passwordHash ?? "");
  }, 120_000);
  afterAll(() => cleanUps.disposeAsync(), 60_000);

  it(`loses nothing acknowledged in ${ROUNDS} rounds and leaves nothing behind`, {
    timeout: ROUNDS * 20_000,
  }, async () => {
    const acknowledged = new Acknowledged();
    for (let round = 1; round <= ROUNDS; round++) {
      if (randomInt(8) === 0) {
        // a random instant of the start itself, where what the last kill left is tidied up
        await starts.startAndKill(randomInt(20, 800));
        continue;
      }
      const server = await starts.start();
      if (round % CHECK_EVERY === 0) {
        await verify(server, acknowledged);
      }
      await workUntilKilled(server, acknowledged);
    }
    const server = await starts.start();
    await verify(server, acknowledged);
    await collect(2);
    await verify(server, acknowledged);
    await verifyDisk();
    await server.kill();
    expect(acknowledged.pushes).toBeGreaterThan(ROUNDS / 2);
    expect(acknowledged.deletions).toBeGreaterThan(0);
    // the log of the test: what it was about
    process.stdout.write(
      `${ROUNDS} rounds: ${acknowledged.pushes} pushes and ${acknowledged.deletions} deletions acknowledged, nothing lost\n`,
    );
  });

  async function workUntilKilled(server: CrashingServer, acknowledged: Acknowledged): Promise<void> {
    const token = await fetchCrashToken(server);
    const stop = { isStopped: false };
    const client: CrashClient = { ...server, token, acknowledged, isStopped: () => stop.isStopped };
    const clients = [...PUSHERS.map((name) => pushUntilGone(client, name)), deleteUntilGone(client)];
    await database.registryJobs.create({ kind: "gc", target: "", parameters: {}, requestedBy: "test", isOnce: true });
    // a random instant: the test is about every instant
    await new Promise((resolve) => {
      setTimeout(resolve, randomInt(30, 900));
    });
    await server.kill();
    stop.isStopped = true;
    await Promise.all(clients);
  }

  /** Collections until nothing is young any more. */
  async function collect(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      await new Promise((resolve) => {
        setTimeout(resolve, 1_200);
      });
      const asked = { kind: "gc", target: "", parameters: {}, requestedBy: "test" } as const;
      const { id } = await database.registryJobs.create(asked);
      const job = await eventually(async () => {
        const found = await database.registryJobs.find(id);
        return found?.finishedAt === undefined ? undefined : found;
      });
      expect(job).toMatchObject({ state: "done" });
    }
  }

  /** What lies on disk has its digest, and some repository has it; and what repositories have lies on disk. */
  async function verifyDisk(): Promise<void> {
    const found = new Set<string>();
    for (const algorithm of ["sha256", "sha512"] as const) {
      const blobs = join(folder, "data/registry/blobs", algorithm);
      for (const name of await readdir(blobs)) {
        expect(await hashFile(join(blobs, name), algorithm)).toBe(`${algorithm}:${name}`);
        found.add(`${algorithm}:${name}`);
      }
    }
    const held = await database.registry.listHeld({ limit: 1_000_000 });
    expect([...found].toSorted()).toEqual(held.map(({ digest }) => digest as string).toSorted());
    for (const repository of CRASH_REPOSITORIES) {
      for (const { digest } of await database.registry.listManifests(repository, { limit: 1_000_000 })) {
        const manifest = await database.registry.findManifest(repository, { digest });
        for (const reference of manifest?.references ?? []) {
          expect(await database.registry.findBlobLink(repository, reference.digest)).toBeDefined();
        }
      }
    }
  }
});

async function fetchCrashToken(server: CrashingServer): Promise<string> {
  const scopes = CRASH_REPOSITORIES.map((each) => `scope=repository:${each}:pull,push,delete,inspect`).join("&");
  const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
  const answer = await fetch(`http://${server.registry}/token?${scopes}`, { headers: { authorization } });
  if (answer.status !== 200) {
    throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  }
  return ((await answer.json()) as { readonly token: string }).token;
}

/** Every acknowledged manifest is there whole, and every deleted one is gone. */
async function verify(server: CrashingServer, acknowledged: Acknowledged): Promise<void> {
  const headers = { authorization: `Bearer ${await fetchCrashToken(server)}` };
  async function get(path: string): Promise<{ readonly status: number; readonly digest: string }> {
    const answer = await fetch(`http://${server.registry}/v2/${path}`, { headers });
    return { status: answer.status, digest: digestOf(new Uint8Array(await answer.arrayBuffer())) };
  }
  const read = new Set<string>();
  for (const { repository, digest, blobs } of acknowledged.images.values()) {
    for (const path of [`manifests/${digest}`, ...blobs.map((blob) => `blobs/${blob}`)]) {
      const url = `${repository}/${path}`;
      if (!read.has(url)) {
        read.add(url);
        expect({ url, ...(await get(url)) }).toEqual({ url, status: 200, digest: path.slice(path.indexOf("/") + 1) });
      }
    }
  }
  for (const [tag, digest] of acknowledged.tags) {
    expect({ tag, ...(await get(tag.replace(":", "/manifests/"))) }).toEqual({ tag, status: 200, digest });
  }
  for (const key of acknowledged.deleted) {
    expect({ key, status: (await get(key.replace("@", "/manifests/"))).status }).toEqual({ key, status: 404 });
  }
}

async function hashFile(path: string, algorithm: DigestAlgorithm): Promise<string> {
  const hash = new DigestStream(algorithm);
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
  }
  return hash.digest();
}
