// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterEach, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import { readConfiguration } from "#configuration";
import { openRepository } from "#image-source";
import { ensureServingCertificate } from "#tls";
import { buildImage, buildIndex, type TestImage } from "../../../test/support/image-builder.ts";
import { DENY, startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../../../test/support/registry-server.ts";
import { openReachedBlobs } from "./open-reached-blobs.ts";
import { startRegistry } from "./registry/start-registry.ts";

const IMAGE = buildImage([{ entries: [{ path: "a", content: "hello" }] }]);
const INDEX = buildIndex([{ image: IMAGE, os: "linux", architecture: "amd64" }]);
const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) {
    await each[Symbol.asyncDispose]();
  }
});

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "haechi-reached-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function push(registry: TestRegistry, image: TestImage): Promise<void> {
  const credentials = { username: "admin", password: TEST_ACCOUNTS.admin.password };
  await using repository = await openRepository(
    { registry: registry.host, repository: "team/app" },
    { credentials, scopes: ["pull", "push"] },
  );
  for (const [digest, bytes] of image.blobs) {
    if (!digest.startsWith(image.manifest.digest)) {
      await (digest === IMAGE.manifest.digest
        ? repository.pushManifest(digest, IMAGE.manifest.mediaType, bytes)
        : repository.pushBlob(bytes));
    }
  }
  const { digest, mediaType } = image.manifest;
  await repository.pushManifest("1", mediaType, image.blobs.get(digest) ?? new Uint8Array());
}

async function start(): Promise<{ registry: TestRegistry; read: (digest: Digest) => Promise<Uint8Array | undefined> }> {
  const registry = await startTestRegistry();
  opened.push(registry);
  await push(registry, INDEX);
  const { images, registry: settings } = readConfiguration({ environment: {}, flags: {}, workingDir: "/" });
  const blobs = await openReachedBlobs({
    configuration: { images, registry: { ...settings, reachableAt: registry.host } },
    database: registry.context.database,
    clock: registry.context.clock,
  });
  opened.push(blobs);
  return { registry, read: (digest) => blobs.read(digest, LIMITS.maxManifestBytes) };
}

it("a process that stores nothing reads what the gate of the registry refuses to clients", async () => {
  const { registry, read } = await start();
  registry.judge.decide(INDEX.manifest.digest, DENY);
  registry.judge.decide(IMAGE.manifest.digest, DENY);
  expect(await read(INDEX.manifest.digest)).toEqual(INDEX.blobs.get(INDEX.manifest.digest));
  const { config } = JSON.parse(String(IMAGE.blobs.get(IMAGE.manifest.digest))) as { config: { digest: Digest } };
  expect(await read(config.digest)).toEqual(IMAGE.blobs.get(config.digest));
});

it("reads from a listener with TLS by the authority that is named for it, and from no other", async () => {
  await using folder = await temporaryFolder();
  const made = await ensureServingCertificate({
    secrets: { set: () => Promise.resolve(), getOrCreate: (_, create) => create() },
    listener: "registry",
    names: [],
    clock: { now: () => new Date() },
  });
  const files = { certificate: join(folder.path, "tls.crt"), key: join(folder.path, "tls.key") };
  const authority = join(folder.path, "ca.crt");
  await writeFile(files.certificate, made.certPem);
  await writeFile(files.key, made.keyPem);
  await writeFile(authority, made.caPem);
  const { registry } = await start();
  const { configuration } = registry.context;
  const listener = await startRegistry({
    ...registry.context,
    telemetry: { ...registry.context.telemetry, metrics: new Registry() },
    configuration: { ...configuration, registry: { ...configuration.registry, certificateFiles: files } },
  });
  opened.push({ [Symbol.asyncDispose]: () => listener.stop() });
  const { host, protocol } = new URL(listener.url);
  expect(protocol).toBe("https:");
  const read = async (name: string) => {
    const images = { ...configuration.images, certificateAuthorities: [{ name, value: authority }] };
    await using blobs = await openReachedBlobs({
      configuration: { images, registry: { ...configuration.registry, reachableAt: host } },
      database: registry.context.database,
      clock: registry.context.clock,
    });
    return await blobs.read(INDEX.manifest.digest, LIMITS.maxManifestBytes);
  };
  await expect(read("other.example")).rejects.toThrow();
  expect(await read(host)).toEqual(INDEX.blobs.get(INDEX.manifest.digest));
});

it("what is in no repository is not there, and nobody is asked", async () => {
  const { registry, read } = await start();
  await registry.stop();
  expect(await read(digestOf("nothing"))).toBeUndefined();
});

it("a registry that cannot be reached is an error, never an empty answer", async () => {
  const { registry, read } = await start();
  await registry.stop();
  await expect(read(INDEX.manifest.digest)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
});
