// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { versionSchemeOf } from "./ecosystem.ts";
import { ecosystemOf } from "./ecosystem-of-distribution.ts";

it.each([
  { id: "debian", versionId: "12", ecosystem: "Debian:12", scheme: "dpkg" },
  { id: "debian", versionId: undefined, ecosystem: undefined, scheme: undefined },
  { id: "alpine", versionId: "3.20.3", ecosystem: "Alpine:v3.20", scheme: "apk" },
  { id: "alpine", versionId: "3.23_alpha20250612", ecosystem: undefined, scheme: undefined },
  { id: "ubuntu", versionId: "24.04", ecosystem: "Ubuntu:24.04:LTS", scheme: "dpkg" },
  { id: "ubuntu", versionId: "23.04", ecosystem: "Ubuntu:23.04", scheme: "dpkg" },
  { id: "ubuntu", versionId: "24.10", ecosystem: "Ubuntu:24.10", scheme: "dpkg" },
  { id: "wolfi", versionId: "20230201", ecosystem: "Wolfi", scheme: "apk" },
  { id: "chainguard", versionId: "20230214", ecosystem: "Chainguard", scheme: "apk" },
  { id: "fedora", versionId: "41", ecosystem: undefined, scheme: undefined },
  { id: "", versionId: "12", ecosystem: undefined, scheme: undefined },
  { id: "debian", versionId: "12\n", ecosystem: undefined, scheme: undefined },
])("$id $versionId → $ecosystem", ({ id, versionId, ecosystem, scheme }) => {
  const found = ecosystemOf({ id, ...(versionId === undefined ? {} : { versionId }) });
  expect(found).toBe(ecosystem);
  expect(found === undefined ? undefined : versionSchemeOf(found)).toBe(scheme);
});
