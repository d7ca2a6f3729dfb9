// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openImageSource } from "#image-source";
import { openLayerCache, type ScannedImage, scanImage } from "#scanner";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-folder-"));
  mkdirSync(join(folder, "root"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function status(name: string): string {
  return `Package: ${name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n`;
}

async function scan(options: Parameters<typeof scanImage>[1] = {}): Promise<ScannedImage> {
  await using source = await openImageSource(`dir:${join(folder, "root")}`);
  const [scanned] = await scanImage(source, options);
  if (scanned === undefined) {
    throw new Error("nothing was scanned");
  }
  return scanned;
}

function namesOf({ inventory }: ScannedImage): readonly string[] {
  return inventory.packages.map(({ name, evidence }) => `${name} ${evidence.path}`);
}

describe("a root file system", () => {
  it("is scanned as an image of one layer, and the same again", async () => {
    write("root/usr/lib/os-release", "ID=debian\nVERSION_ID=12\n");
    mkdirSync(join(folder, "root/etc"));
    symlinkSync("../usr/lib/os-release", join(folder, "root/etc/os-release"));
    write("root/var/lib/dpkg/status", status("bash"));
    write("root/srv/node_modules/a/package.json", '{"name":"a","version":"1.0.0"}');
    const first = await scan();
    expect(first.inventory).toMatchObject({ status: "complete", distribution: { id: "debian", versionId: "12" } });
    expect(first.image).toMatchObject({ platform: { os: "linux", architecture: "unknown" }, layers: [{}] });
    expect(namesOf(first)).toEqual(["bash var/lib/dpkg/status", "a srv/node_modules/a/package.json"]);
    expect(JSON.stringify(await scan())).toBe(JSON.stringify(first));
  });

  it("a package database behind a link is found within it, never outside", async () => {
    write("outside", status("outside"));
    write("root/outside", status("inside"));
    mkdirSync(join(folder, "root/var/lib/dpkg"), { recursive: true });
    symlinkSync("../../../../outside", join(folder, "root/var/lib/dpkg/status"));
    expect(namesOf(await scan())).toEqual(["inside var/lib/dpkg/status"]);
  });

  it("says nothing about a configuration, which it does not have", async () => {
    write("root/usr/bin/tool", "x");
    chmodSync(join(folder, "root/usr/bin/tool"), 0o755);
    const { inventory } = await scan({ scanners: ["configuration"] });
    expect(inventory.observations ?? []).toEqual([]);
  });

  it("is not kept in a layer cache: its digest is not that of its content", async () => {
    write("root/srv/node_modules/a/package.json", '{"name":"a","version":"1.0.0"}');
    const cache = openLayerCache({ folder: join(folder, "cache") });
    await scan({ cache });
    write("root/srv/node_modules/a/package.json", '{"name":"b","version":"1.0.0"}');
    expect(namesOf(await scan({ cache }))).toEqual(["b srv/node_modules/a/package.json"]);
  });

  it("what cannot be listed makes it partial", async () => {
    write("root/srv/node_modules/a/package.json", '{"name":"a","version":"1.0.0"}');
    write("root/name", "x");
    // not UTF-8
    writeFileSync(Buffer.concat([Buffer.from(join(folder, "root/")), Buffer.of(0x61, 0xff)]), "x");
    const scanned = await scan();
    expect(scanned.inventory.status).toBe("partial");
    expect(scanned.inventory.problems.map(({ code }) => code)).toEqual(["FILE_UNREADABLE"]);
    expect(namesOf(scanned)).toHaveLength(1);
  });
});
