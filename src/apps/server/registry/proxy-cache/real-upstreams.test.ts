// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it } from "vitest";
import { DOCKER_REGISTRY_ACCOUNT, startDockerRegistry } from "../../../../../test/support/docker-registry.ts";
import { buildImage } from "../../../../../test/support/image-builder.ts";
import { attachToImage, pushToRegistry } from "../../../../../test/support/push-to-registry.ts";
import {
  call,
  pushImage,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
} from "../../../../../test/support/registry-server.ts";
import { describeWithTools } from "../../../../../test/support/tools.ts";
import { writeUpstreamCredentials } from "../upstream/upstream-credentials.ts";

const APP = buildImage([{ entries: [{ path: "app" }] }]);
const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) {
    await each[Symbol.asyncDispose]();
  }
});

async function startCache(
  upstream: string,
  credentials?: { readonly username: string; readonly password: string },
): Promise<TestRegistry> {
  const cache = await startTestRegistry({ registry: { scanWaitMs: 20_000 } });
  opened.push(cache);
  const { database, settings } = cache.context;
  if (credentials !== undefined) {
    await writeUpstreamCredentials(database.secrets, "registry-upstream/up", {
      ...credentials,
      registry: upstream,
      isPlainHttp: true,
    });
  }
  await database.registryObjects.put({
    kind: "settings",
    name: "hub",
    document: {
      proxyCache: {
        registry: upstream,
        freshSeconds: 0,
        ...(credentials === undefined ? {} : { credentials: "registry-upstream/up" }),
      },
    },
    updatedBy: "test",
  });
  await settings.refresh();
  return cache;
}

async function referrersOf(cache: TestRegistry): Promise<readonly string[]> {
  const answer = await call(cache, `GET /v2/hub/team/app/referrers/${APP.manifest.digest}`, { as: "viewer" });
  const { manifests } = JSON.parse(answer.body.toString()) as { readonly manifests: readonly { digest: string }[] };
  return manifests.map(({ digest }) => digest);
}

it("a registry of ours with tokens: the image comes with what is attached to it", async () => {
  const upstream = await startTestRegistry();
  opened.push(upstream);
  await pushImage(upstream, "team/app:1", APP);
  const uploader = { username: "uploader", password: TEST_ACCOUNTS.uploader.password };
  const { referrer, tag } = await attachToImage(upstream.host, "team/app", APP, uploader);
  const viewer = { username: "viewer", password: TEST_ACCOUNTS.viewer.password };
  const cache = await startCache(upstream.host, viewer);
  expect((await call(cache, "GET /v2/hub/team/app/manifests/1", { as: "viewer" })).status).toBe(200);
  expect(await referrersOf(cache)).toEqual([referrer]);
  expect((await call(cache, `GET /v2/hub/team/app/manifests/${tag}`, { as: "viewer" })).status).toBe(200);
});

it("wrong credentials are told as what they are", async () => {
  const upstream = await startTestRegistry();
  opened.push(upstream);
  await pushImage(upstream, "team/app:1", APP);
  const cache = await startCache(upstream.host, { username: "viewer", password: "wrong" });
  const answer = await call(cache, "GET /v2/hub/team/app/manifests/1", { as: "viewer" });
  expect(answer).toMatchObject({ status: 403, code: "DENIED" });
  expect(answer.message).toContain("credentials");
});

it("what is cached outlives a restart and the upstream registry", async () => {
  const upstream = await startTestRegistry({ registry: { anonymousPull: true } });
  await pushImage(upstream, "team/app:1", APP);
  const cache = await startCache(upstream.host);
  expect((await call(cache, "GET /v2/hub/team/app/manifests/1", { as: "viewer" })).status).toBe(200);
  await upstream[Symbol.asyncDispose]();
  await cache.restart();
  const answer = await call(cache, "GET /v2/hub/team/app/manifests/1", { as: "viewer" });
  expect(answer).toMatchObject({ status: 200, headers: { "docker-content-digest": APP.manifest.digest } });
  expect(answer.headers["warning"]).toMatch(/^299 - /);
}, 30_000);

describeWithTools("docker-registry as upstream", ["docker-registry"], () => {
  it("without the referrers API: what clients keep in a list under a tag comes, too", async () => {
    const upstream = await startDockerRegistry();
    opened.push(upstream);
    await pushToRegistry(upstream.host, "team/app:1", APP);
    const { referrer } = await attachToImage(upstream.host, "team/app", APP);
    const cache = await startCache(upstream.host);
    expect((await call(cache, "GET /v2/hub/team/app/manifests/1", { as: "viewer" })).status).toBe(200);
    expect(await referrersOf(cache)).toEqual([referrer]);
  });

  it("with accounts", async () => {
    const upstream = await startDockerRegistry({ hasAccounts: true });
    opened.push(upstream);
    const refused = await startCache(upstream.host);
    const asked = await call(refused, "GET /v2/hub/team/app/manifests/1", { as: "viewer" });
    expect(asked).toMatchObject({ status: 403, code: "DENIED" });
    const cache = await startCache(upstream.host, DOCKER_REGISTRY_ACCOUNT);
    expect((await call(cache, "GET /v2/hub/team/app/manifests/1", { as: "viewer" })).status).toBe(404);
  });
});
