// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { OwnedFiles, PackageLicenses } from "../analyzer.ts";
import type { FoundPackage } from "../inventory.ts";
import type { LayerAnalysis, LayerFile } from "./layer-analysis.ts";
import { mergeLayers } from "./merge-layers.ts";

const STATUS = "var/lib/dpkg/status";
const LIST = "var/lib/dpkg/info/npm.list";
const APK = "lib/apk/db/installed";
const MANIFEST = "usr/share/nodejs/npm/package.json";

const NPM: FoundPackage = { type: "npm", name: "npm", version: "9.2.0" };

function layersOf(...parts: readonly (readonly LayerFile[])[]): readonly LayerAnalysis[] {
  return parts.map((files, layerIndex) => ({
    layer: digestOf(`layer ${layerIndex}`),
    layerIndex,
    files,
    whiteouts: [],
    opaqueFolders: [],
    problems: [],
    nonFolders: new Set(files.map(({ path }) => path)),
  }));
}

function file(path: string, found: readonly FoundPackage[], owned: readonly OwnedFiles[] = []): LayerFile {
  return { path, analyzer: "test", result: { packages: found, problems: [], owned } };
}

function deb(name: string, version = "9.2.0-1"): FoundPackage {
  return { type: "deb", name, version, architecture: "amd64" };
}

function apk(name: string, version: string): FoundPackage {
  return { type: "apk", name, version, architecture: "x86_64" };
}

function owns(type: OwnedFiles["type"], name: string, ...paths: readonly string[]): OwnedFiles {
  return { type, name, paths };
}

/** `name version` of the owner of the npm package. */
function ownerOf(layers: readonly LayerAnalysis[]): string | undefined {
  const owner = mergeLayers(layers).packages.find(({ type }) => type === "npm")?.owner;
  return owner === undefined ? undefined : `${owner.type} ${owner.name} ${owner.version}`;
}

const INSTALLED = [file(STATUS, [deb("npm")]), file(LIST, [], [owns("deb", "npm", MANIFEST)]), file(MANIFEST, [NPM])];

describe("owners", () => {
  it.each([
    {
      name: "no record of files",
      layers: layersOf([file(STATUS, [deb("npm")]), file(MANIFEST, [NPM])]),
      want: undefined,
    },
    {
      name: "another file",
      layers: layersOf([...INSTALLED.slice(0, 2), file("srv/npm/package.json", [NPM])]),
      want: undefined,
    },
    {
      name: "a record of a package that is not installed",
      layers: layersOf([file(STATUS, [deb("other")]), ...INSTALLED.slice(1)]),
      want: undefined,
    },
    {
      name: "a record of another architecture",
      layers: layersOf([
        file(STATUS, [deb("npm")]),
        file(LIST, [], [{ ...owns("deb", "npm", MANIFEST), architecture: "arm64" }]),
        file(MANIFEST, [NPM]),
      ]),
      want: undefined,
    },
    {
      name: "a file that a layer above put over the package's own",
      layers: layersOf(INSTALLED, [file(MANIFEST, [{ ...NPM, version: "10.9.0" }])]),
      want: undefined,
    },
    {
      name: "a file put over a package of a database for all, which a still later layer wrote again",
      layers: layersOf(
        [file(APK, [apk("npm", "9-r0")], [owns("apk", "npm", MANIFEST)]), file(MANIFEST, [NPM])],
        [file(MANIFEST, [{ ...NPM, version: "10.9.0" }])],
        [file(APK, [apk("npm", "9-r0"), apk("curl", "8-r0")], [owns("apk", "npm", MANIFEST)])],
      ),
      want: undefined,
    },
    { name: "the package's own file", layers: layersOf(INSTALLED), want: "deb npm 9.2.0-1" },
    {
      name: "a later layer that writes the status again changes nothing",
      layers: layersOf(INSTALLED, [file(STATUS, [deb("npm"), deb("curl")])]),
      want: "deb npm 9.2.0-1",
    },
    {
      name: "an update of the package in a later layer",
      layers: layersOf(INSTALLED, [
        file(STATUS, [deb("npm", "9.3.0-1")]),
        file(LIST, [], [owns("deb", "npm", MANIFEST)]),
        file(MANIFEST, [{ ...NPM, version: "9.3.0" }]),
      ]),
      want: "deb npm 9.3.0-1",
    },
    {
      name: "a database for all, written again by a later layer",
      layers: layersOf(
        [file(APK, [apk("npm", "9-r0")], [owns("apk", "npm", MANIFEST)]), file(MANIFEST, [NPM])],
        [file(APK, [apk("npm", "9-r0"), apk("curl", "8-r0")], [owns("apk", "npm", MANIFEST)])],
      ),
      want: "apk npm 9-r0",
    },
    {
      name: "of two versions the one that the record names",
      layers: layersOf([
        file(APK, [apk("npm", "8-r0"), apk("npm", "9-r0")], [{ ...owns("apk", "npm", MANIFEST), version: "9-r0" }]),
        file(MANIFEST, [NPM]),
      ]),
      want: "apk npm 9-r0",
    },
    {
      name: "a record that a later layer changed claims no more than the package brought",
      layers: layersOf(
        [file(STATUS, [deb("npm")]), file(LIST, [])],
        [file(LIST, [], [owns("deb", "npm", MANIFEST)]), file(MANIFEST, [NPM])],
      ),
      want: undefined,
    },
    ...["app/node_modules/npm/package.json", "usr/local/lib/node_modules/npm/package.json"].map((path) => ({
      name: `a record that claims ${path}, where packages put nothing`,
      layers: layersOf([file(STATUS, [deb("npm")]), file(LIST, [], [owns("deb", "npm", path)]), file(path, [NPM])]),
      want: undefined,
    })),
    {
      name: "the record says lib, the file lies below usr/lib, and lib is a link",
      layers: layersOf([
        file("lib", []),
        file(STATUS, [deb("npm")]),
        file(LIST, [], [owns("deb", "npm", "lib/npm/package.json")]),
        file("usr/lib/npm/package.json", [NPM]),
      ]),
      want: "deb npm 9.2.0-1",
    },
    {
      name: "the same where lib is a folder",
      layers: layersOf([
        file(STATUS, [deb("npm")]),
        file(LIST, [], [owns("deb", "npm", "lib/npm/package.json")]),
        file("usr/lib/npm/package.json", [NPM]),
      ]),
      want: undefined,
    },
  ])("$name: $want", ({ layers, want }) => {
    expect(ownerOf(layers)).toBe(want);
  });

  it("operating system packages have none", () => {
    const layers = layersOf([file(STATUS, [deb("npm")], [owns("deb", "npm", STATUS)])]);
    expect(mergeLayers(layers).packages.map(({ owner }) => owner)).toEqual([undefined]);
  });
});

describe("licences in files of their own", () => {
  const told: readonly PackageLicenses[] = [{ type: "deb", name: "npm", licenses: ["Artistic-2.0"] }];
  const copyright: LayerFile = {
    path: "usr/share/doc/npm/copyright",
    analyzer: "dpkg-copyright",
    result: { packages: [], problems: [], packageLicenses: told },
  };

  it("are the package's", () => {
    const layers = layersOf([file(STATUS, [deb("npm"), deb("curl")]), copyright]);
    expect(mergeLayers(layers).packages.map(({ licenses }) => licenses)).toEqual([undefined, ["Artistic-2.0"]]);
  });

  it("do not replace what the package database says", () => {
    const layers = layersOf([file(STATUS, [{ ...deb("npm"), licenses: ["MIT"] }]), copyright]);
    expect(mergeLayers(layers).packages.map(({ licenses }) => licenses)).toEqual([["MIT"]]);
  });
});

describe("programs", () => {
  const BASH = "usr/bin/bash";
  const FOUND: FoundPackage = { type: "generic", name: "bash", version: "5.2.15" };

  it.each([
    { name: "one that nobody owns is listed", owned: [], want: ["bash", "bash"] },
    { name: "one of an operating system package is that package", owned: [owns("deb", "bash", BASH)], want: ["bash"] },
  ])("$name", ({ owned, want }) => {
    const layers = layersOf([
      file(STATUS, [deb("bash")]),
      file("var/lib/dpkg/info/bash.list", [], owned),
      file(BASH, [FOUND]),
    ]);
    expect(mergeLayers(layers).packages.map(({ name }) => name)).toEqual(want);
  });

  it.each([
    { name: "in the version of the package", package: deb("bash", "5.2.15-2+b2"), isListed: false },
    { name: "in that of Alpine", package: deb("bash", "5.2_.15-r1"), isListed: false },
    {
      name: "in the version of its source",
      package: { ...deb("bash", "1-1"), source: { name: "bash", version: "5.2.15-2" } },
      isListed: false,
    },
    { name: "in another version than its owner has", package: deb("bash", "12.4+deb12u5"), isListed: true },
  ])("one that is known by its text, $name", ({ package: owner, isListed }) => {
    const program = { ...file(BASH, [FOUND]), analyzer: "program" };
    const layers = layersOf([
      file(STATUS, [owner]),
      file("var/lib/dpkg/info/bash.list", [], [owns("deb", "bash", BASH)]),
      program,
    ]);
    const listed = mergeLayers(layers).packages.filter(({ type }) => type === "generic");
    expect(listed.map((each) => each.owner)).toEqual(isListed ? [undefined] : []);
  });
});
