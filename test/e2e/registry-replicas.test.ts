// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomInt } from "node:crypto";
import { open, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Digest, digestHex, digestOf } from "#base";
import { type Database, openDatabase, readSecretKey, startEmbeddedPostgres } from "#database";
import { finishScan } from "../support/api-server.ts";
import { TcpBalancer } from "../support/cluster/tcp-balancer.ts";
import {
  Acknowledged,
  CRASH_REPOSITORIES,
  type CrashClient,
  deleteUntilGone,
  pushUntilGone,
} from "../support/crash-clients.ts";
import { COLLECTION, collect, pause, verifyAcknowledged, verifyDisk } from "../support/crash-verification.ts";
import { type CrashingServer, prepareServerStarts, type ServerStarts } from "../support/crashing-server.ts";
import { eventually } from "../support/eventually.ts";
import { buildImage, type TestImage } from "../support/image-builder.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import { rounds } from "../support/rounds.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { describeWithTools, findTool } from "../support/tools.ts";

const ROUNDS = rounds({ short: 4, long: 100 });
const PASSWORD = "an old hand at crashing";
const SILENT = pino({ enabled: false });
/** How old what a replica answers may be. */
const WITHIN_MS = 1_000;
/** The same run as another. Without our prefix: the server refuses variables with it that it does not know. */
const { CRASH_TEST_SEED: ASKED_SEED } = process.env;
const SEED = ASKED_SEED === undefined ? randomInt(2 ** 32) : Number(ASKED_SEED);
const NAMES = ["a", "b"] as const;
type Name = (typeof NAMES)[number];

/** Two processes of the role registry on one folder and one database, as a StatefulSet with two replicas has them. */
describeWithTools("two replicas of the registry", ["initdb"], () => {
  const cleanUps = new AsyncDisposableStack();
  const servers = new Map<Name, CrashingServer>();
  const starts = new Map<Name, ServerStarts>();
  let folder = "";
  let database: Database;
  let balancer: TcpBalancer;
  let token = "";

  beforeAll(async () => {
    folder = createReachableFolder("haechi-replicas-");
    cleanUps.defer(() => rm(folder, { recursive: true, force: true }));
    const binDir = dirname(findTool("initdb") ?? "");
    const postgres = cleanUps.use(
      await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), log: SILENT, binDir }),
    );
    await writeFile(join(folder, "password"), PASSWORD);
    balancer = cleanUps.use(await TcpBalancer.start());
    for (const name of NAMES) {
      const prepared = prepareServerStarts([
        ...["--data-dir", join(folder, "data"), "--database-url", postgres.connectionString],
        ...["--roles", "registry,api", "--registry-scan-wait", "0s", "--registry-gc-grace", "1s"],
        ...["--registry-upload-max-age", "1h", "--admin-password-file", join(folder, "password")],
      ]);
      starts.set(name, prepared);
      cleanUps.defer(() => prepared.end());
    }
    // at once, on a folder and a database that are empty
    await Promise.all(NAMES.map((name) => start(name)));
    cleanUps.defer(async () => {
      await Promise.all([...servers.values()].map((server) => server.kill()));
    });
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
    token = await fetchToken("a", "pull,push,delete,inspect");
  }, 120_000);
  afterAll(() => cleanUps.disposeAsync(), 60_000);

  async function start(name: Name): Promise<void> {
    const server = await starts.get(name)?.start();
    if (server === undefined) {
      throw new Error("no start is prepared");
    }
    servers.set(name, server);
    balancer.add({
      name,
      port: Number(server.registry.split(":")[1]),
      isReady: () => Promise.resolve(servers.get(name) === server),
    });
  }

  async function kill(name: Name): Promise<void> {
    const server = servers.get(name);
    await server?.kill();
    servers.delete(name);
    balancer.remove(name);
  }

  function at(name: Name): string {
    return servers.get(name)?.registry ?? "";
  }

  async function fetchToken(name: Name, actions: string): Promise<string> {
    const scopes = [...CRASH_REPOSITORIES, "team/app"].map((each) => `scope=repository:${each}:${actions}`).join("&");
    const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
    const answer = await fetch(`http://${at(name)}/token?${scopes}`, { headers: { authorization } });
    return ((await answer.json()) as { readonly token: string }).token;
  }

  async function ask(
    name: Name,
    line: `${string} ${string}`,
    sent: { readonly body?: RequestInit["body"]; readonly type?: string; readonly token?: string } = {},
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly digest: Digest }> {
    const [method = "", path = ""] = line.split(" ");
    const answer = await fetch(new URL(path.startsWith("/") ? path : `/v2/${path}`, `http://${at(name)}`), {
      method,
      headers: {
        authorization: `Bearer ${sent.token ?? token}`,
        "content-type": sent.type ?? "application/octet-stream",
      },
      ...(sent.body === undefined ? {} : { body: sent.body, duplex: "half" }),
    } as RequestInit);
    const { status, headers } = answer;
    return { status, headers, digest: digestOf(new Uint8Array(await answer.arrayBuffer())) };
  }

  async function push(name: Name, reference: string, image: TestImage): Promise<void> {
    const [repository = "", tag = ""] = reference.split(":");
    const { digest, mediaType } = image.manifest;
    for (const [blob, bytes] of image.blobs) {
      const isManifest = blob === digest;
      const line = isManifest
        ? (`PUT ${repository}/manifests/${tag}` as const)
        : (`POST ${repository}/blobs/uploads/?digest=${blob}` as const);
      const body = new Uint8Array(bytes);
      const { status } = await ask(name, line, { body, ...(isManifest ? { type: mediaType } : {}) });
      expect({ line, status }).toEqual({ line, status: 201 });
    }
  }

  /** Asks until the answer is as it should be; throws after the time in which it must be. */
  async function soon(name: Name, line: `${string} ${string}`, status: number, asked = token): Promise<void> {
    const until = performance.now() + WITHIN_MS;
    for (;;) {
      const found = (await ask(name, line, { token: asked })).status;
      if (found === status) {
        return;
      }
      if (performance.now() > until) {
        throw new Error(`${line} at ${name}: ${found} after ${WITHIN_MS} ms, expected ${status}`);
      }
    }
  }

  it("an upload that one is writing to the other does not touch; afterwards either goes on with it", async () => {
    const begun = await ask("a", "POST team/app/blobs/uploads/");
    const location = begun.headers.get("location") ?? "";
    const rest = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    async function* slowly(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(2 ** 20, "a");
      arrived.resolve();
      await rest.promise;
      yield Buffer.from("end of a");
    }
    const writing = ask("a", `PATCH ${location}`, { body: ReadableStream.from(slowly()) as RequestInit["body"] });
    await arrived.promise;
    await eventually(async () => {
      const { headers } = await ask("b", `GET ${location}`);
      return headers.get("range") === `0-${2 ** 20 - 1}` ? true : undefined;
    }, 20);
    for (const line of [`PATCH ${location}`, `PUT ${location}?digest=${digestOf("b")}`] as const) {
      expect([409, 416]).toContain((await ask("b", line, { body: "b" })).status);
    }
    expect((await ask("b", `DELETE ${location}`)).status).toBe(409);
    rest.resolve();
    expect((await writing).status).toBe(202);
    expect((await ask("b", `PATCH ${location}`, { body: " and b" })).status).toBe(202);
    expect((await ask("a", `PATCH ${location}`, { body: " and a" })).status).toBe(202);
    const digest = digestOf(`${"a".repeat(2 ** 20)}end of a and b and a`);
    expect((await ask("b", `PUT ${location}?digest=${digest}`)).status).toBe(201);
    expect((await ask("a", `GET ${location}`)).status).toBe(404);
    for (const name of NAMES) {
      expect((await ask(name, `HEAD team/app/blobs/${digest}`)).status).toBe(200);
    }
    const cancelled = (await ask("a", "POST team/app/blobs/uploads/")).headers.get("location") ?? "";
    expect((await ask("b", `DELETE ${cancelled}`)).status).toBe(204);
    expect((await ask("a", `PATCH ${cancelled}`, { body: "late" })).status).toBe(404);
  });

  it("an upload whose replica was killed in the middle of it goes on at the other", async () => {
    const location = (await ask("a", "POST team/app/blobs/uploads/")).headers.get("location") ?? "";
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(2 ** 20, "x");
      await new Promise(() => undefined);
    }
    const writing = ask("a", `PATCH ${location}`, { body: ReadableStream.from(endless()) as RequestInit["body"] });
    writing.catch(() => undefined);
    await eventually(async () => {
      const { headers } = await ask("b", `GET ${location}`);
      return headers.get("range") === `0-${2 ** 20 - 1}` ? true : undefined;
    }, 20);
    await kill("a");
    // until the database knows that the process is gone
    await eventually(async () => {
      const { status } = await ask("b", `PATCH ${location}`, { body: "the rest" });
      return status === 202 ? true : undefined;
    }, 50);
    const digest = digestOf(`${"x".repeat(2 ** 20)}the rest`);
    expect((await ask("b", `PUT ${location}?digest=${digest}`)).status).toBe(201);
    await start("a");
    expect((await ask("a", `HEAD team/app/blobs/${digest}`)).status).toBe(200);
  });

  it("a token of one counts at the other, and what one changes the other knows within a second", async () => {
    const [one, two] = [image("one"), image("two")];
    const plain = await fetchToken("b", "pull");
    await push("a", "team/app:moving", one);
    for (const name of NAMES) {
      expect((await ask(name, "GET team/app/manifests/moving")).digest).toBe(one.manifest.digest);
    }
    await push("b", "team/app:moving", two);
    const until = performance.now() + WITHIN_MS;
    while ((await ask("a", "GET team/app/manifests/moving")).digest !== two.manifest.digest) {
      expect(performance.now()).toBeLessThan(until);
    }
    // nobody has scanned it: refused at both; then allowed, then refused by what was found
    for (const name of NAMES) {
      expect((await ask(name, "GET team/app/manifests/moving", { token: plain })).status).toBe(403);
    }
    await finishScan(database, two.manifest.digest, { packages: [] });
    await Promise.all(NAMES.map((name) => soon(name, "GET team/app/manifests/moving", 200, plain)));
    const high = { id: "CVE-2026-1", severity: "high" as const, title: "a bug", fixed: ["1.0.1"] };
    await finishScan(database, two.manifest.digest, {
      packages: [{ type: "npm", name: "left-pad", version: "1.0.0", findings: [high] }],
    });
    await Promise.all(NAMES.map((name) => soon(name, "GET team/app/manifests/moving", 403, plain)));
    const settings = { preventPullFrom: "critical" as const };
    await database.registryObjects.put({ kind: "settings", name: "team", document: settings, updatedBy: "admin" });
    await Promise.all(NAMES.map((name) => soon(name, "GET team/app/manifests/moving", 200, plain)));
    await database.registryObjects.remove("settings", "team");
    await Promise.all(NAMES.map((name) => soon(name, "GET team/app/manifests/moving", 403, plain)));
    expect((await ask("b", "DELETE team/app/manifests/moving")).status).toBe(202);
    await soon("a", "GET team/app/manifests/moving", 404);
  });

  it("what one found damaged is missing at the other, and whole at both once it was sent again", async () => {
    const bytes = randomBytes(1_000);
    const digest = digestOf(bytes);
    expect((await ask("a", `POST team/app/blobs/uploads/?digest=${digest}`, { body: bytes })).status).toBe(201);
    const handle = await open(join(folder, "data/registry/blobs/sha256", digestHex(digest)), "r+");
    await handle.write(Buffer.from([(bytes[0] ?? 0) ^ 0xff]), 0, 1, 0);
    await handle.close();
    await ask("a", `GET team/app/blobs/${digest}`).catch(() => undefined);
    await soon("b", `HEAD team/app/blobs/${digest}`, 404);
    expect((await ask("b", `POST team/app/blobs/uploads/?digest=${digest}`, { body: bytes })).status).toBe(201);
    await soon("a", `HEAD team/app/blobs/${digest}`, 200);
    expect((await ask("b", `HEAD team/app/blobs/${digest}`)).status).toBe(200);
  });

  it(`loses nothing acknowledged while one of them is killed ${ROUNDS} times (seed ${SEED})`, {
    timeout: ROUNDS * 20_000,
  }, async () => {
    const acknowledged = new Acknowledged();
    const stop = { isStopped: false };
    const random = createSeededRandom(SEED, "replicas");
    function clientOf(name: string): CrashClient {
      return {
        registry: `127.0.0.1:${balancer.port}`,
        token,
        acknowledged,
        isStopped: () => stop.isStopped,
        random: createSeededRandom(SEED, `replicas ${name}`),
      };
    }
    const clients = [
      ...["p", "q", "r"].map((name) => again(clientOf(name), (client) => pushUntilGone(client, name))),
      again(clientOf("delete"), deleteUntilGone),
    ];
    for (let round = 0; round < ROUNDS; round++) {
      await database.registryJobs.create({ ...COLLECTION, isOnce: true });
      await pause(random(1_500, 100));
      const name = NAMES[random(2)] ?? "a";
      await kill(name);
      await pause(random(1_000, 100));
      await start(name);
    }
    stop.isStopped = true;
    await Promise.all(clients);
    await verify(acknowledged);
    await collect(database.registryJobs, 2);
    await verify(acknowledged);
    await verifyDisk(join(folder, "data/registry/blobs"), database);
    expect(JSON.parse(await readFile(join(folder, "data/registry/oci-layout"), "utf8"))).toBeDefined();
    expect(acknowledged.pushes).toBeGreaterThan(ROUNDS);
    expect(acknowledged.deletions).toBeGreaterThan(0);
    // the log of the test: what it was about
    process.stdout.write(
      `${ROUNDS} kills: ${acknowledged.pushes} pushes and ${acknowledged.deletions} deletions acknowledged, nothing lost\n`,
    );
  });

  /** Whomever one asks. */
  async function verify(acknowledged: Acknowledged): Promise<void> {
    for (const name of NAMES) {
      await verifyAcknowledged({ registry: at(name), token }, acknowledged);
    }
  }
});

/** A client whose replica is gone asks again, and is given to another one. */
async function again(client: CrashClient, work: (client: CrashClient) => Promise<void>): Promise<void> {
  while (!client.isStopped()) {
    await work(client);
    await pause(20);
  }
}

function image(name: string): TestImage {
  return buildImage([{ entries: [{ path: "app", content: name }] }]);
}
