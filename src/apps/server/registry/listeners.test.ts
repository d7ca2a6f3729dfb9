// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureServingCertificate, type ServingCertificate } from "#tls";
import {
  pushBlob,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";
import { registryListeners, uriOf } from "./listeners.ts";
import type { RegistryPatience } from "./open-listener.ts";
import { type RunningRegistry, startRegistry } from "./start-registry.ts";

const FREE = { host: "127.0.0.1", port: 0 };
const PATIENCE = { headersMs: 5_000, idleMs: 5_000, drainMs: 500 };

let base: TestRegistry;
let folder: string;
let files: { readonly certificate: string; readonly key: string };
let ca: string;

beforeAll(async () => {
  base = await startTestRegistry({ registry: { anonymousPull: true } });
  await pushBlob(base, "team/app", "hello");
  folder = await mkdtemp(join(tmpdir(), "haechi-listeners-"));
  files = { certificate: join(folder, "tls.crt"), key: join(folder, "tls.key") };
  ca = (await writeCertificate()).caPem;
});

afterAll(async () => {
  await base[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A certificate of an authority of its own. */
async function writeCertificate(): Promise<ServingCertificate> {
  const made = await ensureServingCertificate({
    secrets: { set: () => Promise.resolve(), getOrCreate: (_, create) => create() },
    listener: "registry",
    names: [],
    clock: { now: () => new Date() },
  });
  await writeFile(files.certificate, made.certPem);
  await writeFile(files.key, made.keyPem);
  return made;
}

async function start(
  listen: Partial<TestRegistry["context"]["configuration"]["listen"]>,
  registry: Partial<TestRegistry["context"]["configuration"]["registry"]> = {},
  patience: RegistryPatience = PATIENCE,
): Promise<RunningRegistry & AsyncDisposable> {
  const { configuration } = base.context;
  const { registry: _, ...others } = configuration.listen;
  const running = await startRegistry(
    {
      ...base.context,
      telemetry: { ...base.context.telemetry, metrics: new Registry() },
      configuration: {
        ...configuration,
        listen: { ...others, ...listen },
        registry: { ...configuration.registry, ...registry },
      },
    },
    patience,
  );
  return { ...running, [Symbol.asyncDispose]: () => running.stop() };
}

interface Seen {
  readonly status: number;
  readonly challenge: string;
}

async function get(url: string, options: { readonly as?: "viewer"; readonly ca?: string } = {}): Promise<Seen> {
  const send = url.startsWith("https:") ? requestTls : requestPlain;
  const { password } = TEST_ACCOUNTS.viewer;
  const pair = Buffer.from(`viewer:${password}`).toString("base64");
  const sent = send(url, {
    agent: false,
    headers: options.as === undefined ? {} : { authorization: `Basic ${pair}` },
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  answer.resume();
  return { status: answer.statusCode ?? 0, challenge: String(answer.headers["www-authenticate"]) };
}

describe("the addresses of the registry", () => {
  it("private and public are the same registry, with anonymous pulls only where they are let in", async () => {
    await using running = await start({ registry: FREE, registryPublic: FREE });
    const [inside, outside] = running.addresses.map(({ url }) => `${url}/v2/team/app/tags/list`);
    expect(running.addresses.map(({ kind }) => kind)).toEqual(["private", "public"]);
    expect((await get(inside ?? "")).status).not.toBe(401);
    expect((await get(outside ?? "")).status).toBe(401);
    expect((await get(outside ?? "", { as: "viewer" })).status).toBe(
      (await get(inside ?? "", { as: "viewer" })).status,
    );
  });

  it("the public one lets anybody pull where both it and the settings of the repository say so", async () => {
    await using running = await start({ registryPublic: FREE }, { publicAnonymousPull: true });
    expect(running.addresses.map(({ kind }) => kind)).toEqual(["public"]);
    const { database, settings } = base.context;
    expect((await get(`${running.url}/v2/team/app/tags/list`)).status).not.toBe(401);
    await database.registryObjects.put({
      kind: "settings",
      name: "team",
      document: { anonymousPull: false },
      updatedBy: "admin",
    });
    await settings.refresh();
    expect((await get(`${running.url}/v2/team/app/tags/list`)).status).toBe(401);
    await database.registryObjects.remove("settings", "team");
    await settings.refresh();
  });

  it("with a certificate speaks TLS only, and leads to tokens by https", async () => {
    await using running = await start({ registry: FREE }, { certificateFiles: files });
    expect(running.url).toMatch(/^https:/);
    const answer = await get(`${running.url}/v2/`, { ca });
    expect(answer).toEqual({ status: 401, challenge: expect.stringContaining(`realm="${running.url}/token"`) });
    expect((await get(`${running.url}/v2/`, { ca, as: "viewer" })).status).toBe(200);
    await expect(get(running.url.replace("https:", "http:"))).rejects.toThrow();
  });

  it.each([
    { name: "says nothing", hello: Buffer.alloc(0) },
    // a record of type handshake that announces 512 bytes, of which few come
    { name: "begins its hello", hello: Buffer.from("1603010200010001fc0303", "hex") },
  ])("cuts off who $name in the TLS handshake, and serves others meanwhile", async ({ hello }) => {
    await using running = await start({ registry: FREE }, { certificateFiles: files }, { ...PATIENCE, headersMs: 200 });
    const { hostname, port } = new URL(running.url);
    const socket = connectPlain({ host: hostname, port: Number(port) });
    await once(socket, "connect");
    const closed = once(socket, "close");
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(hello);
    expect((await get(`${running.url}/v2/`, { ca, as: "viewer" })).status).toBe(200);
    await closed;
  });

  it("reads its certificate again when the files change, and goes on with the old one while they are broken", async () => {
    await using running = await start({ registry: FREE }, { certificateFiles: files });
    const before = await fingerprint(running.url);
    await writeFile(files.certificate, "half a certifi");
    await expect
      .poll(() => JSON.stringify(base.log), { timeout: 15_000 })
      .toContain("cannot use the registry's new certificate");
    expect(await fingerprint(running.url)).toBe(before);
    ca = (await writeCertificate()).caPem;
    await expect.poll(() => fingerprint(running.url), { timeout: 15_000 }).not.toBe(before);
    expect((await get(`${running.url}/v2/`, { ca, as: "viewer" })).status).toBe(200);
  }, 40_000);

  it("a certificate that is none, or with another key, stops the start", async () => {
    const other = join(folder, "other.key");
    await writeFile(other, (await ensureOther()).keyPem);
    for (const key of [join(folder, "none"), other]) {
      await expect(start({ registry: FREE }, { certificateFiles: { ...files, key } })).rejects.toMatchObject({
        code: "TLS_FILES_INVALID",
      });
    }
  });

  it("one that cannot be opened closes the other one again", async () => {
    await using taken = await start({ registry: FREE });
    const port = Number(new URL(taken.url).port);
    await expect(start({ registry: FREE, registryPublic: { ...FREE, port } })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });

  it.each([
    { name: "by address", registry: {}, want: ["http://127.0.0.1:5000", "http://[::1]:5443"] },
    {
      name: "by name",
      registry: { names: ["registry.internal:5000"], publicName: "registry.example.com" },
      want: ["http://registry.internal:5000", "http://registry.example.com"],
    },
    {
      name: "with TLS",
      registry: { publicName: "registry.example.com", publicCertificateFiles: { certificate: "a", key: "b" } },
      want: ["http://127.0.0.1:5000", "https://registry.example.com"],
    },
  ])("are shown $name", ({ registry, want }) => {
    const { configuration } = base.context;
    const listeners = registryListeners({
      listen: {
        ...configuration.listen,
        registry: { host: "127.0.0.1", port: 5_000 },
        registryPublic: { host: "::1", port: 5_443 },
      },
      registry: { ...configuration.registry, ...registry },
    });
    expect(listeners.map(uriOf)).toEqual(want);
  });
});

async function ensureOther(): Promise<ServingCertificate> {
  return await ensureServingCertificate({
    secrets: { set: () => Promise.resolve(), getOrCreate: (_, create) => create() },
    listener: "other",
    names: [],
    clock: { now: () => new Date() },
  });
}

async function fingerprint(url: string): Promise<string> {
  const socket: TLSSocket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
