// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { CodedError, type Digest, digestHex, digestOf } from "#base";
import {
  type ArchiveFormat,
  type ArchiveSource,
  type ImageToArchive,
  openImageArchive,
  openImageSource,
  planImageArchive,
  pushArchivedImage,
  writeImageArchive,
} from "#image-source";
import { type Descriptor, OCI_INDEX, OCI_MANIFEST, parseManifest } from "#oci";
import {
  buildImage,
  buildIndex,
  type TarEntry,
  type TestImage,
  writeDockerArchive,
  writeTar,
} from "../../../../test/support/image-builder.ts";
import { runTool } from "../../../../test/support/run-tool.ts";
import { describeWithTools, tool } from "../../../../test/support/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-archive-"));
let count = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function freshPath(): string {
  count += 1;
  return join(folder, `${count}.tar`);
}

const APP = buildImage([
  { entries: [{ path: "app", content: "app" }] },
  { entries: [{ path: "etc/x", content: "x" }] },
]);
const ARM = buildImage([{ entries: [{ path: "arm" }] }], { architecture: "arm64" });
const MULTI = buildIndex([
  { image: APP, os: "linux", architecture: "amd64" },
  { image: ARM, os: "linux", architecture: "arm64" },
]);
const SIGNATURE = artifact({ signed: "yes" }, APP);
const COSIGN = buildImage([{ entries: [{ path: "payload" }] }]);

interface Attached {
  readonly bytes: Buffer;
  readonly descriptor: Descriptor;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

function artifact(payload: object, subject: TestImage): Attached {
  const config = Buffer.from("{}");
  const layer = Buffer.from(JSON.stringify(payload));
  const { digest, bytes: about } = {
    digest: subject.manifest.digest,
    bytes: subject.blobs.get(subject.manifest.digest),
  };
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: "application/vnd.test.signature",
      config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(config), size: config.length },
      layers: [{ mediaType: "application/json", digest: digestOf(layer), size: layer.length }],
      subject: { mediaType: OCI_MANIFEST, digest, size: about?.length ?? 0 },
    }),
  );
  return {
    bytes,
    descriptor: {
      mediaType: OCI_MANIFEST,
      digest: digestOf(bytes),
      size: bytes.length,
      artifactType: "application/vnd.test.signature",
      annotations: { "io.containerd.image.name": "evil.example/other:1" },
    },
    blobs: new Map([
      [digestOf(bytes), bytes],
      [digestOf(config), config],
      [digestOf(layer), layer],
    ]),
  };
}

/** A repository in memory: tags, blobs, and what is attached to which digest. */
function repositoryOf(
  tags: Readonly<Record<string, TestImage>>,
  attached: ReadonlyMap<Digest, readonly Attached[]> = new Map(),
): ArchiveSource {
  const blobs = new Map<string, Uint8Array>();
  for (const image of Object.values(tags)) {
    for (const [digest, bytes] of image.blobs) {
      blobs.set(digest, bytes);
    }
  }
  for (const each of [...attached.values()].flat()) {
    for (const [digest, bytes] of each.blobs) {
      blobs.set(digest, bytes);
    }
  }
  return {
    readManifest(name) {
      const digest = tags[name]?.manifest.digest ?? (name as Digest);
      const bytes = blobs.get(digest);
      return Promise.resolve(
        bytes === undefined ? undefined : { digest, bytes, mediaType: parseManifest(bytes).mediaType },
      );
    },
    listReferrers: (digest) => Promise.resolve((attached.get(digest) ?? []).map(({ descriptor }) => descriptor)),
    async copyBlob({ digest }, write) {
      const bytes = blobs.get(digest) ?? Buffer.alloc(0);
      for (let at = 0; at < bytes.length; at += 100) {
        await write(bytes.subarray(at, at + 100));
      }
    },
  };
}

async function toArchive(source: ArchiveSource, tag: string, repository = "team/app"): Promise<ImageToArchive> {
  const root = await source.readManifest(tag);
  if (root === undefined) {
    throw new Error(`no ${tag}`);
  }
  return { registry: "registry.example:5000", repository, tag, root, source };
}

async function write(images: readonly ImageToArchive[], format: ArchiveFormat): Promise<string> {
  const path = freshPath();
  const plan = await planImageArchive(images, format);
  expect(plan.problems).toEqual([]);
  await writeImageArchive(plan, path);
  return path;
}

const SIGNED = new Map([[APP.manifest.digest, [SIGNATURE]]]);
const ACCESSORY = `sha256-${digestHex(APP.manifest.digest)}.sig`;

/** Takes what is pushed. */
function memoryTarget() {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Uint8Array>();
  const attached: string[] = [];
  return {
    blobs,
    manifests,
    attached,
    async sendBlob({ digest, size, copyTo }: Parameters<Parameters<typeof pushArchivedImage>[1]["sendBlob"]>[0]) {
      const parts: Buffer[] = [];
      await copyTo((block) => Promise.resolve(void parts.push(Buffer.from(block))), 0);
      const half: Buffer[] = [];
      await copyTo((block) => Promise.resolve(void half.push(Buffer.from(block))), Math.floor(size / 2));
      expect(Buffer.concat(half)).toEqual(Buffer.concat(parts).subarray(Math.floor(size / 2)));
      blobs.set(digest, Buffer.concat(parts));
      return size;
    },
    pushManifest(name: string, _mediaType: string, bytes: Uint8Array) {
      manifests.set(name, bytes);
      return Promise.resolve({ digest: digestOf(bytes), hasSubject: true });
    },
    attachReferrer(subject: Digest, referrer: { readonly mediaType: string; readonly bytes: Uint8Array }) {
      attached.push(subject);
      manifests.set(digestOf(referrer.bytes), referrer.bytes);
      return Promise.resolve({ mediaType: referrer.mediaType, digest: digestOf(referrer.bytes), size: 0 });
    },
  };
}

describe("an archive that is not what it says", () => {
  const layout: readonly TarEntry[] = [{ path: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' }];

  function indexOf(image: TestImage, more: object = {}): TarEntry {
    const { digest, bytes } = { digest: image.manifest.digest, bytes: image.blobs.get(image.manifest.digest) };
    const annotations = { "io.containerd.image.name": "r.example/app:1" };
    const manifest = { mediaType: OCI_MANIFEST, digest, size: bytes?.length, annotations, ...more };
    return {
      path: "index.json",
      content: JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [manifest] }),
    };
  }

  function blobsOf(image: TestImage, replaced: Readonly<Record<string, Buffer | undefined>> = {}): readonly TarEntry[] {
    return [...image.blobs].flatMap(([digest, bytes]) => {
      const content = digest in replaced ? replaced[digest] : bytes;
      return content === undefined ? [] : [{ path: `blobs/sha256/${digestHex(digest)}`, content }];
    });
  }

  const layer = [...APP.blobs.keys()].find((digest) => digest !== APP.manifest.digest) as Digest;
  const changed = Buffer.from(APP.blobs.get(layer) ?? "");
  changed[0] = (changed[0] ?? 0) ^ 1;

  it.each<{ name: string; entries: readonly TarEntry[]; code: string }>([
    {
      name: "two files of one name",
      entries: [...layout, indexOf(APP), indexOf(ARM), ...blobsOf(APP)],
      code: "ARCHIVE_INVALID",
    },
    {
      name: "a path that leads out",
      entries: [{ path: "../../etc/passwd", content: "x" }, ...layout],
      code: "ARCHIVE_INVALID",
    },
    {
      name: "a link in the place of a blob that leads out",
      entries: [
        ...layout,
        indexOf(APP),
        { path: `blobs/sha256/${digestHex(APP.manifest.digest)}`, type: "2", link: "/etc/passwd" },
      ],
      code: "BLOB_MISSING",
    },
    { name: "no manifest of its index", entries: [...layout, indexOf(APP)], code: "BLOB_MISSING" },
    {
      name: "a manifest with another digest",
      entries: [...layout, indexOf(APP, { digest: digestOf(Buffer.from("x")) }), ...blobsOf(APP)],
      code: "BLOB_MISSING",
    },
    {
      name: "a manifest with other bytes",
      entries: [
        ...layout,
        indexOf(APP),
        ...blobsOf(APP, { [APP.manifest.digest]: Buffer.alloc(APP.blobs.get(APP.manifest.digest)?.length ?? 0, " ") }),
      ],
      code: "BLOB_DIGEST_MISMATCH",
    },
    {
      name: "a missing layer",
      entries: [...layout, indexOf(APP), ...blobsOf(APP, { [layer]: undefined })],
      code: "BLOB_MISSING",
    },
    {
      name: "a layer with other bytes",
      entries: [...layout, indexOf(APP), ...blobsOf(APP, { [layer]: changed })],
      code: "BLOB_DIGEST_MISMATCH",
    },
    {
      name: "a layer that goes on",
      entries: [...layout, indexOf(APP), ...blobsOf(APP, { [layer]: Buffer.concat([changed, changed]) })],
      code: "BLOB_TOO_LONG",
    },
    {
      name: "another layout version",
      entries: [{ path: "oci-layout", content: '{"imageLayoutVersion":"9"}' }, indexOf(APP)],
      code: "LAYOUT_INVALID",
    },
    {
      name: "an index that is JSON without end",
      entries: [...layout, { path: "index.json", content: "[".repeat(100_000) }],
      code: "MANIFEST_INVALID",
    },
    { name: "neither of the two formats", entries: [{ path: "README", content: "hello" }], code: "IMAGE_NOT_FOUND" },
  ])("is refused: $name", async ({ entries, code }) => {
    const path = freshPath();
    writeFileSync(path, writeTar(entries));
    const target = memoryTarget();
    await expect(
      (async () => {
        await using archive = await openImageArchive(path);
        if (archive.images.length === 0) {
          throw new CodedError("IMAGE_NOT_FOUND", "empty");
        }
        for (const image of archive.images) {
          await pushArchivedImage(image, target, { tag: "1" });
        }
      })(),
    ).rejects.toMatchObject({ code });
    expect(target.manifests.size).toBe(0);
  });

  it("refuses one that is compressed, and one that stops", async () => {
    const path = freshPath();
    writeFileSync(path, Buffer.from([0x1f, 0x8b, ...Buffer.alloc(600)]));
    await expect(openImageArchive(path)).rejects.toMatchObject({ code: "ARCHIVE_INVALID" });
    const whole = await write([await toArchive(repositoryOf({ "1": APP }), "1")], "oci");
    const bytes = readFileSync(whole);
    writeFileSync(path, bytes.subarray(0, bytes.length - 2_000));
    await expect(openImageArchive(path)).rejects.toMatchObject({ code: "ARCHIVE_INVALID" });
  });

  it("never gives another image than the one that was saved, whichever byte is changed", async () => {
    const bytes = readFileSync(await write([await toArchive(repositoryOf({ "1": APP }, SIGNED), "1")], "oci"));
    const path = freshPath();
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const mutated = Buffer.from(bytes);
        mutated[at] = (mutated[at] ?? 0) ^ by;
        writeFileSync(path, mutated);
        const target = memoryTarget();
        try {
          await using archive = await openImageArchive(path);
          for (const image of archive.images) {
            await pushArchivedImage(image, target, { tag: "1" });
          }
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
        for (const [digest, content] of target.blobs) {
          expect(digestOf(content)).toBe(digest);
        }
        const root = target.manifests.get("1");
        expect(root === undefined || digestOf(root) === APP.manifest.digest || isListed(bytes, digestOf(root))).toBe(
          true,
        );
      }),
    );
  });

  function isListed(bytes: Buffer, digest: Digest): boolean {
    return bytes.includes(digestHex(digest));
  }
});

describe("an archive that cannot be written", () => {
  it("leaves nothing behind, and the file of before as it was", async () => {
    const path = freshPath();
    writeFileSync(path, "before");
    const source = repositoryOf({ "1": APP });
    const broken: ArchiveSource = { ...source, copyBlob: () => Promise.resolve() };
    const plan = await planImageArchive([await toArchive(broken, "1")], "oci");
    await expect(writeImageArchive(plan, path)).rejects.toMatchObject({ code: "BLOB_TOO_SHORT" });
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    await expect(writeImageArchive(plan, join(folder, "none/x.tar"))).rejects.toMatchObject({
      code: "ARCHIVE_UNWRITABLE",
    });
  });

  it("is not begun with an index whose children are not all there", async () => {
    const source = repositoryOf({ "1": MULTI });
    const sparse: ArchiveSource = {
      ...source,
      readManifest: (name) => (name === ARM.manifest.digest ? Promise.resolve(undefined) : source.readManifest(name)),
    };
    await expect(planImageArchive([await toArchive(sparse, "1")], "docker")).rejects.toMatchObject({
      code: "MANIFEST_UNKNOWN",
    });
  });

  it("is not begun with one name for two images", async () => {
    const images = [await toArchive(repositoryOf({ "1": APP }), "1"), await toArchive(repositoryOf({ "1": ARM }), "1")];
    await expect(planImageArchive(images, "docker")).rejects.toMatchObject({ code: "IMAGE_AMBIGUOUS" });
  });
});

describe("what is saved and loaded again", () => {
  it.each(["docker", "oci"] as const)(
    "as %s has all images with their digests, and the same bytes each time",
    async (format) => {
      const source = repositoryOf({ "1": MULTI, "2": APP, latest: APP }, SIGNED);
      const images = [
        await toArchive(source, "1"),
        await toArchive(source, "2"),
        await toArchive(source, "latest"),
        await toArchive(repositoryOf({ "1": ARM }), "1", "team/arm"),
      ];
      const path = await write(images, format);
      expect(readFileSync(path).equals(readFileSync(await write(images, format)))).toBe(true);
      await using archive = await openImageArchive(path);
      expect(
        archive.images.map(({ name, tag, root }) => `${name?.registry}/${name?.repository}:${tag} ${root.digest}`),
      ).toEqual([
        `registry.example:5000/team/app:1 ${MULTI.manifest.digest}`,
        `registry.example:5000/team/app:2 ${APP.manifest.digest}`,
        `registry.example:5000/team/app:latest ${APP.manifest.digest}`,
        `registry.example:5000/team/arm:1 ${ARM.manifest.digest}`,
      ]);
      const target = memoryTarget();
      for (const image of archive.images) {
        await pushArchivedImage(image, target, image.tag === undefined ? {} : { tag: image.tag });
      }
      for (const [digest, bytes] of MULTI.blobs) {
        const stored = target.blobs.get(digest) ?? target.manifests.get(digest) ?? target.manifests.get("1");
        expect(stored === undefined ? undefined : digestOf(stored)).toBeDefined();
        expect(target.blobs.has(digest) || target.manifests.has(digest) || digest === MULTI.manifest.digest).toBe(true);
        expect(bytes.length).toBeGreaterThan(0);
      }
      expect(target.attached.length).toBe(format === "oci" ? 3 : 0);
    },
  );

  it("keeps signatures under their tags, and takes no name from an annotation of a referrer", async () => {
    const source = repositoryOf({ "1": APP, [ACCESSORY]: COSIGN }, SIGNED);
    await using archive = await openImageArchive(await write([await toArchive(source, "1")], "oci"));
    expect(archive.images.map(({ name, tag }) => `${name?.registry}/${name?.repository}:${tag}`)).toEqual([
      "registry.example:5000/team/app:1",
      `registry.example:5000/team/app:${ACCESSORY}`,
    ]);
    const [image] = archive.images;
    expect(await image?.listReferrers(APP.manifest.digest)).toMatchObject([{ digest: SIGNATURE.descriptor.digest }]);
    expect((await image?.readManifest(ACCESSORY))?.digest).toBe(COSIGN.manifest.digest);
  });

  it("reads what old docker and podman write, which has no manifests", async () => {
    const path = freshPath();
    writeFileSync(path, writeDockerArchive({ "r.example/app:1": APP }));
    await using archive = await openImageArchive(path);
    expect(archive.images).toMatchObject([{ name: { registry: "r.example", repository: "app" }, tag: "1" }]);
    const target = memoryTarget();
    await pushArchivedImage(archive.images[0] as (typeof archive.images)[0], target, { tag: "1" });
    expect(target.manifests.has("1")).toBe(true);
  });

  it("takes layers of more than 8 GiB and digests of 141 characters in the names", async () => {
    const { TarWriter } = await import("./tar-writer.ts");
    const size = 9 * 1024 ** 3;
    const parts: Buffer[] = [];
    const tar = new TarWriter((bytes) => Promise.resolve(void parts.push(Buffer.from(bytes))));
    const path = `blobs/sha512/${"a".repeat(128)}`;
    await expect(tar.file(path, size, () => Promise.resolve())).rejects.toMatchObject({ code: "BLOB_TOO_SHORT" });
    const { createTarReader } = await import("#oci");
    const seen: unknown[] = [];
    const reader = createTarReader({
      onEntry: (entry) => void seen.push(entry),
      select: () => false,
      onFile: () => undefined,
    });
    reader.write(Buffer.concat(parts));
    expect(seen).toMatchObject([{ path, size, kind: "file" }]);
  });
});

describeWithTools("other programs and our archives", ["skopeo"], () => {
  const skopeo = async (...args: readonly string[]) => {
    const result = await runTool(tool("skopeo"), args);
    expect(`${result.code} ${result.stderr}`).toMatch(/^0 /);
    return result.stdout;
  };

  it("skopeo reads docker-archive and oci-archive, and gives the same digests", async () => {
    const source = repositoryOf({ "1": APP, "2": ARM }, SIGNED);
    const images = [await toArchive(source, "1"), await toArchive(source, "2")];
    const docker = await write(images, "docker");
    const oci = await write(images, "oci");
    for (const [place, image] of [
      [`docker-archive:${docker}:registry.example:5000/team/app:1`, APP],
      [`docker-archive:${docker}:registry.example:5000/team/app:2`, ARM],
      [`oci-archive:${oci}:1`, APP],
      [`oci-archive:${oci}:2`, ARM],
      [`oci-archive:${docker}:2`, ARM],
    ] as const) {
      const inspected = JSON.parse(
        await skopeo("inspect", "--override-os", "linux", "--override-arch", image === ARM ? "arm64" : "amd64", place),
      ) as { Digest: string; Layers: string[] };
      const manifest = parseManifest(image.blobs.get(image.manifest.digest) ?? Buffer.alloc(0));
      if (place.startsWith("oci-archive:")) {
        expect(inspected.Digest).toBe(image.manifest.digest);
      }
      expect(inspected.Layers).toHaveLength(manifest.kind === "image" ? manifest.layers.length : 0);
      const copied = freshPath();
      await skopeo(
        "copy",
        "--override-os",
        "linux",
        "--override-arch",
        image === ARM ? "arm64" : "amd64",
        place,
        `dir:${copied}`,
      );
    }
  });

  it("we read what skopeo writes as docker-archive and oci-archive", async () => {
    const oci = await write([await toArchive(repositoryOf({ "1": APP }), "1")], "oci");
    const docker = freshPath();
    await skopeo(
      "copy",
      "--override-os",
      "linux",
      "--override-arch",
      "amd64",
      `oci-archive:${oci}:1`,
      `docker-archive:${docker}:r.example/app:1`,
    );
    await using fromDocker = await openImageArchive(docker);
    expect(fromDocker.images).toMatchObject([{ name: { registry: "r.example", repository: "app" }, tag: "1" }]);
    const target = memoryTarget();
    await pushArchivedImage(fromDocker.images[0] as (typeof fromDocker.images)[0], target, { tag: "1" });
    const bare = freshPath();
    await skopeo(
      "copy",
      "--override-os",
      "linux",
      "--override-arch",
      "amd64",
      `oci-archive:${oci}:1`,
      `oci-archive:${bare}:9`,
    );
    await using fromOci = await openImageArchive(bare);
    expect(fromOci.images).toMatchObject([{ tag: "9", root: { digest: APP.manifest.digest } }]);
    expect(fromOci.images[0]?.name).toBeUndefined();
    await using source = await openImageSource(`oci-archive:${oci}:1`);
    expect(source.root?.digest).toBe(APP.manifest.digest);
  });
});
