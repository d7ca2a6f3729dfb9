// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { cpSync, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Package, PackageType } from "#packages";
import { scanImage } from "#scanner";
import { buildImage, type TarEntry } from "../support/image-builder.ts";
import { memoryImageSource } from "../support/memory-image-source.ts";
import { runTool } from "../support/run-tool.ts";
import { describeWithTools, tool, toolsFolder } from "../support/tools.ts";
import { writeZip } from "../support/zip-builder.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "haechi-language-packages-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What the tool printed; it must have done its work. */
async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runTool(command, args, { cwd, environment: { NODE_OPTIONS: "" } });
  if (code !== 0) {
    throw new Error(`${command} ${args.join(" ")}: ${stderr.slice(-2_000)}${stdout.slice(-500)}`);
  }
  return stdout;
}

/** The folder as an image of one layer, its links as links. */
async function packagesOf(root: string, type: PackageType): Promise<readonly Package[]> {
  const entries: TarEntry[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const absolute = join(entry.parentPath, entry.name);
    const path = relative(root, absolute);
    if (entry.isSymbolicLink()) {
      entries.push({ path, type: "2", link: await readlink(absolute) });
    } else if (entry.isFile()) {
      entries.push({ path, content: await readFile(absolute) });
    }
  }
  const [scanned] = await scanImage(memoryImageSource(buildImage([{ entries }])), { scanners: [] });
  expect(scanned?.inventory.problems).toEqual([]);
  return scanned?.inventory.packages.filter((each) => each.type === type) ?? [];
}

describe("npm packages beside npm", () => {
  it("are those of npm ls --all --parseable, at the same places", async () => {
    const root = join(folder, "npm");
    const app = join(root, "srv/app");
    await mkdir(app, { recursive: true });
    const dependencies = {
      // the same package in two versions, scopes, another name, a package that brings others inside itself
      ...{ debug: "4.3.4", ms: "2.0.0", "@babel/types": "7.22.5", "short-time": "npm:ms@2.1.2", mocha: "10.2.0" },
      ...{ "tap-parser": "11.0.2", "is-odd": "3.0.1" },
    };
    const manifest = {
      name: "app",
      version: "1.0.0",
      private: true,
      dependencies,
      optionalDependencies: { fsevents: "2.3.3" },
    };
    await writeFile(join(app, "package.json"), JSON.stringify(manifest));
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], app);

    const listed = (await run("npm", ["ls", "--all", "--parseable", "--long"], app))
      .trimEnd()
      .split("\n")
      .map((line) => line.split(":"))
      // npm writes an alias as name@npm:real@version, so that the colon is one too many
      .map(([place = "", ...named]) => `${relative(root, place)} ${named.join(":").replace(/^.*@npm:/, "")}`)
      .filter((line) => !line.startsWith("srv/app app@"));
    const found = (await packagesOf(root, "npm")).filter((each) => each.isDeclared !== true);
    expect(listed.length).toBeGreaterThan(80);
    expect(found.map((each) => `${dirname(each.evidence.path)} ${each.name}@${each.version}`).toSorted()).toEqual(
      listed.toSorted(),
    );

    // The lock file of the same tree names the same, and what is for other platforms.
    const declared = (await packagesOf(root, "npm")).filter((each) => each.isDeclared === true);
    const names = new Set(found.map((each) => `${each.name}@${each.version}`));
    const onlyDeclared = declared.map((each) => `${each.name}@${each.version}`).filter((each) => !names.has(each));
    expect(onlyDeclared).toEqual(["fsevents@2.3.3"]);
    expect(new Set(declared.map((each) => each.evidence.path))).toEqual(new Set(["srv/app/package-lock.json"]));
  });
});

describeWithTools("Python packages beside pip", ["python3"], () => {
  it("are those of pip list, and what they bring inside themselves", async () => {
    const root = join(folder, "python");
    const environment = join(root, "opt/venv");
    await mkdir(join(root, "opt"), { recursive: true });
    await run(tool("python3"), ["-m", "venv", environment], root);
    const python = join(environment, "bin/python");
    const wanted = [
      "PyYAML==6.0.1",
      "zope.interface==6.1",
      "typing_extensions==4.8.0",
      "requests==2.31.0",
      "setuptools==75.1.0",
    ];
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...wanted], root);
    // distutils of old packages writes a file, develop mode of old setuptools a folder
    const site = (await run(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], root)).trim();
    await writeFile(join(site, "Old_Style-1.2.egg-info"), "Metadata-Version: 1.0\nName: Old.Style\nVersion: 1.2\n");
    await mkdir(join(site, "other.egg-info"));
    await writeFile(join(site, "other.egg-info/PKG-INFO"), "Metadata-Version: 1.0\nName: other\nVersion: 2.0\n");

    const listed: unknown = JSON.parse(
      await run(python, ["-m", "pip", "list", "--format", "json", "--disable-pip-version-check"], root),
    );
    const found = await packagesOf(root, "pypi");
    const inSite = `${relative(root, site)}/`;
    const [top, bundled] = [true, false].map((isTop) =>
      found
        .filter((each) => /^[^/]+(?:\/[^/]+)?$/.test(each.evidence.path.slice(inSite.length)) === isTop)
        .map((each) => `${each.name} ${each.version}`),
    );
    expect(top).toEqual(canonical(listed));
    expect(top?.length).toBeGreaterThanOrEqual(10);
    // setuptools carries others in its folder _vendor: they are there, so they are listed
    expect(bundled).toEqual(expect.arrayContaining([expect.stringMatching(/^packaging /)]));
  });
});

function canonical(listed: unknown): readonly string[] {
  const list = Array.isArray(listed) ? (listed as readonly { readonly name: string; readonly version: string }[]) : [];
  return list.map(({ name, version }) => `${name.replaceAll(/[-_.]+/g, "-").toLowerCase()} ${version}`).toSorted();
}

describeWithTools("Ruby gems beside RubyGems", ["ruby", "gem"], () => {
  it("are those of gem list", async () => {
    const root = join(folder, "ruby");
    const paths = await run(tool("gem"), ["environment", "gempath"], folder);
    const defaults = await run(tool("ruby"), ["-e", "puts Gem.default_specifications_dir"], folder);
    const specifications = [
      ...paths
        .trim()
        .split(":")
        .map((path) => join(path, "specifications")),
      defaults.trim(),
    ];
    for (const from of new Set(specifications)) {
      try {
        cpSync(from, join(root, from), { recursive: true, dereference: true });
      } catch {
        // a path of gems that does not exist is no mistake of RubyGems either
      }
    }
    const listed = (await run(tool("gem"), ["list", "--local", "--quiet", "--all"], folder))
      .trimEnd()
      .split("\n")
      .flatMap((line) => {
        const [, name = "", versions = ""] = /^(\S+) \((.*)\)$/.exec(line) ?? [];
        return versions.split(", ").map((each) => `${name} ${each.replace(/^default: /, "").split(" ")[0] ?? ""}`);
      });
    const found = (await packagesOf(root, "gem")).map((each) => `${each.name} ${each.version}`);
    expect(new Set(found)).toEqual(new Set(listed));
    expect(listed.length).toBeGreaterThan(20);
  });
});

const WAR = {
  url: "https://repo1.maven.org/maven2/org/jolokia/jolokia-war/1.3.7/jolokia-war-1.3.7.war",
  sha256: "cd6414f2140fb64317ccc26e3fb410ee4b5ce12c50bc3e11c9eb35691a73fd03",
};

/** The web application from Maven Central, fetched once. */
async function realWar(): Promise<Buffer> {
  const file = join(toolsFolder(), "maven/jolokia-war-1.3.7.war");
  if (!existsSync(file)) {
    await mkdir(dirname(file), { recursive: true });
    const made = await mkdtemp(join(dirname(file), ".making-"));
    await run(
      "curl",
      ["--silent", "--show-error", "--fail", "--location", "--output", join(made, "war"), WAR.url],
      made,
    );
    await rename(join(made, "war"), file);
    await rm(made, { recursive: true, force: true });
  }
  const bytes = await readFile(file);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(WAR.sha256);
  return bytes;
}

describeWithTools("Java archives of Maven Central", ["curl"], () => {
  it.each([
    { name: "a web application", wrap: (war: Buffer) => ({ path: "srv/jolokia.war", content: war }) },
    {
      name: "the same in an enterprise application",
      wrap: (war: Buffer) => ({ path: "srv/agent.ear", content: writeZip([{ name: "jolokia.war", content: war }]) }),
    },
  ])("$name has its own coordinates and those of its libraries", async ({ wrap }) => {
    const image = buildImage([{ entries: [wrap(await realWar())] }]);
    const [scanned] = await scanImage(memoryImageSource(image), { scanners: [] });
    expect(scanned?.inventory.problems).toEqual([]);
    expect(scanned?.inventory.packages.map(({ name, version }) => `${name}@${version}`).sort()).toEqual([
      "com.googlecode.json-simple:json-simple@1.1.1",
      "org.jolokia:jolokia-core@1.3.7",
      "org.jolokia:jolokia-jsr160@1.3.7",
      "org.jolokia:jolokia-war@1.3.7",
    ]);
  });
});
