// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Digest } from "#base";
import { scanImage } from "#scanner";
import { buildImage, type TarEntry } from "../../../test/support/image-builder.ts";
import { memoryImageSource } from "../../../test/support/memory-image-source.ts";

const STATUS = "var/lib/dpkg/status";

function file(path: string, name: string): TarEntry {
  return { path, content: `Package: ${name}\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\n` };
}

function symlink(path: string, link: string): TarEntry {
  return { path, type: "2", link };
}

function hardlink(path: string, link: string): TarEntry {
  return { path, type: "1", link };
}

/** What is no archive. */
function jar(path: string): TarEntry {
  return { path, content: "PK" };
}

function folder(path: string): TarEntry {
  return { path: `${path}/`, type: "5" };
}

async function scan(layers: readonly (readonly TarEntry[])[]): Promise<{
  readonly packages: readonly string[];
  readonly problems: readonly string[];
  readonly distribution: string | undefined;
  /** How often layers were opened. */
  readonly readings: number;
}> {
  const opened: Digest[] = [];
  const image = buildImage(layers.map((entries) => ({ entries })));
  const [scanned] = await scanImage(memoryImageSource(image, { onOpen: (digest) => opened.push(digest) }));
  const { packages = [], problems = [], distribution } = scanned?.inventory ?? {};
  return {
    packages: packages.map(({ name, evidence }) => `${name} ${evidence.path}@${evidence.layerIndex}`),
    // Below a link that goes wrong every database is missing, whichever there are.
    problems: problems
      .filter(({ code, path = "" }) => code !== "LINK_UNRESOLVED" || path === STATUS || !path.startsWith("var/lib/"))
      .map(({ code, path }) => `${code} ${path ?? ""}`),
    distribution: distribution?.id,
    // The configuration is a blob too.
    readings: opened.length - 1,
  };
}

describe("package databases behind links", () => {
  it.each<{
    name: string;
    layers: readonly (readonly TarEntry[])[];
    want: readonly string[];
    problems?: readonly string[];
  }>([
    { name: "a symbolic link", layers: [[file("opt/db", "aa"), symlink(STATUS, "/opt/db")]], want: [`aa ${STATUS}@0`] },
    {
      name: "a relative link",
      layers: [[file("var/db", "aa"), symlink(STATUS, "../../db")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "a link before its target",
      layers: [[symlink(STATUS, "/opt/db"), file("opt/db", "aa")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "a link in an upper layer to a file below",
      layers: [[file("opt/db", "aa")], [symlink(STATUS, "/opt/db")]],
      want: [`aa ${STATUS}@1`],
    },
    {
      name: "a link below, whose target an upper layer replaces",
      layers: [[file("opt/db", "old"), symlink(STATUS, "/opt/db")], [file("opt/db", "new")]],
      want: [`new ${STATUS}@1`],
    },
    {
      name: "a link above a real file",
      layers: [[file(STATUS, "real"), file("opt/db", "aa")], [symlink(STATUS, "/opt/db")]],
      want: [`aa ${STATUS}@1`],
    },
    {
      name: "a real file above a link",
      layers: [[symlink(STATUS, "/opt/db"), file("opt/db", "aa")], [file(STATUS, "real")]],
      want: [`real ${STATUS}@1`],
    },
    {
      name: "a linked folder",
      layers: [[symlink("var/lib/dpkg", "/opt/dpkg"), file("opt/dpkg/status", "aa")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "a linked folder higher up",
      layers: [[symlink("var", "data"), file("data/lib/dpkg/status", "aa")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "links through links",
      layers: [[symlink("var/lib", "/l1"), symlink("l1", "l2"), symlink("l2/dpkg", "/x/../y"), file("y/status", "aa")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "a linked folder that an upper layer makes real",
      layers: [
        [symlink("var/lib/dpkg", "/opt/dpkg"), file("opt/dpkg/status", "aa")],
        [folder("var/lib/dpkg"), file(STATUS, "real")],
      ],
      want: [`real ${STATUS}@1`],
    },
    {
      name: "a linked folder that is made real and empty",
      layers: [[symlink("var/lib/dpkg", "/opt/dpkg"), file("opt/dpkg/status", "aa")], [folder("var/lib/dpkg")]],
      want: [],
    },
    {
      name: "a linked folder whose target is removed",
      layers: [[symlink("var/lib/dpkg", "/opt/dpkg"), file("opt/dpkg/status", "aa")], [{ path: "opt/.wh.dpkg" }]],
      want: [],
    },
    {
      name: "a removed link",
      layers: [[symlink(STATUS, "/opt/db"), file("opt/db", "aa")], [{ path: "var/lib/dpkg/.wh.status" }]],
      want: [],
    },
    {
      name: "files of a linked status.d",
      layers: [[symlink("var/lib/dpkg/status.d", "/opt/s"), file("opt/s/a", "aa"), file("opt/s/b", "bb")]],
      want: ["aa var/lib/dpkg/status.d/a@0", "bb var/lib/dpkg/status.d/b@0"],
    },
    {
      name: "status.d in a linked folder",
      layers: [
        [file("opt/dpkg/status.d/a", "aa")],
        [symlink("var/lib/dpkg", "/opt/dpkg")],
        [file("opt/dpkg/status.d/b", "bb")],
      ],
      want: ["aa var/lib/dpkg/status.d/a@1", "bb var/lib/dpkg/status.d/b@2"],
    },
    {
      name: "a hard link to an earlier file",
      layers: [[file("opt/db", "aa"), hardlink(STATUS, "opt/db")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "a hard link to a file below",
      layers: [[file("opt/db", "aa")], [hardlink(STATUS, "opt/db")]],
      want: [`aa ${STATUS}@1`],
    },
    {
      name: "a hard link to a hard link",
      layers: [[file("opt/db", "aa"), hardlink("opt/b", "opt/db"), hardlink(STATUS, "opt/b")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "a hard link to a symbolic link",
      layers: [[file("opt/db", "aa"), symlink("var/x", "/opt/db"), hardlink(STATUS, "var/x")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "a symbolic link to a hard link",
      layers: [[file("opt/db", "aa"), hardlink("opt/b", "opt/db")], [symlink(STATUS, "/opt/b")]],
      want: [`aa ${STATUS}@1`],
    },
    {
      name: "a hard link whose target is removed later",
      layers: [[file("opt/db", "aa"), hardlink(STATUS, "opt/db")], [{ path: "opt/.wh.db" }]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "`..` of the root",
      layers: [[symlink(STATUS, "../../../../../../opt/db"), file("opt/db", "aa")]],
      want: [`aa ${STATUS}@0`],
    },
    {
      name: "a link to itself",
      layers: [[symlink(STATUS, STATUS.slice(STATUS.lastIndexOf("/") + 1))]],
      want: [],
      problems: [`LINK_UNRESOLVED ${STATUS}`],
    },
    {
      name: "links in a circle",
      layers: [[symlink("var/lib/dpkg", "/a"), symlink("a", "/b"), symlink("b", "/var/lib/dpkg")]],
      want: [],
      problems: [`LINK_UNRESOLVED ${STATUS}`],
    },
    {
      name: "a link that grows",
      layers: [[symlink("var/lib", "lib/lib")]],
      want: [],
      problems: [`LINK_UNRESOLVED ${STATUS}`],
    },
    {
      name: "a link to nothing",
      layers: [[symlink(STATUS, "/nowhere")]],
      want: [],
      problems: [`LINK_UNRESOLVED ${STATUS}`],
    },
    { name: "a linked folder without the database", layers: [[symlink("var", "data"), folder("data")]], want: [] },
    {
      name: "a removed link to nothing",
      layers: [[symlink(STATUS, "/nowhere")], [{ path: "var/lib/.wh.dpkg" }]],
      want: [],
    },
    {
      name: "a removed hard link to nothing",
      layers: [[hardlink("node_modules/x/package.json", "nowhere")], [{ path: ".wh.node_modules" }]],
      want: [],
    },
    {
      name: "a hard link to nothing",
      layers: [[hardlink(STATUS, "nowhere")]],
      want: [],
      problems: [`LINK_UNRESOLVED ${STATUS}`],
    },
    {
      name: "hard links in a circle",
      layers: [[hardlink(STATUS, "x"), hardlink("x", STATUS)]],
      want: [],
      problems: [`LINK_UNRESOLVED ${STATUS}`],
    },
  ])("$name", async ({ layers, want, problems = [] }) => {
    const scanned = await scan(layers);
    expect({ packages: scanned.packages, problems: scanned.problems }).toEqual({ packages: want, problems });
  });

  it("hard-linked packages of pnpm are found", async () => {
    const content = '{"name":"lodash","version":"4.17.15"}';
    const scanned = await scan([
      [{ path: "store/ab/cd", content }, hardlink("app/node_modules/lodash/package.json", "store/ab/cd")],
    ]);
    expect(scanned.packages).toEqual(["lodash app/node_modules/lodash/package.json@0"]);
  });

  it("os-release as a link, as in every Debian, costs no second reading", async () => {
    const scanned = await scan([
      [
        symlink("etc/os-release", "../usr/lib/os-release"),
        { path: "usr/lib/os-release", content: "ID=debian\n" },
        symlink("lib", "usr/lib"),
        file(STATUS, "aa"),
      ],
    ]);
    expect(scanned).toMatchObject({ distribution: "debian", problems: [], readings: 1 });
  });

  it("a second reading is made only for the layer that is needed", async () => {
    expect(await scan([[file("opt/db", "aa")], [file("x", "xx")], [symlink(STATUS, "/opt/db")]])).toMatchObject({
      readings: 4,
    });
  });

  it.each([
    {
      name: "a link to a file that is found by its own name is not read again",
      layers: [[jar("lib/a-1.jar"), symlink("lib/a.jar", "a-1.jar")]],
      want: { packages: [], problems: ["FILE_MALFORMED lib/a-1.jar"], readings: 1 },
    },
    {
      name: "a link to nothing where a file may be or not is none",
      layers: [[symlink("lib/a.jar", "/mnt/a.jar"), symlink("lib/b.jar", "b.jar")]],
      want: { packages: [], problems: [], readings: 1 },
    },
    {
      name: "a link to a file with a name that says nothing is read",
      layers: [[jar("lib/blob"), symlink("lib/a.jar", "blob")]],
      want: { packages: [], problems: ["FILE_MALFORMED lib/a.jar"], readings: 2 },
    },
  ])("$name", async ({ layers, want }) => {
    expect(await scan(layers)).toMatchObject(want);
  });

  it("twenty thousand links that are wanted do not hang", async () => {
    const links = Array.from({ length: 20_000 }, (_, index) =>
      symlink(`node_modules/p${index}/package.json`, `../p${index + 1}/package.json`),
    );
    const scanned = await scan([links, [folder("node_modules")]]);
    expect(scanned.packages).toEqual([]);
  });
});

describe("files that a runtime would put elsewhere", () => {
  it.each<{ name: string; layers: readonly (readonly TarEntry[])[]; problems: readonly string[] }>([
    {
      name: "through a link of the layer, over the file of a layer below",
      layers: [[file(STATUS, "aa")], [folder("var/lib/dpkg"), symlink("x", "var/lib/dpkg"), file("x/status", "bb")]],
      problems: [`ENTRY_MALFORMED ${STATUS}`],
    },
    {
      name: "through two links, up and down",
      layers: [[symlink("a/l", "../y"), symlink("y", "/var/./lib"), file("a/l/dpkg/status", "bb")]],
      problems: [`ENTRY_MALFORMED ${STATUS}`],
    },
    {
      name: "out of the folder where it would be found",
      layers: [[symlink("app", "/"), file("app/node_modules/x/package.json", "bb")]],
      problems: ["ENTRY_MALFORMED node_modules/x/package.json", "FILE_MALFORMED app/node_modules/x/package.json"],
    },
    {
      name: "through links that go round",
      layers: [[symlink("a", "b"), symlink("b", "a"), { path: "a/x", content: "" }]],
      problems: ["ENTRY_MALFORMED "],
    },
    {
      name: "not when the link was replaced before",
      layers: [[symlink("x", "var/lib/dpkg"), folder("x"), file("x/status", "bb")]],
      problems: [],
    },
    {
      name: "not when nobody would look there",
      layers: [[symlink("bin", "usr/bin"), { path: "bin/sh", content: "" }]],
      problems: [],
    },
  ])("$name", async ({ layers, problems }) => {
    expect((await scan(layers)).problems).toEqual(problems);
  });
});

describe("folders that are called what counts, and are links", () => {
  function content(path: string, text: string): TarEntry {
    return { path, content: text };
  }
  const MANIFEST = JSON.stringify({ name: "lodash", version: "4.17.15" });

  it.each([
    { name: "node_modules", link: "app/node_modules", behind: "lodash/package.json", text: MANIFEST },
    { name: "a package", link: "app/node_modules/lodash", behind: "package.json", text: MANIFEST },
    { name: "a scope", link: "app/node_modules/@x", behind: "lodash/package.json", text: MANIFEST },
    { name: "dist-info", link: "py/jinja2-2.dist-info", behind: "METADATA", text: "Name: jinja2\nVersion: 2\n" },
    { name: "gem specifications", link: "gem/specifications", behind: "a.gemspec", text: "# stub: rack 1 ruby lib\n" },
    { name: "Composer's", link: "app/composer", behind: "installed.json", text: '[{"name":"a/b","version":"1"}]' },
    { name: "Conda's", link: "opt/conda-meta", behind: "a.json", text: '{"name":"zlib","version":"1"}' },
  ])("$name", async ({ link, behind, text }) => {
    const layers = [[content(`srv/store/${behind}`, text)], [symlink(link, "/srv/store")]];
    const { packages, problems } = await scan(layers);
    expect(packages).toEqual([expect.stringMatching(new RegExp(` ${link}/${behind}@1$`))]);
    expect(problems).toEqual([]);
  });

  it("a link that is written as if it led to a folder of the right name", async () => {
    const { packages } = await scan([
      [content("srv/store/sub/x", ""), content("srv/store/package.json", MANIFEST)],
      [
        symlink("app/m/node_modules/x/out", "/srv/store/sub"),
        symlink("app/node_modules/lodash", "../m/node_modules/x/out/.."),
      ],
    ]);
    expect(packages).toEqual(["lodash app/node_modules/lodash/package.json@1"]);
  });

  it("a folder that has the right name where it is, too, is not read again", async () => {
    const stored = "app/node_modules/.pnpm/lodash@4/node_modules/lodash";
    const { packages, readings } = await scan([
      [
        content(`${stored}/package.json`, MANIFEST),
        symlink("app/node_modules/lodash", ".pnpm/lodash@4/node_modules/lodash"),
      ],
    ]);
    expect({ packages, readings }).toEqual({ packages: [`lodash ${stored}/package.json@0`], readings: 1 });
  });

  it("as many links as pnpm makes are no problem, whatever the number of layers", async () => {
    const links = Array.from({ length: 5_000 }, (_, index) =>
      symlink(`app/node_modules/.pnpm/a${index}@1/node_modules/b`, "../../b@1/node_modules/b"),
    );
    const stored = content("app/node_modules/.pnpm/b@1/node_modules/b/package.json", MANIFEST);
    const layers = [[stored, ...links], ...Array.from({ length: 30 }, (_, index) => [content(`x${index}`, "")])];
    expect((await scan(layers)).problems).toEqual([]);
  });

  it("thousands of links to one folder do not multiply what is in it without end", async () => {
    const store = Array.from({ length: 2_000 }, (_, index) => content(`srv/store/p${index}/package.json`, "{}"));
    const links = Array.from({ length: 2_000 }, (_, index) => symlink(`a${index}/node_modules`, "/srv/store"));
    expect((await scan([[...store, ...links]])).problems).toEqual(["LIMIT_EXCEEDED "]);
  });
});
