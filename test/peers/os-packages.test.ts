// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openImageSource } from "#image-source";
import { ANALYZERS, type Inventory, type Package } from "#packages";
import { scanImage } from "#scanner";
import { compareVersions, type VersionScheme } from "#versions";
import { buildDebianRoot } from "../../tools/fixtures/debian-root.ts";
import { fixtureImages } from "../../tools/fixtures/index.ts";
import { rounds } from "../support/rounds.ts";
import { berkeleyDump, headersOf } from "../support/rpm-databases.ts";
import { buildRpms, inRoot, type RpmRecipe, run, specOf } from "../support/rpm-root.ts";
import { describeWithTools, tool } from "../support/tools.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-os-packages-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function inventoryOf(location: string): Promise<Inventory> {
  await using source = await openImageSource(location);
  const [scanned] = await scanImage(source, { scanners: ["license"] });
  if (scanned === undefined) {
    throw new Error("nothing was scanned");
  }
  return scanned.inventory;
}

function versions(extra: string): fc.Arbitrary<string> {
  const part = fc.stringMatching(new RegExp(`^[0-9aBz][0-9aBz.+~${extra}]{0,7}$`));
  return fc
    .tuple(fc.constantFrom("", "", "0:", "1:", "01:", "20:"), part, fc.option(part))
    .map(([epoch, version, revision]) => `${epoch}${version}${revision === null ? "" : `-${revision}`}`);
}

/** Pairs of which half differ in one character only. */
function pairsOf(version: fc.Arbitrary<string>, count: number): readonly (readonly [string, string])[] {
  const near = fc.tuple(version, fc.nat(20), fc.constantFrom("", "0", "1", "a", ".", "~")).map(([text, at, put]) => {
    const place = Math.min(at, text.length);
    return [text, text.slice(0, place) + put + text.slice(place + 1)] as const;
  });
  return fc.sample(fc.oneof(fc.tuple(version, version), near), { numRuns: count, seed: 20_261_122 });
}

function ours(scheme: VersionScheme, pairs: readonly (readonly [string, string])[]): readonly string[] {
  return pairs.map(([a, b]) => `${a} ${b} ${compareVersions(scheme, a, b) ?? "undecided"}`);
}

describeWithTools("dpkg versions beside dpkg", ["dpkg"], () => {
  it("agrees on thousands of pairs that follow the grammar", { timeout: 300_000 }, () => {
    const pairs = pairsOf(versions(""), rounds({ short: 3_000, long: 30_000 })).filter(
      ([a, b]) => compareVersions("dpkg", a, b) !== undefined,
    );
    // dpkg compares one pair at a time and answers by its exit code; one shell asks for all
    const script =
      'while read -r a b; do if "$0" --compare-versions "$a" lt "$b"; then echo "$a $b -1"; elif "$0" --compare-versions "$a" gt "$b"; then echo "$a $b 1"; else echo "$a $b 0"; fi; done 2>/dev/null';
    const input = pairs.map((pair) => pair.join(" ")).join("\n");
    const theirs = execFileSync("/bin/sh", ["-c", script, tool("dpkg")], { input: `${input}\n`, encoding: "utf8" });
    expect(pairs.length).toBeGreaterThan(2_000);
    expect(ours("dpkg", pairs)).toEqual(theirs.trimEnd().split("\n"));
  });
});

describeWithTools("rpm versions beside rpm", ["rpm"], () => {
  it("agrees on tens of thousands of pairs that follow the grammar", async () => {
    const pairs = pairsOf(versions("^_"), rounds({ short: 30_000, long: 300_000 })).filter(
      ([a, b]) => compareVersions("rpm", a, b) !== undefined,
    );
    const file = join(folder, "pairs");
    const script = join(folder, "compare.lua");
    await writeFile(file, pairs.map((pair) => pair.join("\t")).join("\n"));
    await writeFile(
      script,
      `for line in io.lines("${file}") do local a, b = line:match("^(%S+)\\t(%S+)$"); io.write(a .. " " .. b .. " " .. rpm.vercmp(a, b), "\\n") end`,
    );
    const theirs = await run("rpm", ["--eval", `%{lua:dofile("${script}")}`]);
    expect(pairs.length).toBeGreaterThan(20_000);
    expect(ours("rpm", pairs)).toEqual(theirs.trimEnd().split("\n"));
  });
});

describeWithTools("packages of a Debian image beside dpkg-query", ["dpkg-query", "mmdebstrap"], () => {
  it("are the same", async () => {
    const image = (await fixtureImages()).good;
    const inventory = await inventoryOf(`oci:${image}`);
    const admin = await unpackDpkg(image);
    const format = "${db:Status-Status}|${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\\n";
    const listed = (await run("dpkg-query", [`--admindir=${admin}`, "-W", "-f", format]))
      .trimEnd()
      .split("\n")
      .filter((line) => line.startsWith("installed|"))
      .map((line) => line.slice("installed|".length));
    expect(inventory.problems).toEqual([]);
    expect(listed.length).toBeGreaterThan(70);
    expect(summary(inventory.packages, "deb")).toEqual(listed.toSorted());
    // libcrypt1's copyright file tells its licences in prose
    const unlicensed = inventory.packages.filter(({ type, licenses }) => type === "deb" && licenses === undefined);
    expect(unlicensed.map(({ name }) => name)).toEqual(["libcrypt1"]);
  });

  it("own the files that dpkg-query says they own", { timeout: 400_000 }, async () => {
    const root = join(folder, "owners");
    await mkdir(root);
    await run("tar", ["-xf", await buildDebianRoot(folder, ["python3-requests", "ruby-rack"]), "-C", root]);
    const { packages } = await inventoryOf(`dir:${root}`);
    const others = packages.filter(({ type }) => type !== "deb");
    const paths = others.map(({ evidence }) => `/${evidence.path}`);
    const query = ["--admindir", join(root, "var/lib/dpkg"), "-S", ...paths];
    const said = new Map(
      (await run("dpkg-query", query))
        .trimEnd()
        .split("\n")
        .map((line): [string, string] => [line.slice(line.indexOf(": ") + 2), line.slice(0, line.search(/[:,]/))]),
    );
    expect(others.length).toBeGreaterThan(50);
    expect(others.map(({ evidence, owner }) => `${evidence.path} ${owner?.name}`)).toEqual(
      others.map(({ evidence }) => `${evidence.path} ${said.get(`/${evidence.path}`)}`),
    );
  });

  /** dpkg's folder out of the image's first layer, by tar. */
  async function unpackDpkg(image: string): Promise<string> {
    const root = join(folder, "debian");
    await mkdir(root);
    const blobs = join(image, "blobs/sha256");
    const manifest = (await Promise.all((await readdir(blobs)).map((name) => readManifest(join(blobs, name))))).find(
      (each) => each !== undefined,
    );
    await run("tar", ["-xzf", join(blobs, manifest ?? ""), "-C", root, "./var/lib/dpkg"]);
    return join(root, "var/lib/dpkg");
  }

  /** The hexadecimal digest of the first layer, if the blob is a manifest. */
  async function readManifest(path: string): Promise<string | undefined> {
    const bytes = await readFile(path);
    if (bytes.length > 10_000 || bytes[0] !== 0x7b) {
      return undefined;
    }
    const value = JSON.parse(bytes.toString()) as { layers?: readonly { digest: string }[] };
    return value.layers?.[0]?.digest.slice("sha256:".length);
  }
});

describeWithTools("packages of rpm databases beside rpm -qa", ["rpm", "rpmbuild", "db5.3_load"], () => {
  const recipes: readonly RpmRecipe[] = [
    ...Array.from({ length: 40 }, (_, index) => ({
      name: `plain-${index}`,
      version: `${index}.0`,
      release: `${index}.el9`,
      files: { folder: `/usr/share/plain-${index}`, count: 1 + index * 5 },
      padding: index * 100,
    })),
    { name: "with-epoch", version: "3.0.7", release: "24.el9", epoch: 1 },
    { name: "with.dots_and-more", version: "2.0~rc1^git3", release: "0.1" },
    { name: "of-a-module", version: "18.20.4", release: "1", module: "nodejs:18:8090020240101000000:abcdef12" },
    { name: "of-a-vendor", version: "1", release: "1", vendor: "Example, Inc.", license: "MIT AND ASL 2.0" },
    { name: "gone", version: "1", release: "1", padding: 5_000 },
  ];
  const format =
    "%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM} %{VENDOR} %{LICENSE} %{MODULARITYLABEL}\\n";
  let root = "";

  beforeAll(async () => {
    root = join(folder, "root");
    await mkdir(join(root, "etc"), { recursive: true });
    await writeFile(join(root, "etc/os-release"), 'ID="almalinux"\nVERSION_ID="9.4"\n');
    const files = await buildRpms(folder, specOf("recipes", recipes));
    await run("rpm", inRoot(root, "-i", "--justdb", "--nodeps", ...files));
    await run("rpm", inRoot(root, "-e", "--justdb", "--nodeps", "gone"));
  });

  async function listed(options: readonly string[]): Promise<readonly string[]> {
    return (await run("rpm", [...options, "-qa", "--qf", format])).trimEnd().split("\n").toSorted();
  }

  function asRpmPrints(packages: readonly Package[]): readonly string[] {
    return packages
      .map(({ name, version, architecture, vendor, licenses, module }) =>
        [
          ...[name, version, architecture, "recipes-1.0-1.src.rpm", vendor ?? "(none)", licenses?.[0]],
          module === undefined ? "(none)" : `${module}:8090020240101000000:abcdef12`,
        ].join(" "),
      )
      .toSorted();
  }

  it("sqlite, in a root file system", async () => {
    const inventory = await inventoryOf(`dir:${root}`);
    expect(inventory).toMatchObject({ status: "complete", distribution: { id: "almalinux" } });
    const theirs = await listed(inRoot(root));
    expect(theirs).toHaveLength(recipes.length - 1);
    expect(asRpmPrints(inventory.packages)).toEqual(theirs);
  });

  it.each([
    { name: "Berkeley DB of a little-endian machine", isLittleEndian: true, pageBytes: 4_096 },
    { name: "Berkeley DB of a big-endian machine", isLittleEndian: false, pageBytes: 4_096 },
    { name: "Berkeley DB with small pages", isLittleEndian: true, pageBytes: 512 },
    { name: "Berkeley DB with large pages", isLittleEndian: true, pageBytes: 65_536 },
  ])("$name, made by Berkeley DB itself", async ({ name, ...options }) => {
    const database = join(folder, name, "var/lib/rpm");
    await mkdir(database, { recursive: true });
    const rows = headersOf(join(root, "var/lib/rpm/rpmdb.sqlite"));
    await run("db5.3_load", [join(database, "Packages")], berkeleyDump(rows, options));
    const theirs = await listed(["--dbpath", database, "--define", "_db_backend bdb_ro"]);
    expect(theirs).toHaveLength(recipes.length - 1);
    const inventory = await inventoryOf(`dir:${join(folder, name)}`);
    expect(inventory.problems).toEqual([]);
    expect(asRpmPrints(inventory.packages)).toEqual(theirs);
  });

  it("the files that packages own are those of rpm -ql", async () => {
    const analyzer = ANALYZERS.find(({ name }) => name === "rpm");
    const path = "var/lib/rpm/rpmdb.sqlite";
    const owned = analyzer?.analyze({ path, bytes: await readFile(join(root, path)) }).owned ?? [];
    const theirs = (await run("rpm", inRoot(root, "-qa", "--qf", "[%{=NAME} %{FILENAMES}\\n]"))).trimEnd().split("\n");
    const found = owned.flatMap(({ name, paths }) => paths.map((each) => `${name} /${each}`));
    expect(found.toSorted()).toEqual(theirs.toSorted());
  });
});

function summary(packages: readonly Package[], type: string): readonly string[] {
  return packages
    .filter((each) => each.type === type)
    .map(({ name, version, architecture, source }) =>
      [name, version, architecture, source?.name, source?.version].join(" "),
    )
    .toSorted();
}
