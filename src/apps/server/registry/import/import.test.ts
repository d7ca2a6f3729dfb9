// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DockerRegistry, startDockerRegistry } from "../../../../../test/support/docker-registry.ts";
import { HARBOR_ACCOUNT, type HarborServer, startHarborServer } from "../../../../../test/support/harbor-server.ts";
import { buildImage, buildIndex } from "../../../../../test/support/image-builder.ts";
import { attachToImage, pushToRegistry } from "../../../../../test/support/push-to-registry.ts";
import { startTestRegistry, type TestRegistry } from "../../../../../test/support/registry-server.ts";
import { describeWithTools } from "../../../../../test/support/tools.ts";
import type { RegistryJobProgress, RegistryJobRun } from "../../registry-jobs/registry-job-worker.ts";
import { type OpenContent, openRegistryContent } from "../content/open-registry-content.ts";
import type { ImportParameters } from "./import-parameters.ts";
import { type ImportResult, importWorker } from "./import-worker.ts";

const ONE = buildImage([{ entries: [{ path: "one" }] }]);
const TWO = buildImage([{ entries: [{ path: "two" }] }]);
const MULTI = buildIndex([
  { image: ONE, os: "linux", architecture: "amd64" },
  { image: TWO, os: "linux", architecture: "arm64" },
]);

describeWithTools("importing from docker-registry", ["docker-registry"], () => {
  let registry: TestRegistry;
  let source: DockerRegistry;
  let opened: OpenContent;
  let destination = "";
  let attached: Awaited<ReturnType<typeof attachToImage>>;
  let round = 0;

  beforeAll(async () => {
    [registry, source] = await Promise.all([startTestRegistry(), startDockerRegistry()]);
    opened = openRegistryContent(registry.context);
    for (const tag of ["1", "2", "old-1"]) {
      await pushToRegistry(source.host, `team/app:${tag}`, tag === "2" ? TWO : ONE);
    }
    await pushToRegistry(source.host, "team/multi:1", MULTI);
    await pushToRegistry(source.host, "other/thing:1", TWO);
    attached = await attachToImage(source.host, "team/app", ONE);
  }, 60_000);

  afterAll(async () => {
    opened[Symbol.dispose]();
    await registry[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
  });

  beforeEach(() => {
    round += 1;
    destination = `from${round}`;
  });

  function parameters(more: Partial<ImportParameters> = {}): ImportParameters {
    return {
      kind: "distribution",
      registry: source.host,
      to: destination,
      duplicates: "skip",
      withSettings: false,
      isDryRun: false,
      ...more,
    };
  }

  async function run(
    wanted: ImportParameters,
    options: {
      readonly position?: unknown;
      readonly onReport?: (progress: RegistryJobProgress) => void;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<ImportResult> {
    const job: RegistryJobRun = {
      job: {
        id: 7,
        kind: "import",
        state: "running",
        target: "",
        parameters: JSON.parse(JSON.stringify(wanted)) as unknown,
        ...(options.position === undefined ? {} : { position: options.position }),
        done: 0,
        total: 0,
        unit: "items",
        attempts: 1,
        requestedBy: "kim",
        requestedAt: "2026-11-22T00:00:00Z",
      },
      context: registry.context,
      content: opened.content,
      log: registry.context.telemetry.log,
      signal: options.signal ?? new AbortController().signal,
      report: async (progress) => {
        options.onReport?.(progress);
        await Promise.resolve();
      },
    };
    return (await importWorker.run(job)) as ImportResult;
  }

  function find(repository: string, reference: string) {
    return opened.content.findManifest(`${destination}/${repository}`, reference);
  }

  it("a plan names what there is and copies nothing", async () => {
    const plan = await run(parameters({ isDryRun: true }));
    // two lists under tags: the signature, and what clients keep where there is no referrers API
    expect(plan.repositories).toEqual([
      { from: "other/thing", to: `${destination}/other/thing`, images: 1 },
      { from: "team/app", to: `${destination}/team/app`, images: 5 },
      { from: "team/multi", to: `${destination}/team/multi`, images: 1 },
    ]);
    expect(await find("team/app", "1")).toBeUndefined();
  });

  it("brings every image with its children and what is attached to it, each with its digest", async () => {
    const result = await run(parameters());
    // the signature came with its image before its tag was reached
    expect(result.counts).toEqual({ copied: 5, present: 1, skipped: 1, failed: 0 });
    expect(result.entries).toMatchObject([
      { outcome: "skipped", why: expect.stringContaining("referrers API") as string },
    ]);
    expect((await find("team/app", "1"))?.digest).toBe(ONE.manifest.digest);
    expect((await find("team/app", "2"))?.digest).toBe(TWO.manifest.digest);
    expect((await find("team/multi", "1"))?.digest).toBe(MULTI.manifest.digest);
    expect(await find("team/multi", TWO.manifest.digest)).toMatchObject({ kind: "image" });
    expect(await find("team/app", attached.referrer)).toMatchObject({ subject: ONE.manifest.digest });
    expect(await find("team/app", attached.tag)).toMatchObject({ kind: "artifact" });
  });

  it("does not send again what is there", async () => {
    const first = await run(parameters());
    const second = await run(parameters());
    expect(first.bytes).toBeGreaterThan(0);
    expect(second.bytes).toBe(0);
    expect(second.counts).toMatchObject({ copied: 0, present: 6 });
  });

  it("takes only what the patterns name", async () => {
    const result = await run(parameters({ repositories: ["team/*", "!team/multi"], tags: ["!old-*", "!sha256-*"] }));
    expect(result.counts.copied).toBe(3);
    expect(await find("team/app", "old-1")).toBeUndefined();
    expect(await find("other/thing", "1")).toBeUndefined();
    // signatures come with their image, whatever tags are named
    expect(await find("team/app", attached.tag)).toBeDefined();
  });

  it.each([
    { duplicates: "skip" as const, want: TWO, outcome: "skipped" },
    { duplicates: "overwrite" as const, want: ONE, outcome: "copied" },
  ])("a tag that leads elsewhere here: $duplicates", async ({ duplicates, want, outcome }) => {
    await run(parameters({ repositories: ["other/thing"] }));
    const from = await opened.content.findManifest(`${destination}/other/thing`, "1");
    expect(from?.digest).toBe(TWO.manifest.digest);
    await pushToRegistry(source.host, "third/thing:1", ONE);
    await opened.content.linkBlob(`${destination}/third/thing`, `${destination}/other/thing`, TWO.manifest.digest);
    for (const digest of from?.references.map((each) => each.digest) ?? []) {
      await opened.content.linkBlob(`${destination}/third/thing`, `${destination}/other/thing`, digest);
    }
    await opened.content.putManifest(
      `${destination}/third/thing`,
      { mediaType: from?.mediaType ?? "", bytes: await opened.content.readManifest(TWO.manifest.digest), tag: "1" },
      { actor: "kim", requestId: "test" },
    );
    const result = await run(parameters({ repositories: ["third/thing"], duplicates }));
    expect(result.counts).toMatchObject({ [outcome]: 1 });
    expect((await find("third/thing", "1"))?.digest).toBe(want.manifest.digest);
  });

  it("goes on where it was interrupted, with the counts that it had", async () => {
    const stopping = new AbortController();
    let position: unknown;
    await expect(
      run(parameters({ repositories: ["team/*", "other/*"] }), {
        signal: stopping.signal,
        onReport: (progress) => {
          position = progress.position ?? position;
          if (imageOf(progress).startsWith("team/app")) {
            stopping.abort(new Error("stopped"));
          }
        },
      }),
    ).rejects.toThrow("stopped");
    const asked: string[] = [];
    const result = await run(parameters({ repositories: ["team/*", "other/*"] }), {
      position: JSON.parse(JSON.stringify(position)) as unknown,
      onReport: (progress) => void asked.push(imageOf(progress)),
    });
    expect(asked.some((message) => message.startsWith("other/thing"))).toBe(false);
    expect(result.counts.copied + result.counts.present).toBe(6);
    expect((await find("team/multi", "1"))?.digest).toBe(MULTI.manifest.digest);
  });

  it("a registry that is away is no failure of the images: the job is tried again", async () => {
    const error: unknown = await run(parameters({ registry: "127.0.0.1:1" })).catch((each: unknown) => each);
    expect(importWorker.isTransient?.(error)).toBe(true);
  });

  it("parameters of another version are refused", async () => {
    await expect(run({ ...parameters(), kind: "other" } as never)).rejects.toMatchObject({ code: "JOB_INVALID" });
  });

  describe("with the API of Harbor in front", () => {
    let harbor: HarborServer;

    beforeEach(async () => {
      harbor = await startHarborServer(source.host, {
        projects: [
          { name: "team", project_id: 1, metadata: { public: "true", retention_id: "3" } },
          { name: "hub", project_id: 2, registry_id: 4, metadata: {} },
          { nonsense: true },
        ],
        "projects/team/repositories": [{ name: "team/app" }, { name: "team/multi" }, { name: "elsewhere/app" }],
        "projects/team/repositories/app/artifacts": [
          { digest: ONE.manifest.digest, tags: [{ name: "1" }, { name: "old-1" }], labels: [{ name: "x" }] },
          { digest: TWO.manifest.digest, tags: null },
        ],
        "projects/team/repositories/multi/artifacts": [{ digest: MULTI.manifest.digest, tags: [{ name: "1" }] }],
        "retentions/3": {
          rules: [
            {
              template: "latestPushedK",
              params: { latestPushedK: 10 },
              tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: "{v*,release-**}" }],
              scope_selectors: { repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**" }] },
            },
          ],
        },
        "projects/team/immutabletagrules": [
          {
            tag_selectors: [{ decoration: "matches", pattern: "v*" }],
            scope_selectors: { repository: [{ decoration: "repoMatches", pattern: "app" }] },
          },
        ],
        users: [{ username: "lee", sysadmin_flag: true }],
        "projects/team/members": [{ entity_name: "park", role_name: "developer", entity_type: "u" }],
        "projects/hub/members": [],
        robots: [
          {
            name: "robot$ci",
            permissions: [{ namespace: "team", access: [{ resource: "repository", action: "push" }] }],
          },
        ],
      });
      await registry.context.database.secrets.set(
        "registry-upstream/harbor",
        Buffer.from(JSON.stringify({ ...HARBOR_ACCOUNT, registry: harbor.host, isPlainHttp: true })),
      );
      return async () => {
        await harbor[Symbol.asyncDispose]();
      };
    });

    function ofHarbor(more: Partial<ImportParameters> = {}): ImportParameters {
      return parameters({
        kind: "harbor",
        registry: harbor.host,
        credentials: "registry-upstream/harbor",
        withSettings: true,
        ...more,
      });
    }

    it("brings tagged and untagged artifacts, and what rules come to, and lists the accounts", async () => {
      const result = await run(ofHarbor());
      expect(result.counts).toEqual({ copied: 4, present: 0, skipped: 0, failed: 0 });
      expect(await find("team/app", TWO.manifest.digest)).toBeDefined();
      expect(await find("team/app", attached.referrer)).toBeDefined();
      expect(result.settings).toEqual([
        {
          prefix: `${destination}/team`,
          settings: { retention: [{ tags: ["v*", "release-*"], keepNewest: 10 }] },
          outcome: "set",
        },
        { prefix: `${destination}/team/app`, settings: { immutableTags: ["v*"] }, outcome: "set" },
      ]);
      expect(result.accounts).toEqual([
        { kind: "person", name: "lee", rights: [], role: "ADMIN", isDisabled: false },
        { kind: "person", name: "park", rights: ["team: developer"], role: "IMAGE_UPLOADER", isDisabled: false },
        {
          kind: "robot",
          name: "robot$ci",
          rights: ["team: push repository"],
          role: "IMAGE_UPLOADER",
          isDisabled: false,
        },
      ]);
      expect(result.notes.map(({ code }) => code)).toEqual([
        "projectsUnreadable",
        "projectIsCache",
        "labelsLeftOut",
        "projectIsPublic",
      ]);
      expect(JSON.stringify(result)).not.toContain(HARBOR_ACCOUNT.password);
    });

    it("changes no settings that somebody made here", async () => {
      const { registryObjects } = registry.context.database;
      const name = `${destination}/team`;
      await registryObjects.put({ kind: "settings", name, document: { quotaBytes: 5_000_000 }, updatedBy: "kim" });
      const result = await run(ofHarbor());
      expect(result.settings[0]).toMatchObject({ prefix: name, outcome: "kept" });
      expect((await registryObjects.find("settings", name))?.document).toEqual({ quotaBytes: 5_000_000 });
    });

    it("undoes nothing that shorter prefixes say here, and sets nothing for all repositories", async () => {
      const { registryObjects } = registry.context.database;
      const document = { immutableTags: ["*"] };
      await registryObjects.put({ kind: "settings", name: destination, document, updatedBy: "kim" });
      harbor.answers = { ...harbor.answers, "projects//immutabletagrules": [{ tag_selectors: [{ pattern: "x" }] }] };
      const result = await run(ofHarbor());
      expect(result.settings[1]).toMatchObject({ prefix: `${destination}/team/app`, outcome: "kept" });
      await registry.context.settings.refresh();
      const { settings } = registry.context.settings.of(`${destination}/team/app`);
      expect(settings.immutableTags).toEqual(["*"]);
      harbor.answers = {
        ...harbor.answers,
        projects: [{ name: "", metadata: { retention_id: "3" } }],
        "projects//repositories": [],
      };
      expect((await run(ofHarbor({ to: "" }))).settings).toEqual([]);
      expect(await registryObjects.find("settings", "")).toBeUndefined();
    });

    it("sets no rules of what is not brought", async () => {
      harbor.answers = { ...harbor.answers, "projects/team/members": [] };
      const result = await run(ofHarbor({ repositories: ["team/multi"] }));
      expect(result.settings.map(({ prefix }) => prefix)).toEqual([`${destination}/team`]);
      expect((await run(ofHarbor({ repositories: ["none/*"] }))).settings).toEqual([]);
    });

    it("asks for no tag that is none, and stores none", async () => {
      const name = "../../../other/thing/manifests/1";
      harbor.answers = {
        ...harbor.answers,
        "projects/team/repositories/app/artifacts": [{ digest: ONE.manifest.digest, tags: [{ name }] }],
      };
      const result = await run(ofHarbor({ repositories: ["team/app"], withSettings: false }));
      expect(result.counts).toMatchObject({ copied: 0 });
      expect(result.notes).toContainEqual({ code: "tagsUnreadable", params: { count: 1, name: "team/app" } });
      expect(await find("team/app", name)).toBeUndefined();
    });

    it("asks for lists page by page", async () => {
      harbor.answers = {
        ...harbor.answers,
        "projects/team/repositories": Array.from({ length: 250 }, (_, at) => ({ name: `team/none${at}` })),
        ...Object.fromEntries(
          Array.from({ length: 250 }, (_, at) => [`projects/team/repositories/none${at}/artifacts`, []]),
        ),
      };
      const plan = await run(ofHarbor({ isDryRun: true }));
      expect(plan.repositories).toHaveLength(250);
    });

    it("says what somebody who is no administrator may not see", async () => {
      harbor.forbidden.add("users").add("projects/team/immutabletagrules");
      const { notes } = await run(ofHarbor({ isDryRun: true }));
      expect(notes.map(({ code }) => code)).toEqual(
        expect.arrayContaining(["accountsHidden", "projectRulesUnreadable"]),
      );
    });

    it("credentials that were stored for another registry are not sent", async () => {
      await registry.context.database.secrets.set(
        "registry-upstream/harbor",
        Buffer.from(JSON.stringify({ ...HARBOR_ACCOUNT, registry: "harbor.example" })),
      );
      const error: unknown = await run(ofHarbor()).catch((each: unknown) => each);
      expect(error).toMatchObject({
        code: "CREDENTIALS_INVALID",
        message: expect.stringContaining("are for harbor.example, so they are not sent to") as string,
      });
      expect(importWorker.isTransient?.(error)).toBe(false);
    });

    it("wrong credentials end the import, and are not tried again and again", async () => {
      await registry.context.database.secrets.set(
        "registry-upstream/harbor",
        Buffer.from(JSON.stringify({ ...HARBOR_ACCOUNT, registry: harbor.host, isPlainHttp: true, password: "wrong" })),
      );
      const error: unknown = await run(ofHarbor()).catch((each: unknown) => each);
      expect(error).toMatchObject({ code: "DENIED" });
      expect(importWorker.isTransient?.(error)).toBe(false);
    });
  });
});

/** The image that it is at; empty: something else. */
function imageOf({ message }: RegistryJobProgress): string {
  const name = message?.code === "at" ? message.params["name"] : "";
  return typeof name === "string" ? name : "";
}
