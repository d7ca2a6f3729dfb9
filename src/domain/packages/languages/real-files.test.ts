// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LANGUAGE_ANALYZERS } from "./language-analyzers.ts";

const TESTDATA = new URL("../testdata/languages/", import.meta.url);

/** `name version` of all packages in a file that a real tool wrote, by whichever analyzers want it. */
function packagesIn(path: string): readonly string[] {
  const bytes = readFileSync(new URL(path, TESTDATA));
  const results = LANGUAGE_ANALYZERS.filter((each) => each.wants(path)).map((each) => each.analyze({ path, bytes }));
  expect(results.flatMap((each) => each.problems)).toEqual([]);
  return results.flatMap((each) =>
    each.packages.map(({ type, name, version, isDeclared }) =>
      [type, name, version, ...(isDeclared ? ["declared"] : [])].join(" "),
    ),
  );
}

function declared(type: string, packages: string): readonly string[] {
  return packages
    .trim()
    .split(/\s*,\s*/)
    .map((each) => `${type} ${each} declared`)
    .toSorted();
}

// Two workspaces; mkdirp (with minimist) and has-flag are for development, has-flag is needed otherwise, too; short-time is
// ms under another name.
const NPM = `@sindresorhus/is 4.6.0, ansi-styles 4.3.0, chalk 4.1.2, color-convert 2.0.1, color-name 1.1.4, debug 4.3.4,
  fsevents 2.3.3, has-flag 4.0.0, lodash 4.17.21, ms 2.1.2, supports-color 7.2.0`;

// An own workspace member, a group for development of which idna is needed otherwise, too, and an extra.
const PYTHON = `certifi 2026.10.18, charset-normalizer 3.5.2, idna 3.20, requests 2.31.0, typing-extensions 4.8.0,
  urllib3 2.8.0`;

describe("files that real tools wrote", () => {
  it.each([
    { path: "npm-v1/package-lock.json", want: declared("npm", NPM) },
    { path: "npm-v2/package-lock.json", want: declared("npm", NPM) },
    { path: "npm-v3/package-lock.json", want: declared("npm", NPM) },
    { path: "pnpm-7/pnpm-lock.yaml", want: declared("npm", NPM) },
    { path: "pnpm-8/pnpm-lock.yaml", want: declared("npm", NPM) },
    { path: "pnpm-9/pnpm-lock.yaml", want: declared("npm", NPM) },
    { path: "pnpm-11/pnpm-lock.yaml", want: declared("npm", NPM) },
    { path: "bun/bun.lock", want: declared("npm", NPM) },
    { path: "yarn-1/yarn.lock", want: declared("npm", `${NPM}, minimist 1.2.8, mkdirp 0.5.6`) },
    { path: "poetry/poetry.lock", want: declared("pypi", `${PYTHON}, pyyaml 6.0.1`) },
    { path: "uv/uv.lock", want: declared("pypi", `${PYTHON}, packaging 23.2, pyyaml 6.0.1`) },
    { path: "pylock/pylock.toml", want: declared("pypi", `${PYTHON}, packaging 23.2`) },
    { path: "pip/requirements.txt", want: declared("pypi", `${PYTHON}, packaging 23.2`) },
    { path: "pipenv/Pipfile.lock", want: declared("pypi", PYTHON) },
    // of PDM 2.10, which did not say which group needs a package
    { path: "pdm/pdm.lock", want: declared("pypi", "babel 2.12.1, certifi 2023.5.7, charset-normalizer 3.1.0") },
    { path: "cargo/Cargo.lock", want: declared("cargo", "fastrand 2.0.0, itoa 0.4.8, itoa 1.0.5, serde 1.0.150") },
    { path: "go/go.mod", want: declared("golang", "github.com/pkg/errors v0.9.1, golang.org/x/text v0.15.0") },
    {
      path: "bundler/Gemfile.lock",
      want: declared("gem", "net-telnet 0.2.0, rake 13.0.6, webrick 1.8.1, xmlrpc 0.3.2"),
    },
    { path: "rubygems/specifications/rake-13.0.6.gemspec", want: ["gem rake 13.0.6"] },
    { path: "rubygems/specifications/xmlrpc-0.3.2.gemspec", want: ["gem xmlrpc 0.3.2"] },
    { path: "composer/composer.lock", want: declared("composer", "fixture/one v1.2.3") },
    {
      path: "composer/vendor/composer/installed.json",
      want: ["composer fixture/one v1.2.3", "composer fixture/two 2.0.0"],
    },
    // Of a library for .NET Standard: what brings no assemblies only served to build it.
    {
      path: "nuget/Python.Runtime.deps.json",
      want: [
        "nuget Microsoft.CSharp 4.7.0",
        "nuget System.Reflection.Emit 4.3.0",
        "nuget System.Reflection.Emit.ILGeneration 4.3.0",
      ],
    },
    {
      path: "nuget/packages.lock.json",
      want: declared(
        "nuget",
        "Microsoft.OpenApi 1.1.4, Newtonsoft.Json 12.0.3, Swashbuckle.AspNetCore 5.5.1, Swashbuckle.AspNetCore.Swagger 5.5.1",
      ),
    },
    { path: "nuget/packages.config", want: declared("nuget", "Newtonsoft.Json 8.0.3") },
    { path: "conda/conda-meta/pip-22.2.2-py38h06a4308_0.json", want: ["conda pip 22.2.2"] },
    // a package without a version is a wish
    { path: "conda/environment.yml", want: declared("conda", "_openmp_mutex 5.1, blas 1.0, bzip2 1.0.8") },
    {
      path: "mix/mix.lock",
      want: declared("hex", "castore 0.1.17, cowboy 2.9.0, cowboy_telemetry 0.4.0, jason 1.3.0"),
    },
    {
      path: "mix-1.2/mix.lock",
      want: declared(
        "hex",
        "cowboy 1.0.0, cowlib 1.0.0, earmark 0.2.1, mime a7f23ce406a10d65b317cf5e228deadbf883e193, ssl_verify_hostname 1.0.5",
      ),
    },
    { path: "mix/deps/jason/hex_metadata.config", want: ["hex jason 1.4.0"] },
    {
      path: "rebar/rebar.lock",
      want: declared(
        "hex",
        "bcrypt 1.1.5, bson 14308ab927cfa69324742c3de720578094e0bb19, certifi 2.9.0, unicode_util_compat 0.7.0",
      ),
    },
    { path: "erlang/lib/jiffy-1.1.1/ebin/jiffy.app", want: ["hex jiffy 1.1.1"] },
    { path: "pub/pubspec.lock", want: declared("pub", "ale 3.3.0, analyzer 0.40.7, key_binder 1.11.20") },
    { path: "pub-2015/pubspec.lock", want: declared("pub", "analyzer 0.25.0+1, html 0.12.1+1, yaml 2.1.2") },
    // what only tests need is left out
    {
      path: "gradle/gradle.lockfile",
      want: declared(
        "maven",
        "net.fabricmc:mapping-io 0.7.1, net.fabricmc:tiny-remapper 0.11.0+local, org.jetbrains:annotations 26.0.2, org.ow2.asm:asm-analysis 9.7.1",
      ),
    },
  ])("$path", ({ path, want }) => {
    expect(packagesIn(path).toSorted()).toEqual(want);
  });

  it("yarn-4/yarn.lock", () => {
    const packages = packagesIn("yarn-4/yarn.lock");
    expect(packages).toEqual(expect.arrayContaining([...declared("npm", `${NPM}, minimist 1.2.8, mkdirp 0.5.6`)]));
    // Without the two workspaces; with node-gyp, which Yarn adds for fsevents.
    expect(packages.join("\n")).not.toMatch(/fixture/);
    expect(packages).toContainEqual(expect.stringMatching(/^npm node-gyp /));
  });
});
