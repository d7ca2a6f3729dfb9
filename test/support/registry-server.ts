// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { type Digest, digestOf } from "#base";
import { type BlobStore, openBlobStore } from "#blob-store";
import type { Configuration } from "#configuration";
import { type Database, hashPassword, type Role } from "#database";
import type { Reason, Verdict } from "#policy";
import type { Judge, ServerContext } from "../../src/apps/server/context.ts";
import {
  createLocalInspectToken,
  type OpenContent,
  openRegistryContent,
  type RegistryPatience,
  startRegistry,
} from "../../src/apps/server/registry/index.ts";
import { openRegistrySettings } from "../../src/apps/server/registry/settings/index.ts";
import { type DamageRecord, openDamageRecord } from "../../src/apps/server/registry/storage/index.ts";
import type { TestImage } from "./image-builder.ts";
import { openTestDatabase } from "./postgres.ts";
import { gatePolicies } from "./scripted-verifier.ts";

/** Accounts of every test registry: name and password. */
export const TEST_ACCOUNTS: Readonly<Record<"admin" | "uploader" | "viewer", { role: Role; password: string }>> = {
  admin: { role: "ADMIN", password: "correct horse" },
  uploader: { role: "IMAGE_UPLOADER", password: "battery staple" },
  viewer: { role: "VIEWER", password: "only looking" },
};

/** `Authorization: Basic` of a test account. */
export function basic(name: keyof typeof TEST_ACCOUNTS): string {
  return `Basic ${Buffer.from(`${name}:${TEST_ACCOUNTS[name].password}`).toString("base64")}`;
}

/** A judge that says what the test told it: allow, unless the digest was given another verdict. */
export interface ScriptedJudge extends Judge {
  /** The references that were asked about, in order. */
  readonly asked: readonly string[];
  decide(digest: Digest, verdict: Partial<Verdict>): void;
  /** Back to allowing everything. */
  reset(): void;
  /** Called by `waitForScan`; the test can change its mind there. */
  onWait: (digest: Digest, timeoutMs: number, signal?: AbortSignal) => Promise<void> | void;
}

export interface TestRegistry extends AsyncDisposable {
  readonly url: string;
  /** `host:port`. */
  readonly host: string;
  readonly context: ServerContext;
  readonly judge: ScriptedJudge;
  /** The JSON lines that were logged. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly folder: string;
  localInspectToken(): Promise<string>;
  /** Stops taking requests, as the end of the server does. */
  stop(): Promise<void>;
  /** Stops listening and starts again on the same data, as a restart does. */
  restart(): Promise<void>;
}

const hashes = new Map<string, Promise<string>>();

/** A real registry on a free loopback port, with a real database and blobs on disk; only the judge is scripted. */
export async function startTestRegistry(
  options: {
    readonly registry?: Partial<Configuration["registry"]>;
    readonly language?: Configuration["language"];
    /** People of a provider; only how long their keys work counts here. */
    readonly oidc?: { readonly maxIdleMs: number };
    readonly folder?: string;
    readonly database?: Database;
    readonly now?: () => Date;
    readonly patience?: RegistryPatience;
  } = {},
): Promise<TestRegistry> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "haechi-registry-")));
  const now = options.now ?? (() => new Date());
  const database = options.database ?? (await openTestDatabase({ now }));
  await createAccounts(database);
  const log: Record<string, unknown>[] = [];
  const logger = pino(
    { level: "debug", base: null },
    { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const judge = createScriptedJudge();
  const settings = await openRegistrySettings({ database, log: logger });
  const maxBlobBytes = options.registry?.maxBlobBytes ?? 64 * 1024 * 1024;
  let opened: OpenContent | undefined;
  let damage: DamageRecord | undefined;
  async function openContext(): Promise<ServerContext> {
    const telemetry = { log: logger, metrics: new Registry() };
    damage?.[Symbol.dispose]();
    damage = await openDamageRecord({ database, telemetry, clock: { now } });
    const blobs: BlobStore = await openBlobStore({
      folder,
      maxBlobBytes,
      log: logger,
      clock: { now },
      damaged: damage.damaged,
      onDamage: damage.report,
      onWhole: damage.noteWhole,
    });
    opened?.[Symbol.dispose]();
    opened = openRegistryContent({ database, blobs, settings, clock: { now } });
    return {
      content: opened.content,
      reportDamage: damage.report,
      configuration: {
        ...testConfiguration(folder, { ...options.registry, maxBlobBytes }),
        language: options.language ?? "en",
        ...(options.oidc === undefined ? {} : { oidc: options.oidc as NonNullable<Configuration["oidc"]> }),
      },
      database,
      blobs,
      judge,
      settings,
      telemetry,
      clock: { now },
      stopping: new AbortController().signal,
    };
  }
  let context = await openContext();
  let running = await startRegistry(context, options.patience);
  return {
    get url() {
      return running.url;
    },
    get host() {
      return new URL(running.url).host;
    },
    get context() {
      return context;
    },
    judge,
    log,
    folder,
    localInspectToken: () => createLocalInspectToken(context),
    stop: () => running.stop(),
    async restart() {
      await running.stop();
      context = await openContext();
      running = await startRegistry(context, options.patience);
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      opened?.[Symbol.dispose]();
      damage?.[Symbol.dispose]();
      settings[Symbol.dispose]();
      await database[Symbol.asyncDispose]();
      if (options.folder === undefined) {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function createAccounts(database: Database): Promise<void> {
  for (const [name, { role, password }] of Object.entries(TEST_ACCOUNTS)) {
    const hash = hashes.get(name) ?? hashPassword(password);
    hashes.set(name, hash);
    const { id } = await database.accounts.create({ name, role, passwordHash: await hash });
    // as its owner does at the first login
    await database.accounts.setPassword(id, await hash);
  }
}

function createScriptedJudge(): ScriptedJudge {
  const verdicts = new Map<string, Partial<Verdict>>();
  const asked: string[] = [];
  return {
    policies: gatePolicies([]),
    discover: () => Promise.resolve([]),
    advisories: {} as Judge["advisories"],
    asked,
    onWait: () => undefined,
    decide(digest, verdict) {
      verdicts.set(digest, verdict);
    },
    reset() {
      verdicts.clear();
      asked.length = 0;
      this.onWait = () => undefined;
    },
    async judge({ reference, repository, digest }) {
      asked.push(reference);
      const verdict: Verdict = {
        outcome: "allow",
        reasons: [],
        mode: "enforce",
        mutateImage: true,
        digest,
        ...verdicts.get(digest),
      };
      return await Promise.resolve({ verdict, repository, digest });
    },
    async waitForScan(digest, timeoutMs, signal) {
      await this.onWait(digest, timeoutMs, signal);
    },
  };
}

/** A reason as the default policy gives it for an old npm package. */
export const VULNERABLE: Reason = {
  code: "VULNERABILITY",
  effect: "deny",
  params: { id: "CVE-2026-0001", severity: "high", package: "left-pad", version: "1.0.0", fixed: "1.0.1" },
};

const PENDING: Reason = { code: "SCAN_PENDING", effect: "undecided", params: {} };

export const DENY: Partial<Verdict> = { outcome: "deny", reasons: [VULNERABLE] };
export const UNDECIDED: Partial<Verdict> = { outcome: "undecided", reasons: [PENDING] };

/** An answer with its body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The code of the first error in the body; ours where the specification has none for it. */
  readonly code: string | undefined;
  /** The message of the first error in the body. */
  readonly message: string | undefined;
}

export interface Call {
  readonly as?: keyof typeof TEST_ACCOUNTS;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends one request exactly as written: the path is not normalised, and each request has its own connection. */
export async function call(registry: Pick<TestRegistry, "url">, line: string, options: Call = {}): Promise<Answer> {
  const [method = "", path = ""] = line.split(" ");
  const { hostname, port } = new URL(registry.url);
  const authorization =
    options.token === undefined
      ? options.as === undefined
        ? {}
        : { authorization: basic(options.as) }
      : { authorization: `Bearer ${options.token}` };
  const body = options.body === undefined ? undefined : Buffer.from(options.body);
  const isChunked = options.headers?.["transfer-encoding"] !== undefined;
  const length: Record<string, string> =
    body === undefined || isChunked ? {} : { "content-length": String(body.length) };
  const sent = request({
    hostname,
    port,
    method,
    path,
    agent: false,
    headers: { ...authorization, ...length, ...options.headers },
  });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
  }
  return toAnswer(response, Buffer.concat(chunks));
}

function toAnswer(response: IncomingMessage, body: Buffer): Answer {
  const isJson = response.headers["content-type"] === "application/json" && body.length > 0;
  const parsed = isJson
    ? (JSON.parse(body.toString()) as { errors?: { code: string; message: string; detail?: { code?: string } }[] })
    : {};
  const error = parsed.errors?.[0];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    code: error?.detail?.code ?? error?.code,
    message: error?.message,
  };
}

/** A token as a client gets it; the scopes are those of the `scope` parameter. */
export async function tokenFor(
  registry: Pick<TestRegistry, "url">,
  account: keyof typeof TEST_ACCOUNTS | undefined,
  ...scopes: readonly string[]
): Promise<string> {
  const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join("&");
  const answer = await call(registry, `GET /token?${query}`, account === undefined ? {} : { as: account });
  return (JSON.parse(answer.body.toString()) as { token: string }).token;
}

/** Uploads a blob in one request and gives its digest. */
export async function pushBlob(
  registry: Pick<TestRegistry, "url">,
  repository: string,
  bytes: string | Uint8Array,
): Promise<Digest> {
  const digest = digestOf(Buffer.from(bytes));
  const answer = await call(registry, `POST /v2/${repository}/blobs/uploads/?digest=${digest}`, {
    as: "uploader",
    body: bytes,
  });
  if (answer.status !== 201) {
    throw new Error(`push of a blob: ${answer.status} ${answer.body.toString()}`);
  }
  return digest;
}

/** Pushes bytes as a manifest. */
export async function pushManifest(
  registry: Pick<TestRegistry, "url">,
  reference: string,
  manifest: { readonly mediaType: string; readonly bytes: string | Uint8Array },
): Promise<Answer> {
  const at = reference.includes("@") ? reference.indexOf("@") : reference.lastIndexOf(":");
  return await call(registry, `PUT /v2/${reference.slice(0, at)}/manifests/${reference.slice(at + 1)}`, {
    as: "uploader",
    headers: { "content-type": manifest.mediaType },
    body: manifest.bytes,
  });
}

/** Pushes an image (or index) of the image builder with everything below it. */
export async function pushImage(
  registry: Pick<TestRegistry, "url">,
  reference: string,
  image: TestImage,
): Promise<void> {
  const repository = reference.slice(0, reference.lastIndexOf(":"));
  const manifests = [...image.blobs].filter(([, bytes]) =>
    bytes.subarray(0, 20).toString().startsWith('{"schemaVersion"'),
  );
  const isManifest = new Set(manifests.map(([digest]) => digest));
  for (const [digest, bytes] of image.blobs) {
    if (!isManifest.has(digest)) {
      await pushBlob(registry, repository, bytes);
    }
  }
  for (const [digest, bytes] of manifests) {
    const { mediaType } = JSON.parse(bytes.toString()) as { mediaType: string };
    const target = digest === image.manifest.digest ? reference : `${repository}@${digest}`;
    const answer = await pushManifest(registry, target, { mediaType, bytes });
    if (answer.status !== 201) {
      throw new Error(`push of a manifest: ${answer.status} ${answer.body.toString()}`);
    }
  }
}

function testConfiguration(dataDir: string, registry: Partial<Configuration["registry"]>): Configuration {
  const listen = { host: "127.0.0.1", port: 0 };
  const configuration: Partial<Configuration> = {
    dataDir,
    listen: { console: listen, registry: listen, admission: listen },
    registry: {
      names: [],
      undecided: "deny",
      scanWaitMs: 0,
      maxBlobBytes: 0,
      anonymousPull: false,
      publicAnonymousPull: false,
      gcGraceMs: 3_600_000,
      gcIntervalMs: 21_600_000,
      uploadMaxAgeMs: 604_800_000,
      requireSignatures: [],
      ...registry,
    },
    images: { certificateAuthorities: [], plainHttp: [] },
    signatures: { trustRoots: [], notaryServers: [], allowPrivateAddresses: [] },
    proxy: {},
    language: "en",
  };
  // The registry reads nothing else of it.
  return configuration as Configuration;
}
