// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tool } from "./tools.ts";

/** What a test with a small disk needs: the tool, and the right to mount. */
export const SMALL_DISK_TOOLS: readonly string[] = process.getuid?.() === 0 ? ["mount", "umount"] : ["mount (as root)"];

/** An empty file system of the given size, which really runs full. Unmounted at the end of the `using` block. */
export function mountSmallDisk(sizeBytes: number): { readonly folder: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "haechi-disk-"));
  execFileSync(tool("mount"), ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", folder]);
  return {
    folder,
    [Symbol.dispose]() {
      execFileSync(tool("umount"), ["-l", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
