// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Digest } from "#base";
import { ANALYZERS } from "#packages";
import { openLayerCache, type ScanImageOptions, type ScannedImage, scanImage } from "#scanner";
import { buildImage, type TarEntry, type TestImage } from "../../../test/support/image-builder.ts";
import { memoryImageSource } from "../../../test/support/memory-image-source.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-layers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function npm(name: string): TarEntry {
  return { path: `app/node_modules/${name}/package.json`, content: JSON.stringify({ name, version: "1.0.0" }) };
}

const BASE: readonly TarEntry[] = [
  { path: "etc/", type: "5" },
  { path: "etc/os-release", type: "2", link: "../usr/lib/os-release" },
  { path: "usr/lib/os-release", content: "ID=debian\nVERSION_ID=12\n" },
  {
    path: "opt/status",
    content: "Package: bash\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\nbroken\n",
  },
  npm("a"),
  npm("b"),
];
const LINK: TarEntry = { path: "var/lib/dpkg/status", type: "2", link: "/opt/status" };

function image(...layers: readonly (readonly TarEntry[])[]): TestImage {
  return buildImage(layers.map((entries) => ({ entries })));
}

async function scan(
  of: TestImage,
  options: ScanImageOptions = {},
): Promise<{ readonly result: ScannedImage | undefined; readonly opened: number }> {
  const opened: Digest[] = [];
  const [result] = await scanImage(memoryImageSource(of, { onOpen: (digest) => opened.push(digest) }), options);
  // the configuration is a blob too
  return { result, opened: opened.length - 1 };
}

describe("a scan with a layer cache", () => {
  it("reads no layer a second time, and finds the same", async () => {
    const cache = openLayerCache({ folder });
    const of = image(BASE, [{ path: "app/node_modules/.wh.a" }, { path: "x" }], [npm("c")]);
    const without = await scan(of);
    const first = await scan(of, { cache });
    const second = await scan(of, { cache });
    expect(first).toEqual(without);
    expect(second).toEqual({ result: without.result, opened: 0 });
    expect(JSON.stringify(second.result)).toBe(JSON.stringify(without.result));
  });

  it("a second image on the same base costs only its own layers", async () => {
    const cache = openLayerCache({ folder });
    await scan(image(BASE, [npm("c")]), { cache });
    const other = image(BASE, [{ path: "app/.wh.node_modules" }], [npm("d")]);
    const { result, opened } = await scan(other, { cache });
    expect(opened).toBe(2);
    expect(result).toEqual((await scan(other)).result);
  });

  it("a link of a layer above into a layer that was not read is followed", async () => {
    const cache = openLayerCache({ folder });
    await scan(image(BASE), { cache });
    const linked = image(BASE, [LINK]);
    const { result } = await scan(linked, { cache });
    expect(result?.inventory.packages.map(({ name }) => name)).toContain("bash");
    expect(result).toEqual((await scan(linked)).result);
  });

  it("a layer is read again above others than at the bottom, and by other analyzers", async () => {
    const cache = openLayerCache({ folder });
    await scan(image(BASE), { cache });
    expect((await scan(image([npm("c")], BASE), { cache })).opened).toBe(2);
    const analyzers = ANALYZERS.map((each) => (each.name === "npm" ? { ...each, version: "next" } : each));
    expect((await scan(image(BASE), { cache, analyzers })).opened).toBe(1);
  });

  it("does not believe an image that claims the diffID of a layer it has not", async () => {
    const cache = openLayerCache({ folder });
    const clean = image([npm("a")]);
    await scan(clean, { cache });
    const hostile = image([npm("evil")]);
    const config = [...clean.blobs.values()].find((bytes) => bytes.includes("rootfs")) as Buffer;
    const manifest = JSON.parse(String(hostile.blobs.get(hostile.manifest.digest))) as { layers: unknown };
    const lying = JSON.parse(String(clean.blobs.get(clean.manifest.digest))) as { config: unknown };
    const { digestOf } = await import("#base");
    const bytes = Buffer.from(JSON.stringify({ ...lying, layers: manifest.layers }));
    const blobs = new Map([...hostile.blobs, [digestOf(config), config], [digestOf(bytes), bytes]] as const);
    const of = { blobs, manifest: { ...clean.manifest, digest: digestOf(bytes), size: bytes.length } };
    const { result } = await scan(of, { cache });
    expect(result?.inventory.problems.map(({ code }) => code)).toEqual(["LAYER_DIFF_ID_MISMATCH"]);
  });

  it("keeps nothing of a layer that lies", async () => {
    const of = image(BASE);
    const [layer] = [...of.blobs.keys()];
    const replaced = new Map([[layer as Digest, Buffer.from("something else")]]);
    await scanImage(memoryImageSource(of, { replaced }), { cache: openLayerCache({ folder }) });
    expect(readdirSync(folder)).toEqual([]);
  });
});

const KEY = "a".repeat(64);
const OTHER = "b".repeat(64);
const CONTENT = Buffer.from("content of a layer");

describe("openLayerCache", () => {
  it("gives back what was kept", async () => {
    const cache = openLayerCache({ folder: join(folder, "made") });
    expect(await cache.read(KEY)).toBeUndefined();
    await cache.write(KEY, CONTENT);
    expect(Buffer.from((await cache.read(KEY)) ?? []).equals(CONTENT)).toBe(true);
  });

  it("a changed or shortened file is not used, and goes", async () => {
    const cache = openLayerCache({ folder });
    await cache.write(KEY, CONTENT);
    const whole = readFileSync(join(folder, KEY));
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(whole.readUInt8(at) ^ 1, at);
      for (const bytes of [changed, whole.subarray(0, at)]) {
        writeFileSync(join(folder, KEY), bytes);
        expect(await cache.read(KEY)).toBeUndefined();
        expect(readdirSync(folder)).toEqual([]);
      }
    }
  });

  it("what was not used for longest goes first", async () => {
    const cache = openLayerCache({ folder, maxBytes: 200 });
    await cache.write(KEY, CONTENT);
    await cache.write(OTHER, CONTENT);
    utimesSync(join(folder, KEY), 1, 1);
    utimesSync(join(folder, OTHER), 2, 2);
    await cache.read(KEY);
    await cache.write("c".repeat(64), Buffer.from(Array.from({ length: 90 }, (_, index) => (index * 151) % 256)));
    expect(readdirSync(folder)).toEqual([KEY, "c".repeat(64)]);
  });

  it("leftovers of killed processes go, after a while; other files stay", async () => {
    writeFileSync(join(folder, `${KEY}.old`), "half");
    utimesSync(join(folder, `${KEY}.old`), 1, 1);
    writeFileSync(join(folder, `${KEY}.new`), "half");
    await openLayerCache({ folder }).write(OTHER, CONTENT);
    expect(readdirSync(folder)).toEqual([`${KEY}.new`, OTHER]);
  });

  it("content larger than the cache is not kept", async () => {
    const cache = openLayerCache({ folder, maxBytes: 40 });
    await cache.write(KEY, CONTENT);
    expect(await cache.read(KEY)).toBeUndefined();
  });

  it("a place that is no folder is an empty cache", async () => {
    writeFileSync(join(folder, "file"), "");
    const cache = openLayerCache({ folder: join(folder, "file") });
    await cache.write(KEY, CONTENT);
    expect(await cache.read(KEY)).toBeUndefined();
    chmodSync(folder, 0o755);
  });
});
