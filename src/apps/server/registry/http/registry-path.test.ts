// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { parseRegistryPath } from "./registry-path.ts";

it.each([
  { path: "/v2/", want: { kind: "base" } },
  { path: "/v2", want: { kind: "base" } },
  { path: "/token", want: { kind: "token" } },
  { path: "/v2/_catalog", want: { kind: "catalog" } },
  { path: "/v2/team/app/tags/list", want: { kind: "tags", name: "team/app" } },
  { path: "/v2/a/manifests/latest", want: { kind: "manifest", name: "a", reference: "latest" } },
  { path: "/v2/a/b/c/blobs/sha256:ab", want: { kind: "blob", name: "a/b/c", reference: "sha256:ab" } },
  { path: "/v2/a/blobs/sha256%3Aab", want: { kind: "blob", name: "a", reference: "sha256:ab" } },
  { path: "/v2/a/blobs/uploads/", want: { kind: "uploads", name: "a" } },
  { path: "/v2/a/blobs/uploads", want: { kind: "uploads", name: "a" } },
  { path: "/v2/a/blobs/uploads/1-2", want: { kind: "upload", name: "a", reference: "1-2" } },
  { path: "/v2/a/referrers/sha256:ab", want: { kind: "referrers", name: "a", reference: "sha256:ab" } },
  {
    path: "/v2/a/blobs/uploads/manifests/latest",
    want: { kind: "manifest", name: "a/blobs/uploads", reference: "latest" },
  },
  { path: "/v2/manifests/manifests/manifests", want: { kind: "manifest", name: "manifests", reference: "manifests" } },
  { path: "/v2/tags/list/tags/list", want: { kind: "tags", name: "tags/list" } },
  { path: "/v2/a/manifests/..%2f..", want: { kind: "manifest", name: "a", reference: "../.." } },
])("$path", ({ path, want }) => {
  expect(parseRegistryPath(path)).toEqual(want);
});

it.each(["", "/", "/v1/", "/v2x", "/v2/a", "/v2/a/manifests/%zz", "/v2/a/other/b", "/metrics", "//v2/"])(
  "%j means nothing",
  (path) => {
    expect(parseRegistryPath(path)).toBeUndefined();
  },
);
