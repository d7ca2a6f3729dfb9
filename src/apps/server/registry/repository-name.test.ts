// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { isRepositoryName, isTag } from "./repository-name.ts";

it.each([
  "a",
  "team/app",
  "a.b_c__d---e/f",
  "library/blobs/uploads/manifests",
  "0/1/2",
  "a".repeat(255),
  `${"a/".repeat(127)}a`,
])("%j is a repository name", (name) => {
  expect(isRepositoryName(name)).toBe(true);
});

it.each([
  "",
  "/",
  "a/",
  "/a",
  "a//b",
  "A",
  "team/App",
  "a b",
  "a..b",
  "a___b",
  "-a",
  "a-",
  "a/../b",
  "..",
  "a\0b",
  "a\n",
  "é",
  "a:b",
  "a@b",
  "a%2fb",
  "a".repeat(256),
  `${"a-".repeat(100_000)}`,
])("%j is not", (name) => {
  expect(isRepositoryName(name)).toBe(false);
});

it.each(["latest", "_", "1.0-rc.1_x", "A".repeat(128)])("%j is a tag", (tag) => {
  expect(isTag(tag)).toBe(true);
});

it.each(["", ".a", "-a", "a/b", "a:b", "a b", "a\n", "é", "A".repeat(129), ".."])("%j is not a tag", (tag) => {
  expect(isTag(tag)).toBe(false);
});
