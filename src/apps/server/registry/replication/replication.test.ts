// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestHex, digestOf } from "#base";
import type { RegistryJobRecord } from "#database";
import type { ReplicationRule } from "#registry";
import { type BreakingProxy, startBreakingProxy } from "../../../../../test/support/breaking-proxy.ts";
import { type DockerRegistry, startDockerRegistry } from "../../../../../test/support/docker-registry.ts";
import { eventually } from "../../../../../test/support/eventually.ts";
import { type ForeignRegistry, startForeignRegistry } from "../../../../../test/support/foreign-registry.ts";
import { buildImage, buildIndex, type TestImage } from "../../../../../test/support/image-builder.ts";
import {
  call,
  DENY,
  pushBlob,
  pushImage,
  pushManifest,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
} from "../../../../../test/support/registry-server.ts";
import { describeWithTools } from "../../../../../test/support/tools.ts";
import { type RegistryJobs, startRegistryJobs } from "../../registry-jobs/index.ts";
import { openRegistryContent } from "../content/open-registry-content.ts";
import { createChangeGuard } from "../settings/index.ts";
import { writeUpstreamCredentials } from "../upstream/upstream-credentials.ts";
import { replicationJob, replicationTrigger } from "./index.ts";
import { addOutcome, NOTHING_REPLICATED, type ReplicationResult } from "./replication-result.ts";
import { replication } from "./replication-worker.ts";

const APP = buildImage([{ entries: [{ path: "app", content: "one" }] }]);
const APP_2 = buildImage([{ entries: [{ path: "app", content: "two" }] }]);
const BIG = buildImage([{ entries: [{ path: "data", content: randomBytes(6 * 1024 * 1024) }] }]);
const INDEX = buildIndex([
  { image: APP, os: "linux", architecture: "amd64" },
  { image: APP_2, os: "linux", architecture: "arm64" },
]);

/** A registry of ours that carries out replication rules. */
interface Replicating extends AsyncDisposable {
  readonly registry: TestRegistry;
  put(name: string, rule: ReplicationRule): Promise<void>;
  run(name: string): Promise<RegistryJobRecord>;
  ended(id: number): Promise<RegistryJobRecord>;
  /** All jobs that are there, when none is open any more. */
  settled(): Promise<readonly RegistryJobRecord[]>;
}

async function startReplicating(registry: TestRegistry, hasTriggers: boolean = false): Promise<Replicating> {
  const { context } = registry;
  context.telemetry.metrics.clear();
  const opened = openRegistryContent(context, { changes: createChangeGuard(context) });
  const jobs: RegistryJobs = await startRegistryJobs(context, {
    content: opened.content,
    workers: [replication],
    schedules: [],
    triggers: hasTriggers ? [replicationTrigger] : [],
    pollMs: 20,
    progressIntervalMs: 0,
    firstRetryMs: 1,
  });
  const { registryJobs, registryObjects } = context.database;
  const replicating: Replicating = {
    registry,
    put: (name, rule) => registryObjects.put({ kind: "replication", name, document: rule, updatedBy: "test" }),
    async run(name) {
      const { id } = await registryJobs.create(replicationJob({ rule: name, scope: "all" }, "test"));
      return await replicating.ended(id);
    },
    ended: (id) =>
      eventually(async () => {
        const job = await registryJobs.find(id);
        return job?.finishedAt === undefined ? undefined : job;
      }, 20),
    settled: () =>
      eventually(async () => {
        const all = await registryJobs.list({ limit: 100 });
        return all.some(({ finishedAt }) => finishedAt === undefined) ? undefined : all;
      }, 20),
    async [Symbol.asyncDispose]() {
      await jobs.stop();
      opened[Symbol.dispose]();
    },
  };
  return replicating;
}

function resultOf(job: RegistryJobRecord): ReplicationResult {
  expect(job.message).toBeUndefined();
  expect(job).toMatchObject({ state: "done" });
  return job.result as ReplicationResult;
}

/** A manifest about another one, as notation and oras attach it. */
async function attach(registry: TestRegistry, repository: string, subject: TestImage): Promise<Digest> {
  const config = await pushBlob(registry, repository, "{}");
  const layer = await pushBlob(registry, repository, `signature of ${subject.manifest.digest}`);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      artifactType: "application/vnd.cncf.notary.signature",
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: config, size: 2 },
      layers: [{ mediaType: "application/jose+json", digest: layer, size: 13 + subject.manifest.digest.length }],
      subject: { mediaType: subject.manifest.mediaType, digest: subject.manifest.digest, size: subject.manifest.size },
    }),
  );
  const digest = digestOf(bytes);
  expect((await pushManifest(registry, `${repository}@${digest}`, { mediaType, bytes })).status).toBe(201);
  return digest;
}

async function digestAt(registry: TestRegistry, repository: string, reference: string): Promise<string | undefined> {
  const { status, headers } = await call(registry, `HEAD /v2/${repository}/manifests/${reference}`, { as: "uploader" });
  return status === 200 ? String(headers["docker-content-digest"]) : undefined;
}

/** Every blob and child that the image names is there. */
async function isWhole(registry: TestRegistry, repository: string, image: TestImage): Promise<boolean> {
  for (const [digest, bytes] of image.blobs) {
    const kind = bytes.subarray(0, 20).toString().startsWith('{"schemaVersion"') ? "manifests" : "blobs";
    const answer = await call(registry, `GET /v2/${repository}/${kind}/${digest}`, { as: "uploader" });
    if (answer.status !== 200 || digestOf(answer.body) !== digest) {
      return false;
    }
  }
  return true;
}

let here: Replicating;
let there: TestRegistry;

beforeAll(async () => {
  there = await startTestRegistry();
  here = await startReplicating(await startTestRegistry());
  const credentials = {
    registry: there.host,
    isPlainHttp: true,
    username: "uploader",
    password: TEST_ACCOUNTS.uploader.password,
  };
  await writeUpstreamCredentials(here.registry.context.database.secrets, "registry-upstream/there", credentials);
});

afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await here.registry[Symbol.asyncDispose]();
  await there[Symbol.asyncDispose]();
});

afterEach(() => {
  here.registry.judge.reset();
  there.judge.reset();
});

function toThere(more: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    direction: "push",
    registry: there.host,
    credentials: "registry-upstream/there",
    isPlainHttp: true,
    duplicates: "overwrite",
    trigger: { kind: "off" },
    ...more,
  };
}

describe("a rule that cannot be carried out", () => {
  it("fails its job with what is wrong, and shows no secret", async () => {
    await pushImage(here.registry, "wrong/app:1", APP);
    await writeUpstreamCredentials(here.registry.context.database.secrets, "registry-upstream/bad", {
      registry: there.host,
      isPlainHttp: true,
      username: "a",
      password: "hunter2",
    });
    await writeUpstreamCredentials(here.registry.context.database.secrets, "registry-upstream/elsewhere", {
      registry: "registry.example",
      username: "uploader",
      password: TEST_ACCOUNTS.uploader.password,
    });
    const only = { repositories: ["wrong/*"] };
    for (const [name, rule, code] of [
      ["bad-password", toThere({ ...only, credentials: "registry-upstream/bad" }), "UNAUTHORIZED"],
      ["no-password", toThere({ ...only, credentials: "registry-upstream/none" }), "CREDENTIALS_INVALID"],
      ["for-another-host", toThere({ ...only, credentials: "registry-upstream/elsewhere" }), "CREDENTIALS_INVALID"],
    ] as const) {
      await here.put(name, rule);
      const job = await here.run(name);
      expect(job).toMatchObject({ state: "failed", message: { code } });
      expect(JSON.stringify(job)).not.toContain("hunter2");
    }
    expect(await here.run("no-such-rule")).toMatchObject({
      state: "failed",
      message: { code: "RULE_UNKNOWN" },
    });
    await here.registry.context.database.registryObjects.put({
      kind: "replication",
      name: "unreadable",
      document: { direction: "sideways" },
      updatedBy: "test",
    });
    expect(await here.run("unreadable")).toMatchObject({ state: "failed" });
  });

  it("without plain HTTP is not sent in clear", async () => {
    await here.put("tls", toThere({ repositories: ["wrong/*"], isPlainHttp: false, registry: "192.0.2.1:5000" }));
    const { isPlainHttp: _, ...rule } = toThere({ repositories: ["wrong/app"], registry: there.host });
    await here.put("loopback", rule);
    expect(resultOf(await here.run("loopback")).counts.copied).toBe(1);
  });
});

describe("push", () => {
  it("copies what the filters name under its name over there, whole, with children, signatures and cosign's tags", async () => {
    for (const reference of ["push/app:1.0", "push/app:dev-1", "push/other:1.0", "elsewhere/app:1.0"]) {
      await pushImage(here.registry, reference, reference.startsWith("push/app:1") ? INDEX : APP);
    }
    const attached = await attach(here.registry, "push/app", INDEX);
    const ofChild = await attach(here.registry, "push/app", APP_2);
    const cosign = `sha256-${digestHex(INDEX.manifest.digest)}.sig`;
    await pushImage(here.registry, `push/app:${cosign}`, APP_2);
    await here.put(
      "filtered",
      toThere({
        repositories: ["push/*"],
        tags: ["1.*"],
        excludedTags: ["*-rc"],
        destination: { removePrefix: "push", addPrefix: "mirror/team" },
      }),
    );
    const result = resultOf(await here.run("filtered"));
    expect(result).toMatchObject({ counts: { copied: 2, failed: 0 }, problems: [] });
    expect(await digestAt(there, "mirror/team/app", "1.0")).toBe(INDEX.manifest.digest);
    expect(await isWhole(there, "mirror/team/app", INDEX)).toBe(true);
    expect(await digestAt(there, "mirror/team/other", "1.0")).toBe(APP.manifest.digest);
    expect(await digestAt(there, "mirror/team/app", "dev-1")).toBeUndefined();
    expect(await digestAt(there, "elsewhere/app", "1.0")).toBeUndefined();
    expect(await digestAt(there, "mirror/team/app", cosign)).toBe(APP_2.manifest.digest);
    for (const [subject, referrer] of [
      [INDEX.manifest.digest, attached],
      [APP_2.manifest.digest, ofChild],
    ] as const) {
      const list = await call(there, `GET /v2/mirror/team/app/referrers/${subject}`, { as: "uploader" });
      expect(list.body.toString()).toContain(referrer);
    }
    const again = resultOf(await here.run("filtered"));
    expect(again).toMatchObject({ counts: { copied: 0, present: 2 }, manifests: 0, bytes: 0 });
  });

  it.each([
    { duplicates: "skip" as const, counts: { kept: 1, copied: 0 }, digest: APP_2.manifest.digest },
    { duplicates: "overwrite" as const, counts: { kept: 0, copied: 1 }, digest: APP.manifest.digest },
  ])("a tag that leads to something else over there: $duplicates", async ({ duplicates, counts, digest }) => {
    const repository = `duplicates/${duplicates}`;
    await pushImage(here.registry, `${repository}:1`, APP);
    await pushImage(there, `${repository}:1`, APP_2);
    await here.put("duplicates", toThere({ repositories: [repository], duplicates }));
    expect(resultOf(await here.run("duplicates")).counts).toMatchObject(counts);
    expect(await digestAt(there, repository, "1")).toBe(digest);
  });

  it("where only allowed images are copied, a refused one stays here", async () => {
    await pushImage(here.registry, "judged/app:good", APP);
    await pushImage(here.registry, "judged/app:bad", APP_2);
    here.registry.judge.decide(APP_2.manifest.digest, DENY);
    await here.put("allowed", toThere({ repositories: ["judged/app"], onlyAllowed: true }));
    expect(resultOf(await here.run("allowed")).counts).toMatchObject({ copied: 1, "not-allowed": 1 });
    expect(await digestAt(there, "judged/app", "bad")).toBeUndefined();
  });

  it("only allowed images brings no other image that hangs on one", async () => {
    await pushImage(here.registry, "hung/app:1", APP);
    await pushImage(here.registry, "hung/app:2", APP_2);
    const { mediaType, digest: subject, size } = APP.manifest;
    const manifest = JSON.parse(Buffer.from(APP_2.blobs.get(APP_2.manifest.digest) ?? []).toString()) as object;
    const bytes = Buffer.from(JSON.stringify({ ...manifest, subject: { mediaType, digest: subject, size } }));
    const hung = digestOf(bytes);
    const pushed = await pushManifest(here.registry, `hung/app@${hung}`, {
      mediaType: APP_2.manifest.mediaType,
      bytes,
    });
    expect(pushed.status).toBe(201);
    const signature = await attach(here.registry, "hung/app", APP);
    await here.put("hung", toThere({ repositories: ["hung/app"], tags: ["1"], onlyAllowed: true }));
    const result = resultOf(await here.run("hung"));
    expect(await digestAt(there, "hung/app", signature)).toBe(signature);
    expect(await digestAt(there, "hung/app", hung)).toBeUndefined();
    expect(result.problems.map(({ what }) => what)).toContainEqual(expect.stringContaining(hung));
  });

  it("images that cannot be called so over there are named in a job that failed", async () => {
    await pushImage(here.registry, "partly/app:1", APP);
    await pushImage(here.registry, "partly/app:2", APP_2);
    await here.put("partly", toThere({ repositories: ["partly/app"], destination: { addPrefix: "x".repeat(250) } }));
    const job = await here.run("partly");
    expect(job).toMatchObject({ state: "failed", message: { code: "COPY_INCOMPLETE", params: { count: 2 } } });
    expect((job.result as ReplicationResult).problems.map(({ what }) => what)).toEqual([
      "partly/app:1",
      "partly/app:2",
    ]);
  });
});

describe("a way that breaks", () => {
  let proxy: BreakingProxy;

  beforeEach(async () => {
    proxy = await startBreakingProxy(there.host);
    await writeUpstreamCredentials(here.registry.context.database.secrets, "registry-upstream/proxy", {
      registry: proxy.host,
      isPlainHttp: true,
      username: "uploader",
      password: TEST_ACCOUNTS.uploader.password,
    });
  });

  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
  });

  it("an upload goes on after what had arrived", async () => {
    await pushImage(here.registry, "broken/push:1", BIG);
    await here.put(
      "broken",
      toThere({ registry: proxy.host, credentials: "registry-upstream/proxy", repositories: ["broken/push"] }),
    );
    proxy.breakAfter(2 * 1024 * 1024, { of: "sent", times: 2 });
    const result = resultOf(await here.run("broken"));
    expect(result.counts).toMatchObject({ copied: 1, failed: 0 });
    expect(proxy.breaks).toBe(2);
    expect(await isWhole(there, "broken/push", BIG)).toBe(true);
  }, 60_000);

  it("a download is tried again by the job, and what is there is not fetched twice", async () => {
    await pushImage(there, "broken/pull:1", BIG);
    await here.put("pulled", {
      ...toThere({ registry: proxy.host, credentials: "registry-upstream/proxy", repositories: ["broken/pull"] }),
      direction: "pull",
    });
    proxy.breakAfter(3 * 1024 * 1024, { of: "received", times: 1 });
    const job = await here.run("pulled");
    expect(resultOf(job).counts).toMatchObject({ copied: 1 });
    expect(job.attempts).toBeGreaterThan(1);
    expect(proxy.breaks).toBe(1);
    expect(await isWhole(here.registry, "broken/pull", BIG)).toBe(true);
  }, 60_000);
});

describe("pull", () => {
  it("copies images with what is attached, moves a tag when the rule says so, and never an immutable one", async () => {
    await pushImage(there, "pull/app:1", INDEX);
    const attached = await attach(there, "pull/app", INDEX);
    await here.put("pull", {
      ...toThere({ repositories: ["pull/*"], destination: { addPrefix: "from" } }),
      direction: "pull",
    });
    expect(resultOf(await here.run("pull"))).toMatchObject({ counts: { copied: 1 }, problems: [] });
    expect(await isWhole(here.registry, "from/pull/app", INDEX)).toBe(true);
    const list = await call(here.registry, `GET /v2/from/pull/app/referrers/${INDEX.manifest.digest}`, {
      as: "uploader",
    });
    expect(list.body.toString()).toContain(attached);
    await pushImage(there, "pull/app:1", APP);
    expect(resultOf(await here.run("pull")).counts).toMatchObject({ copied: 1 });
    expect(await digestAt(here.registry, "from/pull/app", "1")).toBe(APP.manifest.digest);
    await here.registry.context.database.registryObjects.put({
      kind: "settings",
      name: "from/pull",
      document: { immutableTags: ["1"] },
      updatedBy: "test",
    });
    await here.registry.context.settings.refresh();
    await pushImage(there, "pull/app:1", APP_2);
    await pushImage(there, "pull/app:2", APP_2);
    const refused = await here.run("pull");
    expect(refused).toMatchObject({ state: "failed", result: { counts: { copied: 1, failed: 1 } } });
    expect(JSON.stringify(refused.result)).toContain("immutableTags");
    expect(await digestAt(here.registry, "from/pull/app", "1")).toBe(APP.manifest.digest);
    expect(await digestAt(here.registry, "from/pull/app", "2")).toBe(APP_2.manifest.digest);
  });

  it("an image whose bytes are not what they should be is refused, named, and the rest goes on", async () => {
    const foreign: ForeignRegistry = await startForeignRegistry();
    try {
      foreign.push("team/app", "bad", APP);
      foreign.push("team/app", "good", APP_2);
      const { layers } = JSON.parse(String(APP.blobs.get(APP.manifest.digest))) as { layers: { digest: string }[] };
      foreign.misbehave = (request, response) => {
        if (request.url?.startsWith("/v2/team/app/tags/list") === true) {
          response.writeHead(200, { "content-type": "application/json" });
          response.end('{"name":"team/app","tags":["bad","good"]}');
          return "answered";
        }
        if (request.url === `/v2/team/app/blobs/${layers[0]?.digest ?? ""}`) {
          response.writeHead(200).end("something else");
          return "answered";
        }
        return undefined;
      };
      await here.put("foreign", {
        direction: "pull",
        registry: foreign.host,
        isPlainHttp: true,
        repositories: ["team/app"],
        destination: { addPrefix: "foreign" },
        duplicates: "overwrite",
        trigger: { kind: "off" },
      });
      const job = await here.run("foreign");
      expect(job).toMatchObject({ state: "failed", result: { counts: { copied: 1, failed: 1 } } });
      expect(JSON.stringify(job.result)).toMatch(/BLOB_TOO_|DIGEST/);
      expect(await digestAt(here.registry, "foreign/team/app", "bad")).toBeUndefined();
      expect(await digestAt(here.registry, "foreign/team/app", "good")).toBe(APP_2.manifest.digest);
    } finally {
      await foreign[Symbol.asyncDispose]();
    }
  });

  it("a registry that asks to wait is waited for, and the job says so", async () => {
    const foreign: ForeignRegistry = await startForeignRegistry();
    try {
      foreign.misbehave = (_request, response) => {
        response.writeHead(429, { "retry-after": "3600" }).end();
        return "answered";
      };
      await here.put("limited", {
        direction: "pull",
        registry: foreign.host,
        isPlainHttp: true,
        repositories: ["team/app"],
        duplicates: "skip",
        trigger: { kind: "off" },
      });
      const { registryJobs } = here.registry.context.database;
      const { id } = await registryJobs.create(replicationJob({ rule: "limited", scope: "all" }, "test"));
      await expect.poll(async () => (await registryJobs.find(id))?.message?.code).toBe("RATE_LIMITED");
      expect(await registryJobs.find(id)).toMatchObject({ state: "pending" });
      expect(foreign.asked).toHaveLength(1);
      await registryJobs.cancel(id);
    } finally {
      await foreign[Symbol.asyncDispose]();
    }
  });
});

describe("a restart", () => {
  it("goes on after the last image, and counts those before", async () => {
    for (const tag of ["1", "2", "3"]) {
      await pushImage(here.registry, `restart/app:${tag}`, APP);
    }
    await here.put("restart", toThere({ repositories: ["restart/app"] }));
    const { registryJobs } = here.registry.context.database;
    await here[Symbol.asyncDispose]();
    const { id } = await registryJobs.create(replicationJob({ rule: "restart", scope: "all" }, "test"));
    await registryJobs.claim(["replicate"]);
    const before = addOutcome(addOutcome(NOTHING_REPLICATED, "copied", { bytes: 5 }), "present");
    await registryJobs.noteProgress(id, {
      position: { repository: "restart/app", reference: "2", attempts: 1, result: before },
    });
    await registryJobs.finish(id, { state: "pending", isInterruption: true });
    here = await startReplicating(here.registry);
    const result = resultOf(await here.ended(id));
    expect(result.counts).toMatchObject({ copied: 2, present: 1 });
    expect(await digestAt(there, "restart/app", "1")).toBeUndefined();
    expect(await digestAt(there, "restart/app", "3")).toBe(APP.manifest.digest);
  });
});

describe("by event", () => {
  it("a push, a later signature and a deletion follow; what is not the rule's does not; a start catches up", async () => {
    const registry = await startTestRegistry();
    await writeUpstreamCredentials(registry.context.database.secrets, "registry-upstream/there", {
      registry: there.host,
      isPlainHttp: true,
      username: "admin",
      password: TEST_ACCOUNTS.admin.password,
    });
    await pushImage(registry, "event/before:1", APP);
    const rule = toThere({ repositories: ["event/*"], tags: ["1"], trigger: { kind: "event" }, copiesDeletions: true });
    await registry.context.database.registryObjects.put({
      kind: "replication",
      name: "event",
      document: rule,
      updatedBy: "test",
    });
    const replicating = await startReplicating(registry, true);
    try {
      await eventually(async () => await digestAt(there, "event/before", "1"), 50);
      await pushImage(registry, "event/app:1", APP);
      await pushImage(registry, "event/app:dev", APP_2);
      await pushImage(registry, "other/app:1", APP_2);
      await eventually(async () => await digestAt(there, "event/app", "1"), 50);
      const referrer = await attach(registry, "event/app", APP);
      await eventually(async () => await digestAt(there, "event/app", referrer), 50);
      const deleted = await call(registry, "DELETE /v2/event/app/manifests/1", { as: "admin" });
      expect(deleted.status).toBe(202);
      await expect.poll(async () => await digestAt(there, "event/app", "1")).toBeUndefined();
      await replicating.settled();
      expect(await digestAt(there, "event/app", "dev")).toBeUndefined();
      expect(await digestAt(there, "other/app", "1")).toBeUndefined();
    } finally {
      await replicating[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    }
  }, 30_000);
});

describeWithTools("docker-registry as the other side", ["docker-registry"], () => {
  let docker: DockerRegistry;

  beforeAll(async () => {
    docker = await startDockerRegistry();
  });

  afterAll(async () => {
    await docker[Symbol.asyncDispose]();
  });

  it("gets images with their signatures, which it has no list for, and gives them back", async () => {
    await pushImage(here.registry, "docker/app:1", INDEX);
    await pushImage(here.registry, "docker/app:big", BIG);
    const attached = await attach(here.registry, "docker/app", INDEX);
    const proxy = await startBreakingProxy(docker.host);
    try {
      proxy.breakAfter(2 * 1024 * 1024, { of: "sent", times: 2 });
      const { credentials: _, ...rule } = toThere({ registry: proxy.host, repositories: ["docker/*"] });
      await here.put("to-docker", rule);
      expect(resultOf(await here.run("to-docker"))).toMatchObject({ counts: { copied: 2 }, problems: [] });
      expect(proxy.breaks).toBe(2);
      expect(resultOf(await here.run("to-docker"))).toMatchObject({ counts: { present: 2 }, bytes: 0 });
      await here.put("from-docker", { ...rule, direction: "pull", destination: { addPrefix: "back" } });
      expect(resultOf(await here.run("from-docker"))).toMatchObject({ counts: { copied: 2 }, problems: [] });
      expect(await isWhole(here.registry, "back/docker/app", INDEX)).toBe(true);
      expect(await isWhole(here.registry, "back/docker/app", BIG)).toBe(true);
      const list = await call(here.registry, `GET /v2/back/docker/app/referrers/${INDEX.manifest.digest}`, {
        as: "uploader",
      });
      expect(list.body.toString()).toContain(attached);
    } finally {
      await proxy[Symbol.asyncDispose]();
    }
  }, 60_000);
});
