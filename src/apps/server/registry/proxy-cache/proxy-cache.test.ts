// SPDX-License-Identifier: Apache-2.0
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../../../../test/support/eventually.ts";
import { type ForeignRegistry, startForeignRegistry } from "../../../../../test/support/foreign-registry.ts";
import { buildImage, buildIndex } from "../../../../../test/support/image-builder.ts";
import { call, DENY, startTestRegistry, type TestRegistry } from "../../../../../test/support/registry-server.ts";

import { openRegistryContent } from "../content/open-registry-content.ts";
import { UpstreamClients } from "../upstream/upstream-clients.ts";
import { ProxyCache } from "./proxy-cache.ts";

const WAIT_MS = 20_000;
const APP = buildImage([{ entries: [{ path: "app", content: "one" }] }]);
const APP_2 = buildImage([{ entries: [{ path: "app", content: "two" }] }]);

let registry: TestRegistry;
let upstream: ForeignRegistry;
let now = Date.parse("2026-11-22T00:00:00Z");
let prefixes = 0;
let prefix = "";

beforeAll(async () => {
  registry = await startTestRegistry({ registry: { scanWaitMs: WAIT_MS }, now: () => new Date(now) });
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

beforeEach(async () => {
  upstream = await startForeignRegistry();
  prefixes += 1;
  prefix = `hub${prefixes}`;
  await cacheOf(prefix, {});
});

afterEach(async () => {
  registry.judge.reset();
  await upstream[Symbol.asyncDispose]();
});

async function cacheOf(name: string, more: object): Promise<void> {
  await registry.context.database.registryObjects.put({
    kind: "settings",
    name,
    document: { proxyCache: { registry: upstream.host, ...more } },
    updatedBy: "test",
  });
  await registry.context.settings.refresh();
}

function pull(path: string, method = "GET") {
  return call(registry, `${method} /v2/${prefix}/${path}`, { as: "viewer" });
}

describe("the first pull of an image that is not cached", () => {
  it("is held until the image is stored whole, and then served", async () => {
    upstream.push("team/app", "1", APP);
    const answer = await pull("team/app/manifests/1");
    expect(answer).toMatchObject({ status: 200, headers: { "docker-content-digest": APP.manifest.digest } });
    const { layers } = JSON.parse(answer.body.toString()) as { layers: { digest: string }[] };
    expect((await pull(`team/app/blobs/${layers[0]?.digest ?? ""}`)).status).toBe(200);
  });

  it("hands out nothing that the gate refuses: neither manifest nor blobs", async () => {
    upstream.push("team/app", "1", APP);
    registry.judge.decide(APP.manifest.digest, DENY);
    expect(await pull("team/app/manifests/1")).toMatchObject({ status: 403, code: "DENIED" });
    expect(await pull(`team/app/manifests/${APP.manifest.digest}`)).toMatchObject({ status: 403, code: "DENIED" });
    const { config, layers } = JSON.parse(String(APP.blobs.get(APP.manifest.digest))) as {
      config: { digest: string };
      layers: { digest: string }[];
    };
    for (const { digest } of [config, ...layers]) {
      expect(await pull(`team/app/blobs/${digest}`)).toMatchObject({ status: 403, code: "DENIED" });
    }
  });

  it("gives no blob while no manifest was asked for: nothing passes through", async () => {
    upstream.push("team/app", "1", APP);
    const { config } = JSON.parse(String(APP.blobs.get(APP.manifest.digest))) as { config: { digest: string } };
    expect(await pull(`team/app/blobs/${config.digest}`)).toMatchObject({ status: 404, code: "BLOB_UNKNOWN" });
    expect(upstream.asked).toEqual([]);
  });

  it("asks for a scan, also where pushes are not scanned", async () => {
    upstream.push("team/app", "1", APP_2);
    await registry.context.database.registryObjects.put({
      kind: "settings",
      name: prefix,
      document: { scanOnPush: false, proxyCache: { registry: upstream.host } },
      updatedBy: "test",
    });
    await registry.context.settings.refresh();
    await pull("team/app/manifests/1");
    expect(await registry.context.database.scans.find(APP_2.manifest.digest)).toMatchObject({ state: "pending" });
  });

  it("is one fetch, however many ask at once", async () => {
    upstream.push("team/app", "1", APP);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pull("team/app/manifests/1")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(upstream.asked.filter((line) => line.startsWith("GET") && line.includes("/blobs/"))).toHaveLength(2);
  });

  it("is a 404 for what the upstream registry does not have, and does not ask it again and again", async () => {
    expect(await pull("team/none/manifests/1")).toMatchObject({ status: 404, code: "MANIFEST_UNKNOWN" });
    const asked = upstream.asked.length;
    expect(await pull("team/none/manifests/1")).toMatchObject({ status: 404, code: "MANIFEST_UNKNOWN" });
    expect(upstream.asked).toHaveLength(asked);
  });

  it.each([
    { name: "a manifest with other bytes", part: "/manifests/", body: '{"schemaVersion":2}' },
    { name: "a blob with other bytes", part: "/blobs/", body: "x" },
  ])("stores nothing of an upstream registry that lies: $name", async ({ part, body }) => {
    upstream.push("team/app", "1", APP);
    upstream.misbehave = (request, response) => {
      if (request.method !== "GET" || request.url?.includes(part) !== true) {
        return undefined;
      }
      response.writeHead(200, {
        "content-type": "application/vnd.oci.image.manifest.v1+json",
        "docker-content-digest": APP.manifest.digest,
      });
      response.end(body);
      return "answered";
    };
    expect((await pull("team/app/manifests/1")).status).toBe(503);
    expect(await registry.context.database.registry.findManifest(`${prefix}/team/app`, { tag: "1" })).toBeUndefined();
  });
});

describe("an index", () => {
  const amd64 = buildImage([{ entries: [{ path: "amd64" }] }]);
  const s390x = buildImage([{ entries: [{ path: "s390x" }] }]);
  const index = buildIndex([
    { image: amd64, os: "linux", architecture: process.arch === "arm64" ? "arm64" : "amd64" },
    { image: s390x, os: "linux", architecture: "s390x" },
  ]);

  it("comes with the child that runs here; another comes when it is asked for, and is judged itself", async () => {
    upstream.push("team/multi", "1", index);
    expect(await pull("team/multi/manifests/1")).toMatchObject({ status: 200 });
    const store = registry.context.database.registry;
    expect(await store.findManifest(`${prefix}/team/multi`, { digest: amd64.manifest.digest })).toBeDefined();
    expect(await store.findManifest(`${prefix}/team/multi`, { digest: s390x.manifest.digest })).toBeUndefined();
    registry.judge.decide(s390x.manifest.digest, DENY);
    expect(await pull(`team/multi/manifests/${s390x.manifest.digest}`)).toMatchObject({ status: 403 });
    registry.judge.reset();
    expect(await pull(`team/multi/manifests/${s390x.manifest.digest}`)).toMatchObject({ status: 200 });
  });
});

describe("a tag", () => {
  it("is believed for a while, then asked for by HEAD, and fetched when it moved", async () => {
    upstream.push("team/app", "1", APP);
    await pull("team/app/manifests/1");
    const before = upstream.asked.length;
    upstream.push("team/app", "1", APP_2);
    expect((await pull("team/app/manifests/1")).headers["docker-content-digest"]).toBe(APP.manifest.digest);
    expect(upstream.asked).toHaveLength(before);
    now += 301_000;
    expect((await pull("team/app/manifests/1")).headers["docker-content-digest"]).toBe(APP_2.manifest.digest);
    expect(upstream.asked[before]).toBe("HEAD /v2/team/app/manifests/1");
  });

  it("costs one HEAD when it did not move", async () => {
    upstream.push("team/app", "1", APP);
    await pull("team/app/manifests/1");
    const before = upstream.asked.length;
    now += 301_000;
    expect((await pull("team/app/manifests/1")).status).toBe(200);
    expect(upstream.asked.slice(before)).toEqual(["HEAD /v2/team/app/manifests/1"]);
  });
});

describe("an upstream registry in trouble", () => {
  it("that is away: what is cached is served with its age, the rest is unavailable", async () => {
    upstream.push("team/app", "1", APP);
    await pull("team/app/manifests/1");
    now += 3_600_000;
    upstream.misbehave = (_, response) => {
      response.destroy();
      return "answered";
    };
    const answer = await pull("team/app/manifests/1");
    expect(answer).toMatchObject({ status: 200, headers: { age: "3600" } });
    expect(answer.headers["warning"]).toMatch(/^299 - ".*60 minutes/);
    expect(await pull("team/other/manifests/1")).toMatchObject({ status: 503, code: "UNAVAILABLE" });
  }, 30_000);

  it("that limits: it is left alone as long as it asks for, and pulls are undecided", async () => {
    upstream.misbehave = (_, response) => {
      response.writeHead(429, { "retry-after": "120", "content-type": "application/json" });
      response.end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}');
      return "answered";
    };
    const answer = await pull("team/app/manifests/1");
    expect(answer).toMatchObject({ status: 403, code: "DENIED", headers: { "retry-after": "120" } });
    expect(answer.message).toContain(upstream.host);
    const asked = upstream.asked.length;
    await pull("team/app/manifests/2");
    expect(upstream.asked).toHaveLength(asked);
    const [decision] = await eventually(async () => {
      await registry.context.database.decisions.flush();
      const found = await registry.context.database.decisions.list({ limit: 1, outcome: "undecided" });
      return found.length > 0 ? found : undefined;
    });
    expect(decision?.reasons[0]?.code).toBe("REGISTRY_UNAVAILABLE");
    upstream.misbehave = () => undefined;
    upstream.push("team/app", "1", APP);
    now += 121_000;
    expect((await pull("team/app/manifests/1")).status).toBe(200);
  });

  it("that is slow: the pull is refused as undecided in time, and succeeds once the image is there", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let isReleased = false;
    await using impatient = await startTestRegistry({ registry: { scanWaitMs: 100 }, now: () => new Date(now) });
    await impatient.context.database.registryObjects.put({
      kind: "settings",
      name: "hub",
      document: { proxyCache: { registry: upstream.host } },
      updatedBy: "test",
    });
    await impatient.context.settings.refresh();
    upstream.push("team/app", "1", APP);
    upstream.misbehave = (request, response) => {
      if (isReleased || request.method !== "GET" || request.url?.includes("/blobs/") !== true) {
        return undefined;
      }
      const digest = request.url.split("/").at(-1) ?? "";
      void released.then(() => response.end(APP.blobs.get(digest as never)));
      return "answered";
    };
    const held = await call(impatient, "GET /v2/hub/team/app/manifests/1", { as: "viewer" });
    expect(held).toMatchObject({ status: 403, code: "DENIED" });
    expect(held.message).toContain("being fetched");
    isReleased = true;
    release();
    await eventually(async () => {
      const answer = await call(impatient, "GET /v2/hub/team/app/manifests/1", { as: "viewer" });
      return answer.status === 200 ? answer : undefined;
    });
  });
});

it("an upstream registry that dribbles is given up in the end, and holds nothing for ever", async () => {
  const { context } = registry;
  const opened = openRegistryContent(context);
  const dribbling: NodeJS.Timeout[] = [];
  upstream.push("team/app", "1", APP);
  upstream.misbehave = (request, response) => {
    if (request.url?.includes("/blobs/") !== true) {
      return undefined;
    }
    response.writeHead(200, { "content-type": "application/octet-stream" });
    dribbling.push(setInterval(() => response.write(" "), 10));
    return "answered";
  };
  await using cache = new ProxyCache({
    ...context,
    content: opened.content,
    clients: new UpstreamClients({ configuration: context.configuration, secrets: context.database.secrets }),
    registryName: () => "",
    platforms: () => ["linux/amd64"],
    telemetry: { ...context.telemetry, metrics: new Registry() },
    maxFetchMs: 150,
  });
  try {
    await expect(cache.prepare(`${prefix}/team/app`, "1", WAIT_MS)).rejects.toMatchObject({ code: "UPSTREAM_AWAY" });
    await eventually(() =>
      Promise.resolve(cache.overview().every(({ fetching }) => fetching.length === 0) || undefined),
    );
  } finally {
    dribbling.forEach(clearInterval);
    opened[Symbol.dispose]();
  }
});

it("a push into a cache is refused, an upload too", async () => {
  for (const line of [`POST /v2/${prefix}/team/app/blobs/uploads/`, `PUT /v2/${prefix}/team/app/manifests/1`]) {
    const answer = await call(registry, line, { as: "uploader" });
    expect(answer).toMatchObject({ status: 403, code: "DENIED" });
    expect(answer.message).toContain("cache");
  }
});

it("a cache of this registry itself asks nobody", async () => {
  await using own = await startTestRegistry({ registry: { names: ["127.0.0.1:5999"], scanWaitMs: WAIT_MS } });
  await own.context.database.registryObjects.put({
    kind: "settings",
    name: "hub",
    document: { proxyCache: { registry: "127.0.0.1:5999" } },
    updatedBy: "test",
  });
  await own.context.settings.refresh();
  const answer = await call(own, "GET /v2/hub/team/app/manifests/1", { as: "viewer" });
  expect(answer).toMatchObject({ status: 403, code: "DENIED" });
});

it("credentials come from the secret, and a missing one is never asked without", async () => {
  upstream.accounts.set("team/app", { robot: "s3cret" });
  upstream.push("team/app", "1", APP);
  await cacheOf(prefix, { credentials: `registry-upstream/${prefix}` });
  expect(await pull("team/app/manifests/1")).toMatchObject({ status: 403, code: "DENIED" });
  expect(upstream.asked).toEqual([]);
  const { secrets } = registry.context.database;
  const another = [{ registry: "registry.example" }, { registry: upstream.host.replace(/:.*/, "") }, {}];
  for (const of of [...another, { registry: upstream.host }]) {
    const foreign = JSON.stringify({ ...of, username: "robot", password: "s3cret" });
    await secrets.set(`registry-upstream/${prefix}`, Buffer.from(foreign));
    expect(await pull("team/app/manifests/1")).toMatchObject({ status: 403, code: "DENIED" });
    expect(upstream.asked).toEqual([]);
  }
  const own = JSON.stringify({ registry: upstream.host, isPlainHttp: true, username: "robot", password: "s3cret" });
  await secrets.set(`registry-upstream/${prefix}`, Buffer.from(own));
  expect((await pull("team/app/manifests/1")).status).toBe(200);
  expect(JSON.stringify(registry.log)).not.toContain("s3cret");
});
