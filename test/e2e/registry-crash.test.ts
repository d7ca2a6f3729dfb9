// SPDX-License-Identifier: Apache-2.0

import { randomInt } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestHex, digestOf } from "#base";
import { type Database, type EmbeddedPostgres, openDatabase, readSecretKey, startEmbeddedPostgres } from "#database";
import type { CollectionResult } from "../../src/apps/server/registry/storage/collect-garbage.ts";
import { Acknowledged, CRASH_REPOSITORIES, deleteUntilGone, pushUntilGone } from "../support/crash-clients.ts";
import { CHECK_EVERY, type CrashCheck, keepCrashRun, renderCrashCheck } from "../support/crash-log.ts";
import { COLLECTION, collect, endedJob, pause, verifyAcknowledged, verifyDisk } from "../support/crash-verification.ts";
import { type CrashingServer, prepareServerStarts } from "../support/crashing-server.ts";
import { eventually } from "../support/eventually.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { rounds } from "../support/rounds.ts";
import { createSeededRandom } from "../support/seeded-random.ts";

/** Files that a collection looks at between two positions. */
const AT_ONCE = 500;
/**
 * A run of hundreds of rounds, the same one as another, or one whose log is kept: `docs/reference/registry-crash-test.md` is made of it.
 * Without our prefix: the server refuses variables with it that it does not know.
 */
const { CRASH_TEST_ROUNDS: ASKED_ROUNDS, CRASH_TEST_SEED: ASKED_SEED, CRASH_TEST_KEEP: IS_KEPT } = process.env;
const SEED = ASKED_SEED === undefined ? randomInt(2 ** 32) : Number(ASKED_SEED);
const PUSHERS = ["p", "q", "r"];
const PASSWORD = "an old hand at crashing";
const SILENT = pino({ enabled: false });

describe.each([
  { victims: "the server", roundsHere: rounds({ short: 200, long: 1_500 }) },
  // a round waits for the recovery of the database, too
  { victims: "the server and PostgreSQL", roundsHere: rounds({ short: 15, long: 500 }) },
] as const)("kill -9 of $victims in the middle of pushes, deletions and garbage collections", (variant) => {
  const { victims } = variant;
  const roundCount = ASKED_ROUNDS === undefined ? variant.roundsHere : Number(ASKED_ROUNDS);
  const random = createSeededRandom(SEED, victims);
  const cleanUps = new AsyncDisposableStack();
  const startedAt = new Date();
  const checks: CrashCheck[] = [];
  const kills = { kills: 0, killedStarts: 0 };
  let folder = "";
  let postgres: EmbeddedPostgres;
  let database: Database;
  let starts: ReturnType<typeof prepareServerStarts>;

  beforeAll(async () => {
    folder = createReachableFolder("haechi-registry-crash-");
    cleanUps.defer(() => rm(folder, { recursive: true, force: true }));
    postgres = cleanUps.use(await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), log: SILENT }));
    await writeFile(join(folder, "password"), PASSWORD);
    starts = prepareServerStarts([
      ...["--data-dir", join(folder, "data"), "--database-url", postgres.connectionString],
      ...["--roles", "registry,api", "--registry-scan-wait", "0s"],
      ...["--registry-gc-grace", "1s", "--registry-upload-max-age", "1m"],
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

  it(`loses nothing acknowledged in ${roundCount} rounds and leaves nothing behind (seed ${SEED})`, {
    timeout: roundCount * 30_000 + 120_000,
  }, async () => {
    const acknowledged = new Acknowledged();
    for (let round = 1; round <= roundCount; round++) {
      if (random(8) === 0) {
        // a random instant of the start itself, where what the last kill left is tidied up
        const start = starts.startAndKill(random(800, 20));
        await killDatabase(random(800));
        await start;
        kills.killedStarts += 1;
      } else {
        const server = await starts.start();
        if (round % CHECK_EVERY === 0) {
          await check(server, { round, acknowledged });
        }
        await workUntilKilled(server, { round, acknowledged });
      }
    }
    const server = await starts.start();
    await verify(server, acknowledged);
    await collect(database.registryJobs, 2);
    const files = await verifyDisk(join(folder, "data/registry/blobs"), database);
    await check(server, { round: roundCount, acknowledged });
    await server.kill();
    expect(acknowledged.pushes).toBeGreaterThan(roundCount / 4);
    expect(acknowledged.deletions).toBeGreaterThan(0);
    const minutes = Math.round((Date.now() - startedAt.getTime()) / 6_000) / 10;
    if (IS_KEPT === "1") {
      const date = startedAt.toISOString().slice(0, 10);
      await keepCrashRun({ victims, date, rounds: roundCount, seed: SEED, minutes, files, checks });
    }
  });

  it("a collection that was killed goes on with the files that it had not looked at", {
    timeout: 120_000,
  }, async () => {
    const count = 5_000;
    const blobs = join(folder, "data/registry/blobs/sha256");
    const first = await starts.start();
    await eventually(async () => {
      const all = await database.registryJobs.list({ limit: 100, kind: "gc" });
      return all.every(({ finishedAt }) => finishedAt !== undefined) ? true : undefined;
    });
    await first.kill();
    for (let index = 0; index < count; index++) {
      // as a crash leaves them: no repository has them
      await writeFile(join(blobs, digestHex(digestOf(Buffer.from(`left ${index}`)))), `left ${index}`);
    }
    await pause(1_200);
    const server = await starts.start();
    const { id } = await database.registryJobs.create(COLLECTION);
    const seen = await eventually(async () => {
      const { seenFiles = 0 } = ((await database.registryJobs.find(id))?.position ?? {}) as { seenFiles?: number };
      return seenFiles > 2 * AT_ONCE ? seenFiles : undefined;
    }, 1);
    await server.kill();
    expect(await database.registryJobs.find(id)).toMatchObject({ state: "running" });
    const next = await starts.start();
    const job = await endedJob(database.registryJobs, id);
    await next.kill();
    expect(job).toMatchObject({ state: "done", attempts: 2 });
    // one that begins anew finds only what the first had not removed
    expect(seen).toBeGreaterThan(2 * AT_ONCE);
    expect((job.result as CollectionResult).blobs).toBeGreaterThan(count - AT_ONCE);
  });

  async function workUntilKilled(server: CrashingServer, { round, acknowledged }: Round): Promise<void> {
    const token = await fetchCrashToken(server);
    const stop = { isStopped: false };
    const at = `${victims} ${round}`;
    const client = { ...server, token, acknowledged, isStopped: () => stop.isStopped };
    const work = [
      ...PUSHERS.map((name) => pushUntilGone({ ...client, random: createSeededRandom(SEED, `${at} ${name}`) }, name)),
      deleteUntilGone({ ...client, random: createSeededRandom(SEED, `${at} delete`) }),
    ];
    await database.registryJobs.create({ ...COLLECTION, isOnce: true });
    if (random(2) === 0) {
      // on a slow machine, too, something is done in some of the rounds
      const before = acknowledged.pushes;
      await eventually(() => Promise.resolve(acknowledged.pushes > before ? true : undefined), 5);
    }
    // a random instant: the test is about every instant
    const [serverAt, databaseAt] = [random(900, 30), random(900, 30)];
    const databaseGone = killDatabase(databaseAt);
    await pause(serverAt);
    await server.kill();
    stop.isStopped = true;
    kills.kills += 1;
    await Promise.all([...work, databaseGone]);
  }

  /** Kills PostgreSQL after a while, and waits until it was started again and has recovered; where it is no victim, nothing. */
  async function killDatabase(afterMs: number): Promise<void> {
    if (victims === "the server") {
      return;
    }
    await pause(afterMs);
    const { pid } = postgres;
    if (pid !== undefined) {
      process.kill(pid, "SIGKILL");
    }
    await eventually(async () => {
      const isNew = postgres.pid !== undefined && postgres.pid !== pid && postgres.problem === undefined;
      return isNew
        ? await database.registryJobs.list({ limit: 1 }).then(
            () => true as const,
            () => undefined,
          )
        : undefined;
    }, 20);
  }

  /** Verifies what was acknowledged, and writes a line of the log. */
  async function check(server: CrashingServer, { round, acknowledged }: Round): Promise<void> {
    const verified = await verify(server, acknowledged);
    const done = (await database.registryJobs.list({ limit: 100_000, kind: "gc", state: "done" })).map(
      ({ result }) => result as CollectionResult,
    );
    const { pushes, deletions } = acknowledged;
    const collectedFiles = done.reduce((sum, { blobs }) => sum + blobs, 0);
    const entry = { round, ...kills, pushes, deletions, collections: done.length, collectedFiles, ...verified };
    checks.push(entry);
    process.stdout.write(renderCrashCheck(victims, entry));
  }
});

interface Round {
  readonly round: number;
  readonly acknowledged: Acknowledged;
}

async function fetchCrashToken(server: CrashingServer): Promise<string> {
  const scopes = CRASH_REPOSITORIES.map((each) => `scope=repository:${each}:pull,push,delete,inspect`).join("&");
  const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
  const answer = await fetch(`http://${server.registry}/token?${scopes}`, { headers: { authorization } });
  if (answer.status !== 200) {
    throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  }
  return ((await answer.json()) as { readonly token: string }).token;
}

async function verify(server: CrashingServer, acknowledged: Acknowledged): ReturnType<typeof verifyAcknowledged> {
  return await verifyAcknowledged({ registry: server.registry, token: await fetchCrashToken(server) }, acknowledged);
}
