// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Digest, digestOf, LIMITS } from "#base";
import type { Descriptor } from "#oci";
import { type ScanProgress, scanImage } from "#scanner";
import {
  buildImage,
  buildIndex,
  type TarEntry,
  type TestImage,
  type TestLayer,
  writeTar,
} from "../../../test/support/image-builder.ts";
import { memoryImageSource } from "../../../test/support/memory-image-source.ts";

const OS_RELEASE: TarEntry = { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' };
const STATUS = "var/lib/dpkg/status";

function status(...packages: readonly string[]): string {
  return packages
    .map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\n`)
    .join("\n");
}

function npm(name: string): TarEntry {
  return { path: `app/node_modules/${name}/package.json`, content: JSON.stringify({ name, version: "1.0.0" }) };
}

interface Scanned {
  readonly status: string;
  /** `name` or, for packages of other layers than the first, `name@layer`. */
  readonly packages: readonly string[];
  readonly problems: readonly string[];
}

async function scan(
  image: TestImage,
  options: Parameters<typeof memoryImageSource>[1] & { readonly limits?: typeof LIMITS } = {},
): Promise<Scanned> {
  const [scanned] = await scanImage(
    memoryImageSource(image, options),
    options.limits === undefined ? {} : { limits: options.limits },
  );
  const inventory = scanned?.inventory;
  return {
    status: inventory?.status ?? "nothing",
    packages: (inventory?.packages ?? []).map(({ name, evidence }) =>
      evidence.layerIndex === 0 ? name : `${name}@${evidence.layerIndex}`,
    ),
    problems: (inventory?.problems ?? []).map(({ code, path }) => (path === undefined ? code : `${code} ${path}`)),
  };
}

function layers(...entries: readonly (readonly TarEntry[])[]): TestLayer[] {
  return entries.map((each) => ({ entries: each }));
}

const BASE: readonly TarEntry[] = [OS_RELEASE, { path: STATUS, content: status("bash", "curl") }, npm("lodash")];
const FOUND = ["bash", "curl", "lodash"];

describe("scanImage", () => {
  it.each(["none", "gzip", "zstd"] as const)("reads layers compressed with %s", async (compression) => {
    const image = buildImage([
      { entries: BASE, compression },
      { entries: [npm("minimist")], compression },
    ]);
    expect(await scan(image, { chunkBytes: 100 })).toEqual({
      status: "complete",
      packages: [...FOUND, "minimist@1"],
      problems: [],
    });
  });

  it("guesses what the image was built on", async () => {
    const image = buildImage(layers(BASE, [npm("minimist")]), {
      config: { Labels: { "org.opencontainers.image.base.name": "debian:12" } },
      history: [
        { created_by: "ADD rootfs" },
        { created_by: 'CMD ["bash"]', empty_layer: true },
        { created_by: "RUN npm ci" },
      ],
    });
    const [scanned] = await scanImage(memoryImageSource(image));
    expect(scanned?.image.base).toEqual({ reference: "debian:12", layerCount: 1 });
  });

  it("describes the image", async () => {
    const image = buildImage(layers(BASE, [npm("minimist")]), { created: "2026-01-01T00:00:00Z" });
    const [scanned] = await scanImage(memoryImageSource(image));
    expect(scanned?.image).toMatchObject({
      digest: image.manifest.digest,
      mediaType: image.manifest.mediaType,
      platform: { os: "linux", architecture: "amd64" },
      created: "2026-01-01T00:00:00Z",
      layers: [{ createdBy: "layer 0" }, { createdBy: "layer 1" }],
    });
    expect(scanned?.inventory.distribution).toMatchObject({ id: "debian", versionId: "12" });
    expect(scanned?.image.sizeBytes).toBe(scanned?.image.layers.reduce((sum, layer) => sum + layer.sizeBytes, 0));
  });

  it("gives the same result whatever the concurrency and the chunks", async () => {
    const image = buildImage(layers(BASE, [npm("a")], [{ path: "app/node_modules/.wh.lodash" }], [npm("b")]));
    const results = await Promise.all(
      [1, 2, 8].map(async (concurrency) =>
        JSON.stringify(await scanImage(memoryImageSource(image, { chunkBytes: concurrency * 13 }), { concurrency })),
      ),
    );
    expect(new Set(results).size).toBe(1);
  });

  it("reports progress up to the end", async () => {
    const seen: ScanProgress[] = [];
    const image = buildImage(layers(BASE, [npm("a")]));
    await scanImage(memoryImageSource(image, { chunkBytes: 64 }), { onProgress: (progress) => seen.push(progress) });
    const done = seen.map((progress) => progress.doneBytes);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ phase: "done", doneBytes: seen[0]?.totalBytes });
  });

  it("stops with the reason of its signal", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const scanning = scanImage(
      memoryImageSource(buildImage(layers(BASE)), { onOpen: () => controller.abort(reason) }),
      {
        signal: controller.signal,
      },
    );
    await expect(scanning).rejects.toBe(reason);
  });

  it("an image without layers is complete and empty", async () => {
    expect(await scan(buildImage([]))).toEqual({ status: "complete", packages: [], problems: [] });
  });

  describe("layers on each other", () => {
    it.each<{ name: string; layers: TestLayer[]; want: readonly string[] }>([
      {
        name: "a whiteout removes a file",
        layers: layers(BASE, [{ path: "var/lib/dpkg/.wh.status" }]),
        want: ["lodash"],
      },
      {
        name: "a whiteout removes a folder",
        layers: layers(BASE, [{ path: "app/.wh.node_modules" }]),
        want: ["bash", "curl"],
      },
      {
        name: "a whiteout does not touch its own layer, in either order",
        layers: layers(
          BASE,
          [{ path: "app/.wh.node_modules" }, npm("new")],
          [npm("newer"), { path: "app/.wh.node_modules" }],
        ),
        want: ["bash", "curl", "newer@2"],
      },
      {
        name: "an opaque folder hides what is below",
        layers: layers(BASE, [{ path: "app/node_modules/.wh..wh..opq" }, npm("new")]),
        want: ["bash", "curl", "new@1"],
      },
      {
        name: "an opaque root hides everything",
        layers: layers(BASE, [{ path: ".wh..wh..opq" }, npm("new")]),
        want: ["new@1"],
      },
      {
        name: "a newer file replaces an older one",
        layers: layers(BASE, [{ path: STATUS, content: status("zsh") }]),
        want: ["zsh@1", "lodash"],
      },
      {
        name: "a file replaces a folder",
        layers: layers(BASE, [{ path: "app/node_modules", content: "now a file" }]),
        want: ["bash", "curl"],
      },
      {
        name: "a link replaces a folder",
        layers: layers(BASE, [{ path: "var/lib/dpkg", type: "2", link: "/nowhere" }]),
        want: ["lodash"],
      },
      {
        name: "a folder entry alone hides nothing",
        layers: layers(BASE, [{ path: "app/node_modules/", type: "5" }]),
        want: FOUND,
      },
      {
        name: "notes of AUFS are no whiteouts",
        layers: layers(BASE, [{ path: ".wh..wh.plnk/1" }, { path: "app/.wh..wh.aufs" }]),
        want: FOUND,
      },
      {
        name: "of a path that occurs twice, the last counts",
        layers: layers([
          { path: STATUS, content: status("old") },
          { path: STATUS, content: status("new") },
        ]),
        want: ["new"],
      },
    ])("$name", async ({ layers: given, want }) => {
      expect((await scan(buildImage(given))).packages).toEqual(want);
    });

    it("reports a whiteout that names nothing", async () => {
      expect(await scan(buildImage(layers(BASE, [{ path: "app/.wh." }, { path: "app/.wh..." }])))).toEqual({
        status: "partial",
        packages: FOUND,
        problems: ["ENTRY_MALFORMED app/.wh.", "ENTRY_MALFORMED app/.wh..."],
      });
    });
  });

  describe("layers that are not what they should be", () => {
    const good = buildImage(layers(BASE, [npm("a")]));
    const layerDigests = manifestOf(good).layers.map((layer) => layer.digest);

    it.each([
      { name: "another digest", change: (bytes: Buffer) => flip(bytes, bytes.length - 6), code: "LAYER_" },
      { name: "too few bytes", change: (bytes: Buffer) => bytes.subarray(0, -9), code: "LAYER_" },
      {
        name: "too many bytes",
        change: (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(10)]),
        code: "LAYER_SIZE_MISMATCH",
      },
      { name: "nothing", change: () => Buffer.alloc(0), code: "LAYER_" },
    ])("content with $name is not used", async ({ change, code }) => {
      const digest = layerDigests[1] as Digest;
      const replaced = new Map([[digest, change(good.blobs.get(digest) as Buffer)]]);
      const scanned = await scan(good, { replaced });
      expect(scanned).toMatchObject({ status: "partial", packages: FOUND });
      expect(scanned.problems).toEqual([expect.stringContaining(code)]);
    });

    it("a right answer under a wrong digest is not used", async () => {
      const plain = buildImage([{ entries: BASE, compression: "none" }]);
      const digest = manifestOf(plain).layers[0]?.digest as Digest;
      const lie = writeTar(BASE.map((entry) => ({ ...entry, content: String(entry.content).replace("bash", "dash") })));
      expect(await scan(plain, { replaced: new Map([[digest, lie]]) })).toEqual({
        status: "failed",
        packages: [],
        problems: ["LAYER_DIGEST_MISMATCH"],
      });
    });

    it("a wrong diffID is not used", async () => {
      const image = withConfig(good, (config) => ({
        ...config,
        rootfs: { type: "layers", diff_ids: [digestOf("x"), config.rootfs.diff_ids[1]] },
      }));
      expect(await scan(image)).toEqual({ status: "partial", packages: ["a@1"], problems: ["LAYER_DIFF_ID_MISMATCH"] });
    });

    it("a missing layer is said", async () => {
      const blobs = new Map([...good.blobs].filter(([digest]) => digest !== layerDigests[0]));
      expect(await scan({ ...good, blobs })).toEqual({
        status: "partial",
        packages: ["a@1"],
        problems: ["LAYER_UNREADABLE"],
      });
    });

    it("when no layer can be read, the scan has failed", async () => {
      const blobs = new Map([...good.blobs].filter(([digest]) => !layerDigests.includes(digest)));
      expect(await scan({ ...good, blobs })).toMatchObject({ status: "failed", packages: [] });
    });

    it("an unknown media type is not guessed", async () => {
      const image = withManifest(good, (manifest) => ({
        ...manifest,
        layers: manifest.layers.map((layer, index) =>
          index === 0 ? { ...layer, mediaType: "application/x-squashfs" } : layer,
        ),
      }));
      expect(await scan(image)).toEqual({ status: "partial", packages: ["a@1"], problems: ["LAYER_UNSUPPORTED"] });
    });

    it("a media type that does not fit the content is unreadable", async () => {
      const image = withManifest(good, (manifest) => ({
        ...manifest,
        layers: manifest.layers.map((layer) => ({
          ...layer,
          mediaType: "application/vnd.oci.image.layer.v1.tar+zstd",
        })),
      }));
      expect(await scan(image)).toMatchObject({ status: "failed", problems: ["LAYER_UNREADABLE", "LAYER_UNREADABLE"] });
    });

    it.each([
      { name: "truncated tar", tar: writeTar(BASE).subarray(0, -1_530), want: "LAYER_UNREADABLE" },
      { name: "something that is no tar", tar: Buffer.alloc(4_096, "x"), want: "LAYER_UNREADABLE" },
    ])("a $name is said", async ({ tar, want }) => {
      expect(await scan(buildImage([{ tar }]))).toMatchObject({ problems: [want] });
    });

    it("an entry out of the root is said and never read", async () => {
      const evil = { path: `../${STATUS}`, content: status("evil") };
      expect(await scan(buildImage(layers([...BASE, evil])))).toEqual({
        status: "partial",
        packages: FOUND,
        problems: [`ENTRY_MALFORMED ../${STATUS}`],
      });
    });

    it("absolute paths and devices are data", async () => {
      const image = buildImage(
        layers([
          { path: `/${STATUS}`, content: status("bash") },
          { path: "dev/sda", type: "4" },
          { path: "etc/os-release", type: "3" },
        ]),
      );
      expect(await scan(image)).toEqual({ status: "complete", packages: ["bash"], problems: [] });
    });
  });

  describe("limits", () => {
    it.each(["gzip", "zstd"] as const)("a %s bomb is stopped by its ratio", async (compression) => {
      const bomb = buildImage([{ tar: Buffer.alloc(8 * 1024 * 1024), compression }, { entries: [npm("a")] }]);
      const limits = { ...LIMITS, minRatioBytes: 1024 * 1024, maxCompressionRatio: 10 } as unknown as typeof LIMITS;
      expect(await scan(bomb, { limits })).toEqual({
        status: "partial",
        packages: ["a@1"],
        problems: ["LIMIT_EXCEEDED"],
      });
    });

    it.each<{ name: string; limits: Partial<Record<keyof typeof LIMITS, number>>; want: Partial<Scanned> }>([
      {
        name: "entries of a layer",
        limits: { maxTarEntries: 2 },
        want: { problems: ["LIMIT_EXCEEDED", "LIMIT_EXCEEDED"] },
      },
      {
        name: "entries of the image",
        limits: { maxTarEntries: 3 },
        want: { packages: FOUND, problems: ["LIMIT_EXCEEDED"] },
      },
      {
        name: "bytes of a file",
        limits: { maxAnalyzedFileBytes: 50 },
        want: { packages: ["a@1", "lodash"], problems: [`FILE_TOO_LARGE ${STATUS}`] },
      },
      { name: "bytes of all files", limits: { maxAnalyzedBytes: 50 }, want: { status: "partial", packages: [] } },
      { name: "bytes of an inflated layer", limits: { maxInflatedLayerBytes: 1_000 }, want: { status: "failed" } },
      {
        name: "bytes of a layer",
        limits: { maxLayerBytes: 10 },
        want: { status: "failed", problems: ["LIMIT_EXCEEDED", "LIMIT_EXCEEDED"] },
      },
      {
        name: "packages",
        limits: { maxPackages: 1 },
        want: {
          status: "partial",
          packages: ["bash"],
          problems: ["LIMIT_EXCEEDED", "LIMIT_EXCEEDED app/node_modules/lodash/package.json", "LIMIT_EXCEEDED"],
        },
      },
    ])("$name", async ({ limits, want }) => {
      const scanned = await scan(buildImage(layers(BASE, [npm("a")])), {
        limits: { ...LIMITS, ...limits } as typeof LIMITS,
      });
      expect(scanned).toMatchObject({ status: "partial", ...want });
    });
  });

  describe("an index", () => {
    const amd64 = buildImage(layers(BASE));
    const arm64 = buildImage(layers([npm("arm")]), { architecture: "arm64" });
    const attestation = buildImage(layers([npm("never")]));
    const index = buildIndex([
      { image: amd64, os: "linux", architecture: "amd64" },
      { image: arm64, os: "linux", architecture: "arm64" },
      { image: attestation, os: "unknown", architecture: "unknown" },
    ]);

    it("stands for all children that can run", async () => {
      const scanned = await scanImage(memoryImageSource(index));
      expect(scanned.map(({ image }) => image.digest)).toEqual([amd64.manifest.digest, arm64.manifest.digest]);
    });

    it("gives one platform on demand", async () => {
      const scanned = await scanImage(memoryImageSource(index), { platforms: { os: "linux", architecture: "arm64" } });
      expect(scanned.map(({ image }) => image.platform)).toEqual([{ os: "linux", architecture: "arm64" }]);
    });

    it("gives one child on demand", async () => {
      const scanned = await scanImage(memoryImageSource(index), { descriptor: arm64.manifest as Descriptor });
      expect(scanned.map(({ image }) => image.digest)).toEqual([arm64.manifest.digest]);
    });

    it("says when there is none for the platform", async () => {
      const scanning = scanImage(memoryImageSource(index), { platforms: { os: "linux", architecture: "s390x" } });
      await expect(scanning).rejects.toMatchObject({
        code: "PLATFORM_NOT_FOUND",
        details: { platforms: ["linux/amd64", "linux/arm64", "unknown/unknown"] },
      });
    });

    it("a child that is not there is failed, not left out", async () => {
      const blobs = new Map([...index.blobs].filter(([digest]) => digest !== arm64.manifest.digest));
      const scanned = await scanImage(memoryImageSource({ ...index, blobs }));
      expect(scanned.map(({ inventory }) => [inventory.status, inventory.problems[0]?.code])).toEqual([
        ["complete", undefined],
        ["failed", "MANIFEST_UNREADABLE"],
      ]);
      expect(scanned[1]?.image.platform).toEqual({ os: "linux", architecture: "arm64" });
    });

    it("indexes in indexes are followed, but not without end", async () => {
      let nested = index;
      for (let depth = 0; depth < 3; depth += 1) {
        nested = buildIndex([{ image: nested, os: "linux", architecture: "amd64" }]);
      }
      expect(await scanImage(memoryImageSource(nested))).toHaveLength(2);
      for (let depth = 0; depth < 3; depth += 1) {
        nested = buildIndex([{ image: nested, os: "linux", architecture: "amd64" }]);
      }
      await expect(scanImage(memoryImageSource(nested))).rejects.toMatchObject({ code: "INDEX_TOO_DEEP" });
    });
  });

  describe("what is no Linux image", () => {
    it("an artifact is refused", async () => {
      const image = withManifest(buildImage(layers(BASE)), (manifest) => ({
        ...manifest,
        config: { ...manifest.config, mediaType: "application/vnd.example.config" },
      }));
      await expect(scanImage(memoryImageSource(image))).rejects.toMatchObject({
        code: "NOT_AN_IMAGE",
        details: { mediaType: "application/vnd.example.config" },
      });
    });

    it.each([
      { name: "Windows", config: { os: "windows" }, want: "PLATFORM_UNSUPPORTED" },
      { name: "a configuration without architecture", config: { architecture: undefined }, want: "CONFIG_MALFORMED" },
      {
        name: "a configuration with too few diffIDs",
        config: { rootfs: { type: "layers", diff_ids: [] } },
        want: "CONFIG_MALFORMED",
      },
    ])("$name fails with $want", async ({ config, want }) => {
      expect(await scan(buildImage(layers(BASE), config))).toEqual({
        status: "failed",
        packages: [],
        problems: [want],
      });
    });

    it("a configuration that is not there fails", async () => {
      const image = buildImage(layers(BASE));
      const blobs = new Map([...image.blobs].filter(([digest]) => digest !== manifestOf(image).config.digest));
      expect(await scan({ ...image, blobs })).toEqual({
        status: "failed",
        packages: [],
        problems: ["CONFIG_MALFORMED"],
      });
    });

    it("a malformed root is an error", async () => {
      const image = withManifest(buildImage(layers(BASE)), (manifest) => ({ ...manifest, manifests: [] }) as never);
      await expect(scanImage(memoryImageSource(image))).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    });
  });
});

interface ManifestDocument {
  readonly config: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
  readonly layers: readonly { readonly mediaType: string; readonly digest: Digest; readonly size: number }[];
}

interface ConfigDocument {
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly (string | undefined)[] };
}

function manifestOf(image: TestImage): ManifestDocument {
  return JSON.parse(String(image.blobs.get(image.manifest.digest))) as ManifestDocument;
}

function withManifest(image: TestImage, change: (manifest: ManifestDocument) => ManifestDocument): TestImage {
  const bytes = Buffer.from(JSON.stringify(change(manifestOf(image))));
  const digest = digestOf(bytes);
  return {
    blobs: new Map([...image.blobs, [digest, bytes]]),
    manifest: { ...image.manifest, digest, size: bytes.length },
  };
}

function withConfig(image: TestImage, change: (config: ConfigDocument) => ConfigDocument): TestImage {
  const old = JSON.parse(String(image.blobs.get(manifestOf(image).config.digest))) as ConfigDocument;
  const bytes = Buffer.from(JSON.stringify(change(old)));
  const digest = digestOf(bytes);
  const added = { ...image, blobs: new Map([...image.blobs, [digest, bytes]]) };
  return withManifest(added, (manifest) => ({
    ...manifest,
    config: { ...manifest.config, digest, size: bytes.length },
  }));
}

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}
