// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { listBlobFiles } from "./list-blob-files.ts";

it.each([1, 2, 3, 50])(
  "all are listed once and in order, after any of them, when %i names are held at once",
  async (namesAtOnce) => {
    const folder = await mkdtemp(join(tmpdir(), "haechi-list-"));
    try {
      const digests: Digest[] = [];
      for (const algorithm of ["sha256", "sha512"] as const) {
        await mkdir(join(folder, algorithm));
        for (let index = 0; index < 7; index += 1) {
          const digest = digestOf(Buffer.from(`${index}`), algorithm);
          digests.push(digest);
          await writeFile(join(folder, digest.replace(":", "/")), "x".repeat(index));
        }
      }
      await writeFile(join(folder, "sha256/not-a-digest"), "");
      digests.sort();
      for (const [index, after] of [undefined, ...digests].entries()) {
        const listed = await Array.fromAsync(listBlobFiles(folder, after, namesAtOnce));
        expect(listed.map(({ digest }) => digest)).toEqual(digests.slice(index));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
