// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { LIMITS } from "#base";
import { ANALYZERS } from "./analyzers.ts";

it.each([
  { analyzer: "dpkg", path: "var/lib/dpkg/status" },
  { analyzer: "dpkg", path: "var/lib/dpkg/info/a.list" },
  { analyzer: "dpkg-copyright", path: "usr/share/doc/a/copyright" },
  { analyzer: "apk", path: "lib/apk/db/installed" },
  { analyzer: "rpm-manifest", path: "var/lib/rpmmanifest/container-manifest-2" },
])("$path is not read beyond the limit, and $analyzer says so", ({ analyzer, path }) => {
  const bytes = new Uint8Array(LIMITS.maxPackageTextBytes + 1);
  const result = ANALYZERS.find(({ name }) => name === analyzer)?.analyze({ path, bytes });
  expect(result).toMatchObject({ packages: [], problems: [{ code: "FILE_TOO_LARGE", path }] });
});
