// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A new temporary folder that every account can pass through, for a data folder of a server: `mkdtemp` alone makes a folder
 * of mode 0700, and a server that root starts then puts its database below `/var/lib/haechi`, where nobody removes it.
 */
export function createReachableFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(folder, 0o711);
  return folder;
}
