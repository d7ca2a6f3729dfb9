// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { ManifestRecord } from "#database";
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from "#oci";
import { interposed } from "../../../../../test/support/interposed.ts";
import { startTestRegistry, type TestRegistry } from "../../../../../test/support/registry-server.ts";
import { type OpenContent, openRegistryContent } from "./open-registry-content.ts";
import type { Author } from "./registry-content.ts";
import type { StoredContent } from "./stored-content.ts";

const AUTHOR: Author = { actor: "replication", requestId: "job-1", isSystem: true };
let registry: TestRegistry;
let open: OpenContent;
let content: StoredContent;

beforeAll(async () => {
  registry = await startTestRegistry();
  open = openRegistryContent(registry.context);
  content = open.content;
});

afterAll(async () => {
  open[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

describe("a blob", () => {
  it.each([
    { name: "of another digest", digest: digestOf("other"), sizeBytes: 5, code: "DIGEST_MISMATCH" },
    { name: "that is shorter than announced", digest: digestOf("bytes"), sizeBytes: 6, code: "SIZE_INVALID" },
    { name: "that is longer than announced", digest: digestOf("bytes"), sizeBytes: 4, code: "SIZE_INVALID" },
  ])("$name is not stored, and leaves nothing", async ({ digest, sizeBytes, code }) => {
    await expect(content.putBlob("team/put", { digest, sizeBytes }, chunks("by", "tes"))).rejects.toMatchObject({
      code,
    });
    expect(await content.hasBlob("team/put", digest)).toBe(false);
  });

  it("is there once it was put, and can be linked to other repositories", async () => {
    const digest = await put("team/put", "content");
    expect(await content.hasBlob("team/put", digest)).toBe(true);
    expect(await content.openBlob("team/linked", digest)).toBeUndefined();
    expect(await content.linkBlob("team/linked", "team/put", digest)).toBe(true);
    await using blob = await content.openBlob("team/linked", digest);
    expect(blob?.sizeBytes).toBe(7);
  });

  it("that no repository has cannot be linked", async () => {
    expect(await content.linkBlob("team/linked", "team/put", digestOf("nobody"))).toBe(false);
  });

  it("whose file is gone is not there, whatever the database says", async () => {
    const digest = await put("team/lost", "lost soon");
    await registry.context.blobs.remove(digest);
    expect(await content.hasBlob("team/lost", digest)).toBe(false);
    expect(await content.linkBlob("team/linked", "team/lost", digest)).toBe(false);
  });
});

describe("a manifest", () => {
  it("is stored as by a push, in the name of its author", async () => {
    const record = await putImage("team/app", "1.0", "a");
    expect(record).toMatchObject({ repository: "team/app", kind: "image", pushedBy: "replication" });
    expect(await content.findManifest("team/app", "1.0")).toMatchObject({ digest: record.digest });
    expect(digestOf(await content.readManifest(record.digest))).toBe(record.digest);
    const [entry] = await registry.context.database.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ actor: "replication", action: "manifest-pushed", requestId: "job-1" });
  });

  it("without its blobs is refused, whoever brings it", async () => {
    const bytes = image("nowhere");
    await expect(
      content.putManifest("team/empty", { mediaType: OCI_MANIFEST, bytes, tag: "1" }, AUTHOR),
    ).rejects.toMatchObject({ code: "MANIFEST_BLOB_UNKNOWN" });
  });

  it("under another digest than it was asked for is refused", async () => {
    const bytes = image("a");
    const pushed = { mediaType: OCI_MANIFEST, bytes, digest: digestOf("other") };
    await expect(content.putManifest("team/app", pushed, AUTHOR)).rejects.toMatchObject({ code: "DIGEST_INVALID" });
  });

  it("of an index may miss its children only where that was said", async () => {
    const child = { mediaType: OCI_MANIFEST, digest: digestOf("missing child"), size: 10 };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] }));
    const pushed = { mediaType: OCI_INDEX, bytes, tag: "sparse" };
    await expect(content.putManifest("team/index", pushed, AUTHOR)).rejects.toMatchObject({
      code: "MANIFEST_BLOB_UNKNOWN",
    });
    const record = await content.putManifest("team/index", { ...pushed, isSparse: true }, AUTHOR);
    expect(record.references).toEqual([{ digest: child.digest, kind: "manifest", sizeBytes: 10 }]);
  });
});

it("a tag that others move as often as it is looked at is given up, not raced for without end", async () => {
  const { database } = registry.context;
  await putImage("team/raced", "latest", "raced");
  let tries = 0;
  // as if another process had moved the tag each time since it was looked at
  const store = interposed(database.registry, {
    putManifest: () => Promise.resolve({ isNewScan: false, taken: digestOf(`moved ${(tries += 1)}`) }),
  });
  const raced = { ...database, registry: store, events: database.events, audit: database.audit };
  using other = openRegistryContent({ ...registry.context, database: raced as typeof database });
  const pushed = { mediaType: OCI_MANIFEST, bytes: image("raced"), tag: "latest" };
  await expect(other.content.putManifest("team/raced", pushed, AUTHOR)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(tries).toBe(21);
});

describe("a deletion", () => {
  it("of a tag that leads elsewhere by now does nothing", async () => {
    const first = await putImage("team/moved", "latest", "first");
    await putImage("team/moved", "latest", "second");
    await expect(content.deleteTag("team/moved", "latest", AUTHOR, seen(first))).rejects.toMatchObject({
      code: "MANIFEST_UNKNOWN",
    });
    expect(await content.findManifest("team/moved", "latest")).toBeDefined();
  });

  it("of what has no tag spares a manifest that got one", async () => {
    const image = await putImage("team/tagged", "kept", "tagged");
    const { digest } = image;
    await expect(content.deleteManifest("team/tagged", digest, AUTHOR, { isUntagged: true })).rejects.toMatchObject({
      code: "DENIED",
    });
    await content.deleteTag("team/tagged", "kept", AUTHOR, seen(image));
    await content.deleteManifest("team/tagged", digest, AUTHOR, { isUntagged: true });
    expect(await content.findManifest("team/tagged", digest)).toBeUndefined();
  });

  it("by another process is noticed here", async () => {
    using other = openRegistryContent(registry.context);
    const { digest } = await putImage("team/other", "1", "other process");
    expect(await content.findManifest("team/other", "1")).toBeDefined();
    await other.content.deleteManifest("team/other", digest, AUTHOR);
    await expect.poll(() => content.findManifest("team/other", "1")).toBeUndefined();
  });
});

/** As who decides on a deletion saw the tag. */
function seen({ digest, pushedAt }: ManifestRecord): { readonly digest: Digest; readonly pushedAt: Date } {
  return { digest, pushedAt: new Date(pushedAt) };
}

async function putImage(repository: string, tag: string, text: string) {
  await put(repository, CONFIG);
  await put(repository, text);
  return await content.putManifest(repository, { mediaType: OCI_MANIFEST, bytes: image(text), tag }, AUTHOR);
}

const CONFIG = JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } });

function image(layer: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_CONFIG, digest: digestOf(CONFIG), size: CONFIG.length },
      layers: [{ mediaType: OCI_LAYER, digest: digestOf(layer), size: layer.length }],
    }),
  );
}

async function put(repository: string, text: string): Promise<Digest> {
  const digest = digestOf(text);
  await content.putBlob(repository, { digest, sizeBytes: text.length }, chunks(text));
  return digest;
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    yield await Promise.resolve(Buffer.from(text));
  }
}
