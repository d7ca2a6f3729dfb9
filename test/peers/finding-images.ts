// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { REPOSITORY } from "../../tools/repository.ts";
import { buildImage, type TarEntry, writeOciLayout } from "../support/image-builder.ts";
import { buildRpms, inRoot, type RpmRecipe, run, specOf } from "../support/rpm-root.ts";
import { writeZip } from "../support/zip-builder.ts";
import { ALPINE_PACKAGES, DEBIAN_PACKAGES } from "./os-finding-records.ts";

/** A Debian 12 whose packages are chosen for how versions, sources and decisions of Debian can differ. */
export function writeDebianImage(folder: string): string {
  const status = DEBIAN_PACKAGES.map(({ name, version, source, status: state = "install ok installed" }) =>
    [
      `Package: ${name}`,
      `Status: ${state}`,
      ...(source === undefined ? [] : [`Source: ${source}`]),
      "Architecture: amd64",
      "Maintainer: Debian <packages@debian.example>",
      `Version: ${version}`,
      "Description: a",
      "",
    ].join("\n"),
  ).join("\n");
  return write(folder, "debian", [
    { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' },
    { path: "etc/debian_version", content: "12.5\n" },
    { path: "var/lib/dpkg/status", content: `${status}\n` },
    ...ownedByDebian("python3-requests", "requests", "2.28.1"),
    ...ownedByDebian("python3-urllib3", "urllib3", "1.26.12"),
    // what pip installed beside it
    pythonPackage("usr/local/lib/python3.11/dist-packages", "requests", "2.28.1"),
  ]);
}

function ownedByDebian(debianPackage: string, name: string, version: string): readonly TarEntry[] {
  const metadata = pythonPackage("usr/lib/python3/dist-packages", name, version);
  const info = `var/lib/dpkg/info/${debianPackage}`;
  return [
    metadata,
    { path: `${info}.list`, content: `/.\n/${metadata.path}\n` },
    { path: `${info}.md5sums`, content: `d41d8cd98f00b204e9800998ecf8427e  ${metadata.path}\n` },
  ];
}

/** An Alpine 3.20. */
export function writeAlpineImage(folder: string): string {
  const installed = ALPINE_PACKAGES.map(([name, version, origin]) =>
    [`C:Q1`, `P:${name}`, `V:${version}`, "A:x86_64", "S:1", "I:1", "T:a", "U:a", "L:MIT", `o:${origin}`, ""].join(
      "\n",
    ),
  ).join("\n");
  return write(folder, "alpine", [
    { path: "etc/alpine-release", content: "3.20.0\n" },
    {
      path: "etc/os-release",
      content: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.0\nPRETTY_NAME="Alpine Linux v3.20"\n',
    },
    { path: "lib/apk/db/installed", content: `${installed}\n` },
  ]);
}

/** Packages of an AlmaLinux 9, installed by rpm itself. */
const RPMS: readonly RpmRecipe[] = [
  { name: "openssl-libs", version: "3.0.7", release: "25.el9", epoch: 1 },
  { name: "bash", version: "5.1.8", release: "9.el9" },
  { name: "vim-minimal", version: "8.2.2637", release: "20.el9_1", epoch: 2 },
  { name: "curl", version: "7.76.1", release: "29.el9_4" },
  { name: "glib2", version: "2.68.4", release: "1.el9" },
  { name: "python3", version: "3.9.18", release: "1.el9_3" },
  {
    name: "nodejs",
    version: "18.19.0",
    release: "1.module_el9.3.0+74+0e4f5a3c",
    epoch: 1,
    module: "nodejs:18:9030020240101000000:rhel9",
  },
  // of the stream's name, and not of the module
  { name: "npm", version: "10.0.0", release: "1.el9", epoch: 1 },
];

export async function writeAlmaImage(folder: string): Promise<string> {
  const root = join(folder, "alma-root");
  await mkdir(root, { recursive: true });
  const files = await buildRpms(
    folder,
    specOf(
      "recipes",
      RPMS.map((each) => ({ ...each, vendor: "AlmaLinux" })),
    ),
  );
  await run("rpm", inRoot(root, "-i", "--justdb", "--nodeps", ...files));
  return write(folder, "alma", [
    {
      path: "etc/os-release",
      content: 'NAME="AlmaLinux"\nID="almalinux"\nVERSION_ID="9.4"\nPRETTY_NAME="AlmaLinux 9.4"\n',
    },
    { path: "etc/redhat-release", content: "AlmaLinux release 9.4 (Seafoam Ocelot)\n" },
    { path: "var/lib/rpm/rpmdb.sqlite", content: await readFile(join(root, "var/lib/rpm/rpmdb.sqlite")) },
  ]);
}

/** Packages of languages as their managers install them, at the edges of ranges; no distribution. */
export async function writeLanguagesImage(folder: string): Promise<string> {
  const programs = join(REPOSITORY, "src/domain/packages/testdata/programs");
  const entries: TarEntry[] = [
    // npm: an alias, a scope, a nested one, versions before and after a fix
    ...(
      [
        ["express", "express", "5.0.0-beta.2"],
        ["old-express", "express", "4.19.2"],
        ["minimist", "minimist", "1.2.0"],
        ["ms", "ms", "2.0.0-rc.1"],
        ["debug", "debug", "4.3.4"],
        ["left-pad", "left-pad", "1.3.0"],
        ["@types/node", "@types/node", "20.0.0"],
        ["express/node_modules/send", "send", "0.19.0-beta.1"],
      ] as const
    ).map(([place, name, version]) => ({
      path: `srv/app/node_modules/${place}/package.json`,
      content: JSON.stringify({ name, version }),
    })),
    // PyPI: releases before and after the release itself, spellings of names
    ...(
      [
        ["Jinja2", "3.1.4rc1"],
        ["zope.interface", "6.1"],
        ["Django", "4.2rc1"],
        ["requests", "2.31.0.post1"],
        ["PyYAML", "5.4+local"],
        ["pytz", "2024.1"],
        ["setuptools", "69.5"],
        ["flask", "2.2.5"],
        ["tornado", "6.4"],
        ["torch", "2.0.1+cu118"],
        ["buildbot", "0.7.11"],
      ] as const
    ).map(([name, version]) => pythonPackage("opt/venv/lib/python3.11/site-packages", name, version)),
    // Java: qualifiers, a jar in a jar
    ...(
      [
        ["org.apache.logging.log4j", "log4j-core", "2.12.2"],
        ["com.google.guava", "guava", "32.0.0-jre"],
        ["io.netty", "netty-codec-http", "4.1.108.Final"],
        ["org.springframework", "spring-core", "6.0.0-RC1"],
        ["commons-logging", "commons-logging", "1.1-SNAPSHOT"],
      ] as const
    ).map(([group, artifact, version]) => ({
      path: `opt/lib/${artifact}-${version}.jar`,
      content: jar(group, artifact, version, []),
    })),
    {
      path: "opt/app/shop.war",
      content: jar("com.example", "shop", "2.0.1", [
        { name: "WEB-INF/lib/slf4j-api-1.7.36.jar", content: jar("org.slf4j", "slf4j-api", "1.7.36", []) },
      ]),
    },
    // Ruby, PHP, .NET
    gemspec("rack", "2.2.3"),
    gemspec("rake", "13.0.6"),
    gemspec("nokogiri", "1.13.3", "x86_64-linux"),
    {
      path: "srv/php/vendor/composer/installed.json",
      content: JSON.stringify({
        packages: [
          { name: "guzzlehttp/psr7", version: "1.8.3", version_normalized: "1.8.3.0", type: "library" },
          { name: "symfony/http-kernel", version: "v5.4.19", version_normalized: "5.4.19.0", type: "library" },
        ],
        dev: true,
        "dev-package-names": [],
      }),
    },
    { path: "srv/net/shop.deps.json", content: JSON.stringify(depsJson()) },
    // only locked
    {
      path: "srv/elixir/mix.lock",
      content: '%{\n  "plug": {:hex, :plug, "1.4.1", "aaa", [:mix], [], "hexpm", "bbb"},\n}\n',
    },
    {
      path: "srv/dart/pubspec.lock",
      content:
        'packages:\n  dio:\n    dependency: "direct main"\n    description:\n      name: dio\n      url: "https://pub.dev"\n    source: hosted\n    version: "4.0.6"\nsdks:\n  dart: ">=2.12.0 <3.0.0"\n',
    },
    {
      path: "srv/rust/Cargo.lock",
      content:
        'version = 3\n\n[[package]]\nname = "time"\nversion = "0.1.43"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
    },
    {
      path: "srv/locked/package-lock.json",
      content: JSON.stringify({
        name: "locked",
        version: "1.0.0",
        lockfileVersion: 3,
        packages: { "": { name: "locked", version: "1.0.0" }, "node_modules/send": { version: "0.18.0" } },
      }),
    },
    ...(await Promise.all(
      ["go-1.26-amd64", "go-1.15-amd64", "rust-auditable", "rust-plain"].map(async (name) => ({
        path: `usr/local/bin/${name}`,
        content: gunzipSync(await readFile(join(programs, `${name}.gz`))),
        mode: 0o755,
      })),
    )),
  ];
  return write(folder, "languages", entries);
}

function pythonPackage(folder: string, name: string, version: string): TarEntry {
  return {
    path: `${folder}/${name.replaceAll("-", "_")}-${version}.dist-info/METADATA`,
    content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
  };
}

function jar(group: string, artifact: string, version: string, more: Parameters<typeof writeZip>[0]): Buffer {
  return writeZip([
    { name: "META-INF/MANIFEST.MF", content: "Manifest-Version: 1.0\n" },
    {
      name: `META-INF/maven/${group}/${artifact}/pom.properties`,
      content: `version=${version}\ngroupId=${group}\nartifactId=${artifact}\n`,
    },
    ...more,
  ]);
}

function gemspec(name: string, version: string, platform?: string): TarEntry {
  const full = `${name}-${version}${platform === undefined ? "" : `-${platform}`}`;
  const lines = [
    "# -*- encoding: utf-8 -*-",
    `# stub: ${name} ${version} ${platform ?? "ruby"} lib`,
    "",
    "Gem::Specification.new do |s|",
    `  s.name = "${name}".freeze`,
    `  s.version = "${version}"`,
    ...(platform === undefined ? [] : [`  s.platform = "${platform}".freeze`]),
    "",
    '  s.licenses = ["MIT".freeze]',
    "end",
    "",
  ];
  return { path: `usr/local/bundle/specifications/${full}.gemspec`, content: lines.join("\n") };
}

function depsJson(): object {
  const libraries = ["Newtonsoft.Json/12.0.3", "System.Text.Json/8.0.5-preview.1", "Example.Four/1.2.3.4"];
  return {
    runtimeTarget: { name: ".NETCoreApp,Version=v8.0" },
    targets: {
      ".NETCoreApp,Version=v8.0": Object.fromEntries(
        libraries.map((each) => [each, { runtime: { [`lib/net6.0/${each.split("/")[0] ?? ""}.dll`]: {} } }]),
      ),
    },
    libraries: Object.fromEntries(
      libraries.map((each) => [each, { type: "package", serviceable: true, sha512: "", path: each.toLowerCase() }]),
    ),
  };
}

function write(folder: string, name: string, entries: readonly TarEntry[]): string {
  const image = join(folder, name);
  writeOciLayout(image, { app: buildImage([{ entries }]) });
  return image;
}
