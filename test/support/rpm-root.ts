// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./run-tool.ts";
import { tool } from "./tools.ts";

/** A package that rpmbuild makes. The file names get the numbers from 0 up behind them. */
export interface RpmRecipe {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch?: number;
  readonly vendor?: string;
  readonly module?: string;
  readonly license?: string;
  /** Folder, and how many files are in it. */
  readonly files?: { readonly folder: string; readonly count: number };
  /** Of the description, to make the header long. */
  readonly padding?: number;
}

/** The spec file of a source package with all these as its subpackages. */
export function specOf(source: string, packages: readonly RpmRecipe[]): string {
  const head = [`Name: ${source}`, "Version: 1.0", "Release: 1", "Summary: test", "License: MIT", "BuildArch: noarch"];
  const parts = packages.map((each) =>
    [
      `%package -n ${each.name}`,
      "Summary: test",
      `License: ${each.license ?? "MIT"}`,
      `Version: ${each.version}`,
      `Release: ${each.release}`,
      ...(each.epoch === undefined ? [] : [`Epoch: ${each.epoch}`]),
      ...(each.vendor === undefined ? [] : [`Vendor: ${each.vendor}`]),
      ...(each.module === undefined ? [] : [`ModularityLabel: ${each.module}`]),
      `%description -n ${each.name}`,
      "x".repeat(each.padding ?? 1),
      `%files -n ${each.name}`,
      ...pathsOf(each),
    ].join("\n"),
  );
  const install = packages
    .filter((each) => each.files !== undefined)
    .map(
      (each) =>
        `mkdir -p %{buildroot}${each.files?.folder} && touch ${pathsOf(each)
          .map((path) => `%{buildroot}${path}`)
          .join(" ")}`,
    );
  return [...head, "%description", "test", "%install", ...install, ...parts, ""].join("\n");
}

/** Builds the packages in a folder and returns the paths of the files. */
export async function buildRpms(folder: string, spec: string): Promise<readonly string[]> {
  const top = join(folder, "rpmbuild");
  await mkdir(top, { recursive: true });
  await writeFile(join(top, "test.spec"), spec);
  await run("rpmbuild", ["-bb", "--quiet", "--define", `_topdir ${top}`, "--nodeps", join(top, "test.spec")]);
  const made = join(top, "RPMS/noarch");
  return (await readdir(made)).sort().map((name) => join(made, name));
}

/** Arguments that make rpm work on a root of its own with a database at the usual place. */
export function inRoot(root: string, ...more: readonly string[]): readonly string[] {
  return ["--root", root, "--dbpath", "/var/lib/rpm", "--nosignature", ...more];
}

/** What rpm prints; throws when it fails. */
export async function run(name: string, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await runTool(tool(name), args, input === undefined ? {} : { input });
  if (code !== 0) {
    throw new Error(`${name} failed: ${stderr.slice(-2_000)}`);
  }
  return stdout;
}

function pathsOf({ files }: RpmRecipe): readonly string[] {
  return files === undefined ? [] : Array.from({ length: files.count }, (_, index) => `${files.folder}/file-${index}`);
}
