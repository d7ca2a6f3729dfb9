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
