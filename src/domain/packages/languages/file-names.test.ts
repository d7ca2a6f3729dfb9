// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { hasEnding, isInsideDependency, isNamed } from "./file-names.ts";

describe("isInsideDependency", () => {
  it.each([
    { path: "app/node_modules/a/package-lock.json", want: true },
    { path: "node_modules/@s/a/yarn.lock", want: true },
    { path: "usr/lib/python3/dist-packages/a/requirements.txt", want: true },
    { path: "opt/venv/lib/python3.11/site-packages/a/poetry.lock", want: true },
    { path: "app/vendor/bundle/ruby/3.1.0/gems/a-1/Gemfile.lock", want: true },
    { path: "var/lib/gems/3.1.0/gems/a-1.0/Gemfile.lock", want: true },
    { path: "app/vendor/a/b/composer.lock", want: true },
    { path: "root/.cargo/registry/src/index/a-1.0/Cargo.lock", want: true },
    { path: "root/.cargo/git/checkouts/a/Cargo.lock", want: true },
    { path: "go/pkg/mod/example.com/a@v1.0.0/go.mod", want: true },
    { path: "root/.pub-cache/hosted/pub.dev/a-1.0/pubspec.lock", want: true },
    { path: "home/User/AppData/Local/Pub-Cache/a/pubspec.lock", want: true },
    { path: "app/.yarn/unplugged/a/package-lock.json", want: true },
    { path: "usr/lib/sdk/third_party/a/requirements.txt", want: true },
    { path: "usr/share/doc/python3-pip/requirements.txt", want: true },
    { path: "package-lock.json", want: false },
    { path: "go/src/app/go.mod", want: false },
    { path: "app/my_vendor/composer.lock", want: false },
    { path: "app/node_modules", want: false },
  ])("$path: $want", ({ path, want }) => {
    expect(isInsideDependency(path)).toBe(want);
  });
});

describe("isNamed", () => {
  it.each([
    { path: "a.lock", want: true },
    { path: "b/a.lock", want: true },
    { path: "b.lock", want: true },
    { path: "xa.lock", want: false },
    { path: "b/xa.lock", want: false },
    { path: "a.lock/b", want: false },
    { path: ".lock", want: false },
    { path: "lock", want: false },
    { path: "", want: false },
  ])("$path: $want", ({ path, want }) => {
    expect(isNamed("a.lock", "b.lock")(path)).toBe(want);
  });
});

describe("hasEnding", () => {
  it.each([
    { path: "a/b.app", want: true },
    { path: "a/b.APP", want: false },
    { path: "a/b.app/c", want: false },
    { path: "x/b.app", want: false },
  ])("$path: $want", ({ path, want }) => {
    expect(hasEnding([".app", ".apps"], (each) => each.startsWith("a/"))(path)).toBe(want);
  });

  it("tells its endings, and takes all that have one when nothing else matters", () => {
    expect(hasEnding([".app"]).endings).toEqual([".app"]);
    expect(hasEnding([".app"])("x/b.app")).toBe(true);
  });
});
