// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { parseScopes } from "./scope.ts";

function check(
  parameters: readonly string[],
  want: Readonly<Record<string, readonly string[]>>,
  isCatalog = false,
): void {
  const parsed = parseScopes(parameters);
  const found = Object.fromEntries([...parsed.repositories].map(([name, actions]) => [name, [...actions]]));
  expect({ repositories: found, isCatalog: parsed.isCatalog }).toEqual({ repositories: want, isCatalog });
}

it.each([
  { name: "one repository", scopes: ["repository:team/app:pull,push"], want: { "team/app": ["pull", "push"] } },
  { name: "two in one parameter", scopes: ["repository:a:pull repository:b:push"], want: { a: ["pull"], b: ["push"] } },
  { name: "the same twice", scopes: ["repository:a:pull", "repository:a:push"], want: { a: ["pull", "push"] } },
  { name: "inspect is asked for by name", scopes: ["repository:a:pull,inspect"], want: { a: ["pull", "inspect"] } },
  { name: "a star does not mean inspect", scopes: ["repository:a:*"], want: { a: ["pull", "push", "delete"] } },
  { name: "a resource class", scopes: ["repository(plugin):a:pull"], want: { a: ["pull"] } },
  { name: "unknown actions", scopes: ["repository:a:create,admin"], want: { a: [] } },
  { name: "no repository", scopes: ["repository::pull", "repository:A:pull", "repository:../x:pull"], want: {} },
  { name: "a star is no repository", scopes: ["repository:*:pull,inspect"], want: {} },
  { name: "other types", scopes: ["other:a:pull", "nonsense", "", ":::", "repository:a"], want: {} },
  { name: "too long a scope", scopes: [`repository:${"a".repeat(600)}:pull`], want: {} },
])("$name", ({ scopes, want }) => {
  check(scopes, want);
});

it("the catalogue", () => {
  check(["registry:catalog:*"], {}, true);
});

it("more than twenty scopes are cut", () => {
  const scopes = Array.from({ length: 30 }, (_, index) => `repository:r${index}:pull`);
  expect(parseScopes(scopes).repositories.size).toBe(20);
});
