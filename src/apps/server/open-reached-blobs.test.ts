// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import { readConfiguration } from "#configuration";
import { openRepository } from "#image-source";
import { buildImage, buildIndex, type TestImage } from "../../../test/support/image-builder.ts";
import { DENY, startTestRegistry, TEST_ACCOUNTS, type TestRegistry } from "../../../test/support/registry-server.ts";
import { openReachedBlobs } from "./open-reached-blobs.ts";

const IMAGE = buildImage([{ entries: [{ path: "a", content: "hello" }] }]);
const INDEX = buildIndex([{ image: IMAGE, os: "linux", architecture: "amd64" }]);
const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) {
    await each[Symbol.asyncDispose]();
  }
});

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
