// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import type { Descriptor } from "#oci";
import { OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from "#oci";
import { describeReferrerSourceContract } from "../../../../test/support/contracts/referrer-source.ts";
import { buildImage } from "../../../../test/support/image-builder.ts";
import {
  call,
  pushBlob,
  pushImage,
  pushManifest,
  startTestRegistry,
  type TestRegistry,
} from "../../../../test/support/registry-server.ts";
import { digestOfTag, referrersTag } from "./attached-to.ts";
import { createStoredReferrers } from "./create-stored-referrers.ts";

const IMAGE = buildImage([{ entries: [{ path: "app", content: "1" }] }]);
const SUBJECT = IMAGE.manifest.digest;
const REPOSITORY = "team/app";

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startTestRegistry();
  await pushImage(registry, `${REPOSITORY}:1.0`, IMAGE);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

function source(repository: string = REPOSITORY, limits?: Partial<typeof LIMITS>) {
  const { database, blobs } = registry.context;
  return createStoredReferrers({
    registry: database.registry,
    blobs,
    repository,
    limits: { ...LIMITS, ...limits },
  });
}

async function attach(
  name: string,
  options: { readonly tag?: string; readonly repository?: string; readonly subject?: boolean } = {},
): Promise<Descriptor & { readonly layer: Descriptor }> {
  const repository = options.repository ?? REPOSITORY;
  const config = await pushBlob(registry, repository, "{}");
  const text = JSON.stringify({ name });
  const layer = await pushBlob(registry, repository, text);
  const bytes = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: "test/signature",
    config: { mediaType: OCI_EMPTY, digest: config, size: 2 },
    layers: [{ mediaType: "application/json", digest: layer, size: text.length }],
    ...(options.subject === false ? {} : { subject: { ...IMAGE.manifest } }),
    annotations: { name },
  });
  const digest = digestOf(bytes);
  const reference = options.tag === undefined ? `${repository}@${digest}` : `${repository}:${options.tag}`;
  const answer = await pushManifest(registry, reference, { mediaType: OCI_MANIFEST, bytes });
  expect(answer).toMatchObject({ status: 201 });
  return {
    mediaType: OCI_MANIFEST,
    digest,
    size: bytes.length,
    artifactType: "test/signature",
    annotations: { name },
    layer: { mediaType: "application/json", digest: layer, size: text.length },
  };
}

let repositories = 0;
describeReferrerSourceContract("our own stores", async ({ subject, referrers, tagged, blobs }) => {
  const repository = `team/contract-${repositories++}`;
  for (const bytes of blobs.values()) {
    await pushBlob(registry, repository, bytes);
  }
  for (const manifest of [subject, ...referrers]) {
    await pushManifest(registry, `${repository}@${manifest.digest}`, manifest);
  }
  await pushManifest(registry, `${repository}:${tagged.tag}`, tagged.manifest);
  return { source: source(repository), close: () => Promise.resolve() };
});

describe("what is attached to an image of our registry", () => {
  it("is certain to be nothing where nothing is, also of an image that is not there", async () => {
    expect(await source().listReferrers(digestOf("absent"))).toEqual([]);
    expect(await source("team/absent").listReferrers(SUBJECT)).toEqual([]);
    expect(await source().readManifest("absent")).toBeUndefined();
    expect(await source().readManifest(digestOf("absent"))).toBeUndefined();
  });

  it("is listed with its type and annotations, by subject and by the referrers tag, each once", async () => {
    const [first, second, tagged] = [
      await attach("1"),
      await attach("2"),
      await attach("tagged only", { subject: false }),
    ];
    const { layer: _1, ...one } = first;
    const { layer: _2, ...two } = second;
    const { layer: _3, ...three } = tagged;
    const list = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [two, three] });
    await pushManifest(registry, `${REPOSITORY}:${referrersTag(SUBJECT)}`, { mediaType: OCI_INDEX, bytes: list });
    expect(await source().listReferrers(SUBJECT)).toEqual([one, two, three]);
    expect(await source("team/other").listReferrers(SUBJECT), "of another repository").toEqual([]);
  });

  it("is more than is looked at: that is no list", async () => {
    await attach("one");
    await attach("another");
    await expect(source(REPOSITORY, { maxReferrers: 1 }).listReferrers(SUBJECT)).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });

  it.each([".sig", ".att", ".sbom"])("is found under cosign's tag %s", async (suffix) => {
    const tag = `${referrersTag(SUBJECT)}${suffix}`;
    const { digest } = await attach(suffix, { tag, subject: false });
    expect(await source().readManifest(tag)).toMatchObject({ digest, mediaType: OCI_MANIFEST });
    expect((await source().readManifest(digest))?.digest).toBe(digest);
  });
});

describe("a blob", () => {
  it("is read when it is what its descriptor says", async () => {
    const { layer } = await attach("blob");
    expect(Buffer.from(await source().readBlob(layer, 1_000)).toString()).toBe('{"name":"blob"}');
  });

  it.each([
    { name: "larger than asked for", change: {}, maxBytes: 1, code: "LIMIT_EXCEEDED" },
    { name: "shorter than its descriptor says", change: { size: 100 }, maxBytes: 1_000, code: "BLOB_TOO_SHORT" },
    { name: "longer than its descriptor says", change: { size: 1 }, maxBytes: 1_000, code: "BLOB_TOO_LONG" },
    { name: "not there", change: { digest: digestOf("absent") }, maxBytes: 1_000, code: "BLOB_MISSING" },
  ])("is refused when it is $name", async ({ change, maxBytes, code }) => {
    const { layer } = await attach("blob");
    await expect(source().readBlob({ ...layer, ...change }, maxBytes)).rejects.toMatchObject({ code });
  });

  it("of another repository is not read", async () => {
    const { layer } = await attach("secret", { repository: "team/secret" });
    await expect(source().readBlob(layer, 1_000)).rejects.toMatchObject({ code: "BLOB_MISSING" });
  });

  it("is not read for somebody who gave up", async () => {
    const { layer } = await attach("blob");
    const signal = AbortSignal.abort(new Error("gone"));
    await expect(source().readBlob(layer, 1_000, signal)).rejects.toThrow("gone");
    await expect(source().readManifest("1.0", signal)).rejects.toThrow("gone");
  });
});

describe("a tag about an image", () => {
  const hex = "ab".repeat(32);

  it.each([
    { tag: `sha256-${hex}`, want: `sha256:${hex}` },
    { tag: `sha256-${hex}.sig`, want: `sha256:${hex}` },
    { tag: `sha256-${hex}.att`, want: `sha256:${hex}` },
    { tag: `sha256-${hex}.sbom`, want: `sha256:${hex}` },
    { tag: `sha512-${hex}${hex}.sig`, want: `sha512:${hex}${hex}` },
    { tag: `sha512-${hex}`, want: undefined },
    { tag: `sha256-${hex}.other`, want: undefined },
    { tag: `sha256-${hex}0`, want: undefined },
    { tag: `sha256-${hex.toUpperCase()}`, want: undefined },
    { tag: `x-sha256-${hex}`, want: undefined },
    { tag: "latest", want: undefined },
  ])("$tag is about $want", ({ tag, want }) => {
    expect(digestOfTag(tag)).toBe(want);
  });

  it.each([
    { name: "a subject", push: (subject: Digest) => attach(subject) },
    { name: "cosign's tag", push: () => attach("t", { tag: `${referrersTag(SUBJECT)}.sig`, subject: false }) },
  ])("and $name tell everybody which image a push is about", async ({ push }) => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const unsubscribe = registry.context.database.events.subscribe((event) => {
      if (event.type === "image-pushed") {
        resolve(event.subject);
      }
    });
    await push(SUBJECT);
    expect(await promise).toBe(SUBJECT);
    unsubscribe();
  });

  it("is not read past the gate by anybody else", async () => {
    expect((await call(registry, `GET /v2/${REPOSITORY}/referrers/${SUBJECT}`)).status).toBe(401);
  });
});
