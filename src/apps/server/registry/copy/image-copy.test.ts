// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { type FetchedManifest, ImageSourceError } from "#image-source";
import { type Descriptor, OCI_INDEX, OCI_MANIFEST } from "#oci";
import { buildImage, buildIndex, type TestImage } from "../../../../../test/support/image-builder.ts";
import { startTestRegistry, type TestRegistry } from "../../../../../test/support/registry-server.ts";
import { type OpenContent, openRegistryContent } from "../content/open-registry-content.ts";
import type { CopySource } from "./copy-source.ts";
import { ImageCopy } from "./image-copy.ts";
import { createRemoteSource } from "./remote-source.ts";

const APP = buildImage([{ entries: [{ path: "app" }] }]);

let registry: TestRegistry;
let opened: OpenContent;
let round = 0;
let repository = "";

beforeAll(async () => {
  registry = await startTestRegistry();
  opened = openRegistryContent(registry.context);
});

afterAll(async () => {
  opened[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

beforeEach(() => {
  round += 1;
  repository = `copied/r${round}`;
});

/** A source that has these blobs, and says of referrers what it is told. */
function sourceOf(
  blobs: ReadonlyMap<Digest, Uint8Array>,
  more: {
    readonly referrers?: (digest: Digest) => readonly Descriptor[];
    readonly openBlob?: (descriptor: Descriptor) => AsyncIterable<Uint8Array>;
  } = {},
): CopySource & { readonly lists: number } {
  let lists = 0;
  const source = createRemoteSource(
    {
      readManifest: (name) => {
        const bytes = blobs.get(name as Digest);
        return Promise.resolve(bytes === undefined ? undefined : fetched(bytes));
      },
      listReferrers: (digest) => {
        lists += 1;
        return Promise.resolve(more.referrers?.(digest) ?? []);
      },
      openBlob: async (descriptor) => {
        const bytes = blobs.get(descriptor.digest);
        if (more.openBlob !== undefined) {
          return more.openBlob(descriptor);
        }
        if (bytes === undefined) {
          throw new ImageSourceError("BLOB_MISSING", "none");
        }
        return await Promise.resolve(once(bytes));
      },
    },
    { content: opened.content, repository },
  );
  return Object.defineProperty(source, "lists", { get: () => lists }) as CopySource & { readonly lists: number };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function fetched(bytes: Uint8Array): FetchedManifest {
  const { mediaType } = JSON.parse(Buffer.from(bytes).toString()) as { readonly mediaType: string };
  return { mediaType, digest: digestOf(bytes), bytes };
}

function rootOf(image: TestImage): FetchedManifest {
  return fetched(image.blobs.get(image.manifest.digest) ?? new Uint8Array());
}

function copyFrom(source: CopySource): ImageCopy {
  return new ImageCopy({
    source,
    content: opened.content,
    repository,
    author: { actor: "test", requestId: "test" },
    signal: new AbortController().signal,
  });
}

describe("a source that lies or is broken", () => {
  it("a blob with other bytes: nothing of the image is acknowledged", async () => {
    const source = sourceOf(APP.blobs, { openBlob: () => once(Buffer.from("other bytes")) });
    await expect(copyFrom(source).copyImage(rootOf(APP), "1")).rejects.toMatchObject({ code: "SIZE_INVALID" });
    expect(await opened.content.findManifest(repository, "1")).toBeUndefined();
  });

  it("a blob that never was there", async () => {
    const manifestOnly = new Map([...APP.blobs].filter(([digest]) => digest === APP.manifest.digest));
    await expect(copyFrom(sourceOf(manifestOnly)).copyImage(rootOf(APP))).rejects.toMatchObject({
      code: "BLOB_MISSING",
    });
  });

  it("a child that is listed and not there", async () => {
    const index = buildIndex([{ image: APP, os: "linux", architecture: "amd64" }]);
    const without = new Map([...index.blobs].filter(([digest]) => digest !== APP.manifest.digest));
    await expect(copyFrom(sourceOf(without)).copyImage(rootOf(index))).rejects.toMatchObject({
      code: "MANIFEST_UNKNOWN",
    });
  });

  it("indexes in indexes, deeper than anybody looks", async () => {
    const blobs = new Map<Digest, Uint8Array>(APP.blobs);
    let below: object = { ...APP.manifest };
    let root = rootOf(APP);
    for (let depth = 0; depth < 10; depth += 1) {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [below] }));
      blobs.set(digestOf(bytes), bytes);
      below = { mediaType: OCI_INDEX, digest: digestOf(bytes), size: bytes.length };
      root = fetched(bytes);
    }
    await expect(copyFrom(sourceOf(blobs)).copyImage(root)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });

  it("text that is no manifest", async () => {
    const bytes = Buffer.from('{"mediaType":"application/vnd.oci.image.manifest.v1+json"}');
    await expect(copyFrom(sourceOf(new Map())).copyImage(fetched(bytes))).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
    });
  });

  it("referrers that list each other: each list is asked for once", async () => {
    const notes = [1, 2, 3].map((number) => note(number));
    const blobs = new Map<Digest, Uint8Array>([...APP.blobs, ...notes.flatMap((each) => [...each.blobs])]);
    const descriptors = notes.map(({ bytes }) => ({
      mediaType: OCI_MANIFEST,
      digest: digestOf(bytes),
      size: bytes.length,
    }));
    const source = sourceOf(blobs, { referrers: () => descriptors });
    const copy = copyFrom(source);
    await copy.copyImage(rootOf(APP));
    await copy.copyAttached(rootOf(APP));
    expect(source.lists).toBe(1 + notes.length);
    expect(copy.counts.problems).toEqual([]);
    expect(await opened.content.findManifest(repository, descriptors[0]?.digest ?? "")).toBeDefined();
  });

  it("thousands of referrers that are not there: they are problems, of which some are told", async () => {
    const descriptors = Array.from({ length: 5_000 }, (_, at) => ({
      mediaType: OCI_MANIFEST,
      digest: digestOf(String(at)),
      size: 1,
    }));
    const copy = copyFrom(sourceOf(APP.blobs, { referrers: () => descriptors }));
    await copy.copyImage(rootOf(APP));
    await copy.copyAttached(rootOf(APP));
    expect(copy.counts.problems).toHaveLength(200);
  });

  it("that goes away while signatures are listed: that is no image without signatures", async () => {
    const source = sourceOf(APP.blobs, {
      referrers: () => {
        throw new ImageSourceError("REGISTRY_TIMEOUT", "away");
      },
    });
    const copy = copyFrom(source);
    await copy.copyImage(rootOf(APP));
    await expect(copy.copyAttached(rootOf(APP))).rejects.toMatchObject({ code: "REGISTRY_TIMEOUT" });
  });
});

it("a foreign layer that nobody has is left out, as in a push", async () => {
  const config = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}');
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(config), size: config.length },
      layers: [
        {
          mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
          digest: digestOf("elsewhere"),
          size: 9,
        },
      ],
    }),
  );
  await copyFrom(sourceOf(new Map([[digestOf(config), config]]))).copyImage(fetched(bytes), "1");
  expect(await opened.content.findManifest(repository, "1")).toMatchObject({ kind: "image" });
});

it("an interrupted copy goes on with what is missing", async () => {
  const stopping = new AbortController();
  let sent = 0;
  const source = sourceOf(APP.blobs);
  const counted: CopySource = {
    ...source,
    provideBlob: async (descriptor, signal) => {
      sent += 1;
      const bytes = await source.provideBlob(descriptor, signal);
      stopping.abort(new Error("stopped"));
      return bytes;
    },
  };
  const options = { content: opened.content, repository, author: { actor: "test", requestId: "test" } };
  const first = new ImageCopy({ ...options, source: counted, signal: stopping.signal });
  await expect(first.copyImage(rootOf(APP), "1")).rejects.toThrow("stopped");
  expect(sent).toBeGreaterThan(0);
  const second = copyFrom(source);
  await second.copyImage(rootOf(APP), "1");
  expect(second.counts.bytes).toBeLessThan([...APP.blobs.values()].reduce((sum, { length }) => sum + length, 0));
  expect((await opened.content.findManifest(repository, "1"))?.digest).toBe(APP.manifest.digest);
});

/** A small artifact. */
function note(number: number): { readonly bytes: Uint8Array; readonly blobs: ReadonlyMap<Digest, Uint8Array> } {
  const empty = Buffer.from("{}");
  const layer = Buffer.from(`{"note":${number}}`);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: "application/vnd.example.note",
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(empty), size: 2 },
      layers: [{ mediaType: "application/json", digest: digestOf(layer), size: layer.length }],
    }),
  );
  return {
    bytes,
    blobs: new Map<Digest, Uint8Array>([
      [digestOf(empty), empty],
      [digestOf(layer), layer],
      [digestOf(bytes), bytes],
    ]),
  };
}
