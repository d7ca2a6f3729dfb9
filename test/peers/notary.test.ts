// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Digest } from "#base";
import { createTrustHttp } from "#http";
import { parseImageReference } from "#oci";
import type {
  NotaryRequirement,
  ReferrerSource,
  SignatureResult,
  SignatureVerifier,
  SignedImage,
  TrustHttp,
} from "#signatures";
import { createSignatureVerifier, createTrustRoots } from "#trust-sources";
import { MemoryTrustStateStore } from "../support/memory-trust-state-store.ts";
import { type ManInTheMiddle, startManInTheMiddle } from "../support/notary/man-in-the-middle.ts";
import { createNotaryCli, createSignerKey, type NotaryCli, type SignerKey } from "../support/notary/notary-cli.ts";
import { type NotaryService, startNotaryService } from "../support/notary/start-notary-server.ts";
import { buildRepository, createRepositoryKeys, type RepositorySpec } from "../support/notary/tuf-repository.ts";
import { createTufSigner } from "../support/notary/tuf-signer.ts";
import { describeWithTools } from "../support/tools.ts";
import { NOTARY_CASES } from "./notary-cases.ts";

const V1 = `sha256:${"11".repeat(32)}` as Digest;
const V2 = `sha256:${"22".repeat(32)}` as Digest;
const REGISTRY = "registry.example";

interface Question {
  readonly image?: string;
  readonly digest?: Digest;
  readonly requirement?: Partial<NotaryRequirement>;
  readonly credentials?: SignedImage["credentials"];
}

/** Keeps what was seen, and no result. */
function createVerifier(ownHttp: TrustHttp, server: string): SignatureVerifier & AsyncDisposable {
  return createSignatureVerifier({
    http: ownHttp,
    state: new MemoryTrustStateStore(),
    trustRoots: createTrustRoots({ cacheDir: "/nonexistent", http: ownHttp }),
    notaryServers: { [REGISTRY]: server },
    lifetimesMs: { verified: 0, none: 0, bad: 0, unknown: 0 },
  });
}

async function ask(
  verifier: SignatureVerifier,
  { image = "", digest = V1, requirement, credentials }: Question,
): Promise<SignatureResult> {
  const asked: NotaryRequirement = {
    kind: "notary",
    rootKeyIds: [],
    trustOnFirstUse: true,
    signers: [],
    ...requirement,
  };
  const signedImage: SignedImage = {
    reference: parseImageReference(image),
    digest,
    referrers: NO_REGISTRY,
    credentials,
  };
  const [result] = await verifier.verify(signedImage, [asked], { now: new Date() });
  if (result === undefined) {
    throw new Error("no result");
  }
  return result;
}

/** Content trust lies beside the registry: nobody reads there. */
const NO_REGISTRY: ReferrerSource = {
  listReferrers: () => Promise.reject(new Error("the registry was asked")),
  readManifest: () => Promise.reject(new Error("the registry was asked")),
  readBlob: () => Promise.reject(new Error("the registry was asked")),
};

/** One case: a repository of its own, a person who signs, one who only reads, and us. */
class World implements AsyncDisposable {
  readonly gun: string;
  readonly service: NotaryService;
  readonly middle: ManInTheMiddle;
  readonly publisher: NotaryCli;
  readonly reader: NotaryCli;
  readonly #verifier: SignatureVerifier & AsyncDisposable;

  private constructor(service: NotaryService, middle: ManInTheMiddle, parts: WorldParts) {
    this.gun = parts.gun;
    this.service = service;
    this.middle = middle;
    this.publisher = parts.publisher;
    this.reader = parts.reader;
    this.#verifier = createVerifier(parts.http, middle.url);
  }

  static async create(service: NotaryService, middle: ManInTheMiddle, http: TrustHttp): Promise<World> {
    cases += 1;
    middle.answer = () => undefined;
    const gun = `${REGISTRY}/acme/app${cases}`;
    const publisher = await createNotaryCli(service);
    const reader = await createNotaryCli(service, { url: middle.url });
    return new World(service, middle, { gun, publisher, reader, http });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.middle.answer = () => undefined;
    await this.#verifier[Symbol.asyncDispose]();
    await this.publisher[Symbol.asyncDispose]();
    await this.reader[Symbol.asyncDispose]();
  }

  async init(): Promise<void> {
    await this.publisher.run("init", this.gun, "-p");
  }

  async sign(digest: Digest = V1, ...roles: readonly string[]): Promise<void> {
    await this.publisher.sign(this.gun, "v1", digest, ...roles);
  }

  /** A delegation to a new key, which the publisher can sign with. */
  async delegate(
    role: string,
    type: "ecdsa" | "rsa" = "ecdsa",
    form: "certificate" | "publicKey" = "certificate",
  ): Promise<SignerKey> {
    const key = await createSignerKey(this.publisher.folder, role.replaceAll("/", "-"), type);
    await this.publisher.run("key", "import", key.privateKey, "--role", "delegation");
    await this.publisher.run("delegation", "add", this.gun, role, key[form], "--all-paths", "-p");
    return key;
  }

  async rotate(role: string, ...more: readonly string[]): Promise<void> {
    await this.publisher.run("key", "rotate", this.gun, role, ...more);
  }

  /** The id of a root key as the key list of the publisher shows it. */
  async rootKeyId(): Promise<string> {
    const [, id = ""] = /^root\s+([0-9a-f]{64})/m.exec(await this.publisher.run("key", "list")) ?? [];
    return id;
  }

  async verify(question: Question = {}): Promise<SignatureResult> {
    return await ask(this.#verifier, { image: `${this.gun}:v1`, ...question });
  }

  /** Both of us look, so that both have seen it. */
  async see(digest: Digest = V1): Promise<void> {
    expect((await this.verify({ digest })).problems).toEqual([]);
    expect(await this.asksNotary()).toBe(true);
  }

  /** Whether `notary lookup` finds the tag. */
  async asksNotary(): Promise<boolean> {
    const result = await this.reader.try("lookup", this.gun, "v1");
    said = `${result.stdout}${result.stderr}`;
    return result.code === 0;
  }

  /** What the server has now, by the names that can be asked without a hash. */
  async current(name: string): Promise<Buffer> {
    const url = new URL(`${this.service.url}/v2/${this.gun}/_trust/tuf/${name}`);
    const answer = await http.send(url, { maxBytes: 1_000_000, origin: "operator" });
    expect(answer.status).toBe(200);
    return Buffer.from(answer.bytes);
  }

  /** Answers with these bytes from now on. */
  replace(files: Readonly<Record<string, Buffer>>): void {
    this.middle.answer = (gun, name) => (gun === this.gun ? files[name] : undefined);
  }

  /** Answers with changed bytes for the role, under whatever name it is asked. */
  change(role: string, how: (bytes: Buffer) => Buffer | "endless" | "reset" | "absent"): void {
    const names = new RegExp(`^(?:[0-9]+\\.)?${role}(?:\\.[0-9a-f]{64})?\\.json$`);
    this.middle.answer = (_, name, original) => {
      return names.test(name) && original !== undefined ? how(original) : undefined;
    };
  }

  /** Serves a repository of our own making instead. */
  async serve(spec: Partial<RepositorySpec>, gun: string = this.gun): Promise<void> {
    const expires = { root: FAR, timestamp: FAR, snapshot: FAR, targets: FAR, ...spec.expires };
    const keys = spec.keys ?? (await createRepositoryKeys(gun));
    const files = buildRepository({ gun, targets: { v1: V1 }, ...spec, keys, expires });
    this.middle.answer = (_, name) => {
      const bytes = files.get(name) ?? files.get(name.replace(/^([a-z]+)\.json$/, "$1.json"));
      return bytes ?? latestOf(files, name) ?? "absent";
    };
  }
}

interface WorldParts {
  readonly gun: string;
  readonly publisher: NotaryCli;
  readonly reader: NotaryCli;
  readonly http: TrustHttp;
}

const FAR = new Date(Date.now() + 300 * 86_400_000).toISOString();

let service: NotaryService;
let middle: ManInTheMiddle;
let http: TrustHttp & AsyncDisposable;
let cases = 0;
/** What notary printed last. */
let said = "";

function latestOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array | undefined {
  const role = /^([a-z]+)\.json$/.exec(name)?.[1];
  return [...files].find(([each]) => role !== undefined && each.startsWith(`${role}.`))?.[1];
}

/** Flips a bit in the last byte of the text. */
async function flipOne(world: World, role: string, text: string): Promise<SignatureResult> {
  await world.init();
  await world.delegate("targets/releases");
  await world.sign(V1, "targets/releases");
  world.change(role, (bytes) => {
    const at = bytes.indexOf(text) + text.length - 1;
    expect(at).toBeGreaterThan(text.length);
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  });
  return await world.verify();
}

async function signedWith(
  world: World,
  type: "ecdsa" | "rsa",
  form: "certificate" | "publicKey",
): Promise<SignatureResult> {
  await world.init();
  await world.delegate("targets/releases", type, form);
  await world.sign(V1, "targets/releases");
  return await world.verify();
}

async function released(world: World): Promise<readonly [SignerKey, SignerKey]> {
  await world.init();
  await world.delegate("targets/releases");
  const alice = await world.delegate("targets/alice");
  const bob = await world.delegate("targets/bob", "rsa");
  await world.sign(V1, "targets/releases", "targets/alice", "targets/bob");
  return [alice, bob];
}

async function signer(name: string, key: SignerKey): Promise<NotaryRequirement["signers"][number]> {
  return { name, publicKey: await readFile(key.publicKey, "utf8") };
}

async function initAndSign(world: World): Promise<void> {
  await world.init();
  await world.sign();
}

async function withTokens(question: Question, anonymousPull: boolean): Promise<SignatureResult> {
  await using guarded = await startNotaryService({ accounts: { alice: "wonderland" }, anonymousPull });
  await using publisher = await createNotaryCli(guarded, { account: "alice:wonderland" });
  const gun = `${REGISTRY}/acme/private`;
  await publisher.run("init", gun, "-p");
  await publisher.sign(gun, "v1", V1);
  await using ownHttp = await createTrustHttp({ caFile: guarded.caFile });
  await using verifier = createVerifier(ownHttp, guarded.url);
  const result = await ask(verifier, { image: `${gun}:v1`, ...question });
  const who = question.credentials?.username ?? "anonymous";
  expect(guarded.tokens?.asked).toContain(`${who} repository:${gun}:pull`);
  return result;
}

const ACTIONS: Readonly<Record<string, (world: World) => Promise<SignatureResult>>> = {
  "a tag in targets": async (world) => {
    await initAndSign(world);
    return await world.verify();
  },
  "a tag in targets/releases, by an ECDSA certificate": (world) => signedWith(world, "ecdsa", "certificate"),
  "a tag in targets/releases, by an RSA certificate": (world) => signedWith(world, "rsa", "certificate"),
  "a tag in targets/releases, by a bare public key": (world) => signedWith(world, "ecdsa", "publicKey"),
  "a released tag that every named signer has signed": async (world) => {
    const [alice, bob] = await released(world);
    return await world.verify({ requirement: { signers: [await signer("alice", alice), await signer("bob", bob)] } });
  },
  "a signer in a delegation below a delegation": async (world) => {
    await initAndSign(world);
    await world.delegate("targets/team");
    const alice = await world.delegate("targets/team/alice");
    await world.sign(V1, "targets/team/alice");
    return await world.verify({ requirement: { signers: [await signer("team/alice", alice)] } });
  },
  "a digest without a tag": async (world) => {
    await initAndSign(world);
    return await world.verify({ image: `${world.gun}@${V1}` });
  },
  "a root that is pinned by the id in the key list": async (world) => {
    await initAndSign(world);
    return await world.verify({ requirement: { rootKeyIds: [await world.rootKeyId()], trustOnFirstUse: false } });
  },
  "a root that is pinned by the id of its certificate": async (world) => {
    await initAndSign(world);
    const root: unknown = JSON.parse((await world.current("root.json")).toString());
    const { signed } = root as { signed: { roles: { root: { keyids: string[] } } } };
    return await world.verify({ requirement: { rootKeyIds: signed.roles.root.keyids, trustOnFirstUse: false } });
  },
  "a root key that was replaced, seen before": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.rotate("root");
    return await world.verify();
  },
  "a root key that was replaced, the old one pinned": async (world) => {
    await initAndSign(world);
    const old = await world.rootKeyId();
    await world.rotate("root");
    return await world.verify({ requirement: { rootKeyIds: [old], trustOnFirstUse: false } });
  },
  "a root key that was replaced twice, seen before": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.rotate("root");
    await world.rotate("root");
    return await world.verify();
  },
  "a targets key that was replaced": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.rotate("targets");
    return await world.verify();
  },
  "a snapshot key that was handed to the server": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.rotate("snapshot", "-r");
    return await world.verify();
  },
  "a timestamp key that was replaced": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.rotate("timestamp", "-r");
    return await world.verify();
  },
  "a tag that was signed again, seen before": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.sign(V2);
    return await world.verify({ digest: V2 });
  },
  "a signer who was given a second key": async (world) => {
    await initAndSign(world);
    await world.delegate("targets/alice");
    await world.sign(V1, "targets/alice");
    const second = await world.delegate("targets/alice", "rsa");
    await world.sign(V1, "targets/alice");
    return await world.verify({ requirement: { signers: [await signer("alice", second)] } });
  },
  "keys of the server in notary-signer": async () => {
    await using remote = await startNotaryService({ signer: "remote" });
    await using own = await startManInTheMiddle(remote);
    await using ownHttp = await createTrustHttp({ caFile: remote.caFile });
    await using world = await World.create(remote, own, ownHttp);
    await initAndSign(world);
    await world.rotate("snapshot", "-r");
    expect(await world.asksNotary()).toBe(true);
    return await world.verify();
  },
  "a server that wants a token, with an account": () =>
    withTokens({ credentials: { username: "alice", password: "wonderland" } }, false),
  "a server that wants a token, anonymously": () => withTokens({}, true),
  "a server that gives no token without an account": () => withTokens({}, false),
  "a repository without trust data": (world) => world.verify(),
  "trust data that was deleted": async (world) => {
    await initAndSign(world);
    await world.publisher.run("delete", world.gun, "--remote");
    return await world.verify();
  },
  "a tag that was never signed": async (world) => {
    await world.init();
    return await world.verify();
  },
  "a tag that was removed": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.publisher.run("remove", world.gun, "v1", "-p");
    return await world.verify();
  },
  "a tag that only a delegation of a signer has": async (world) => {
    await world.init();
    await world.delegate("targets/alice");
    await world.sign(V1, "targets/alice");
    return await world.verify();
  },
  "another digest than was signed": async (world) => {
    await initAndSign(world);
    return await world.verify({ digest: V2 });
  },
  "a named signer with another key": async (world) => {
    const [, bob] = await released(world);
    return await world.verify({ requirement: { signers: [await signer("alice", bob)] } });
  },
  "a named signer that has not signed the newest digest": async (world) => {
    const [alice] = await released(world);
    await world.sign(V2, "targets/releases");
    return await world.verify({ digest: V2, requirement: { signers: [await signer("alice", alice)] } });
  },
  "a named signer whose delegation was revoked": async (world) => {
    const [alice] = await released(world);
    await world.publisher.run("delegation", "remove", world.gun, "targets/alice", "-y", "-p");
    return await world.verify({ requirement: { signers: [await signer("alice", alice)] } });
  },
  "a root by another key than is pinned": async (world) => {
    await initAndSign(world);
    const pinned = { rootKeyIds: ["ab".repeat(32)], trustOnFirstUse: false };
    await world.reader.pin(world.gun, "ab".repeat(32));
    return await world.verify({ requirement: pinned });
  },
  "trust data made anew after first use": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.publisher.run("delete", world.gun, "--remote");
    await using another = await createNotaryCli(world.service);
    await another.run("init", world.gun, "-p");
    await another.sign(world.gun, "v1", V1);
    return await world.verify();
  },
  "a flipped byte in what root says": (world) => flipOne(world, "root", '"expires":"2'),
  "a flipped byte in what the timestamp says": (world) => flipOne(world, "timestamp", '"expires":"2'),
  "a flipped byte in the snapshot": (world) => flipOne(world, "snapshot", "expires"),
  "a flipped byte in targets": (world) => flipOne(world, "targets", "expires"),
  "a flipped byte in a delegation": (world) => flipOne(world, "targets/releases", "v1"),
  "no signatures on the timestamp": async (world) => {
    await initAndSign(world);
    world.change("timestamp", (bytes) =>
      Buffer.from(bytes.toString().replace(/"signatures":\[.*\]/, '"signatures":[]')),
    );
    return await world.verify();
  },
  "one key under two ids where two are needed": async (world) => {
    const keys = await createRepositoryKeys(world.gun);
    const plain = await createTufSigner("ecdsa");
    const certified = await createTufSigner("ecdsa-x509", { privateKey: plain.privateKey });
    await world.serve({ keys: { ...keys, targets: [plain, certified] }, thresholds: { targets: 2 } });
    return await world.verify();
  },
  "one signature twice where two keys are needed": async (world) => {
    const keys = await createRepositoryKeys(world.gun);
    const both = [...keys.targets, await createTufSigner("ecdsa")];
    const signedBy = { targets: [...keys.targets, ...keys.targets] };
    await world.serve({ keys: { ...keys, targets: both }, thresholds: { targets: 2 }, signedBy });
    return await world.verify();
  },
  "a method of signing that nobody knows": async (world) => {
    await initAndSign(world);
    world.change("timestamp", (bytes) => Buffer.from(bytes.toString().replace('"method":"eddsa"', '"method":"none"')));
    return await world.verify();
  },
  "an older snapshot below a newer timestamp": async (world) => {
    await initAndSign(world);
    const older = await world.current("snapshot.json");
    await world.sign(V2);
    world.change("snapshot", () => older);
    return await world.verify({ digest: V2 });
  },
  "older targets below a newer snapshot": async (world) => {
    await initAndSign(world);
    const older = await world.current("targets.json");
    await world.sign(V2);
    world.change("targets", () => older);
    return await world.verify();
  },
  "a root of other versions than the rest": async (world) => {
    await initAndSign(world);
    const [timestamp] = [await world.current("timestamp.json")];
    await world.rotate("root");
    world.replace({ "timestamp.json": timestamp });
    return await world.verify();
  },
  "an older timestamp with all that it describes": async (world) => {
    await initAndSign(world);
    const older = await world.current("timestamp.json");
    await world.sign(V2);
    await world.see(V2);
    world.replace({ "timestamp.json": older });
    return await world.verify();
  },
  "the time before a delegation was revoked": async (world) => {
    const [alice] = await released(world);
    const older = await world.current("timestamp.json");
    await world.publisher.run("delegation", "remove", world.gun, "targets/alice", "-y", "-p");
    await world.see();
    world.replace({ "timestamp.json": older });
    return await world.verify({ requirement: { signers: [await signer("alice", alice)] } });
  },
  "a root from before its key was replaced": async (world) => {
    await initAndSign(world);
    const [root, timestamp] = [await world.current("root.json"), await world.current("timestamp.json")];
    await world.see();
    await world.rotate("root");
    await world.see();
    world.replace({ "root.json": root, "timestamp.json": timestamp });
    return await world.verify();
  },
  "a timestamp that is kept from growing older (freeze)": async (world) => {
    await world.serve({ expires: { timestamp: new Date(Date.now() - 60_000).toISOString() } });
    return await world.verify();
  },
  "targets that have ended": async (world) => {
    await world.serve({ expires: { targets: new Date(Date.now() - 60_000).toISOString() } });
    return await world.verify();
  },
  "the trust data of another repository": async (world) => {
    const other = `${REGISTRY}/acme/other`;
    await world.serve({}, other);
    return await world.verify();
  },
  "the trust data of another repository, seen before": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.serve({}, `${REGISTRY}/acme/other`);
    return await world.verify();
  },
  "a newer root that the old key has not signed": async (world) => {
    await initAndSign(world);
    await world.see();
    await world.serve({ versions: { root: 2, timestamp: 100, snapshot: 100, targets: 100 } });
    return await world.verify();
  },
  "a root that is cut off": async (world) => {
    await initAndSign(world);
    world.change("root", (bytes) => bytes.subarray(0, bytes.length - 10));
    return await world.verify();
  },
  "a timestamp that is cut off": async (world) => {
    await initAndSign(world);
    world.change("timestamp", (bytes) => bytes.subarray(0, bytes.length - 10));
    return await world.verify();
  },
  "a page in the place of the root": async (world) => {
    await initAndSign(world);
    world.change("root", () => Buffer.from("<html></html>"));
    return await world.verify();
  },
  "an endless root": async (world) => {
    await initAndSign(world);
    world.change("root", () => "endless");
    return await world.verify();
  },
  "an endless timestamp": async (world) => {
    await initAndSign(world);
    world.change("timestamp", () => "endless");
    return await world.verify();
  },
  "a connection that breaks off": async (world) => {
    await initAndSign(world);
    world.change("timestamp", () => "reset");
    return await world.verify();
  },
  "a snapshot that the server keeps back": async (world) => {
    await initAndSign(world);
    world.change("snapshot", () => "absent");
    return await world.verify();
  },
  "a timestamp that the server keeps back": async (world) => {
    await initAndSign(world);
    world.change("timestamp", () => "absent");
    return await world.verify();
  },
};

describeWithTools("Docker Content Trust", ["notary", "notary-server", "notary-signer"], () => {
  beforeAll(async () => {
    service = await startNotaryService();
    middle = await startManInTheMiddle(service);
    http = await createTrustHttp({ caFile: service.caFile });
  });

  afterAll(async () => {
    await http[Symbol.asyncDispose]();
    await middle[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  it("has an action for every row of the matrix and no other", () => {
    expect(Object.keys(ACTIONS).toSorted()).toEqual(NOTARY_CASES.map(({ name }) => name).toSorted());
  });

  it("notary accepts the repositories of our own making, so that it refuses them for what is changed", async () => {
    await using world = await World.create(service, middle, http);
    await world.serve({});
    expect({ yes: await world.asksNotary(), said }).toMatchObject({ yes: true });
    expect((await world.verify()).state).toBe("verified");
  });

  it.each(NOTARY_CASES)("$direction: $name", async ({ name, want, notarySays }) => {
    await using world = await World.create(service, middle, http);
    const result = await ACTIONS[name]?.(world);
    const found = { state: result?.state, code: result?.problems[0]?.code, message: result?.problems[0]?.message };
    expect(found).toMatchObject({ code: undefined, ...want });
    if (notarySays !== undefined) {
      expect({ yes: await world.asksNotary(), said }).toMatchObject({ yes: notarySays === "yes" });
    }
  });
});
