// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { claimStorage } from "./claim-storage.ts";

it("a folder whose note is empty, as a process left it that died, belongs to whoever comes next", async () => {
  const folder = await mkdtemp(join(tmpdir(), "haechi-claim-"));
  try {
    await writeFile(join(folder, "installation"), "");
    await claimStorage(folder, "one");
    await expect(claimStorage(folder, "two")).rejects.toMatchObject({ code: "STORAGE_OF_ANOTHER" });
    expect(await readdir(folder)).toEqual(["installation"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("one database has a folder of blobs, however many of its processes do, and another one is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "haechi-claim-"));
  try {
    const registry = join(folder, "registry");
    await Promise.all([claimStorage(registry, "one"), claimStorage(registry, "one")]);
    await claimStorage(registry, "one");
    await expect(claimStorage(registry, "two")).rejects.toMatchObject({ code: "STORAGE_OF_ANOTHER" });
    await claimStorage(registry, "one");
    await rm(join(registry, "installation"));
    await claimStorage(registry, "two");
    expect(await readdir(registry)).toEqual(["installation"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
