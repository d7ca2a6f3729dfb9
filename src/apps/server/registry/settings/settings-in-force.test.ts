// SPDX-License-Identifier: Apache-2.0
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { digestHex, digestOf } from "#base";
import type { RepositorySettings } from "#registry";
import { eventually } from "../../../../../test/support/eventually.ts";
import { GATED_NAME, type GatedRegistry, startGatedRegistry } from "../../../../../test/support/gated-registry.ts";
import { buildImage, buildIndex } from "../../../../../test/support/image-builder.ts";
import { type Answer, type Call, call } from "../../../../../test/support/registry-server.ts";

const IMAGE = buildImage([{ entries: [{ path: "app", content: "settings" }] }]);
const { digest } = IMAGE.manifest;
const CONFIG = (JSON.parse(IMAGE.blobs.get(digest)?.toString() ?? "{}") as { config: { digest: string } }).config
  .digest;
const LAYER = [...IMAGE.blobs.keys()].find((each) => each !== digest && each !== CONFIG);
const HIGH = {
  packages: [
    {
      type: "npm" as const,
      name: "left-pad",
      version: "1.0.0",
      findings: [{ id: "CVE-2026-1", severity: "high" as const, title: "a bug", fixed: ["1.0.1"] }],
    },
  ],
};

let registry: GatedRegistry;

beforeAll(async () => {
  registry = await startGatedRegistry();
  await registry.push("team/app:1.0", IMAGE);
  await registry.scanned(digest, HIGH);
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const { prefix } of registry.context.settings.tree.prefixes) {
    await registry.unset(prefix);
  }
});

async function pull(line = "GET /v2/team/app/manifests/1.0", options: Call = { as: "viewer" }): Promise<Answer> {
  return await call(registry, line, options);
}

describe("what a pull gets by what is set", () => {
  it.each<{ name: string; settings: Readonly<Record<string, RepositorySettings>>; want: number }>([
    { name: "nothing: the default refuses what could be fixed", settings: {}, want: 403 },
    { name: "from high on", settings: { team: { preventPullFrom: "high" } }, want: 403 },
    { name: "from critical on", settings: { team: { preventPullFrom: "critical" } }, want: 200 },
    { name: "from critical on, for others", settings: { other: { preventPullFrom: "critical" } }, want: 403 },
    {
      name: "stricter below",
      settings: { team: { preventPullFrom: "critical" }, "team/app": { preventPullFrom: "low" } },
      want: 403,
    },
    {
      name: "allowed by the common list",
      settings: { "": { allowedVulnerabilities: [{ id: "CVE-2026-1", reason: "not reachable" }] } },
      want: 200,
    },
    {
      name: "allowed by the common list, with a list of its own",
      settings: {
        "": { allowedVulnerabilities: [{ id: "CVE-2026-1", reason: "not reachable" }] },
        "team/app": { allowList: "own" },
      },
      want: 403,
    },
  ])("$name: $want", async ({ settings, want }) => {
    for (const [prefix, each] of Object.entries(settings)) {
      await registry.set(prefix, each);
    }
    expect((await pull()).status).toBe(want);
    expect((await pull(`GET /v2/team/app/manifests/${digest}`)).status).toBe(want);
    expect((await pull(`GET /v2/team/app/blobs/${LAYER}`)).status).toBe(want);
  });

  it("is refused with the name of the setting, in the client's language", async () => {
    await registry.set("team", { preventPullFrom: "high" });
    expect((await pull()).message).toContain(`preventPullFrom (pull prevention) for ${GATED_NAME}/team/*`);
    const korean = await pull(undefined, { as: "viewer", headers: { "accept-language": "ko" } });
    expect(korean.message).toContain("적용된 레지스트리 설정: preventPullFrom");
  });

  it("changes for those who asked a moment ago, whoever wrote it", async () => {
    await registry.set("team", { preventPullFrom: "critical" });
    expect((await pull()).status).toBe(200);
    const document: RepositorySettings = { preventPullFrom: "high" };
    // as another replica does: this process only hears of it
    await registry.context.database.registryObjects.put({ kind: "settings", name: "team", document, updatedBy: "x" });
    await eventually(async () => ((await pull()).status === 403 ? true : undefined), 20);
    expect((await pull(`GET /v2/team/app/blobs/${LAYER}`)).status).toBe(403);
  });

  it("is one verdict at both gates", async () => {
    await registry.set("team", { preventPullFrom: "high" });
    const { judge } = registry.context;
    const image = { reference: `${GATED_NAME}/team/app:1.0`, repository: "team/app", digest };
    for (const gate of ["registry", "admission"] as const) {
      const { verdict } = await judge.judge({ ...image, gate });
      expect(verdict.outcome).toBe("deny");
      const names = [verdict.policy, verdict.decidedBy, ...(verdict.mandatory ?? [])].map((each) => each?.name);
      expect(names).toContain("registry/settings");
    }
  });
});

describe("an image that nobody scanned", () => {
  const other = buildImage([{ entries: [{ path: "app", content: "unscanned" }] }]);

  it("is refused and not waited for where pushes are not scanned, and it is said", async () => {
    await registry.set("quiet", { scanOnPush: false });
    await registry.push("quiet/app:1.0", other);
    expect(await registry.context.database.scans.find(other.manifest.digest)).toBeUndefined();
    const answer = await pull("GET /v2/quiet/app/manifests/1.0");
    expect(answer).toMatchObject({ status: 403, code: "DENIED" });
    expect(answer.message).toContain("scanOnPush of quiet is off");
  });

  it("is handed out where settings let undecided images pass, and only there", async () => {
    const third = buildImage([{ entries: [{ path: "app", content: "third" }] }]);
    await registry.push("lax/app:1.0", third);
    await registry.push("strict/app:1.0", third);
    await registry.set("lax", { undecided: "allow" });
    expect((await pull("GET /v2/lax/app/manifests/1.0")).status).toBe(200);
    expect((await pull("GET /v2/strict/app/manifests/1.0")).status).toBe(403);
  });
});

it("repositories are open without an account where settings say so, and their images are judged all the same", async () => {
  await registry.push("open/app:1.0", IMAGE);
  const line = "GET /v2/open/app/manifests/1.0";
  expect((await call(registry, line)).status).toBe(401);
  await registry.set("open", { anonymousPull: true });
  expect((await call(registry, line)).status).toBe(403);
  await registry.set("open", { anonymousPull: true, preventPullFrom: "critical" });
  expect((await call(registry, line)).status).toBe(200);
  expect((await call(registry, "GET /v2/team/app/manifests/1.0")).status).toBe(401);
});

describe("a registry that is switched off", () => {
  async function turn(isOn: boolean): Promise<void> {
    const { database, settings } = registry.context;
    await database.registryObjects.put({ kind: "service", name: "", document: { isOn }, updatedBy: "permission" });
    await settings.refresh();
  }

  it.each([
    "GET /v2/",
    "GET /token?scope=repository:team/app:pull",
    "GET /v2/_catalog",
    "GET /v2/team/app/tags/list",
    "GET /v2/team/app/manifests/1.0",
    "HEAD /v2/team/app/manifests/1.0",
    "POST /v2/team/app/blobs/uploads/",
    `DELETE /v2/team/app/manifests/${digest}`,
  ])("answers %s with a sentence to nobody, administrators included", async (line) => {
    await turn(false);
    for (const as of ["viewer", "admin"] as const) {
      const answer = await pull(line, { as });
      expect(answer.status).toBe(503);
      if (!line.startsWith("HEAD")) {
        expect(answer).toMatchObject({ code: "UNAVAILABLE" });
        expect(answer.message).toContain("switched off");
      }
    }
    await turn(true);
    expect((await pull("GET /v2/")).status).toBe(200);
  });
});

describe("what settings protect", () => {
  const moved = buildImage([{ entries: [{ path: "app", content: "moved" }] }]);
  const index = buildIndex([{ image: IMAGE, os: "linux", architecture: "amd64" }]);

  async function runs(image: { readonly digest: typeof digest; readonly reference: string }): Promise<void> {
    await registry.context.database.workloads.save([
      {
        namespace: "shop",
        owner: { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "u1" },
        ...image,
        containers: ["web"],
        podCount: 1,
        pods: [],
        standing: "admitted",
        firstSeenAt: new Date().toISOString(),
      },
    ]);
  }

  it.each([
    {
      name: "an immutable tag is not moved",
      settings: { immutableTags: ["v*"] },
      tag: "v1",
      line: undefined,
      message: "the tag v1 of keep/app cannot be moved: the registry setting immutableTags of keep protects it",
    },
    {
      name: "an immutable tag is not deleted",
      settings: { immutableTags: ["v*"] },
      tag: "v2",
      line: "DELETE /v2/keep/app/manifests/v2",
      message: "immutableTags of keep protects the tag v2",
    },
    {
      name: "a protected tag is not deleted",
      settings: { protectedTags: ["rel-*"] },
      tag: "rel-1",
      line: "DELETE /v2/keep/app/manifests/rel-1",
      message: "protectedTags of keep protects the tag rel-1",
    },
    {
      name: "an image with a protected tag is not deleted",
      settings: { protectedTags: ["rel-*"] },
      tag: "rel-2",
      line: `DELETE /v2/keep/app/manifests/${digest}`,
      message: "protectedTags of keep protects the tag rel-",
    },
  ])("$name", async ({ settings, tag, line, message }) => {
    await registry.push(`keep/app:${tag}`, IMAGE);
    await registry.set("keep", settings);
    // the same again is no change
    await registry.push(`keep/app:${tag}`, IMAGE);
    const moving = await registry.push(`keep/app:${tag}`, moved).then(
      () => "201",
      (error: unknown) => String(error),
    );
    if (line === undefined) {
      expect(moving).toContain(message);
      expect(moving).toContain("403");
    } else {
      await registry.push(`keep/app:${tag}`, IMAGE);
      const answer = await pull(line, { as: "admin" });
      expect(answer).toMatchObject({ status: 403, code: "DENIED" });
      expect(answer.message).toContain(message);
    }
    expect((await registry.context.database.registry.findManifest("keep/app", { tag }))?.digest).toBe(digest);
  });

  it("an image that a workload runs is not deleted: by tag, by digest, below an index", async () => {
    await registry.push("run/app:1.0", index);
    await registry.push("run/app:amd64", IMAGE);
    await registry.push("copy/app:1.0", IMAGE);
    await runs({ digest, reference: `mirror.example/run/app@${digest}` });
    for (const reference of ["1.0", "amd64", digest, index.manifest.digest]) {
      const answer = await pull(`DELETE /v2/run/app/manifests/${reference}`, { as: "admin" });
      expect(answer).toMatchObject({ status: 403, code: "DENIED" });
      expect(answer.message).toContain("Deployment shop/web runs it");
    }
    // a copy elsewhere is another image
    expect((await pull("DELETE /v2/copy/app/manifests/1.0", { as: "admin" })).status).toBe(202);
    await registry.set("run", { protectInUse: false });
    expect((await pull("DELETE /v2/run/app/manifests/1.0", { as: "admin" })).status).toBe(202);
  });

  it("signatures are still added where every tag is immutable, and do not go away", async () => {
    const tag = `sha256-${digestHex(digest)}.sig`;
    await registry.push(`signed/app:${tag}`, IMAGE);
    await registry.set("signed", { immutableTags: ["*"] });
    await registry.push(`signed/app:${tag}`, moved);
    expect((await pull(`DELETE /v2/signed/app/manifests/${tag}`, { as: "admin" })).status).toBe(403);
  });

  it("the registry's own work is held to it as well", async () => {
    await registry.push("own/app:v1", IMAGE);
    await registry.set("own", { immutableTags: ["*"] });
    const author = { actor: "retention", requestId: "1", isSystem: true };
    await expect(registry.context.content?.deleteTag("own/app", "v1", author)).rejects.toMatchObject({
      code: "DENIED",
    });
    const missing = digestOf("missing");
    await expect(registry.context.content?.deleteManifest("own/app", missing, author)).rejects.toMatchObject({
      code: "MANIFEST_UNKNOWN",
    });
  });
});

it("pulls are noted, by tag and by digest, and no look is", async () => {
  await registry.set("used", { undecided: "allow" });
  await registry.push("used/app:1.0", IMAGE);
  const store = registry.context.database.registry;
  async function pulledAt(): Promise<string | undefined> {
    const { images } = await store.listImages({ repository: "used/app", limit: 1, offset: 0 });
    return images[0]?.pulledAt;
  }
  await registry.set("used", { preventPullFrom: "critical" });
  await pull("HEAD /v2/used/app/manifests/1.0");
  expect(await pulledAt()).toBeUndefined();
  await pull(`GET /v2/used/app/manifests/${digest}`);
  await eventually(pulledAt);
}, 20_000);
