// SPDX-License-Identifier: Apache-2.0
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { RegistryJobRecord } from "#database";
import { buildImage, buildIndex } from "../../../../../test/support/image-builder.ts";
import { interposed } from "../../../../../test/support/interposed.ts";
import { attachToImage } from "../../../../../test/support/push-to-registry.ts";
import {
  DENY,
  pushImage,
  pushManifest,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
  UNDECIDED,
} from "../../../../../test/support/registry-server.ts";
import type { RegistryJobProgress } from "../../registry-jobs/registry-job-worker.ts";
import { type OpenContent, openRegistryContent } from "../content/open-registry-content.ts";
import { promoteWorker } from "./promote-worker.ts";
import type { PromotionPosition } from "./promotion-position.ts";
import { promotionRuleSchema } from "./promotion-rule.ts";
import { requestPromotion } from "./request-promotion.ts";

const APP = buildImage([{ entries: [{ path: "app" }] }]);
const OTHER = buildImage([{ entries: [{ path: "other" }] }]);
const ARM = buildImage([{ entries: [{ path: "arm" }] }]);
const MULTI = buildIndex([
  { image: APP, os: "linux", architecture: "amd64" },
  { image: ARM, os: "linux", architecture: "arm64" },
]);

const UPLOADER = { username: "uploader", password: TEST_ACCOUNTS.uploader.password };

let registry: TestRegistry;
let opened: OpenContent;
let round = 0;
let dev = "";
let prod = "";

beforeAll(async () => {
  registry = await startTestRegistry();
  opened = openRegistryContent(registry.context);
});

afterAll(async () => {
  opened[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

beforeEach(async () => {
  round += 1;
  dev = `dev${round}`;
  prod = `prod${round}`;
  await setRule({});
  await pushImage(registry, `${dev}/team/app:1`, APP);
});

afterEach(() => registry.judge.reset());

async function setRule(more: object): Promise<void> {
  await registry.context.database.registryObjects.put({
    kind: "promotion",
    name: dev,
    document: { from: dev, to: prod, needsApproval: true, isImmutable: false, ...more },
    updatedBy: "admin",
  });
}

async function ask(tag = "1"): Promise<RegistryJobRecord> {
  return await requestPromotion(registry.context, {
    rule: dev,
    repository: `${dev}/team/app`,
    tag,
    requestedBy: "kim",
  });
}

async function run(
  job: RegistryJobRecord,
  decidedBy: string | undefined = "lee",
  onMessage: (message: string | undefined) => void = () => undefined,
  content: typeof opened.content = opened.content,
  signal: AbortSignal = new AbortController().signal,
): Promise<unknown> {
  return await promoteWorker.run({
    job: { ...job, ...(decidedBy === "" ? {} : { decidedBy }) },
    context: registry.context,
    content,
    log: registry.context.telemetry.log,
    signal,
    report: async ({ message }) => {
      onMessage(message?.code);
      await Promise.resolve();
    },
  });
}

async function runReporting(
  job: RegistryJobRecord,
  onReport: (progress: RegistryJobProgress) => void,
): Promise<unknown> {
  return await promoteWorker.run({
    job: { ...job, decidedBy: "lee" },
    context: registry.context,
    content: opened.content,
    log: registry.context.telemetry.log,
    signal: new AbortController().signal,
    report: async (progress) => {
      onReport(progress);
      await Promise.resolve();
    },
  });
}

function atProd(reference: string) {
  return opened.content.findManifest(`${prod}/team/app`, reference);
}

describe("asking for a promotion", () => {
  it("waits for somebody else's approval", async () => {
    expect(await ask()).toMatchObject({ kind: "promote", state: "awaiting-approval", requestedBy: "kim" });
  });

  it("begins at once where the rule asks for no approval", async () => {
    await setRule({ needsApproval: false });
    expect(await ask()).toMatchObject({ state: "pending" });
  });

  it.each([
    { name: "an unknown rule", change: { rule: "none" }, code: "RULE_UNKNOWN" },
    { name: "another repository", change: { repository: "elsewhere/app" }, code: "IMAGE_NOT_COVERED" },
    { name: "a tag that is not there", change: { tag: "2" }, code: "IMAGE_UNKNOWN" },
    { name: "no tag", change: { tag: "../x" }, code: "IMAGE_NOT_COVERED" },
  ])("is refused: $name", async ({ change, code }) => {
    const request = { rule: dev, repository: `${dev}/team/app`, tag: "1", requestedBy: "kim", ...change };
    await expect(requestPromotion(registry.context, request)).rejects.toMatchObject({ code });
  });

  it("is refused for a tag that the rule leaves out", async () => {
    await setRule({ tags: ["v*"] });
    await expect(ask()).rejects.toMatchObject({ code: "IMAGE_NOT_COVERED" });
  });

  it("is refused for an image that is refused, with the reasons", async () => {
    registry.judge.decide(APP.manifest.digest, DENY);
    await expect(ask()).rejects.toMatchObject({
      code: "IMAGE_REFUSED",
      message: expect.stringContaining("CVE-2026-0001"),
    });
  });
});

describe("promoting", () => {
  it("copies the image with what is attached to it, and says so in the audit log", async () => {
    const { referrer, tag } = await attachAtDev();
    const result = await run(await ask());
    expect(result).toMatchObject({ to: `${prod}/team/app:1`, digest: APP.manifest.digest, problems: [] });
    expect((await atProd("1"))?.digest).toBe(APP.manifest.digest);
    expect(await atProd(referrer)).toMatchObject({ subject: APP.manifest.digest });
    expect(await atProd(tag)).toBeDefined();
    const entries = await registry.context.database.audit.list({ limit: 50 });
    expect(entries).toContainEqual(expect.objectContaining({ action: "image-promoted", actor: "lee" }));
  });

  it("copies all children of an index", async () => {
    await pushImage(registry, `${dev}/team/app:multi`, MULTI);
    await run(await ask("multi"));
    expect(await atProd(ARM.manifest.digest)).toMatchObject({ kind: "image" });
  });

  it("copies what was agreed to, not what the tag leads to by then", async () => {
    const job = await ask();
    await pushImage(registry, `${dev}/team/app:1`, OTHER);
    await run(job);
    expect((await atProd("1"))?.digest).toBe(APP.manifest.digest);
  });

  it("can be done twice", async () => {
    const job = await ask();
    await run(job);
    await expect(run(job)).resolves.toMatchObject({ manifests: 0 });
  });

  it.each([
    { name: "nobody", decidedBy: "" },
    { name: "the requester", decidedBy: "kim" },
  ])("is not done when $name agreed, however the job came about", async ({ decidedBy }) => {
    await expect(run(await ask(), decidedBy)).rejects.toMatchObject({ code: "APPROVAL_MISSING" });
    expect(await atProd("1")).toBeUndefined();
  });

  it("is not done when the image is refused by then", async () => {
    const job = await ask();
    registry.judge.decide(APP.manifest.digest, DENY);
    await expect(run(job)).rejects.toMatchObject({ code: "IMAGE_REFUSED" });
    expect(await atProd("1")).toBeUndefined();
    expect(await atProd(APP.manifest.digest)).toBeUndefined();
  });

  it("sets no tag when the image is refused while it is copied", async () => {
    const job = await ask();
    const refused = run(job, "lee", (message) => {
      if (message === "copying") {
        registry.judge.decide(APP.manifest.digest, DENY);
      }
    });
    await expect(refused).rejects.toMatchObject({ code: "IMAGE_REFUSED" });
    expect(await atProd("1")).toBeUndefined();
  });

  it("is not done when a policy would only warn: what is promoted is allowed", async () => {
    const job = await ask();
    registry.judge.decide(APP.manifest.digest, { ...DENY, mode: "warn" });
    await expect(run(job)).rejects.toMatchObject({ code: "IMAGE_REFUSED" });
  });

  it("is tried again while the scan is not finished", async () => {
    const job = await ask();
    registry.judge.decide(APP.manifest.digest, UNDECIDED);
    const error: unknown = await run(job).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: "VERDICT_PENDING" });
    expect(promoteWorker.isTransient?.(error)).toBe(true);
  });

  it("judges under the name that the image is to get, too", async () => {
    await run(await ask());
    expect(registry.judge.asked.some((reference) => reference.endsWith(`/${prod}/team/app:1`))).toBe(true);
  });

  it("moves no tag at the destination", async () => {
    await pushImage(registry, `${prod}/team/app:1`, OTHER);
    await expect(run(await ask())).rejects.toMatchObject({ code: "TAG_TAKEN" });
    expect((await atProd("1"))?.digest).toBe(OTHER.manifest.digest);
  });

  it("is not done when the rule leads elsewhere by then", async () => {
    const job = await ask();
    await setRule({ to: "somewhere-else" });
    await expect(run(job)).rejects.toMatchObject({ code: "IMAGE_NOT_COVERED" });
  });

  it("is not done with parameters that are none", async () => {
    await expect(run({ ...(await ask()), parameters: { to: "x" } })).rejects.toMatchObject({ code: "JOB_INVALID" });
  });
});

it.each(["here", "to another registry"])(
  "images that somebody attached to an image that is allowed stay behind: %s",
  async (where) => {
    await using other = where === "here" ? undefined : await startTestRegistry();
    if (other !== undefined) {
      await registry.context.database.secrets.set(
        "registry-upstream/other",
        Buffer.from(JSON.stringify({ ...UPLOADER, registry: other.host, isPlainHttp: true })),
      );
      await setRule({ registry: other.host, credentials: "registry-upstream/other" });
    }
    const repository = `${dev}/team/app`;
    const tag = `${APP.manifest.digest.replace(":", "-")}.sig`;
    await pushImage(registry, `${repository}:${tag}`, OTHER);
    const { mediaType, digest: subject, size } = APP.manifest;
    const manifest = JSON.parse(Buffer.from(OTHER.blobs.get(OTHER.manifest.digest) ?? []).toString()) as object;
    const bytes = Buffer.from(JSON.stringify({ ...manifest, subject: { mediaType, digest: subject, size } }));
    const attached = digestOf(bytes);
    const type = OTHER.manifest.mediaType;
    expect((await pushManifest(registry, `${repository}@${attached}`, { mediaType: type, bytes })).status).toBe(201);
    registry.judge.decide(OTHER.manifest.digest, DENY);
    registry.judge.decide(attached, DENY);
    const result = await run(await ask());
    const store = (other ?? registry).context.database.registry;
    const to = `${prod}/team/app`;
    expect((await store.findManifest(to, { tag: "1" }))?.digest).toBe(APP.manifest.digest);
    expect(await store.findManifest(to, { digest: attached })).toBeUndefined();
    expect(await store.findManifest(to, { tag })).toBeUndefined();
    expect(result).toMatchObject({ problems: [{ what: attached }, { what: tag }] });
  },
);

describe("a tag of the destination that somebody takes at the last moment", () => {
  it.each(["in this process", "in another process"])("is not moved: %s", async (where) => {
    await pushImage(registry, `${prod}/team/app:other`, OTHER);
    const record = await atProd("other");
    let looks = 0;
    // between the look at the tag and its writing
    const content = interposed(opened.content, {
      async findWholeManifest(repository: string, reference: string) {
        const found = await opened.content.findWholeManifest(repository, reference);
        if (repository === `${prod}/team/app` && reference === "1" && record !== undefined) {
          looks += 1;
          await (where === "in this process"
            ? pushImage(registry, `${prod}/team/app:1`, OTHER)
            : registry.context.database.registry.putManifest(record, "1"));
        }
        return found;
      },
    });
    const error: unknown = await run(await ask(), "lee", undefined, content).catch((each: unknown) => each);
    expect(looks).toBe(1);
    expect(error).toMatchObject({ code: "TAG_TAKEN" });
    expect((await registry.context.database.registry.findManifest(`${prod}/team/app`, { tag: "1" }))?.digest).toBe(
      OTHER.manifest.digest,
    );
  });
});

describe("a promotion that was interrupted", () => {
  /** Until it wrote down a place, as if the server were killed there. */
  async function promoteUntil(
    job: RegistryJobRecord,
    isLast: (position: PromotionPosition) => boolean,
  ): Promise<PromotionPosition> {
    const killed = new Error("killed");
    let place: PromotionPosition | undefined;
    const promoting = runReporting(job, ({ position }) => {
      place = position === undefined ? place : (JSON.parse(JSON.stringify(position)) as PromotionPosition);
      if (place !== undefined && isLast(place)) {
        throw killed;
      }
    });
    await expect(promoting).rejects.toBe(killed);
    return place ?? expect.fail("it wrote a position");
  }

  async function askForAll(): Promise<RegistryJobRecord> {
    await pushImage(registry, `${dev}/team/app:multi`, MULTI);
    await attachToImage(registry.host, `${dev}/team/app`, MULTI, UPLOADER);
    return await ask("multi");
  }

  it.each([
    { name: "between children", isLast: ({ manifests }: PromotionPosition) => manifests === 1, manifests: 1 },
    { name: "before what is attached", isLast: ({ next }: PromotionPosition) => next === "attached", manifests: 3 },
    { name: "before the tag", isLast: ({ next }: PromotionPosition) => next === "tag", manifests: 5 },
  ])("goes on there, and counts what was copied before: $name", async ({ isLast, manifests }) => {
    const job = await askForAll();
    const position = await promoteUntil(job, isLast);
    expect(position.manifests).toBe(manifests);
    expect(await atProd("multi")).toBeUndefined();
    const reports: RegistryJobProgress[] = [];
    const result = await runReporting({ ...job, position }, (progress) => reports.push(progress));
    expect(result).toMatchObject({ manifests: 5, problems: [] });
    expect((await atProd("multi"))?.digest).toBe(MULTI.manifest.digest);
    // what it had copied is not copied, nor asked for, once more
    const steps = reports.flatMap(({ message }) => (message === undefined ? [] : [message.code]));
    const left = { image: ["copying", "attaching", "tagging"], attached: ["attaching", "tagging"], tag: ["tagging"] };
    expect(steps).toEqual(["judging", ...left[position.next]]);
    expect(reports.at(-1)?.done).toBe(reports[0]?.total);
  });

  it("copies again what the destination does not have any more, with its signatures", async () => {
    const job = await askForAll();
    const position = await promoteUntil(job, ({ next }) => next === "tag");
    const author = { actor: "lee", requestId: "test" };
    const store = registry.context.database.registry;
    const there = await store.listManifests(`${prod}/team/app`, { limit: 100 });
    for (const { digest } of there.toSorted((one) => (one.kind === "index" ? -1 : 1))) {
      await opened.content.deleteManifest(`${prod}/team/app`, digest, author);
    }
    expect(await run({ ...job, position })).toMatchObject({ manifests: there.length, problems: [] });
    const again = await store.listManifests(`${prod}/team/app`, { limit: 100 });
    expect(again.map(({ digest }) => digest)).toEqual(there.map(({ digest }) => digest));
  });

  it("judges again, whatever was judged before", async () => {
    const job = await askForAll();
    const position = await promoteUntil(job, ({ next }) => next === "tag");
    registry.judge.decide(MULTI.manifest.digest, DENY);
    await expect(run({ ...job, position })).rejects.toMatchObject({ code: "IMAGE_REFUSED" });
    expect(await atProd("multi")).toBeUndefined();
  });
});

describe("a promotion that is cancelled", () => {
  it("does not wait for a scan that does not end", async () => {
    const cancelled = new AbortController();
    const reason = new Error("cancelled");
    const job = await ask();
    registry.judge.decide(APP.manifest.digest, UNDECIDED);
    let isWaiting = false;
    registry.judge.onWait = async (_, __, signal) => {
      isWaiting = true;
      const ended = Promise.withResolvers<void>();
      signal?.addEventListener("abort", () => ended.reject(signal.reason));
      setImmediate(() => cancelled.abort(reason));
      await ended.promise;
    };
    await expect(run(job, "lee", undefined, opened.content, cancelled.signal)).rejects.toBe(reason);
    expect(isWaiting).toBe(true);
    expect(await atProd("1")).toBeUndefined();
  });

  it.each(["judging", "copying"])("copies no further, and is carried out later: %s", async (step) => {
    const cancelled = new AbortController();
    const job = await ask();
    function cancel(message: string | undefined): void {
      if (message === step) {
        cancelled.abort(new Error("cancelled"));
      }
    }
    await expect(run(job, "lee", cancel, opened.content, cancelled.signal)).rejects.toThrow("cancelled");
    expect(await atProd("1")).toBeUndefined();
    expect(await atProd(APP.manifest.digest)).toBeUndefined();
    await expect(run(job)).resolves.toMatchObject({ digest: APP.manifest.digest });
    expect((await atProd("1"))?.digest).toBe(APP.manifest.digest);
  });
});

describe("promoting to another registry", () => {
  it("sends no credentials that were stored for another one", async () => {
    await using other = await startTestRegistry();
    const { secrets } = registry.context.database;
    await secrets.set("registry-upstream/other", Buffer.from(JSON.stringify({ ...UPLOADER, registry: "r.example" })));
    await setRule({ registry: other.host, credentials: "registry-upstream/other" });
    await expect(run(await ask())).rejects.toMatchObject({ code: "CREDENTIALS_INVALID" });
    // and none that an earlier version stored for nobody in particular
    await secrets.set("registry-upstream/other", Buffer.from(JSON.stringify(UPLOADER)));
    await expect(run(await ask())).rejects.toMatchObject({ code: "CREDENTIALS_INVALID" });
    expect(other.log.filter(({ actor }) => actor === UPLOADER.username)).toEqual([]);
  });

  it("copies image and signatures there, and moves no tag", async () => {
    await using other = await startTestRegistry();
    await registry.context.database.secrets.set(
      "registry-upstream/other",
      Buffer.from(JSON.stringify({ ...UPLOADER, registry: other.host, isPlainHttp: true })),
    );
    await setRule({ registry: other.host, credentials: "registry-upstream/other" });
    const { referrer, tag } = await attachAtDev();
    const job = await ask();
    await expect(run(job)).resolves.toMatchObject({ to: `${other.host}/${prod}/team/app:1`, problems: [] });
    const store = other.context.database.registry;
    const repository = `${prod}/team/app`;
    expect((await store.findManifest(repository, { tag: "1" }))?.digest).toBe(APP.manifest.digest);
    expect(await store.findManifest(repository, { digest: referrer })).toBeDefined();
    expect(await store.findManifest(repository, { tag })).toBeDefined();
    await pushImage(other, `${prod}/team/app:1`, OTHER);
    await expect(run(job)).rejects.toMatchObject({ code: "TAG_TAKEN" });
  });

  it("that is away: tried again", async () => {
    await setRule({ registry: "127.0.0.1:1" });
    const error: unknown = await run(await ask()).catch((each: unknown) => each);
    expect(promoteWorker.isTransient?.(error)).toBe(true);
  });
});

it.each([
  { from: "dev", to: "dev" },
  { from: "dev", to: "dev/prod" },
  { from: "prod/dev", to: "prod" },
  { from: "", to: "prod" },
  { from: "dev", to: "Prod" },
])("a rule from '$from' to '$to' is none", (rule) => {
  expect(promotionRuleSchema.safeParse(rule).success).toBe(false);
});

/** Through the front door, as cosign does. */
async function attachAtDev(): ReturnType<typeof attachToImage> {
  return await attachToImage(registry.host, `${dev}/team/app`, APP, UPLOADER);
}
