// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { ANALYZERS } from "#packages";
import { DEFAULT_SCANNERS, planScan, type Scanner } from "./default-analyzers.ts";

async function namesFor(...scanners: readonly Scanner[]): Promise<readonly string[]> {
  return (await planScan(scanners)).analyzers.map(({ name }) => name);
}

describe("planScan", () => {
  it("lists packages whatever is looked for", async () => {
    const packages = ANALYZERS.map(({ name }) => name).filter((name) => name !== "dpkg-copyright");
    expect(await namesFor()).toEqual(packages);
    expect(await namesFor("vulnerability")).toEqual(packages);
  });

  it.each<{ scanner: Scanner; name: string }>([
    { scanner: "secret", name: "secret" },
    { scanner: "license", name: "dpkg-copyright" },
    { scanner: "configuration", name: "file-mode" },
  ])("reads for $scanner only when that is looked for", async ({ scanner, name }) => {
    expect(await namesFor(...DEFAULT_SCANNERS)).toContain(name);
    expect(await namesFor(...DEFAULT_SCANNERS.filter((each) => each !== scanner))).not.toContain(name);
  });

  it("gives every analyzer a name of its own: caches and evidence tell them apart by it", async () => {
    const names = await namesFor(...DEFAULT_SCANNERS);
    expect(new Set(names).size).toBe(names.length);
  });
});
