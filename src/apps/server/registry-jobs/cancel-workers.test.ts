// SPDX-License-Identifier: Apache-2.0
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { readConfiguration } from "#configuration";
import { hashPassword } from "#database";
import { buildImage, buildIndex } from "../../../../test/support/image-builder.ts";
import { interposed } from "../../../../test/support/interposed.ts";
import {
  pushImage,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { startApi } from "../api/index.ts";
import type { RunningRole, ServerContext } from "../context.ts";
import { openRegistryContent } from "../registry/index.ts";
import { startRegistryJobs } from "./start-registry-jobs.ts";

const { password: PASSWORD } = TEST_ACCOUNTS.admin;
const IMAGES = 6;
/** More than a collection looks at before it says how far it is. */
const ORPHANS = 700;
const open = new AsyncDisposableStack();

let registry: TestRegistry;
let source: TestRegistry;
let context: ServerContext;
let api: RunningRole;
let orphans: readonly Digest[] = [];
let backup = "";

/** Where a worker is held until it was cancelled. */
type Place = "remove" | "stat" | "check" | "putManifest" | "deleteTag" | "openBlob";
let hold:
  | {
      readonly place: Place;
      left: number;
      readonly reached: PromiseWithResolvers<void>;
      readonly goOn: PromiseWithResolvers<void>;
    }
  | undefined;

async function pass(place: Place): Promise<void> {
  if (hold?.place === place) {
    hold.left -= 1;
    if (hold.left === 0) {
      hold.reached.resolve();
      await hold.goOn.promise;
    }
  }
}

beforeAll(async () => {
  // ahead of the times of files, so that a collection takes what was stored just now
  const now = () => new Date(Date.now() + 3_600_000);
  registry = open.use(await startTestRegistry({ registry: { gcGraceMs: 0 }, now }));
  source = open.use(await startTestRegistry());
  const { blobs, database, configuration } = registry.context;
  const { content } = open.use(openRegistryContent(registry.context));
  const defaults = readConfiguration({ environment: {}, flags: {}, workingDir: registry.folder });
  const backupDir = join(registry.folder, "backups");
  context = {
    ...registry.context,
    content,
    configuration: {
      ...defaults,
      ...configuration,
      registry: { ...defaults.registry, ...configuration.registry, backupDir },
    },
    blobs: interposed(blobs, {
      remove: (digest, mayGo) => pass("remove").then(() => blobs.remove(digest, mayGo)),
      stat: (digest) => pass("stat").then(() => blobs.stat(digest)),
      check: (digest, signal) => pass("check").then(() => blobs.check(digest, signal)),
    }),
  };
  const held = interposed(content, {
    putManifest: (...all) => pass("putManifest").then(() => content.putManifest(...all)),
    deleteTag: (...all) => pass("deleteTag").then(() => content.deleteTag(...all)),
    openBlob: (...all) => pass("openBlob").then(() => content.openBlob(...all)),
  });
  const jobs = await startRegistryJobs(context, {
    content: held,
    schedules: [],
    triggers: [],
    pollMs: 50,
    progressIntervalMs: 0,
  });
  open.defer(() => jobs.stop());
  const admin = await database.accounts.findByName("admin");
  await database.accounts.setPassword(admin?.id ?? "", await hashPassword(PASSWORD));
  api = await startApi(context);
  open.defer(() => api.stop());
}, 120_000);
afterAll(() => open.disposeAsync());

async function haechi(...words: readonly string[]) {
  return await runCommandLine([...words, "--server", api.url, "--username", "admin"], {
    folder: registry.folder,
    variables: { HAECHI_PASSWORD: PASSWORD },
  });
}

async function begin(words: readonly string[]): Promise<number> {
  const begun = await haechi(...words, "--format", "json");
  expect(begun).toMatchObject({ code: 0 });
  return (JSON.parse(begun.stdout) as { readonly id: number }).id;
}

async function pushImages(to: TestRegistry, repository: string): Promise<void> {
  for (let index = 0; index < IMAGES; index++) {
    await pushImage(to, `${repository}:${index}`, image(`${repository} ${index}`));
  }
}

function image(content: string): ReturnType<typeof buildImage> {
  return buildImage([{ entries: [{ path: "app", content }] }]);
}

async function countTags(prefix: string): Promise<number> {
  const { registry: store } = context.database;
  const repositories = (await store.listRepositories({ limit: 1_000 })).filter((name) => name.startsWith(prefix));
  const tags = await Promise.all(repositories.map((name) => store.listTags(name, { limit: 1_000 })));
  return tags.flat().length;
}

async function countOrphans(): Promise<number> {
  const found = await Promise.all(orphans.map((digest) => registry.context.blobs.stat(digest)));
  return found.filter((blob) => blob !== undefined).length;
}

async function countFolders(kind: "images" | "snapshots"): Promise<number> {
  const root = join(registry.folder, "backups", kind);
  const names = await readdir(root).catch(() => []);
  return (await Promise.all(names.map((name) => readdir(join(root, name))))).flat().length;
}

/** Signs in at the source, so that its repositories may be listed and read. */
async function logIn(): Promise<void> {
  const file = join(registry.folder, "password");
  await writeFile(file, PASSWORD);
  const words = ["registry", "cache", "login", "source", source.host, "--registry-username", "admin"];
  const login = await haechi(...words, "--registry-password-file", file, "--registry-plain-http");
  expect(login).toMatchObject({ code: 0, stderr: "" });
}

it.each<{
  readonly name: string;
  readonly prepare?: () => Promise<void>;
  readonly words: readonly string[] | (() => readonly string[]);
  /** One of the middle of its work. */
  readonly at: readonly [Place, number];
  /** How much of it is done, or left. */
  readonly count: () => Promise<number>;
  /** The counts that are some of the work, and all of it. */
  readonly some: readonly [number, number];
  readonly all: number;
}>([
  {
    name: "collection",
    async prepare() {
      orphans = await Promise.all(
        Array.from({ length: ORPHANS }, async (_, index) => {
          const digest = digestOf(`orphan ${index}`);
          await writeFile(registry.context.blobs.pathOf(digest), `orphan ${index}`);
          return digest;
        }),
      );
    },
    words: ["registry", "gc", "--no-wait"],
    at: ["remove", 3],
    count: countOrphans,
    some: [1, ORPHANS - 2],
    all: 0,
  },
  {
    name: "retention",
    async prepare() {
      for (const name of ["a", "b"]) {
        await pushImages(registry, `kept/${name}`);
      }
      const document = { retention: [{ keepNewest: 1 }] };
      await context.database.registryObjects.put({ kind: "settings", name: "kept", document, updatedBy: "test" });
    },
    words: ["registry", "retention", "kept", "--no-wait"],
    at: ["deleteTag", 3],
    count: () => countTags("kept"),
    some: [IMAGES, 2 * IMAGES - 2],
    all: 2,
  },
  {
    name: "import",
    async prepare() {
      await logIn();
      await pushImages(source, "team/app");
    },
    words: () => [
      ...["registry", "import", source.host, "--to", "imported", "--repository", "team/*", "--credentials", "source"],
      ...["--source-plain-http", "--no-wait"],
    ],
    at: ["putManifest", 3],
    count: () => countTags("imported"),
    some: [1, IMAGES - 1],
    all: IMAGES,
  },
  {
    name: "replication",
    async prepare() {
      const words = ["registry", "replicate", "set", "pulling", source.host, "--direction", "pull"];
      const more = [
        "--repository",
        "team/*",
        "--add-prefix",
        "replicated",
        "--credentials",
        "source",
        "--registry-plain-http",
      ];
      expect(await haechi(...words, ...more)).toMatchObject({ code: 0, stderr: "" });
    },
    words: ["registry", "replicate", "run", "pulling", "--no-wait"],
    at: ["putManifest", 3],
    count: () => countTags("replicated"),
    some: [1, IMAGES - 1],
    all: IMAGES,
  },
  {
    name: "promotion",
    async prepare() {
      const children = Array.from({ length: IMAGES }, (_, index) => ({
        image: image(`child ${index}`),
        os: "linux",
        architecture: `cpu${index}`,
      }));
      await pushImage(registry, "dev/app:1", buildIndex(children));
      const rule = ["registry", "promote", "set-rule", "to-prod", "dev", "prod", "--no-approval", "--mutable"];
      expect(await haechi(...rule)).toMatchObject({ code: 0, stderr: "" });
    },
    words: ["registry", "promote", "request", "to-prod", "dev/app:1"],
    at: ["putManifest", 3],
    count: () => countTags("prod"),
    some: [0, 0],
    all: 1,
  },
  {
    name: "backup of images",
    prepare: () => pushImages(registry, "safe/app"),
    words: ["registry", "backup", "now", "--repository", "safe/*", "--no-wait"],
    at: ["openBlob", 3],
    count: () => countFolders("images"),
    some: [0, 0],
    all: 1,
  },
  {
    name: "restoration",
    async prepare() {
      const list = await haechi("registry", "backup", "list", "--format", "json");
      backup = (JSON.parse(list.stdout) as { backups: { name: string }[] }).backups[0]?.name ?? "";
    },
    words: () => ["registry", "restore", backup, "--prefix", "restored", "--no-wait"],
    at: ["putManifest", 3],
    count: () => countTags("restored"),
    some: [1, IMAGES - 1],
    all: IMAGES,
  },
  {
    name: "snapshot",
    words: ["registry", "snapshot", "now", "--no-wait"],
    at: ["stat", 3],
    count: () => countFolders("snapshots"),
    some: [0, 0],
    all: 1,
  },
  {
    name: "check",
    words: ["registry", "check", "--no-wait"],
    at: ["check", 3],
    count: () => Promise.resolve(0),
    some: [0, 0],
    all: 0,
  },
])(
  "one that is cancelled ends in the middle, leaves nothing half, and can be begun again: $name",
  async (row) => {
    await row.prepare?.();
    const words = typeof row.words === "function" ? row.words() : row.words;
    const held = {
      place: row.at[0],
      left: row.at[1],
      reached: Promise.withResolvers<void>(),
      goOn: Promise.withResolvers<void>(),
    };
    hold = held;
    const first = await begin(words);
    await held.reached.promise;
    expect(await haechi("registry", "jobs", "cancel", String(first))).toMatchObject({ code: 0 });
    expect(await context.database.registryJobs.find(first)).toMatchObject({ state: "running", isCancelling: true });
    hold = undefined;
    held.goOn.resolve();
    const ended = await haechi("registry", "jobs", "watch", String(first), "--format", "json");
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ state: "cancelled" });
    const [least, most] = row.some;
    const count = await row.count();
    expect(count).toBeGreaterThanOrEqual(least);
    expect(count).toBeLessThanOrEqual(most);
    await assertWhole();

    const second = await begin(words);
    expect(second).not.toBe(first);
    const done = await haechi("registry", "jobs", "watch", String(second), "--format", "json");
    expect(JSON.parse(done.stdout)).toMatchObject({ state: "done" });
    expect(await row.count()).toBe(row.all);
    await assertWhole();
  },
  60_000,
);

/** Everything that has a name has all its bytes, nothing is on its way, and no lock is held. */
async function assertWhole(): Promise<void> {
  const { registry: store } = context.database;
  const { blobs } = registry.context;
  for (const repository of await store.listRepositories({ limit: 1_000 })) {
    for (const { digest } of await store.listManifests(repository, { limit: 1_000 })) {
      const manifest = await store.findManifest(repository, { digest });
      for (const each of [digest, ...(manifest?.references ?? []).map((reference) => reference.digest)]) {
        expect([repository, each, await blobs.check(each)]).toEqual([repository, each, "whole"]);
      }
    }
  }
  expect(await Array.fromAsync(blobs.listUploads())).toEqual([]);
  expect(await readdir(join(registry.folder, "tmp"))).toEqual([]);
  // which would keep every blob from being removed
  const jobs = context.database.registryJobs;
  expect(await jobs.list({ limit: 1, kind: "snapshot", state: "running" })).toEqual([]);
}
