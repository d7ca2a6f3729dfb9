// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { requirementId } from "./requirement-id.ts";
import type { CosignKeyRequirement } from "./signature-requirement.ts";

const KEY: CosignKeyRequirement = { kind: "cosign-key", keys: ["-----BEGIN PUBLIC KEY-----\nAAAA\n"] };

it("is the same whatever the order of the fields", () => {
  expect(requirementId({ keys: KEY.keys, kind: "cosign-key" })).toBe(requirementId(KEY));
});

it.each<{ name: string; other: CosignKeyRequirement }>([
  { name: "one character of a key", other: { ...KEY, keys: ["-----BEGIN PUBLIC KEY-----\nAAAB\n"] } },
  { name: "one key more", other: { ...KEY, keys: [...KEY.keys, "b"] } },
  { name: "an option", other: { ...KEY, transparencyLog: "required" } },
  { name: "the trust root", other: { ...KEY, trustRoot: { name: "company" } } },
  { name: "a trust root that is called like the text of another", other: { ...KEY, trustRoot: { json: "company" } } },
])("is another one with $name", ({ other }) => {
  expect(requirementId(other)).not.toBe(requirementId(KEY));
});
