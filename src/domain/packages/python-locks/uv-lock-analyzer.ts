// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseTomlTree } from "../documents/parse-toml-tree.ts";
import { elementsOf, memberOf, membersOf, textOf } from "../documents/tree.ts";
import { developmentOnly } from "../languages/development-only.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { normalizePythonName } from "../pypi/normalize-python-name.ts";

/** Sources that are folders of the project: the project itself and the members of its workspace. */
const LOCAL_SOURCES = ["editable", "virtual", "directory"];

/** `uv.lock`, without the project's own packages and what only its development groups want. */
export const uvLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "uv-lock",
  version: "1",
  type: "pypi",
  wants: isNamed("uv.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const packages = elementsOf(memberOf(parseTomlTree(text, claims), "package"));
  const isDevelopmentOnly = developmentOnlyIn(packages);
  for (const entry of packages) {
    const name = memberOf(entry, "name");
    if (!isLocal(entry) && !(typeof name === "string" && isDevelopmentOnly(name))) {
      claims.add(normalizePythonName(name), memberOf(entry, "version"));
    }
  }
}

function developmentOnlyIn(packages: readonly unknown[]): (name: string) => boolean {
  const neededBy = new Map<string, string[]>();
  for (const entry of packages) {
    const name = textOf(entry, "name") ?? "";
    const needed = neededBy.get(name) ?? [];
    neededBy.set(name, needed);
    for (const each of productionOf(entry)) {
      needed.push(each);
    }
  }
  const local = packages.filter(isLocal);
  return developmentOnly(
    {
      development: local.flatMap((entry) => groupsOf(entry, "dev-dependencies")),
      production: local.flatMap(productionOf),
    },
    (name) => neededBy.get(name) ?? [],
  );
}

function isLocal(entry: unknown): boolean {
  const source = memberOf(entry, "source");
  return LOCAL_SOURCES.some((kind) => memberOf(source, kind) !== undefined);
}

function productionOf(entry: unknown): readonly string[] {
  return [...namesOf(memberOf(entry, "dependencies")), ...groupsOf(entry, "optional-dependencies")];
}

function groupsOf(entry: unknown, field: string): readonly string[] {
  return membersOf(memberOf(entry, field)).flatMap(([, dependencies]) => namesOf(dependencies));
}

function namesOf(dependencies: unknown): readonly string[] {
  return elementsOf(dependencies).flatMap((each) => textOf(each, "name") ?? []);
}
