// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REPOSITORY } from "../repository.ts";

interface PackageManifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const guide = readFileSync(join(REPOSITORY, "docs/guides/dependencies.md"), "utf8");
const rows = [...guide.matchAll(/^\| `([^`]+)` \| (.*) \| (.*) \|$/gm)];

it("every direct dependency has its line in docs/guides/dependencies.md, and no other package has", () => {
  const declared = ["package.json", "console/package.json"].flatMap((path) => {
    const manifest = JSON.parse(readFileSync(join(REPOSITORY, path), "utf8")) as PackageManifest;
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  });
  expect(rows.map(([, name]) => name).toSorted(compareText)).toEqual([...new Set(declared)].toSorted(compareText));
});

it.each(rows.map(([, name, why, instead]) => ({ name, why, instead })))(
  "$name has a reason and an alternative",
  ({ why, instead }) => {
    expect(why?.trim()).not.toBe("");
    expect(instead?.trim()).not.toBe("");
  },
);

function compareText(a = "", b = ""): number {
  return a < b ? -1 : Number(a > b);
}
