// SPDX-License-Identifier: Apache-2.0
import { open } from "node:fs/promises";

/** Makes what was made, renamed or removed in the folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
