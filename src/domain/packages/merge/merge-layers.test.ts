// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { ANALYZERS } from "../analyzers.ts";
import type { FoundPackage, Problem } from "../inventory.ts";
import type { LayerAnalysis, LayerFile } from "./layer-analysis.ts";
import { mergeLayers } from "./merge-layers.ts";

const STATUS = "var/lib/dpkg/status";

function deb(name: string): FoundPackage {
  return { type: "deb", name, version: "1.0-1", architecture: "amd64", source: { name, version: "1.0-1" } };
}

function npm(name: string): FoundPackage {
  return { type: "npm", name, version: "1.0.0" };
}

function file(path: string, ...packages: readonly FoundPackage[]): LayerFile {
  return { path, analyzer: path === STATUS ? "dpkg" : "npm", result: { packages, problems: [] } };
}

function osRelease(path: string, id?: string): LayerFile {
  return {
    path,
    analyzer: "os-release",
    result: { packages: [], problems: [], ...(id !== undefined && { distribution: { id } }) },
  };
}

function releaseFile(path: string, id?: string): LayerFile {
  return { ...osRelease(path, id), analyzer: "release-file" };
}

/** Layers as a scanner would report them: the analyzed files are among the entries. */
function layersOf(
  ...parts: readonly Partial<Omit<LayerAnalysis, "nonFolders"> & { nonFolders: readonly string[] }>[]
): readonly LayerAnalysis[] {
  return parts.map((part, layerIndex) => ({
    layer: digestOf(`layer ${layerIndex}`),
    layerIndex,
    files: [],
    whiteouts: [],
    opaqueFolders: [],
    problems: [],
    ...part,
    nonFolders: new Set([...(part.nonFolders ?? []), ...(part.files ?? []).map((each) => each.path)]),
  }));
}

/** `name@layer` of each package. */
function summary(layers: readonly LayerAnalysis[]): readonly string[] {
  return mergeLayers(layers).packages.map((each) => `${each.name}@${each.evidence.layerIndex}`);
}

function problem(code: Problem["code"], path?: string): Problem {
  return { code, message: "test", ...(path !== undefined && { path }) };
}

interface Part {
  readonly files: readonly string[];
  readonly whiteouts: readonly string[];
  readonly opaqueFolders: readonly string[];
}

/** What is left of the files when the layers are unpacked over each other, the slow and obvious way. */
function pathsLeft(parts: readonly Part[]): readonly string[] {
  let left: readonly string[] = [];
  for (const { files, whiteouts, opaqueFolders } of parts) {
    const below = left.filter(
      (path) =>
        ![...whiteouts, ...files].some((gone) => gone === path || path.startsWith(`${gone}/`)) &&
        !opaqueFolders.some((folder) => path.startsWith(`${folder}/`)),
    );
    left = [...below, ...files];
  }
  return left.toSorted();
}

describe("mergeLayers", () => {
  it.each([
    { name: "no layers", layers: layersOf(), want: [] },
    { name: "one layer", layers: layersOf({ files: [file(STATUS, deb("aa"))] }), want: ["aa@0"] },
    {
      name: "files of several layers add up",
      layers: layersOf(
        { files: [file(STATUS, deb("aa"))] },
        { files: [file("node_modules/b/package.json", npm("b"))] },
      ),
      want: ["aa@0", "b@1"],
    },
    {
      name: "a later file replaces the same path",
      layers: layersOf({ files: [file(STATUS, deb("aa"))] }, { files: [file(STATUS, deb("bb"))] }),
      want: ["bb@1"],
    },
    {
      name: "a package that a later database has too is of the first layer that had it",
      layers: layersOf(
        { files: [file(STATUS, deb("aa"), deb("bb"))] },
        { files: [file(STATUS, deb("bb"), deb("cc"))] },
        { files: [file(STATUS, deb("bb"), deb("cc"))] },
      ),
      want: ["bb@0", "cc@1"],
    },
    {
      name: "a package that was gone in between is of the later layer",
      layers: layersOf(
        { files: [file(STATUS, deb("aa"))] },
        { files: [file(STATUS)] },
        { files: [file(STATUS, deb("aa"))] },
      ),
      want: ["aa@2"],
    },
    {
      name: "also when it is empty",
      layers: layersOf({ files: [file(STATUS, deb("aa"))] }, { files: [file(STATUS)] }),
      want: [],
    },
    {
      name: "also when it could not be analyzed",
      layers: layersOf({ files: [file(STATUS, deb("aa"))] }, { nonFolders: [STATUS] }),
      want: [],
    },
    {
      name: "also when it was reached through a link of a lower layer",
      layers: layersOf({ files: [file(STATUS, deb("aa"))] }, { files: [file(STATUS, deb("bb"))], nonFolders: [] }),
      want: ["bb@1"],
    },
    {
      name: "a file that takes the place of a folder hides what was in it",
      layers: layersOf(
        { files: [file("a/node_modules/b/package.json", npm("b"))] },
        { nonFolders: ["a/node_modules"] },
      ),
      want: [],
    },
    {
      name: "a whiteout deletes a file",
      layers: layersOf({ files: [file(STATUS, deb("aa"))] }, { whiteouts: [STATUS] }),
      want: [],
    },
    {
      name: "a whiteout deletes a folder and all under it",
      layers: layersOf({ files: [file("a/node_modules/b/package.json", npm("b"))] }, { whiteouts: ["a"] }),
      want: [],
    },
    {
      name: "a whiteout with a slash at its end",
      layers: layersOf({ files: [file("a/node_modules/b/package.json", npm("b"))] }, { whiteouts: ["a/"] }),
      want: [],
    },
    {
      name: "a whiteout deletes no sibling whose name begins alike",
      layers: layersOf({ files: [file("ab/node_modules/b/package.json", npm("b"))] }, { whiteouts: ["a"] }),
      want: ["b@0"],
    },
    {
      name: "a whiteout does not touch its own layer",
      layers: layersOf({ files: [file(STATUS, deb("aa"))] }, { whiteouts: ["var"], files: [file(STATUS, deb("bb"))] }),
      want: ["bb@1"],
    },
    {
      name: "a whiteout does not touch layers above",
      layers: layersOf({ whiteouts: [STATUS] }, { files: [file(STATUS, deb("aa"))] }),
      want: ["aa@1"],
    },
    {
      name: "an opaque folder hides its lower content and keeps its own",
      layers: layersOf(
        { files: [file("a/node_modules/b/package.json", npm("b")), file("x/node_modules/c/package.json", npm("c"))] },
        { opaqueFolders: ["a"], files: [file("a/node_modules/d/package.json", npm("d"))] },
      ),
      want: ["c@0", "d@1"],
    },
    {
      name: "an opaque root hides everything below",
      layers: layersOf({ files: [file(STATUS, deb("aa"))] }, { opaqueFolders: [""] }),
      want: [],
    },
    {
      name: "what was deleted and comes again is of the later layer",
      layers: layersOf(
        { files: [file(STATUS, deb("aa"))] },
        { whiteouts: [STATUS] },
        { files: [file(STATUS, deb("aa"))] },
      ),
      want: ["aa@2"],
    },
    {
      name: "a package database seen at two paths is one",
      layers: layersOf({
        files: [file("lib/apk/db/installed", deb("aa")), file("usr/lib/apk/db/installed", deb("aa"))],
      }),
      want: ["aa@0"],
    },
    {
      name: "a language package at two paths is two",
      layers: layersOf({
        files: [file("a/node_modules/b/package.json", npm("b")), file("c/node_modules/b/package.json", npm("b"))],
      }),
      want: ["b@0", "b@0"],
    },
    {
      name: "names from Object.prototype are names",
      layers: layersOf(
        { files: [file("__proto__", npm("__proto__")), file("constructor", npm("constructor"))] },
        { whiteouts: ["toString"] },
      ),
      want: ["__proto__@0", "constructor@0"],
    },
  ])("$name", ({ layers, want }) => {
    expect(summary(layers)).toEqual(want);
  });

  it("gives each package its evidence, sorted by type, name, version, path", () => {
    const layers = layersOf({
      files: [
        file("z/node_modules/b/package.json", npm("b")),
        file("node_modules/b/package.json", npm("b")),
        file(STATUS, deb("zz"), deb("aa")),
      ],
    });
    const { packages } = mergeLayers(layers);
    expect(packages.map((each) => `${each.type} ${each.name} ${each.evidence.path}`)).toEqual([
      `deb aa ${STATUS}`,
      `deb zz ${STATUS}`,
      "npm b node_modules/b/package.json",
      "npm b z/node_modules/b/package.json",
    ]);
    expect(packages[0]?.evidence).toEqual({ layer: layers[0]?.layer, layerIndex: 0, path: STATUS, analyzer: "dpkg" });
  });

  it.each([
    { name: "none", layers: layersOf({}), want: undefined },
    { name: "etc", layers: layersOf({ files: [osRelease("etc/os-release", "debian")] }), want: "debian" },
    { name: "usr/lib alone", layers: layersOf({ files: [osRelease("usr/lib/os-release", "debian")] }), want: "debian" },
    {
      name: "etc before usr/lib, wherever it lies",
      layers: layersOf(
        { files: [osRelease("etc/os-release", "alpine")] },
        { files: [osRelease("usr/lib/os-release", "debian")] },
      ),
      want: "alpine",
    },
    {
      name: "usr/lib after etc was deleted",
      layers: layersOf(
        { files: [osRelease("etc/os-release", "alpine"), osRelease("usr/lib/os-release", "debian")] },
        { whiteouts: ["etc/os-release"] },
      ),
      want: "debian",
    },
    {
      name: "an older file alone",
      layers: layersOf({ files: [releaseFile("etc/debian_version", "debian")] }),
      want: "debian",
    },
    {
      name: "an older file that one distribution alone has, before one that others have too",
      layers: layersOf({
        files: [releaseFile("etc/debian_version", "debian"), releaseFile("etc/lsb-release", "ubuntu")],
      }),
      want: "ubuntu",
    },
    {
      name: "an older file that says nothing is passed over",
      layers: layersOf({ files: [releaseFile("etc/debian_version", "debian"), releaseFile("etc/lsb-release")] }),
      want: "debian",
    },
    {
      name: "an unusable os-release is not replaced by an older file",
      layers: layersOf({ files: [osRelease("usr/lib/os-release"), releaseFile("etc/debian_version", "debian")] }),
      want: undefined,
    },
    {
      name: "another analyzer at the same path says nothing about it",
      layers: layersOf({
        files: [
          { path: "etc/os-release", analyzer: "aaa", result: { packages: [], problems: [] } },
          osRelease("etc/os-release", "debian"),
        ],
      }),
      want: "debian",
    },
    {
      name: "an unusable etc is not replaced by usr/lib",
      layers: layersOf({ files: [osRelease("etc/os-release"), osRelease("usr/lib/os-release", "debian")] }),
      want: undefined,
    },
  ])("distribution: $name", ({ layers, want }) => {
    expect(mergeLayers(layers).distribution?.id).toBe(want);
  });

  it.each([
    { name: "no problems: complete", layers: layersOf({}, {}), want: "complete" },
    { name: "an image without layers: complete", layers: layersOf(), want: "complete" },
    {
      name: "a layer that cannot be read: partial",
      layers: layersOf({}, { problems: [problem("LAYER_UNREADABLE")] }),
      want: "partial",
    },
    {
      name: "no layer that can be read: failed",
      layers: layersOf({ problems: [problem("LAYER_UNREADABLE")] }, { problems: [problem("LAYER_UNSUPPORTED")] }),
      want: "failed",
    },
    {
      name: "a layer that was read and lied: partial, with its packages",
      layers: layersOf({ files: [file(STATUS, deb("aa"))], problems: [problem("LAYER_SIZE_MISMATCH")] }),
      want: "partial",
    },
    {
      name: "a broken file: partial",
      layers: layersOf({ problems: [problem("FILE_MALFORMED", "a")] }),
      want: "partial",
    },
    {
      name: "a broken file that a later layer replaced: complete",
      layers: layersOf({ problems: [problem("FILE_TOO_LARGE", STATUS)] }, { files: [file(STATUS, deb("aa"))] }),
      want: "complete",
    },
    {
      name: "a broken file that a later layer deleted: complete",
      layers: layersOf({ problems: [problem("LINK_UNRESOLVED", STATUS)] }, { whiteouts: ["var/lib"] }),
      want: "complete",
    },
    {
      name: "a problem of the layer with a path stays",
      layers: layersOf({ problems: [problem("LIMIT_EXCEEDED", STATUS)] }, { files: [file(STATUS, deb("aa"))] }),
      want: "partial",
    },
  ])("status: $name", ({ layers, want }) => {
    expect(mergeLayers(layers).status).toBe(want);
  });

  it("adds layer and path to the problems of a file, and drops those of hidden files", () => {
    const broken: LayerFile = {
      path: STATUS,
      analyzer: "dpkg",
      result: { packages: [], problems: [{ code: "ENTRY_MALFORMED", message: "test" }] },
    };
    const layers = layersOf({ files: [broken] }, {});
    expect(mergeLayers(layers).problems).toEqual([
      { code: "ENTRY_MALFORMED", message: "test", path: STATUS, layer: layers[0]?.layer },
    ]);
    expect(mergeLayers(layersOf({ files: [broken] }, { whiteouts: [STATUS] })).problems).toEqual([]);
  });

  it("takes problems of the image", () => {
    const inventory = mergeLayers(layersOf({}), { problems: [problem("CONFIG_MALFORMED")] });
    expect(inventory).toMatchObject({ status: "partial", problems: [problem("CONFIG_MALFORMED")] });
  });

  it("stops at the limits, and says so", () => {
    const layers = layersOf({
      files: [file(STATUS, ...Array.from({ length: 12 }, (_, index) => deb(`p${index}`)))],
      problems: Array.from({ length: 12 }, (_, index) => problem("FILE_MALFORMED", `f${index}`)),
    });
    const inventory = mergeLayers(layers, { limits: { maxPackages: 10, maxProblems: 5 } });
    expect(inventory.packages).toHaveLength(10);
    expect(inventory.problems).toHaveLength(5);
    expect(inventory.problems.at(-1)).toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(inventory.status).toBe("partial");
  });

  it("an opaque root is a problem, as runtimes disagree about it", () => {
    const hiding = layersOf({ files: [file(STATUS, deb("aa"))] }, { opaqueFolders: [""] });
    expect(mergeLayers(hiding)).toMatchObject({ status: "partial", problems: [{ code: "ENTRY_MALFORMED" }] });
    expect(mergeLayers(layersOf({ opaqueFolders: [""], files: [file(STATUS, deb("aa"))] })).problems).toEqual([]);
  });

  it("comes to an end where many files lie deep", () => {
    const folder = "d/".repeat(2_000);
    const files = Array.from({ length: 20_000 }, (_, index) => file(`${folder}${index}`, npm("x")));
    expect(mergeLayers(layersOf({ files }, { whiteouts: ["e"] })).packages).toHaveLength(20_000);
  });

  it("names the analyzers and their versions", () => {
    const analyzers = [
      { name: "dpkg", version: "3" },
      { name: "npm", version: "1" },
    ];
    expect(mergeLayers([], { analyzers }).analyzers).toEqual({ dpkg: "3", npm: "1" });
    expect(Object.keys(mergeLayers([]).analyzers)).toEqual(ANALYZERS.map(({ name }) => name));
  });

  it("agrees with laying real folders on each other", () => {
    const path = fc
      .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join("/"));
    const layer = fc.record({
      files: fc.uniqueArray(path, { maxLength: 5 }),
      whiteouts: fc.array(path, { maxLength: 2 }),
      opaqueFolders: fc.array(path, { maxLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(layer, { maxLength: 4 }), (parts) => {
        const merged = mergeLayers(
          layersOf(...parts.map((part) => ({ ...part, files: part.files.map((each) => file(each, npm("x"))) }))),
        );
        expect(merged.packages.map((each) => each.evidence.path)).toEqual(pathsLeft(parts));
      }),
    );
  });
});
