// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { createTrustHttp } from "#http";
import { fetchVexHub } from "./fetch-vex-hub.ts";
import { readVexFolder } from "./read-vex-folder.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

function vex(id: string): string {
  return JSON.stringify({
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/1",
    author: "us",
    timestamp: "2024-01-01T00:00:00Z",
    version: 1,
    statements: [{ vulnerability: { name: id }, products: [{ "@id": "pkg:npm/a" }], status: "fixed" }],
  });
}

function index(...packages: readonly (readonly [string, string])[]): string {
  return JSON.stringify({ packages: packages.map(([id, location]) => ({ id, location, format: "openvex" })) });
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "haechi-vex-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function idsIn(folder: string, packageUrls?: ReadonlySet<string>): Promise<readonly string[]> {
  return (await readVexFolder(folder, packageUrls)).flatMap((each) => each.statements.flatMap(({ ids }) => ids ?? []));
}

const HUB = {
  "index.json": index(["pkg:npm/a@1.0.0", "npm/a/vex.json"], ["pkg:npm/%40s/b", "npm/b/vex.json"]),
  "npm/a/vex.json": vex("CVE-1"),
  "npm/b/vex.json": vex("CVE-2"),
  "other.json": "{}",
};

describe("a folder of VEX documents", () => {
  it("with a file larger than the limit is refused before that is read", async () => {
    const folder = folderWith({ "a.json": vex("CVE-1") });
    // sparse: it takes no space
    truncateSync(join(folder, "a.json"), LIMITS.maxVexBytes + 1);
    await expect(idsIn(folder)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });

  it.each([
    { name: "a place outside", files: { "index.json": index(["pkg:npm/a", "../x.json"]) } },
    { name: "an absolute place", files: { "index.json": index(["pkg:npm/a", "/etc/passwd"]) } },
    { name: "an encoded place outside", files: { "index.json": index(["pkg:npm/a", "%2e%2e/x.json"]) } },
    { name: "another address", files: { "index.json": index(["pkg:npm/a", "https://example.com/x"]) } },
    { name: "no package URL", files: { "index.json": index(["a", "x.json"]) } },
    { name: "a document that is not there", files: { "index.json": index(["pkg:npm/a", "x.json"]) } },
    { name: "an index that is none", files: { "index.json": '{"packages": {}}' } },
    { name: "a document that is none", files: { "a.json": vex("CVE-1"), "b.json": "{}" } },
  ])("is refused with $name", async ({ files }) => {
    await expect(readVexFolder(folderWith(files))).rejects.toMatchObject({
      code: expect.stringMatching(/^VEX_(?:SOURCE_UNREADABLE|INVALID)$/),
    });
  });

  it("is refused when a listed document is a link that leads out", async () => {
    const outside = folderWith({ "x.json": vex("CVE-1") });
    const folder = folderWith({ "index.json": index(["pkg:npm/a", "a.json"]) });
    symlinkSync(join(outside, "x.json"), join(folder, "a.json"));
    await expect(readVexFolder(folder)).rejects.toThrow("leads out of the folder");
  });

  it("that is not there is an error, never nothing", async () => {
    await expect(readVexFolder("/nonexistent")).rejects.toMatchObject({ code: "VEX_SOURCE_UNREADABLE" });
  });

  it("is read as a whole, or as its index says", async () => {
    expect(await idsIn(folderWith({ "b/a.json": vex("CVE-2"), "a.json": vex("CVE-1"), "README.md": "" }))).toEqual([
      "CVE-1",
      "CVE-2",
    ]);
    expect(await idsIn(folderWith(HUB))).toEqual(["CVE-1", "CVE-2"]);
    expect(await idsIn(folderWith(HUB), new Set(["pkg:npm/%40s/b"]))).toEqual(["CVE-2"]);
  });
});

describe("a hub on the web", () => {
  it("gives documents about the packages of the image, and is asked for no others", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const name = (request.url ?? "").replace("/hub/", "");
      const text = (HUB as Readonly<Record<string, string>>)[name];
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await using http = await createTrustHttp();
      const address = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hub`);
      const documents = await fetchVexHub(address, { http, packageUrls: new Set(["pkg:npm/a"]) });
      expect(documents.map((each) => each.statements[0]?.ids)).toEqual([["CVE-1"]]);
      expect(asked).toEqual(["/hub/index.json", "/hub/npm/a/vex.json"]);
      await expect(fetchVexHub(new URL("/nothing", address), { http, packageUrls: new Set() })).rejects.toThrow(
        "answered 404",
      );
    } finally {
      server.close();
    }
  });
});
