// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Digest, digestHex, digestOf } from "#base";
import { openImageSource } from "#image-source";
import { DOCKER_CONFIG, type ImageSource, parseManifest } from "#oci";
import { describeImageSourceContract, readBlob } from "../../../test/support/contracts/image-source.ts";
import {
  buildImage,
  buildIndex,
  type TarEntry,
  type TestImage,
  writeDockerArchive,
  writeOciLayout,
  writeTar,
} from "../../../test/support/image-builder.ts";
import { memoryImageSource } from "../../../test/support/memory-image-source.ts";
import { runTool } from "../../../test/support/run-tool.ts";
import { describeWithTools, tool } from "../../../test/support/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-sources-"));
let count = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function freshPath(): string {
  count += 1;
  return join(folder, String(count));
}

function replace(image: TestImage, replaced: ReadonlyMap<Digest, Uint8Array> = new Map()): TestImage {
  const blobs = new Map(
    [...image.blobs].map(([digest, bytes]) => [digest, Buffer.from(replaced.get(digest) ?? bytes)]),
  );
  return { ...image, blobs };
}

function writeLayout(images: Readonly<Record<string, TestImage>>): string {
  const path = freshPath();
  writeOciLayout(path, images);
  return path;
}

function filesOf(path: string, prefix = ""): TarEntry[] {
  return readdirSync(join(path, prefix), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesOf(path, join(prefix, entry.name))
      : [{ path: join(prefix, entry.name), content: readFileSync(join(path, prefix, entry.name)) }],
  );
}

function writeFile(bytes: Uint8Array): string {
  const path = freshPath();
  writeFileSync(path, bytes);
  return path;
}

describeImageSourceContract("memory", {
  open: (image, replaced) =>
    Promise.resolve(memoryImageSource(image, { ...(replaced && { replaced }), chunkBytes: 100_000 })),
});
describeImageSourceContract("oci", {
  open: (image, replaced) => openImageSource(`oci:${writeLayout({ latest: replace(image, replaced) })}`),
});
describeImageSourceContract("oci-archive", {
  open: (image, replaced) =>
    openImageSource(`oci-archive:${writeFile(writeTar(filesOf(writeLayout({ latest: replace(image, replaced) }))))}`),
});
describeImageSourceContract("docker-archive", {
  keepsManifest: false,
  // Its layers have the size that the archive says.
  keepsLength: false,
  open: (image, replaced) =>
    openImageSource(`docker-archive:${writeFile(writeDockerArchive({ image: replace(image, replaced) }))}`),
});

const image = buildImage([{ entries: [{ path: "a" }] }]);
const other = buildImage([{ entries: [{ path: "b" }] }]);

describe("openImageSource", () => {
  it.each([
    { name: "no scheme", location: "alpine" },
    { name: "an unknown scheme", location: "http://x/y" },
    { name: "no path", location: "oci:" },
    { name: "an empty tag", location: "oci:x:" },
    { name: "a digest that is too short", location: "oci:x@sha256:ab" },
  ])("refuses a location with $name", async ({ location }) => {
    await expect(openImageSource(location)).rejects.toMatchObject({ code: "LOCATION_INVALID" });
  });

  it("refuses a malformed reference", async () => {
    await expect(openImageSource("docker://UPPER/")).rejects.toMatchObject({ code: "REFERENCE_INVALID" });
  });

  it.each(["oci:", "oci-archive:", "docker-archive:"])("%s says when there is nothing", async (scheme) => {
    await expect(openImageSource(`${scheme}${freshPath()}`)).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
  });
});

describe("oci:", () => {
  const index = buildIndex([{ image, os: "linux", architecture: "amd64" }]);
  const layout = writeLayout({ one: image, "team/two:1.0": other, multi: index });

  it.each([
    { name: "a tag", suffix: ":one", want: image },
    { name: "a tag with a colon", suffix: ":team/two:1.0", want: other },
    { name: "a digest", suffix: `@${other.manifest.digest}`, want: other },
    { name: "an index", suffix: ":multi", want: index },
    { name: "a child of an index by its digest", suffix: `@${image.manifest.digest}`, want: image },
  ])("selects by $name", async ({ suffix, want }) => {
    await using source = await openImageSource(`oci:${layout}${suffix}`);
    expect(source.root).toMatchObject({ digest: want.manifest.digest, mediaType: want.manifest.mediaType });
  });

  it("with a digest reads a layout that has no index.json entry, in a folder with a colon", async () => {
    const path = `${freshPath()}:5000`;
    writeOciLayout(path, { one: image });
    unlinkSync(join(path, "index.json"));
    await using source = await openImageSource(`oci:${path}@${image.manifest.digest}`);
    expect(source.root.digest).toBe(image.manifest.digest);
  });

  it.each([
    { name: "several images and no name", suffix: "", code: "IMAGE_AMBIGUOUS" },
    { name: "a name that is not there", suffix: ":three", code: "IMAGE_NOT_FOUND" },
    { name: "a digest that is not there", suffix: `@${digestOf("x")}`, code: "BLOB_MISSING" },
  ])("says $code for $name", async ({ suffix, code }) => {
    await expect(openImageSource(`oci:${layout}${suffix}`)).rejects.toMatchObject({ code });
  });

  it("names the images there are", async () => {
    await expect(openImageSource(`oci:${layout}:three`)).rejects.toMatchObject({
      message: 'the layout has no image three; it has "one", "team/two:1.0", "multi"',
      details: { names: ["one", "team/two:1.0", "multi"] },
    });
  });

  it.each([
    { name: "no oci-layout", break: (path: string) => unlinkSync(join(path, "oci-layout")), code: "LAYOUT_INVALID" },
    {
      name: "another version",
      break: (path: string) => writeFileSync(join(path, "oci-layout"), '{"imageLayoutVersion":"2.0.0"}'),
      code: "LAYOUT_INVALID",
    },
    {
      name: "an oci-layout that is no JSON",
      break: (path: string) => writeFileSync(join(path, "oci-layout"), "x"),
      code: "LAYOUT_INVALID",
    },
    { name: "no index.json", break: (path: string) => unlinkSync(join(path, "index.json")), code: "LAYOUT_INVALID" },
    {
      name: "an index.json that is no index",
      break: (path: string) => writeFileSync(join(path, "index.json"), "{}"),
      code: "MANIFEST_INVALID",
    },
    {
      name: "no manifest",
      break: (path: string) => unlinkSync(blobPath(path, image.manifest.digest)),
      code: "BLOB_MISSING",
    },
    {
      name: "another manifest",
      break: (path: string) =>
        writeFileSync(blobPath(path, image.manifest.digest), other.blobs.get(other.manifest.digest) ?? ""),
      code: "BLOB_DIGEST_MISMATCH",
    },
    {
      name: "a folder in the place of a blob",
      break: (path: string) => replaceByLink(blobPath(path, image.manifest.digest), "/"),
      code: "SOURCE_UNREADABLE",
    },
    {
      name: "a device in the place of a blob",
      break: (path: string) => replaceByLink(blobPath(path, image.manifest.digest), "/dev/zero"),
      code: "SOURCE_UNREADABLE",
    },
  ])("says $code for $name", async ({ break: damage, code }) => {
    const path = writeLayout({ latest: image });
    damage(path);
    await expect(openImageSource(`oci:${path}`)).rejects.toMatchObject({ code });
  });
});

describe("oci-archive:", () => {
  it.each([
    { name: "something else", bytes: Buffer.alloc(4_096, "x"), code: "ARCHIVE_INVALID" },
    {
      name: "a truncated archive",
      bytes: writeTar([{ path: "a", content: "x".repeat(5_000) }]).subarray(0, 3_000),
      code: "ARCHIVE_INVALID",
    },
    { name: "an archive of other files", bytes: writeTar([{ path: "a" }]), code: "LAYOUT_INVALID" },
    { name: "an empty file", bytes: Buffer.alloc(0), code: "LAYOUT_INVALID" },
  ])("says $code for $name", async ({ bytes, code }) => {
    await expect(openImageSource(`oci-archive:${writeFile(bytes)}`)).rejects.toMatchObject({ code });
  });
});

describe("docker-archive:", () => {
  const archive = writeFile(writeDockerArchive({ "team/app:1.0": image, "other:2": other }));

  it.each([
    { name: "the name as written", suffix: ":team/app:1.0", want: image },
    { name: "the full name", suffix: ":docker.io/team/app:1.0", want: image },
    { name: "another image", suffix: ":other:2", want: other },
  ])("selects by $name", async ({ suffix, want }) => {
    await using source = await openImageSource(`docker-archive:${archive}${suffix}`);
    expect(await configOf(source)).toEqual(configBytes(want));
  });

  it.each([
    { name: "several images and no name", suffix: "", code: "IMAGE_AMBIGUOUS" },
    { name: "a name that is not there", suffix: ":team/app:2.0", code: "IMAGE_NOT_FOUND" },
  ])("says $code for $name", async ({ suffix, code }) => {
    await expect(openImageSource(`docker-archive:${archive}${suffix}`)).rejects.toMatchObject({ code });
  });

  it("describes uncompressed layers by their diffID, without reading them", async () => {
    const plain = buildImage([{ entries: [{ path: "a" }], compression: "none" }]);
    await using source = await openImageSource(`docker-archive:${writeFile(writeDockerArchive({ image: plain }))}`);
    const manifest = parseManifest(source.root.bytes);
    expect(manifest).toMatchObject({
      config: { mediaType: DOCKER_CONFIG },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar" }],
    });
  });

  it.each(["gzip", "zstd"] as const)("takes layers that are compressed with %s", async (compression) => {
    const packed = buildImage([{ entries: [{ path: "a" }], compression }]);
    const bytes = writeDockerArchive({ image: packed }, { keepsCompression: true });
    await using source = await openImageSource(`docker-archive:${writeFile(bytes)}`);
    const manifest = parseManifest(source.root.bytes);
    const [layer] = manifest.kind === "image" ? manifest.layers : [];
    expect(layer?.mediaType).toContain(compression);
    expect(layer && digestOf(await readBlob(source, layer))).toBe(layer?.digest);
  });

  it("follows the links of old docker save", async () => {
    const layer = writeTar([{ path: "a" }]);
    const config = JSON.stringify({
      os: "linux",
      architecture: "amd64",
      rootfs: { type: "layers", diff_ids: [digestOf(layer), digestOf(layer)] },
    });
    const bytes = writeTar([
      { path: "first/layer.tar", content: layer },
      { path: "second/layer.tar", type: "2", link: "../first/layer.tar" },
      { path: "c.json", content: config },
      {
        path: "manifest.json",
        content: JSON.stringify([{ Config: "c.json", Layers: ["first/layer.tar", "second/layer.tar"] }]),
      },
    ]);
    await using source = await openImageSource(`docker-archive:${writeFile(bytes)}`);
    const manifest = parseManifest(source.root.bytes);
    expect(manifest.kind === "image" && manifest.layers.map((each) => each.digest)).toEqual([
      digestOf(layer),
      digestOf(layer),
    ]);
  });

  it.each([
    { name: "no manifest.json", entries: [{ path: "x" }] },
    { name: "a manifest.json that is no JSON", entries: [{ path: "manifest.json", content: "x" }] },
    { name: "a manifest.json of another form", entries: [{ path: "manifest.json", content: "{}" }] },
    {
      name: "a config that is not there",
      entries: [{ path: "manifest.json", content: '[{"Config":"c","Layers":[]}]' }],
    },
    {
      name: "a config outside of the archive",
      entries: [{ path: "manifest.json", content: '[{"Config":"../../etc/passwd","Layers":[]}]' }],
    },
    { name: "a layer that is not there", entries: dockerFiles(["l"], [digestOf("")]) },
    {
      name: "a layer that links to itself",
      entries: [...dockerFiles(["l"], [digestOf("")]), { path: "l", type: "2", link: "l" }],
    },
    { name: "fewer layers than the configuration names", entries: dockerFiles([], [digestOf("")]) },
  ])("says ARCHIVE_INVALID for $name", async ({ entries }) => {
    await expect(openImageSource(`docker-archive:${writeFile(writeTar(entries))}`)).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
    });
  });
});

describeWithTools("archives made by skopeo", ["skopeo"], () => {
  it.each(["oci-archive", "docker-archive"])("%s has the same layers", async (scheme) => {
    const path = freshPath();
    const copied = await runTool(tool("skopeo"), [
      "copy",
      `oci:${writeLayout({ latest: image })}`,
      `${scheme}:${path}:app:1`,
    ]);
    expect(copied).toMatchObject({ code: 0 });
    await using source = await openImageSource(`${scheme}:${path}`);
    const manifest = parseManifest(source.root.bytes);
    expect(manifest.kind === "image" && manifest.layers).toHaveLength(1);
  });
});

function blobPath(layout: string, digest: Digest): string {
  return join(layout, "blobs/sha256", digestHex(digest));
}

function replaceByLink(path: string, target: string): void {
  unlinkSync(path);
  symlinkSync(target, path);
}

async function configOf(source: ImageSource): Promise<string> {
  const manifest = parseManifest(source.root.bytes);
  return manifest.kind === "image" ? (await readBlob(source, manifest.config)).toString() : "";
}

function configBytes(of: TestImage): string {
  const manifest = parseManifest(of.blobs.get(of.manifest.digest) ?? Buffer.alloc(0));
  return manifest.kind === "image" ? (of.blobs.get(manifest.config.digest) ?? "").toString() : "";
}

function dockerFiles(layers: readonly string[], diffIds: readonly string[]): TarEntry[] {
  const config = { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: diffIds } };
  return [
    { path: "c", content: JSON.stringify(config) },
    { path: "manifest.json", content: JSON.stringify([{ Config: "c", Layers: layers }]) },
  ];
}
