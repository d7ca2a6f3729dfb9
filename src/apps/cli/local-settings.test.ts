// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { DEFAULT_REGISTRY_POLICIES, type ParsedPolicies } from "#policy";
import { withLocalSettings } from "./local-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-local-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "run"));

const POLICIES: ParsedPolicies = { documents: DEFAULT_REGISTRY_POLICIES, secrets: [], exceptions: [], warnings: [] };

async function read(text: string): Promise<ParsedPolicies> {
  writeFileSync(join(folder, "run/registry-settings.json"), text);
  return await withLocalSettings(POLICIES, folder);
}

it.each([
  "",
  "{",
  "null",
  "[]",
  '"x"',
  "{}",
  '{"registryNames":"a","prefixes":[]}',
  '{"registryNames":["a"],"prefixes":{}}',
  '{"registryNames":["a"],"prefixes":[null,1,"x",{},{"prefix":"../x","settings":{},"updatedBy":"k"}]}',
  '{"registryNames":[null,7],"prefixes":[{"prefix":"team","settings":{"preventPullFrom":"low"},"updatedBy":"k"}]}',
])("a file with %s changes nothing", async (text) => {
  expect((await read(text)).documents).toEqual(DEFAULT_REGISTRY_POLICIES);
});

it("no file changes nothing", async () => {
  expect(await withLocalSettings(POLICIES, join(folder, "none"))).toBe(POLICIES);
});

it("settings count for every name of the registry, and what cannot be read is as strict as can be", async () => {
  const prefixes = [
    { prefix: "team", settings: { preventPullFrom: "critical" }, updatedBy: "kim" },
    { prefix: "odd", settings: { newer: 1 }, updatedBy: "kim" },
  ];
  const { documents } = await read(JSON.stringify({ registryNames: ["a:1", "b:1"], prefixes }));
  const entries = documents.flatMap(({ name, repositories }) => (name === "registry/settings" ? repositories : []));
  expect(entries.map(({ name }) => name)).toEqual(
    ["a:1", "b:1"].flatMap((name) => [`${name}/odd`, `${name}/odd/*`, `${name}/team`, `${name}/team/*`]),
  );
  expect(entries[0]?.policy?.vulnerability?.maxSeverity).toBe("none");
});
